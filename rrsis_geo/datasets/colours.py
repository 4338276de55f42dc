"""What sensors, air and file formats do to an image, as augmentation."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter


def disturb(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Another exposure, colour balance, haze, sharpness or compression.

    Args:
        pixels: (3, H, W).
        rng: decides which and how much; about a sixth stay untouched.
    """
    if rng.random() < 0.15:
        return pixels
    image = pixels.astype(np.float32)
    gains = rng.normal(1.0, 0.06, (3, 1, 1)) * np.exp(rng.normal(0.0, 0.18))
    image *= gains.astype(np.float32)
    image += np.float32(rng.normal(0.0, 12.0))
    if rng.random() < 0.4:  # contrast about the mean
        mean = image.mean()
        image = mean + (image - mean) * np.float32(np.exp(rng.normal(0.0, 0.25)))
    if rng.random() < 0.3:  # saturation
        grey = image.mean(axis=0, keepdims=True)
        image = grey + (image - grey) * np.float32(rng.uniform(0.0, 1.6))
    if rng.random() < 0.2:  # haze: everything drifts to a bright blueish grey
        veil = np.float32(rng.uniform(0.1, 0.45))
        air = np.array([190, 200, 210], np.float32)[:, None, None]
        image = image * (1 - veil) + air * veil
    if rng.random() < 0.06:  # colour-infrared look: vegetation in another channel
        image = image[rng.permutation(3)]
    if rng.random() < 0.3:
        image += rng.normal(0.0, rng.uniform(1, 8), image.shape).astype(np.float32)
    result = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        result = _refocus(result, rng)
    if rng.random() < 0.3:
        result = _compress(result, quality=int(rng.integers(35, 90)))
    return result


def _refocus(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels.transpose(1, 2, 0))
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.4, 1.4))))
    else:
        image = image.filter(ImageFilter.UnsharpMask(radius=2, percent=120))
    return np.asarray(image).transpose(2, 0, 1)


def _compress(pixels: NDArray[np.uint8], *, quality: int) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(pixels.transpose(1, 2, 0)).save(stream, "JPEG", quality=quality)
    with Image.open(stream) as image:
        return np.asarray(image).transpose(2, 0, 1)
