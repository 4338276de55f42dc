"""Resampling to coarser or finer pixels, with the same result in every window.

Each target pixel is a weighted sum of source pixels that depends only on its column and
row and is computed in a fixed order. GDAL's warper derives its kernel from the chunk
being warped, so that there the value of a pixel depends on the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEGLIGIBLE = 1e-6
"""Weights below this are rounding errors at pixel borders."""


@dataclass(frozen=True, eq=False)
class Taps:
    """Filter taps of target pixels along one axis: source pixels and their weights."""

    index: NDArray[np.int64]
    """(N, K) source pixels, counted from `start`."""

    weight: NDArray[np.float32]
    """(N, K); every row sums to 1."""

    start: int
    """First source pixel."""

    stop: int
    """One after the last source pixel."""


def taps(first: int, last: int, *, source: int, target: int) -> Taps:
    """Filter taps of target pixels [first, last).

    Downsampling is the mean over the area of the target pixel, which uses every source
    pixel and does not alias. Upsampling interpolates linearly between centres.

    Args:
        first: First target pixel.
        last: One after the last target pixel.
        source: Length of the axis in source pixels.
        target: Length of the axis in target pixels.
    """
    scale = source / target
    pixels = np.arange(first, last, dtype=np.float64)
    if scale > 1:
        low, high = pixels * scale, (pixels + 1) * scale
        index = np.floor(low)[:, None] + np.arange(int(np.ceil(scale)) + 1)
        weight = np.minimum(high[:, None], index + 1) - np.maximum(low[:, None], index)
        weight /= scale
    else:
        centre = (pixels + 0.5) * scale - 0.5
        index = np.floor(centre)[:, None] + np.arange(2)
        weight = 1 - np.abs(index - centre[:, None])
    weight[weight < NEGLIGIBLE] = 0
    weight /= weight.sum(axis=1, keepdims=True)
    used = weight.any(axis=0)
    whole = np.clip(index[:, used], 0, source - 1).astype(np.int64)
    start = int(whole.min())
    return Taps(
        index=whole - start,
        weight=weight[:, used].astype(np.float32),
        start=start,
        stop=int(whole.max()) + 1,
    )


def resample(
    pixels: NDArray[np.uint8], valid: NDArray[np.bool_], rows: Taps, cols: Taps
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Compute target pixels from the source pixels that the taps span.

    Only valid source pixels count. A target pixel is valid if they have at least half
    of its weight.

    Args:
        pixels: (B, h, w) source, 0 where not valid.
        valid: (h, w).
        rows: Taps along h.
        cols: Taps along w.

    Returns:
        (B, H, W) pixels, 0 where not valid, and (H, W) valid.
    """
    total = _along_cols(_along_rows(pixels, rows), cols)
    if valid.all():
        kept = np.ones(total.shape[1:], bool)
    else:
        # the missing weight rather than the present one: it is exactly 0 where nothing
        # is missing, so a window without nodata gives the same in the other branch
        missing = _along_cols(_along_rows(~valid[None], rows), cols)[0]
        kept = missing <= 0.5
        total = np.divide(total, 1 - missing, out=np.zeros_like(total), where=kept)
    return np.minimum(np.rint(total), 255).astype(np.uint8), kept


def _along_rows(values: NDArray[np.generic], axis: Taps) -> NDArray[np.float32]:
    shape = (values.shape[0], len(axis.index), values.shape[2])
    total = np.zeros(shape, np.float32)
    for index, weight in zip(axis.index.T, axis.weight.T, strict=True):
        total += values[:, index] * weight[:, None]
    return total


def _along_cols(values: NDArray[np.float32], axis: Taps) -> NDArray[np.float32]:
    total = np.zeros((*values.shape[:2], len(axis.index)), np.float32)
    for index, weight in zip(axis.index.T, axis.weight.T, strict=True):
        total += values[:, :, index] * weight
    return total
