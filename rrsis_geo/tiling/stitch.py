"""Blend overlapping predictions into disjoint settled rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.errors import EngineError, WeightsError
from rrsis_geo.tiling.windows import shards, taper
from rrsis_geo.types import LEVELS, NODATA, Prediction, Strip

PIECE = 1 << 22
"""Levels that are given at a time, at most, if that is a row or more."""


def stitch(
    predictions: Iterable[Prediction],
    *,
    expressions: int,
    width: int,
    height: int,
    size: int,
    overlap: int,
    rows: range | None = None,
) -> Iterator[Strip]:
    """Levels of the weighted mean of predictions, as full-width rows from the top.

    A pixel is settled, and a byte from then on, once no window of the plan can touch it
    any more. Held over the whole width are these bytes of one row of windows,
    `(size - overlap) * width * expressions`, and the sums where the next row of windows
    reaches, `overlap * width * (expressions + 1)` float32. The last row is shifted
    inward and may overlap the one before by nearly a window, for which as many rows of
    sums are held. Rows come in pieces of at most `PIECE` levels. Pixels that are not
    valid get no weight, so they stay invalid; rows that no window reached are invalid.

    The value of a row depends only on the windows that touch it and on their order,
    never on `rows`: a shard or a resumed run gives the same bits as the whole one,
    if it looks at every window that touches its rows.

    Args:
        predictions: Of windows of `plan_windows`, in its order; any may be left out.
            Those that do not touch `rows` are passed over.
        expressions: Channels E of every prediction.
        width: Columns of the grid.
        height: Rows of the grid.
        size: Side of a window in pixels.
        overlap: Pixels that two neighbours share, over which a window's weight rises.
        rows: Which rows to give, default all; step 1.

    Raises:
        EngineError: a window is not in the order of the plan.
        WeightsError: a probability is not a number.
    """
    rows = range(height) if rows is None else rows
    weight = taper(size, overlap)
    bands = [
        band
        for band in shards(height, size=size, overlap=overlap, count=height)
        if band.start + size > rows.start and band.start < rows.stop
    ]
    shared = max((size - len(band) for band in bands[:-1]), default=0)
    above = np.zeros((expressions + 1, shared, width), np.float32)
    carried = 0
    groups = groupby(
        _reaching(predictions, rows, size), lambda p: int(p.window.row_off)
    )
    row, group = next(groups, (None, iter(())))
    for band in bands:
        wanted = range(max(band.start, rows.start), min(band.stop, rows.stop))
        sweep = _Sweep(above, weight, band=band, wanted=wanted, carried=carried)
        if row == band.start:
            for prediction in group:
                sweep.add(prediction)
            row, group = next(groups, (None, iter(())))
        if row is not None and row < band.stop:
            raise EngineError(
                f"a window at row {row} came when those at row {band.start} were done"
            )
        sweep.settle(width)
        carried = size - len(band)
        step = max(PIECE // (expressions * width), 1)
        for start in range(0, len(wanted), step):
            # a copy: whoever holds a strip must not keep all of them
            levels = sweep.levels[:, start : start + step].copy()
            yield Strip(top=wanted.start + start, levels=levels)


class _Sweep:
    """One row of windows, added from left to right.

    Sums are held for the columns of one window; what lies left of it is settled, or
    waits in `above` for the next row of windows, what lies right of it waits there
    since the last one.
    """

    levels: NDArray[np.uint8]
    """(E, rows, width): the wanted rows, as far as they are settled."""

    def __init__(
        self,
        above: NDArray[np.float32],
        weight: NDArray[np.float32],
        *,
        band: range,
        wanted: range,
        carried: int,
    ) -> None:
        """Begin at the first column.

        Args:
            above: (E + 1, rows, width) sums, the weights last: those of the rows that
                windows above have reached, to be replaced by those for the next row.
            weight: (size, size) of a window's pixels.
            band: Rows that this row of windows settles; it begins where they begin.
            wanted: Those among them to keep levels of.
            carried: Rows of `above` that count.
        """
        channels, _, width = above.shape
        self._above, self._carried = above, carried
        self._weight = weight
        self._sums = np.zeros((channels, *weight.shape), np.float32)
        self._band = len(band)
        self._wanted = slice(wanted.start - band.start, wanted.stop - band.start)
        self._left = 0
        self._fill(0)
        self.levels = np.empty((channels - 1, len(wanted), width), np.uint8)

    def add(self, prediction: Prediction) -> None:
        """Take the next window; what lies left of it is settled."""
        column = prediction.window.col_off
        if column < self._left:
            raise EngineError(
                f"a window at column {column} came after one at column {self._left}"
            )
        self.settle(column)
        seen = self._weight * prediction.valid
        self._sums[:-1] += seen * prediction.probability
        self._sums[-1] += seen

    def settle(self, stop: int) -> None:
        """Finish the columns before `stop`: no window adds to them any more."""
        size = len(self._weight)
        below = slice(self._band, self._band + self._above.shape[1])
        while self._left < stop:
            count = min(stop - self._left, size)
            columns = slice(self._left, self._left + count)
            sums = self._sums[:, :, :count]
            self.levels[:, :, columns] = quantise(
                sums[:-1, self._wanted], sums[-1, self._wanted]
            )
            handed = sums[:, below]
            self._above[:, : handed.shape[1], columns] = handed
            self._sums[:, :, :-count] = self._sums[:, :, count:]
            self._left += count
            self._fill(size - count)

    def _fill(self, column: int) -> None:
        """Begin the window's columns from `column` on with what came from above."""
        self._sums[:, :, column:] = 0
        size = len(self._weight)
        came = self._above[:, : self._carried, self._left + column : self._left + size]
        self._sums[:, : self._carried, column : column + came.shape[2]] = came


def quantise(
    total: NDArray[np.float32], mass: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Weighted means p as levels: round(254 p), 255 where there is no weight.

    Args:
        total: (E, rows, columns) sums of weight times probability.
        mass: (rows, columns) sums of weights.

    Raises:
        WeightsError: a probability is not a number.
    """
    valid = mass > 0
    mean = np.divide(total, mass, out=np.zeros(total.shape, np.float32), where=valid)
    # rounding may lift a mean of ones by one unit in the last place
    levels = np.rint(np.minimum(mean, 1) * np.float32(LEVELS))
    if not np.isfinite(levels.sum()):
        raise WeightsError(
            "the network gave no number; try --precision float32 or other weights"
        )
    return np.where(valid, levels, np.float32(NODATA)).astype(np.uint8)


def _reaching(
    predictions: Iterable[Prediction], rows: range, size: int
) -> Iterator[Prediction]:
    """Those that touch the rows; looks at no more than one below."""
    for prediction in takewhile(lambda p: p.window.row_off < rows.stop, predictions):
        if prediction.window.row_off + size > rows.start:
            yield prediction
