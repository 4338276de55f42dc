"""Stitching: blend overlapping predictions into disjoint strips of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.errors import EngineError, WeightsError
from rrsis_geo.tiling.windows import shard_rows, taper
from rrsis_geo.types import LEVELS, NODATA, Prediction, Strip

MAX_STRIP_BYTES = 1 << 22
"""Size of a strip's levels at most, unless a single row is larger."""


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
    """Blend predictions by weighted mean into strips of full-width rows, from the top.

    A pixel is final once no later window can touch it; from then on it is a byte. Over
    the whole width these are buffered: the bytes of one row of windows,
    `(size - overlap) * width * expressions`, and the sums where the next row of windows
    overlaps, `overlap * width * (expressions + 1)` float32. The last row of windows is
    shifted inward and may overlap the one above by nearly a window, for which as many
    rows of sums are buffered. Strips have at most `MAX_STRIP_BYTES`.

    Pixels that are not valid get no weight and stay invalid, and so do rows without a
    window. The value of a row depends only on the windows that touch it and on their
    order, never on `rows`: a shard or a resumed run gives the same bits as a whole run,
    if it gets every window that touches its rows.

    Args:
        predictions: Of windows of `plan_windows`, in its order; any may be missing.
            Those that do not touch `rows` are ignored.
        expressions: Channels E of every prediction.
        width: Columns of the grid.
        height: Rows of the grid.
        size: Side of a window in pixels.
        overlap: Pixels that neighbouring windows share, over which their weights rise.
        rows: Rows to return, default all; step 1.

    Raises:
        EngineError: a window is not in the order of the plan.
        WeightsError: a probability is not a number.
    """
    rows = range(height) if rows is None else rows
    weight = taper(size, overlap)
    bands = [
        band
        for band in shard_rows(height, size=size, overlap=overlap, count=height)
        if band.start + size > rows.start and band.start < rows.stop
    ]
    shared = max((size - len(band) for band in bands[:-1]), default=0)
    above = np.zeros((expressions + 1, shared, width), np.float32)
    carried = 0
    groups = groupby(_in_rows(predictions, rows, size), lambda p: int(p.window.row_off))
    row, group = next(groups, (None, iter(())))
    for band in bands:
        wanted = range(max(band.start, rows.start), min(band.stop, rows.stop))
        window_row = _WindowRow(
            above, weight, band=band, wanted=wanted, carried=carried
        )
        if row == band.start:
            for prediction in group:
                window_row.add(prediction)
            row, group = next(groups, (None, iter(())))
        if row is not None and row < band.stop:
            raise EngineError(
                f"a window at row {row} came after the windows at row {band.start}"
            )
        window_row.finish(width)
        carried = size - len(band)
        step = max(MAX_STRIP_BYTES // (expressions * width), 1)
        for start in range(0, len(wanted), step):
            # a copy, so that a strip does not keep the whole array in memory
            levels = window_row.levels[:, start : start + step].copy()
            yield Strip(top=wanted.start + start, levels=levels)


class _WindowRow:
    """Blends one row of windows, added from left to right.

    Sums are kept for the columns of the current window. Columns left of it are final,
    or their sums are in `above` for the next row of windows. Columns right of it still
    have the sums of the previous row there.
    """

    levels: NDArray[np.uint8]
    """(E, rows, width): the wanted rows, final up to the current window."""

    def __init__(
        self,
        above: NDArray[np.float32],
        weight: NDArray[np.float32],
        *,
        band: range,
        wanted: range,
        carried: int,
    ) -> None:
        """Start at the first column.

        Args:
            above: (E + 1, rows, width) sums of the rows that the windows above overlap,
                the sums of weights last; replaced by those for the next row of windows.
            weight: (size, size) weights of a window's pixels.
            band: Rows that become final; the windows begin at its first one.
            wanted: The rows of the band to return levels of.
            carried: Number of rows of `above` in use.
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
        """Add the next window; columns left of it become final.

        Raises:
            EngineError: the window lies left of one that came before.
        """
        column = prediction.window.col_off
        if column < self._left:
            raise EngineError(
                f"a window at column {column} came after one at column {self._left}"
            )
        self.finish(column)
        weight = self._weight * prediction.valid
        self._sums[:-1] += weight * prediction.probability
        self._sums[-1] += weight

    def finish(self, stop: int) -> None:
        """Make the columns before `stop` final: no later window adds to them."""
        size = len(self._weight)
        below = slice(self._band, self._band + self._above.shape[1])
        while self._left < stop:
            count = min(stop - self._left, size)
            columns = slice(self._left, self._left + count)
            sums = self._sums[:, :, :count]
            self.levels[:, :, columns] = quantise(
                sums[:-1, self._wanted], sums[-1, self._wanted]
            )
            overlapping = sums[:, below]
            self._above[:, : overlapping.shape[1], columns] = overlapping
            self._sums[:, :, :-count] = self._sums[:, :, count:]
            self._left += count
            self._fill(size - count)

    def _fill(self, column: int) -> None:
        """Initialise the window's columns from `column` on with the sums from above."""
        self._sums[:, :, column:] = 0
        size = len(self._weight)
        carried = self._above[
            :, : self._carried, self._left + column : self._left + size
        ]
        self._sums[:, : self._carried, column : column + carried.shape[2]] = carried


def quantise(
    total: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Quantise weighted means p to round(254 p), and to 255 where there is no weight.

    Args:
        total: (E, rows, columns) sums of weight times probability.
        weights: (rows, columns) sums of weights.

    Raises:
        WeightsError: a probability is not a number.
    """
    valid = weights > 0
    mean = np.divide(total, weights, out=np.zeros(total.shape, np.float32), where=valid)
    # rounding may lift a mean of ones above 1 by one unit in the last place
    levels = np.rint(np.minimum(mean, 1) * np.float32(LEVELS))
    if not np.isfinite(levels.sum()):
        raise WeightsError(
            "the network returned a probability that is not a number; try --precision "
            "float32 or other weights"
        )
    return np.where(valid, levels, np.float32(NODATA)).astype(np.uint8)


def _in_rows(
    predictions: Iterable[Prediction], rows: range, size: int
) -> Iterator[Prediction]:
    """Select predictions that touch the rows; reads at most one below them."""
    for prediction in takewhile(lambda p: p.window.row_off < rows.stop, predictions):
        if prediction.window.row_off + size > rows.start:
            yield prediction
