"""Find images of the same ground: overlapping, or the same in other colours.

Small grey copies without their coarse brightness are laid over each other at the offset
of the highest peak of their phase correlation, at a few relative scales; on the same
ground their detail agrees there. Images that are turned against each other, or share
less than a quarter, are not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

SIDE = 128
"""Pixels of the longer side of the small copies."""

RELATIVE_SCALES = (1.0, 0.8, 0.64)
"""Sizes of one image relative to the other that are tried, both ways round."""

SAME = 0.35
"""Least correlation of the detail for the same ground, in absolute value."""

MIN_OVERLAP = 0.25
"""Least shared part, as a share of the smaller image."""

BLUR = 4.0
"""Radius in pixels of the coarse brightness that is taken away."""

PADDED = 2 * SIDE


def group_places(
    images: Mapping[str, NDArray[np.uint8]],
    *,
    scales: Sequence[float] = RELATIVE_SCALES,
    same: float = SAME,
) -> dict[str, str]:
    """Return name -> place; a place is called by its first image in order of names.

    Args:
        images: name -> (3, H, W).
        scales: relative sizes that are tried, the first of them 1; 1 alone is faster,
            where all images have the same metres per pixel.
        same: least agreement for the same ground.
    """
    names = sorted(images)
    small = {name: _details(images[name], scales) for name in names}
    place = {name: name for name in names}
    for one, other in combinations(names, 2):
        if place[one] != place[other] and _agreement(small[one], small[other]) >= same:
            low, high = sorted((place[one], place[other]))
            place = {
                name: low if known == high else known for name, known in place.items()
            }
    return place


_Details = list[tuple[NDArray[np.float32], NDArray[np.complex64]]]
"""Detail (h, w) at each relative scale, and its whitened Fourier transform."""


def _agreement(one: _Details, other: _Details) -> float:
    pairs = [(one[0], part) for part in other] + [(part, other[0]) for part in one[1:]]
    return max(_agreement_at_peak(first, second) for first, second in pairs)


def _agreement_at_peak(
    one: tuple[NDArray[np.float32], NDArray[np.complex64]],
    other: tuple[NDArray[np.float32], NDArray[np.complex64]],
) -> float:
    (a, one_spectrum), (b, other_spectrum) = one, other
    peaks = np.fft.irfft2(one_spectrum * np.conj(other_spectrum), s=(PADDED, PADDED))
    down, right = np.unravel_index(int(np.abs(peaks).argmax()), peaks.shape)
    down = int(down) - PADDED if down >= SIDE else int(down)
    right = int(right) - PADDED if right >= SIDE else int(right)
    top, left = max(down, 0), max(right, 0)
    bottom = min(a.shape[0], b.shape[0] + down)
    edge = min(a.shape[1], b.shape[1] + right)
    shared = max(bottom - top, 0) * max(edge - left, 0)
    if shared < MIN_OVERLAP * min(a.size, b.size):
        return 0.0
    first = a[top:bottom, left:edge].ravel()
    second = b[top - down : bottom - down, left - right : edge - right].ravel()
    spread = float(first.std() * second.std())
    if spread == 0:
        return 0.0
    product = (first - first.mean()) * (second - second.mean())
    return abs(float(product.mean())) / spread


def _details(pixels: NDArray[np.uint8], scales: Sequence[float]) -> _Details:
    _, height, width = pixels.shape
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    factor = SIDE / max(height, width)
    found = []
    for scale in scales:
        size = (
            max(round(width * factor * scale), 1),
            max(round(height * factor * scale), 1),
        )
        small = image.convert("L").resize(size, Image.Resampling.BOX)
        coarse = small.filter(ImageFilter.GaussianBlur(BLUR))
        detail = np.asarray(small, np.float32) - np.asarray(coarse, np.float32)
        # A few very bright roofs would otherwise decide alone.
        limit = 3 * max(float(detail.std()), 1.0)
        detail = np.clip(detail, -limit, limit)
        spectrum = np.fft.rfft2(detail, s=(PADDED, PADDED))
        whitened = spectrum / np.maximum(np.abs(spectrum), 1e-6)
        found.append((detail, whitened.astype(np.complex64)))
    return found
