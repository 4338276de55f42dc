"""Photometric augmentation: exposure, colour, haze, noise, blur, compression."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

HAZE_COLOUR = (190.0, 200.0, 210.0)
"""RGB of haze, a bright bluish grey."""


@dataclass(frozen=True, kw_only=True)
class PhotometricChange:
    """Parameters of a photometric change, in the order of their application."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Factor of each channel."""
    offset: float = 0.0
    """Added to all channels, in levels."""
    contrast: float = 1.0
    """Factor of the distance from the image's mean."""
    saturation: float = 1.0
    """Factor of the distance from grey."""
    haze: float = 0.0
    """Share of haze in [0, 1]."""
    order: tuple[int, int, int] = (0, 1, 2)
    """Order of channels; exchanged as in false-colour images."""
    noise: float = 0.0
    """Standard deviation, in levels."""
    blur: float = 0.0
    """Radius in pixels; below 0: sharpen instead."""
    quality: int = 0
    """JPEG quality of a lossy round trip; 0: none."""
    seed: int = 0
    """Seed of the noise."""


UNCHANGED = PhotometricChange()


def sample_photometric_change(rng: np.random.Generator) -> PhotometricChange:
    """Sample exposure, colour balance, haze, sharpness, ...; 15 % stay unchanged.

    Args:
        rng: Decides; the same state gives the same parameters.
    """
    if rng.random() < 0.15:
        return UNCHANGED
    gains = rng.normal(1.0, 0.06, 3) * np.exp(rng.normal(0.0, 0.18))
    red, green, blue = gains.tolist()
    offset = float(rng.normal(0.0, 12.0))
    contrast = float(np.exp(rng.normal(0.0, 0.25))) if rng.random() < 0.4 else 1.0
    saturation = float(rng.uniform(0.0, 1.6)) if rng.random() < 0.3 else 1.0
    haze = float(rng.uniform(0.1, 0.45)) if rng.random() < 0.2 else 0.0
    first, second, third = rng.permutation(3) if rng.random() < 0.06 else (0, 1, 2)
    noise = float(rng.uniform(1, 8)) if rng.random() < 0.3 else 0.0
    blur = 0.0
    if rng.random() < 0.3:
        blur = float(rng.uniform(0.4, 1.4)) if rng.random() < 0.6 else -1.0
    quality = int(rng.integers(35, 90)) if rng.random() < 0.3 else 0
    return PhotometricChange(
        gains=(red, green, blue),
        offset=offset,
        contrast=contrast,
        saturation=saturation,
        haze=haze,
        order=(int(first), int(second), int(third)),
        noise=noise,
        blur=blur,
        quality=quality,
        seed=int(rng.integers(2**31)),
    )


def augment_photometric(
    pixels: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Change (3, H, W) pixels by sampled parameters."""
    return apply_photometric_change(pixels, sample_photometric_change(rng))


def apply_photometric_change(
    pixels: NDArray[np.uint8], change: PhotometricChange
) -> NDArray[np.uint8]:
    """Change (3, H, W) pixels."""
    if change == UNCHANGED:
        return pixels
    image = pixels.astype(np.float32)
    image *= np.array(change.gains, np.float32)[:, None, None]
    image += np.float32(change.offset)
    if change.contrast != 1:
        mean = image.mean()
        image = mean + (image - mean) * np.float32(change.contrast)
    if change.saturation != 1:
        grey = image.mean(axis=0, keepdims=True)
        image = grey + (image - grey) * np.float32(change.saturation)
    if change.haze:
        haze = np.float32(change.haze)
        image = (
            image * (1 - haze) + np.array(HAZE_COLOUR, np.float32)[:, None, None] * haze
        )
    image = image[list(change.order)]
    if change.noise:
        rng = np.random.default_rng(change.seed)
        image += rng.normal(0.0, change.noise, image.shape).astype(np.float32)
    result = np.clip(image, 0, 255).astype(np.uint8)
    if change.blur:
        result = _refocus(result, change.blur)
    if change.quality:
        result = _compress(result, quality=change.quality)
    return result


def _refocus(pixels: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    image = Image.fromarray(pixels.transpose(1, 2, 0))
    if radius > 0:
        image = image.filter(ImageFilter.GaussianBlur(radius))
    else:
        image = image.filter(ImageFilter.UnsharpMask(radius=2, percent=120))
    return np.asarray(image).transpose(2, 0, 1)


def _compress(pixels: NDArray[np.uint8], *, quality: int) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(pixels.transpose(1, 2, 0)).save(stream, "JPEG", quality=quality)
    with Image.open(stream) as image:
        return np.asarray(image).transpose(2, 0, 1)
