"""Coarser or finer pixels of the same ground, the same whichever window asks.

Each target pixel is a weighted sum over the source pixels at its own place, computed
from its own column and row in a fixed order. GDAL's warper derives its kernel from the
chunk being warped, so there the value of a pixel depends on the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEGLIGIBLE = 1e-6
"""Weights below this are rounding of a pixel border."""


@dataclass(frozen=True, eq=False)
class Taps:
    """Source pixels, and their weights, of a run of target pixels along one axis."""

    index: NDArray[np.int64]
    """(N, K) source positions, counted from `start`."""

    weight: NDArray[np.float32]
    """(N, K); every row sums to 1."""

    start: int
    """First source position."""

    stop: int
    """One after the last source position."""


def taps(first: int, last: int, *, source: int, target: int) -> Taps:
    """How target pixels [first, last) of `target` come from `source` pixels.

    Shrinking takes the mean over the area of the target pixel, so that no source
    pixel is lost and none aliases; enlarging interpolates linearly between centres.
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
    """Target pixels from the source pixels that the taps span.

    Only valid source pixels count; a target pixel is valid where they carry at least
    half of its weight.

    Args:
        pixels: (B, h, w) source, 0 where not valid.
        valid: (h, w).
        rows: taps along h.
        cols: taps along w.

    Returns:
        (B, H, W) pixels, 0 where not valid, and (H, W) valid.
    """
    total = _along_cols(_along_rows(pixels, rows), cols)
    if valid.all():
        kept = np.ones(total.shape[1:], bool)
    else:
        # The missing weight rather than the present one: it is exactly 0 where
        # nothing is missing, so a window without nodata may skip all this.
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
