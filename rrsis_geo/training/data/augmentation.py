"""Augmentation that keeps the expressions of an image true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets.transforms.photometric import augment_photometric
from rrsis_geo.expressions.mirroring import flip_words

CROP_SAFE_TYPES = frozenset(
    {"category", "synonym", "attribute", "context", "no-target"}
)
"""Types of expressions that stay true in every crop of the image."""

ERASED_SIDE = 32 / 480
"""Side of an erased square as a share of the image's side, as in RMSIN."""

_COLOUR = re.compile(
    r"\b(?:white|gr[ea]y|black|red|orange|yellow|green|blue|brown|pink|purple|silver|"
    r"beige|dark|bright|light)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Probabilities of the augmentations, each in [0, 1]."""

    mirror: float = 0.5
    """Horizontal flip of the image and of its expressions."""
    upside_down: float = 0.3
    """Vertical flip, likewise."""
    crop: float = 0.4
    """Random crop and scale, if all expressions are of `CROP_SAFE_TYPES`."""
    colour: float = 0.8
    """Photometric changes, if no expression names a colour."""
    erase: float = 0.2
    """20 to 60 black squares."""


NONE = Augmentation(mirror=0, upside_down=0, crop=0, colour=0, erase=0)

ZOOM = (0.7, 1.6)
"""Smallest and largest scale of a crop, relative to the whole image."""


def resize_pixels(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Resize (3, H, W) to (3, side, side), bilinear, without keeping the aspect."""
    if pixels.shape[1:] == (side, side):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(image).transpose(2, 0, 1)


def resize_masks(masks: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """Resize (E, H, W) to (E, side, side) by Pillow's nearest neighbour."""
    if masks.shape[1:] == (side, side):
        return masks
    images = [Image.fromarray(mask.astype(np.uint8)) for mask in masks]
    size = (side, side)
    nearest = Image.Resampling.NEAREST
    return np.stack([np.asarray(i.resize(size, nearest)) > 0 for i in images])


def augment(
    pixels: NDArray[np.uint8],
    masks: NDArray[np.bool_],
    texts: Sequence[str],
    types: Sequence[str],
    *,
    side: int,
    augmentation: Augmentation,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], tuple[str, ...]]:
    """Augment an image with its masks and expressions.

    Args:
        pixels: (3, H, W).
        masks: (E, H, W).
        texts: E expressions.
        types: E types of expressions; "" if not known.
        side: S, pixels of the result's side.
        augmentation: probabilities.
        rng: random generator.

    Returns:
        Pixels (3, S, S), masks (E, S, S) and E expressions that hold for them.
    """
    if set(types) <= CROP_SAFE_TYPES and rng.random() < augmentation.crop:
        pixels, masks = _crop(pixels, masks, side, rng)
    else:
        pixels, masks = resize_pixels(pixels, side), resize_masks(masks, side)
    mirror = bool(rng.random() < augmentation.mirror)
    upside_down = bool(rng.random() < augmentation.upside_down)
    flipped = [
        flip_text(text, mirror=mirror, upside_down=upside_down) for text in texts
    ]
    words = tuple(text for text in flipped if text is not None)
    if len(words) == len(texts):
        steps = (slice(None), slice(None, None, -1 if upside_down else 1))
        view = (*steps, slice(None, None, -1 if mirror else 1))
        pixels, masks = pixels[view], masks[view]
    else:  # an expression may name a direction that cannot be flipped
        words = tuple(texts)
    if rng.random() < augmentation.colour and not any(
        _COLOUR.search(text) for text in texts
    ):
        pixels = augment_photometric(pixels, rng)
    if rng.random() < augmentation.erase:
        pixels = _erase(pixels, rng)
    return np.ascontiguousarray(pixels), np.ascontiguousarray(masks), words


def flip_text(text: str, *, mirror: bool, upside_down: bool) -> str | None:
    """Return the expression for the flipped image; None if it is not known."""
    result: str | None = text
    if mirror:
        result = flip_words(text, "horizontal")
    if upside_down and result is not None:
        result = flip_words(result, "vertical")
    return result


def _crop(
    pixels: NDArray[np.uint8],
    masks: NDArray[np.bool_],
    side: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Crop at random; a crop larger than the image has black margins."""
    _, height, width = pixels.shape
    zoom = float(np.exp(rng.uniform(*np.log(ZOOM))))
    crop_w, crop_h = max(round(width / zoom), 1), max(round(height / zoom), 1)
    left, top = _offset(width, crop_w, rng), _offset(height, crop_h, rng)
    x, y = max(left, 0), max(top, 0)
    right, bottom = min(left + crop_w, width), min(top + crop_h, height)
    margin = ((y - top, top + crop_h - bottom), (x - left, left + crop_w - right))
    return (
        resize_pixels(np.pad(pixels[:, y:bottom, x:right], ((0, 0), *margin)), side),
        resize_masks(np.pad(masks[:, y:bottom, x:right], ((0, 0), *margin)), side),
    )


def _offset(length: int, side: int, rng: np.random.Generator) -> int:
    spare = length - side
    return int(rng.integers(min(spare, 0), max(spare, 0) + 1))


def _erase(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Erase black squares, so that objects are recognized by their context too."""
    side = max(round(ERASED_SIDE * pixels.shape[1]), 1)
    pixels = pixels.copy()
    for _ in range(int(rng.integers(20, 61))):
        top, left = rng.integers(0, pixels.shape[1] - side + 1, 2)
        pixels[:, top : top + side, left : left + side] = 0
    return pixels
