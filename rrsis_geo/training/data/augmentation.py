"""How a training image may change while its expressions stay true."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets.transforms.photometric import augment_photometric
from rrsis_geo.expressions.mirroring import flip_words

LASTING = frozenset({"category", "synonym", "attribute", "context", "no-target"})
"""Types of expressions that stay true of whatever a crop leaves of the image."""

SQUARE = 32 / 480
"""Side of an erased square in sides of the image, as in RMSIN."""

_COLOUR = re.compile(
    r"\b(?:white|gr[ea]y|black|red|orange|yellow|green|blue|brown|pink|purple|silver|"
    r"beige|dark|bright|light)\w*",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Shares of samples that are changed in a way, each in [0, 1]."""

    mirror: float = 0.5
    """Left and right exchanged, in the image and in the words."""
    upside_down: float = 0.3
    """Top and bottom, likewise."""
    crop: float = 0.4
    """Another part at another scale; of the expressions that bear it."""
    colour: float = 0.8
    """Another exposure, haze, sharpness, ...; where no expression names a colour."""
    erase: float = 0.2
    """20 to 60 black squares."""


NONE = Augmentation(mirror=0, upside_down=0, crop=0, colour=0, erase=0)

ZOOM = (0.7, 1.6)
"""Scales of a crop against the whole image, smallest and largest."""


def resize_pixels(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(3, H, W) to (3, side, side), bilinear, the aspect not kept."""
    if pixels.shape[1:] == (side, side):
        return pixels
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    image = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(image).transpose(2, 0, 1)


def resize_masks(masks: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(E, H, W) to (E, side, side), nearest as Pillow does it."""
    if masks.shape[1:] == (side, side):
        return masks
    pictures = [Image.fromarray(mask.astype(np.uint8)) for mask in masks]
    size = (side, side)
    near = Image.Resampling.NEAREST
    return np.stack([np.asarray(p.resize(size, near)) > 0 for p in pictures])


def augment(
    pixels: NDArray[np.uint8],
    masks: NDArray[np.bool_],
    texts: Sequence[str],
    types: Sequence[str],
    *,
    side: int,
    how: Augmentation,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], tuple[str, ...]]:
    """A training view of an image: (3, S, S), (E, S, S) and the words that fit it.

    Args:
        pixels: (3, H, W).
        masks: (E, H, W).
        texts: E expressions.
        types: E; "" where not known.
        side: S.
        how: what may happen.
        rng: decides.
    """
    if set(types) <= LASTING and rng.random() < how.crop:
        pixels, masks = _crop(pixels, masks, side, rng)
    else:
        pixels, masks = resize_pixels(pixels, side), resize_masks(masks, side)
    mirror = bool(rng.random() < how.mirror)
    over = bool(rng.random() < how.upside_down)
    turned = [flip_text(text, mirror=mirror, over=over) for text in texts]
    words = tuple(text for text in turned if text is not None)
    if len(words) == len(texts):
        steps = (slice(None), slice(None, None, -1 if over else 1))
        view = (*steps, slice(None, None, -1 if mirror else 1))
        pixels, masks = pixels[view], masks[view]
    else:  # a word that may mean a direction and is in no table
        words = tuple(texts)
    if rng.random() < how.colour and not any(_COLOUR.search(text) for text in texts):
        pixels = augment_photometric(pixels, rng)
    if rng.random() < how.erase:
        pixels = _erase(pixels, rng)
    return np.ascontiguousarray(pixels), np.ascontiguousarray(masks), words


def flip_text(text: str, *, mirror: bool, over: bool) -> str | None:
    """The expression for the flipped image; None where that is not known."""
    result: str | None = text
    if mirror:
        result = flip_words(text, "horizontal")
    if over and result is not None:
        result = flip_words(result, "vertical")
    return result


def _crop(
    pixels: NDArray[np.uint8],
    masks: NDArray[np.bool_],
    side: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A part of the image, or all of it with a black margin, at side x side."""
    _, height, width = pixels.shape
    zoom = float(np.exp(rng.uniform(*np.log(ZOOM))))
    wide, high = max(round(width / zoom), 1), max(round(height / zoom), 1)
    left, top = _offset(width, wide, rng), _offset(height, high, rng)
    x, y = max(left, 0), max(top, 0)
    right, bottom = min(left + wide, width), min(top + high, height)
    margin = ((y - top, top + high - bottom), (x - left, left + wide - right))
    return (
        resize_pixels(np.pad(pixels[:, y:bottom, x:right], ((0, 0), *margin)), side),
        resize_masks(np.pad(masks[:, y:bottom, x:right], ((0, 0), *margin)), side),
    )


def _offset(length: int, side: int, rng: np.random.Generator) -> int:
    spare = length - side
    return int(rng.integers(min(spare, 0), max(spare, 0) + 1))


def _erase(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Black squares: what is hidden must be told from what is around it."""
    side = max(round(SQUARE * pixels.shape[1]), 1)
    pixels = pixels.copy()
    for _ in range(int(rng.integers(20, 61))):
        top, left = rng.integers(0, pixels.shape[1] - side + 1, 2)
        pixels[:, top : top + side, left : left + side] = 0
    return pixels
