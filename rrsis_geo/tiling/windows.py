"""Windows over a grid, their distribution to shards, and blending weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.errors import OptionError

MOST_WINDOWS = 2_000_000
"""Windows of one plan: days of a GPU, and some hundred MB for the list alone. More come
from a damaged header or a service that covers the world."""


def plan_windows(
    width: int,
    height: int,
    *,
    size: int,
    overlap: int,
    bounds: tuple[float, float, float, float] | None = None,
) -> list[Window]:
    """Cover the grid with full-size windows in row-major order.

    The last window of a row or column is shifted inward rather than shrunk, since the
    network has a fixed input size and needs context at the edges too. A grid smaller
    than a window gets one that extends beyond its right and lower edge.

    Args:
        width: Columns of the grid, at least 1.
        height: Rows of the grid, at least 1.
        size: Side of a window in pixels.
        overlap: Pixels that two neighbours share.
        bounds: Left, top, right and bottom in pixels of the grid; only the windows that
            touch this box are listed. None: all.

    Raises:
        OptionError: the overlap is not in [0, size), or the windows are more than
            `MOST_WINDOWS`.
    """
    if not 0 <= overlap < size:
        raise OptionError(f"overlap must be in [0, {size}), got {overlap}")
    cols, rows = _starts(width, size, overlap), _starts(height, size, overlap)
    if bounds is not None:
        left, top, right, bottom = bounds
        cols = [col for col in cols if col <= right and col + size >= left]
        rows = [row for row in rows if row <= bottom and row + size >= top]
    if len(cols) * len(rows) > MOST_WINDOWS:
        raise OptionError(
            f"a grid of {width:,} x {height:,} pixels has {len(cols) * len(rows):,} "
            f"windows to look at, and at most {MOST_WINDOWS:,} go into one run: choose "
            "a smaller area (--aoi, --bbox) or more metres per pixel (--gsd)"
        )
    return [Window(col, row, size, size) for row in rows for col in cols]


def count_windows(width: int, height: int, *, size: int, overlap: int) -> int:
    """Number of windows that cover the whole grid, as `plan_windows` places them."""
    return len(_starts(width, size, overlap)) * len(_starts(height, size, overlap))


def windows_in_rows(windows: Sequence[Window], top: int, bottom: int) -> list[Window]:
    """Select the windows that overlap the rows [top, bottom), in their order."""
    return [
        window
        for window in windows
        if max(window.row_off, top) < min(window.row_off + window.height, bottom)
    ]


def shard_rows(height: int, *, size: int, overlap: int, count: int) -> list[range]:
    """Distribute the rows of a grid to about `count` shards, from top to bottom.

    A shard begins where a row of windows begins and gets nearly as many rows of windows
    as any other. It processes all windows that touch its rows, so those in the overlap
    are processed by both neighbours; in return, shards need no communication.

    Returns:
        At most `count` ranges that cover [0, height) without a gap; fewer where there
        are fewer rows of windows.

    Raises:
        OptionError: the count is below 1 or the overlap not in [0, size).
    """
    if count < 1:
        raise OptionError(f"the number of shards must be 1 or more, got {count}")
    if not 0 <= overlap < size:
        raise OptionError(f"overlap must be in [0, {size}), got {overlap}")
    starts = _starts(height, size, overlap)
    count = min(count, len(starts))
    tops = [starts[len(starts) * shard // count] for shard in range(count)]
    return [
        range(top, bottom)
        for top, bottom in zip(tops, [*tops[1:], height], strict=True)
    ]


def taper(size: int, overlap: int) -> NDArray[np.float32]:
    """(size, size) weights that rise linearly over the overlap and are never zero.

    At the edge of the grid the weights are small too, but the weighted mean divides by
    them, so no pixel there is lost.
    """
    ramp = np.minimum(np.arange(1, size + 1), np.arange(size, 0, -1)) / (overlap + 1)
    edge = np.minimum(ramp, 1.0).astype(np.float32)
    return np.outer(edge, edge)


def _starts(length: int, size: int, overlap: int) -> list[int]:
    """First columns, or rows, of the windows along one side of the grid."""
    last = max(length - size, 0)
    return [*range(0, last, size - overlap), last]
