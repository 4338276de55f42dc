"""Blend overlapping predictions into disjoint rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.errors import EngineError
from rrsis_geo.types import Prediction

PIECE = 1 << 22
"""Probabilities that are given at a time, at most, if that is a row or more."""


def stitch(
    predictions: Iterable[Prediction],
    *,
    expressions: int,
    width: int,
    height: int,
    weight: NDArray[np.float32],
    rows: range | None = None,
) -> Iterator[Prediction]:
    """Weighted mean of predictions, as full-width rows from the top.

    A row is final once a window starts below it, so only one window's height of rows
    is held: `size * width * (expressions + 1)` float32. Rows come in pieces of at most
    `PIECE` probabilities. Pixels that are not valid get
    no weight, so they stay invalid; rows that no window reached are invalid.

    The value of a row depends only on the windows that touch it and on their order,
    never on `rows`: a shard or a resumed run gives the same bits as the whole one,
    if it looks at every window that touches its rows.

    Args:
        predictions: With window rows from the top; windows may be left out. Windows
            that do not touch `rows` are passed over.
        expressions: Channels E of every prediction.
        width: Columns of the grid.
        height: Rows of the grid.
        weight: (size, size), above 0: how much a window's pixels count.
        rows: Which rows to give, default all; step 1.

    Raises:
        EngineError: a window comes after one that starts below it.
    """
    rows = range(height) if rows is None else rows
    size = weight.shape[0]
    total = np.zeros((expressions, size, width), np.float32)
    mass = np.zeros((size, width), np.float32)
    top: int | None = None
    for prediction in predictions:
        row, col = prediction.window.row_off, prediction.window.col_off
        if row >= rows.stop:
            break
        if row + size <= rows.start:
            continue
        if top is None:
            top = min(row, rows.start)
        if row < top:
            raise EngineError(f"a window at row {row} came after one at row {top}")
        while top < row:
            stop = min(row, top + size)
            yield from _settle(total, mass, range(top, stop), rows)
            top = stop
        stop = min(col + size, width)
        seen = weight * prediction.valid
        blended = seen * prediction.probability
        total[:, :, col:stop] += blended[:, :, : stop - col]
        mass[:, col:stop] += seen[:, : stop - col]
    top = rows.start if top is None else top
    while top < rows.stop:
        stop = min(rows.stop, top + size)
        yield from _settle(total, mass, range(top, stop), rows)
        top = stop


def _settle(
    total: NDArray[np.float32], mass: NDArray[np.float32], done: range, wanted: range
) -> Iterator[Prediction]:
    """Take the finished rows out and move the rest up."""
    count, (channels, _, width) = len(done), total.shape
    first = max(wanted.start - done.start, 0)
    last = min(wanted.stop - done.start, count)
    step = max(PIECE // (channels * width), 1)
    for start in range(first, last, step):
        rows = slice(start, min(start + step, last))
        valid = mass[rows] > 0
        probability = np.zeros((channels, *valid.shape), np.float32)
        np.divide(total[:, rows], mass[rows], out=probability, where=valid)
        # rounding may lift a mean of ones by one unit in the last place
        np.minimum(probability, 1, out=probability)
        window = Window(0, done.start + start, width, len(valid))
        yield Prediction(window=window, probability=probability, valid=valid)
    kept = mass.shape[0] - count
    for buffer in (total, mass):
        # from top to bottom in pieces no higher than the step: no overlap, no copy
        for start in range(0, kept, count):
            stop = min(start + count, kept)
            buffer[..., start:stop, :] = buffer[..., start + count : stop + count, :]
        buffer[..., kept:, :] = 0
