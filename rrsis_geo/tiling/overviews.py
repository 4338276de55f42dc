"""What a coarser view of a scene shows, added to the full one.

A network finds objects of the sizes that it was trained on. What is larger lies in
pieces in many windows, and in one window of a coarser view. There it may be trusted
with what is thick; what is thin is seen better in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import LEVELS, NODATA, Strip

Levels = NDArray[np.uint8]

RADIUS = 6
"""Pixels of the overview: what holds no square of side `2 * RADIUS + 1` is left to the
full view."""

LEAST = LEVELS // 8
"""Level below which the overview says nothing: half of the faintest object's."""


def overview_rows(rows: range, *, height: int, overview_height: int) -> range:
    """Rows of an overview on which rows of the full view depend.

    Args:
        rows: Of the full view, not empty.
        height: Of the full view.
        overview_height: Of the overview, with the same bounds.
    """
    first, _, _ = _taps(rows.start, rows.stop, height, overview_height)
    top, bottom = int(first[0]), min(int(first[-1]) + 2, overview_height)
    margin = 2 * RADIUS
    return range(max(top - margin, 0), min(bottom + margin, overview_height))


def with_overview(
    strips: Iterable[Strip],
    overview: Iterable[Strip],
    *,
    height: int,
    width: int,
    overview_height: int,
    overview_width: int,
) -> Iterator[Strip]:
    """Strips with the greater of two probabilities: the full view's and the overview's.

    The overview is opened (an erosion and a dilation by a square of `RADIUS`), which
    leaves what is thick, and interpolated between the centres of its pixels. The value
    of a row depends on `overview_rows` of it only, never on how rows are divided.

    Args:
        strips: Of the full view, from the top; their invalid pixels stay so.
        overview: Strips that cover `overview_rows` of these, from the top; nodata says
            nothing.
        height: Of the full view, in pixels.
        width: The same.
        overview_height: Of the overview.
        overview_width: The same.
    """
    rows_of = _RowReader(_opened(overview, overview_height)).read
    first, second, share = _taps(0, width, width, overview_width)
    for strip in strips:
        count = strip.levels.shape[1]
        up, down, below = _taps(strip.top, strip.top + count, height, overview_height)
        coarse = rows_of(int(up[0]), int(down[-1]) + 1)
        levels = strip.levels.copy()
        for band in np.flatnonzero(coarse.any(axis=(1, 2))):
            part = coarse[band].astype(np.float32)
            above, under = part[up - up[0]], part[down - up[0]]
            part = above + (under - above) * below[:, None]
            left, right = part[:, first], part[:, second]
            finer = np.rint(left + (right - left) * share).astype(np.uint8)
            valid = levels[band] != NODATA
            levels[band] = np.where(valid, np.maximum(levels[band], finer), NODATA)
        yield Strip(top=strip.top, levels=levels)


def _taps(
    start: int, stop: int, length: int, overview_length: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """For pixels [start, stop): the two pixels of the overview around the centre of
    each, and the share of the second."""
    centres = (np.arange(start, stop) + 0.5) * (overview_length / length) - 0.5
    inside = np.clip(centres, 0, overview_length - 1)
    first = np.floor(inside).astype(np.intp)
    second = np.minimum(first + 1, overview_length - 1)
    return first, second, (inside - first).astype(np.float32)


def _opened(strips: Iterable[Strip], height: int) -> Iterator[Strip]:
    """Strips after an opening, each row once all that it depends on is there."""
    margin = 2 * RADIUS
    kept: Strip | None = None
    done = 0
    for strip in strips:
        if kept is None:
            kept, done = strip, strip.top
        else:
            kept = _below(kept, strip)
        bottom = kept.top + kept.levels.shape[1]
        ready = bottom if bottom == height else bottom - margin
        if ready > done:
            opened = _opening(kept.levels)
            yield Strip(top=done, levels=opened[:, done - kept.top : ready - kept.top])
            done = ready
            kept = _from_row(kept, done - margin)
    if kept is not None and done < kept.top + kept.levels.shape[1]:
        yield _from_row(Strip(top=kept.top, levels=_opening(kept.levels)), done)


def _opening(levels: Levels) -> Levels:
    """(E, H, W): the greatest level of the squares that hold a pixel, of which each has
    the least level inside it; what lies outside or is invalid does not count."""
    invalid = levels == NODATA
    eroded = _spread(levels, np.minimum, NODATA)  # the greatest value never wins
    eroded[invalid] = 0
    opened = _spread(eroded, np.maximum, 0)
    opened[invalid | (opened < LEAST)] = 0
    return opened


def _spread(levels: Levels, extreme: Callable[..., Levels], outside: int) -> Levels:
    """The extreme level inside the square around each pixel."""
    for axis in (1, 2):
        sides = [(0, 0)] * 3
        sides[axis] = (RADIUS, RADIUS)
        padded = np.pad(levels, sides, constant_values=outside)
        count = levels.shape[axis]
        levels = np.full_like(levels, outside)
        for step in range(2 * RADIUS + 1):
            part = [slice(None)] * 3
            part[axis] = slice(step, step + count)
            extreme(levels, padded[tuple(part)], out=levels)
    return levels


class _RowReader:
    """Reads rows that were asked for from strips, from the top down."""

    def __init__(self, strips: Iterator[Strip]) -> None:
        self._strips = strips
        self._held: Strip | None = None

    def read(self, start: int, stop: int) -> Levels:
        """(E, stop - start, W); later calls do not start above."""
        while self._held is None or self._held.top + self._held.levels.shape[1] < stop:
            strip = next(self._strips)
            if self._held is not None:
                strip = _below(_from_row(self._held, start), strip)
            self._held = strip
        top = self._held.top
        return self._held.levels[:, start - top : stop - top]


def _below(above: Strip, strip: Strip) -> Strip:
    return Strip(
        top=above.top, levels=np.concatenate([above.levels, strip.levels], axis=1)
    )


def _from_row(strip: Strip, row: int) -> Strip:
    """Without the rows above `row`."""
    skipped = min(max(row - strip.top, 0), strip.levels.shape[1])
    return Strip(top=strip.top + skipped, levels=strip.levels[:, skipped:])
