"""Boundary tracing in one pass over the rows of a raster, which is never held whole.

Only the corners of open outlines are kept. A corner is a grid vertex where the border
of the mask turns. A horizontal edge joins two neighbouring corners of one row, a
vertical edge two neighbouring corners of one column; both are known as soon as the
second corner is. An object is closed when none of its pixels lies in the last row.
So outlines do not depend on how the rows were cut, and need no merging afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import NODATA
from rrsis_geo.vector.rings import Outlines, trace

PIXELS_PER_PASS = 1 << 20
"""Pixels processed at a time, few enough for the processor's cache. The working memory
is about 10 bytes a pixel, and twenty times that for noise, which is all corners."""


@dataclass(frozen=True, eq=False)
class _Objects:
    """Statistics of open objects, one entry each."""

    total: NDArray[np.int64]
    """Sum of levels."""
    count: NDArray[np.int64]
    """Pixels."""
    highest: NDArray[np.uint8]
    first: NDArray[np.int64]
    """First pixel in row-major order: row * width + column."""
    at_edge: NDArray[np.bool_]
    """A side of a pixel lies on nodata or on the edge of the raster."""

    def take(self, which: NDArray[Any]) -> _Objects:
        return _Objects(
            self.total[which],
            self.count[which],
            self.highest[which],
            self.first[which],
            self.at_edge[which],
        )

    def merge(self, other: _Objects, label: NDArray[np.int64], count: int) -> _Objects:
        """Merge two lists into `count` objects; entry i of both goes to label[i]."""
        both = [
            np.concatenate(pair)
            for pair in zip(vars(self).values(), vars(other).values(), strict=True)
        ]
        total, pixels = np.zeros((2, count), np.int64)
        highest, at_edge = np.zeros(count, np.uint8), np.zeros(count, np.bool_)
        first = np.full(count, np.iinfo(np.int64).max)
        np.add.at(total, label, both[0])
        np.add.at(pixels, label, both[1])
        np.maximum.at(highest, label, both[2])
        np.minimum.at(first, label, both[3])
        np.logical_or.at(at_edge, label, both[4])
        return _Objects(total, pixels, highest, first, at_edge)


@dataclass(frozen=True, eq=False)
class _Corners:
    """Corners of open outlines; 2k and 2k + 1 are joined by a horizontal edge."""

    col: NDArray[np.int64]
    row: NDArray[np.int64]
    label: NDArray[np.int64]
    """Object that the corner belongs to."""
    across: NDArray[np.int64]
    """Corner at the other end of the vertical edge; -1 while it is unknown."""
    below: NDArray[np.bool_]
    """For even corners: the object lies below the horizontal edge."""

    def take(self, which: NDArray[np.bool_], index: NDArray[np.int64]) -> _Corners:
        """Select corners; `index` is the new index of every old one."""
        across = self.across[which]
        across = np.where(across < 0, -1, index[across])
        return _Corners(
            self.col[which], self.row[which], self.label[which], across,
            self.below[which],
        )  # fmt: skip

    def concatenate(self, other: _Corners) -> _Corners:
        return _Corners(
            *(
                np.concatenate(pair)
                for pair in zip(vars(self).values(), vars(other).values(), strict=True)
            )
        )


class BoundaryTracer:
    """Traces the outlines of the 4-connected objects of one mask.

    The mask is True where level > 254 * threshold and level != 255. Everything outside
    the raster counts as nodata.
    """

    def __init__(self, width: int, height: int, *, threshold: float) -> None:
        self._width, self._height = width, height
        self._min_level = int(np.floor(254 * threshold)) + 1
        self._row = 0
        self._last = np.full(width, NODATA, np.uint8)
        ints, levels = np.zeros(0, np.int64), np.zeros(0, np.uint8)
        flags = np.zeros(0, np.bool_)
        self._objects = _Objects(ints, ints, levels, ints, flags)
        self._corners = _Corners(ints, ints, ints, ints, flags)
        self._bottom = ints
        """Object of each run of mask pixels in the last row."""
        self._open = ints
        """Upper corner of each vertical edge that reaches the last row."""

    def add(self, levels: NDArray[np.uint8]) -> list[Outlines]:
        """Add the next rows, (rows, width); return the objects that they close."""
        closed, top = [], 0
        while top < len(levels):
            # at least as many as there are open corners, which every pass visits
            pixels = max(PIXELS_PER_PASS, len(self._corners.col))
            bottom = top + max(pixels // self._width, 1)
            closed.append(self._process(levels[top:bottom]))
            top = bottom
        if self._row == self._height:
            closed.append(self._process(np.full((1, self._width), NODATA, np.uint8)))
        return [outlines for outlines in closed if len(outlines)]

    def _process(self, levels: NDArray[np.uint8]) -> Outlines:
        rows, width = levels.shape[0] + 1, self._width
        framed = np.full((rows, width + 2), NODATA, np.uint8)
        framed[0, 1:-1] = self._last
        framed[1:, 1:-1] = levels
        # unsigned wrap-around: one comparison for min_level <= level < 255
        mask = (framed - np.uint8(self._min_level)) < np.uint8(NODATA - self._min_level)
        border = mask[:, 1:] != mask[:, :-1]
        edges = np.flatnonzero(border)
        stride = width + 1
        above = int(np.searchsorted(edges, stride)) // 2

        label, count = self._label(edges.reshape(-1, 2), above, stride)
        new = self._measure(framed, mask, edges.reshape(-1, 2), above)
        objects = self._objects.merge(new, label, count)
        run_label = np.concatenate(
            (label[: len(self._objects.count)][self._bottom],
             label[len(self._objects.count) :])
        )  # fmt: skip
        corners, open_above = self._find_corners(edges, border, run_label)
        old = self._corners
        old = _Corners(old.col, old.row, label[old.label], old.across, old.below)
        corners, self._open = _join_columns(old, self._open, corners, open_above)

        last = edges.searchsorted((rows - 1) * stride)
        bottom = run_label[last // 2 :]
        closed = np.ones(count, np.bool_)
        closed[bottom] = False
        self._row += rows - 1
        self._last = levels[-1].copy()
        return self._release(objects, corners, bottom, closed)

    def _release(
        self,
        objects: _Objects,
        corners: _Corners,
        bottom: NDArray[np.int64],
        closed: NDArray[np.bool_],
    ) -> Outlines:
        """Keep what is open and return the rest as outlines."""
        new_label = np.where(closed, np.cumsum(closed), np.cumsum(~closed)) - 1
        leaving = closed[corners.label]
        index = np.where(leaving, np.cumsum(leaving), np.cumsum(~leaving)) - 1
        relabelled = _Corners(
            corners.col, corners.row, new_label[corners.label], corners.across,
            corners.below,
        )  # fmt: skip
        done_corners, self._corners = (
            relabelled.take(which, index) for which in (leaving, ~leaving)
        )
        self._objects = objects.take(~closed)
        self._bottom = new_label[bottom]
        self._open = index[self._open]
        done = objects.take(closed)
        return trace(
            done_corners.col,
            done_corners.row,
            done_corners.label,
            done_corners.across,
            done_corners.below,
            total=done.total,
            count=done.count,
            highest=done.highest,
            first=done.first,
            at_edge=done.at_edge,
        )

    def _label(
        self, runs: NDArray[np.int64], above: int, stride: int
    ) -> tuple[NDArray[np.int64], int]:
        """Label every open object and every new run; return labels and their number."""
        known = len(self._objects.count)
        node = np.concatenate(
            (self._bottom, np.arange(known, known + len(runs) - above))
        )
        start, stop = runs[:, 0], runs[:, 1]
        # the runs in the row above that share a column with this one are consecutive
        low = np.searchsorted(stop, start[above:] - stride, side="right")
        high = np.searchsorted(start, stop[above:] - stride, side="left")
        counts = np.maximum(high - low, 0)
        ends = np.cumsum(counts)
        offsets = np.arange(ends[-1] if len(ends) else 0) - np.repeat(
            ends - counts, counts
        )
        upper = np.repeat(low, counts) + offsets
        lower = np.repeat(np.arange(above, len(runs)), counts)
        return components(known + len(runs) - above, node[upper], node[lower])

    def _measure(
        self,
        framed: NDArray[np.uint8],
        mask: NDArray[np.bool_],
        runs: NDArray[np.int64],
        above: int,
    ) -> _Objects:
        """Statistics of every new run; marks open objects that touch nodata below."""
        stride = self._width + 1
        row, col = runs[:, 0] // stride, runs[:, 0] % stride
        length = runs[:, 1] - runs[:, 0]
        inside = framed[1:][mask[1:]]
        starts = _run_starts(length[above:])
        nodata = framed == NODATA
        beside = nodata[row, col] | nodata[row, col + length + 1]
        if nodata[:, 1:-1].any():
            over = _any_in_run(nodata[:-1][mask[1:]], starts)
            last = np.searchsorted(row, framed.shape[0] - 1)
            under = _any_in_run(nodata[1:][mask[:-1]], _run_starts(length[:last]))
            beside[above:] |= over
            beside[:last] |= under
        reached = self._bottom[beside[:above]]
        self._objects.at_edge[reached] = True
        return _Objects(
            np.add.reduceat(inside, starts, dtype=np.int64) if len(starts) else starts,
            length[above:],
            np.maximum.reduceat(inside, starts) if len(starts) else inside,
            (self._row - 1 + row[above:]) * self._width + col[above:],
            beside[above:],
        )

    def _find_corners(
        self,
        edges: NDArray[np.int64],
        border: NDArray[np.bool_],
        run_label: NDArray[np.int64],
    ) -> tuple[_Corners, NDArray[np.bool_]]:
        """New corners in row-major order, and for which the vertical edge goes up.

        A vertex has a corner where a vertical edge ends or begins. Where two objects,
        or two parts of one, touch at a vertex only, it has two corners.
        """
        rows, stride = border.shape
        flat = border.ravel()
        first, last = np.searchsorted(edges, (stride, (rows - 1) * stride))
        down = np.arange(first, len(edges))
        up = np.arange(last)
        both_down = flat[edges[down] - stride]
        both_up = flat[edges[up] + stride]
        # the same vertices in the same order, seen from below and from above
        through_down, through_up = down[both_down], up[both_up]
        crossing = (through_down ^ through_up) % 2 == 1
        cross_down, cross_up = through_down[crossing], through_up[crossing]
        edge = np.concatenate((down[~both_down], up[~both_up], cross_down, cross_up))
        upward = np.zeros(len(edge), np.bool_)
        alone = len(down) - int(both_down.sum())
        upward[alone : alone + len(up) - int(both_up.sum())] = True
        upward[len(edge) - len(cross_up) :] = True
        vertex = edges[edge] + stride * upward
        # of two corners at one vertex the left one bounds the pixels on the left: its
        # edge goes up if the upper left pixel is in the mask, down if not
        second = np.zeros(len(edge), np.bool_)
        second[len(edge) - 2 * len(cross_up) :] = np.concatenate(
            (cross_up % 2 == 1, cross_up % 2 == 0)
        )
        order = np.argsort(vertex * 2 + second, kind="stable")
        edge, upward, vertex = edge[order], upward[order], vertex[order]
        corners = _Corners(
            vertex % stride,
            vertex // stride + (self._row - 1),
            run_label[edge // 2],
            np.full(len(edge), -1, np.int64),
            upward == (edge % 2 == 1),
        )
        return corners, upward


def components(
    count: int, one: NDArray[np.int64], other: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Connected components of `count` nodes with edges one[i] - other[i].

    Every root is attached to its smallest neighbour, then all paths are shortened. The
    number of roots at least halves in two rounds, so there are O(log count) rounds
    (Shiloach and Vishkin 1982, without their second hook).

    Returns:
        (count,) labels 0, 1, ... and the number of components.
    """
    parent = np.arange(count)
    while len(one):
        one, other = parent[one], parent[other]
        differ = one != other
        one, other = one[differ], other[differ]
        np.minimum.at(parent, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(shorter := parent[parent], parent):
            parent = shorter
    roots = parent == np.arange(count)
    return (np.cumsum(roots) - 1)[parent], int(roots.sum())


def _join_columns(
    old: _Corners,
    open_old: NDArray[np.int64],
    new: _Corners,
    upward: NDArray[np.bool_],
) -> tuple[_Corners, NDArray[np.int64]]:
    """Join corners by vertical edges; return all corners and those still open below."""
    both = old.concatenate(new)
    size = len(old.col)
    index = np.concatenate((open_old, np.arange(size, size + len(new.col))))
    ends = np.concatenate((np.zeros(len(open_old), np.bool_), upward))
    # edges of a column begin and end in turn; at one vertex the upper one ends first
    order = np.lexsort((~ends, both.row[index], both.col[index]))
    index, ends = index[order], ends[order]
    begins = np.flatnonzero(~ends)
    follows = np.append(ends, False)[begins + 1]
    closed = begins[follows]
    both.across[index[closed]] = index[closed + 1]
    both.across[index[closed + 1]] = index[closed]
    return both, index[begins[~follows]]


def _run_starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.cumsum(lengths) - lengths


def _any_in_run(
    flags: NDArray[np.bool_], starts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (
        np.logical_or.reduceat(flags, starts) if len(starts) else flags[:0]
    )
    return found
