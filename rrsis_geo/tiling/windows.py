"""Where to look: windows, shards and blending weights. Integers only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.errors import OptionError


def plan_windows(width: int, height: int, *, size: int, overlap: int) -> list[Window]:
    """Full-size windows covering the grid in row-major order.

    The last window of a row or column is shifted inward rather than shrunk,
    because the model wants one input size and edges deserve context. A grid smaller
    than a window gets one that reaches over its right and lower edge.

    Args:
        width: Columns of the grid, at least 1.
        height: Rows of the grid, at least 1.
        size: Side of a window in pixels.
        overlap: Pixels that two neighbours share.

    Raises:
        OptionError: the overlap is not in [0, size).
    """
    if not 0 <= overlap < size:
        raise OptionError(f"overlap must be in [0, {size}), got {overlap}")
    return [
        Window(col, row, size, size)
        for row in _starts(height, size, overlap)
        for col in _starts(width, size, overlap)
    ]


def touching(windows: Sequence[Window], top: int, bottom: int) -> list[Window]:
    """The windows, in their order, that overlap the rows [top, bottom)."""
    return [
        window
        for window in windows
        if max(window.row_off, top) < min(window.row_off + window.height, bottom)
    ]


def shards(height: int, *, size: int, overlap: int, count: int) -> list[range]:
    """Rows that each of about `count` shards owns: disjoint, from top to bottom.

    A shard begins where a row of windows begins and owns nearly as many of these
    rows as any other. It looks at all windows touching what it owns, so those in the
    overlap are looked at by both neighbours: the price of shards that need not talk.

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
    """(size, size) weights that ramp up over the overlap and never reach zero.

    A window at the frame weighs little there, but it is alone, and a weighted mean
    divides by the weight: no pixel of the frame is lost.
    """
    ramp = np.minimum(np.arange(1, size + 1), np.arange(size, 0, -1)) / (overlap + 1)
    edge = np.minimum(ramp, 1.0).astype(np.float32)
    return np.outer(edge, edge)


def _starts(length: int, size: int, overlap: int) -> list[int]:
    last = max(length - size, 0)
    return [*range(0, last, size - overlap), last]
