"""Which pixels the objects of a layout cover, worked out once for all of them.

Training asks for many masks over one piece, each a choice of the same objects.
`rasterio.features.rasterize` takes every outline through JSON anew each time; here each
outline becomes runs of pixels once, and a mask is a choice of runs. The pixels are the
same as those of GDAL (alg/llrasterize.cpp): a pixel counts by its centre, rings by the
even-odd rule; where an outline runs through centres, its upper and left sides count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import Layout

Integers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fill:
    """Runs of pixels along rows, inside the frame, in the order of their objects."""

    width: int
    height: int
    count: int
    """Objects, with or without runs."""
    owner: Integers
    """(R,) the object of a run."""
    row: Integers
    """(R,)"""
    start: Integers
    """(R,) first column."""
    stop: Integers
    """(R,) column after the last."""

    def mask(self, owners: Sequence[int]) -> NDArray[np.bool_]:
        """(H, W) True on any of these objects."""
        row, start, stop, _ = self._of(owners)
        mask = np.zeros((self.height, self.width), bool)
        if not len(row):
            return mask
        top, bottom = row.min(), row.max() + 1
        left, right = start.min(), stop.max()
        line = right - left + 1  # a run may stop one behind the last
        at = (row - top) * line - left
        size = (bottom - top) * line
        steps = np.bincount(at + start, minlength=size)
        steps -= np.bincount(at + stop, minlength=size)
        covered = steps.reshape(-1, line).cumsum(axis=1) > 0
        mask[top:bottom, left:right] = covered[:, :-1]
        return mask

    def names(self, owners: Sequence[int]) -> NDArray[np.int32]:
        """(H, W): 1, 2, ... for the first, second, ... of these; 0 on the ground.

        Where objects overlap, the later one is seen.
        """
        row, start, stop, owner = self._of(owners)
        name = np.zeros(self.count, np.int32)
        name[list(owners)] = np.arange(1, len(owners) + 1)
        order = np.argsort(name[owner], kind="stable")  # what is written last stays
        length = (stop - start)[order]
        before = np.cumsum(length) - length
        place = np.repeat((row * self.width + start)[order] - before, length)
        place += np.arange(len(place))
        names = np.zeros(self.height * self.width, np.int32)
        names[place] = np.repeat(name[owner[order]], length)
        return names.reshape(self.height, self.width)

    def _of(
        self, owners: Sequence[int]
    ) -> tuple[Integers, Integers, Integers, Integers]:
        chosen = np.zeros(self.count, bool)
        chosen[list(owners)] = True
        runs = np.flatnonzero(chosen[self.owner])
        return self.row[runs], self.start[runs], self.stop[runs], self.owner[runs]


_FILLS: WeakKeyDictionary[Layout, Fill] = WeakKeyDictionary()


def fill_of(layout: Layout) -> Fill:
    """The runs of a layout, kept for as long as the layout is."""
    found = _FILLS.get(layout)
    if found is None:
        found = fill(layout.outlines, width=layout.width, height=layout.height)
        _FILLS[layout] = found
    return found


def fill(polygons: NDArray[np.object_], *, width: int, height: int) -> Fill:
    """The pixels of (N,) polygons or multipolygons in a frame."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    one, other, part = points[edge], points[edge + 1], part[ring[edge]]
    # y points down, so what GEOS calls counter-clockwise looks clockwise.
    turned = shapely.is_ccw(rings)[ring[edge]][:, None]
    runs = [
        _between_crossings(one, other, part, height),
        _level_edges(
            np.where(turned, other, one), np.where(turned, one, other), part, height
        ),
    ]
    of, row, left, right = (
        np.concatenate(pieces) for pieces in zip(*runs, strict=True)
    )
    start = np.floor(np.clip(left + 0.5, 0, width)).astype(np.int64)
    stop = np.floor(np.clip(right - 0.5, -1, width)).astype(np.int64) + 1
    stop = np.minimum(stop, width)
    some = np.flatnonzero(start < stop)
    some = some[np.argsort(owner[of[some]], kind="stable")]
    return Fill(
        width=width,
        height=height,
        count=len(polygons),
        owner=owner[of[some]],
        row=row[some],
        start=start[some],
        stop=stop[some],
    )


Spans = tuple[Integers, Integers, NDArray[np.float64], NDArray[np.float64]]
"""(part, row, left, right): stretches of rows, in pixels from the left."""


def _between_crossings(
    one: NDArray[np.float64], other: NDArray[np.float64], part: Integers, height: int
) -> Spans:
    """Where the centre line of a row is inside: between crossings of the outline."""
    upward = one[:, 1] > other[:, 1]
    high = np.where(upward[:, None], other, one)  # the end with the smaller y
    low = np.where(upward[:, None], one, other)
    first = np.clip(np.ceil(high[:, 1] - 0.5), 0, height).astype(np.int64)
    stop = np.clip(np.ceil(low[:, 1] - 0.5), 0, height).astype(np.int64)
    count = np.maximum(stop - first, 0)
    edge = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    row = np.arange(len(edge)) + np.repeat(first - before, count)
    x1, y1 = high[edge].T
    x2, y2 = low[edge].T
    across = (row + 0.5 - y1) * (x2 - x1) / (y2 - y1) + x1
    line = part[edge] * height + row
    order = np.lexsort((across, line))
    # Rings are closed, so every line is crossed an even number of times.
    left, right = across[order[0::2]], across[order[1::2]]
    place = order[0::2]
    return part[edge[place]], row[place], left, right


def _level_edges(
    one: NDArray[np.float64], other: NDArray[np.float64], part: Integers, height: int
) -> Spans:
    """Level edges through centres, filled where rings that all turn alike run left.

    Those are the upper ones, also of holes.
    """
    row = np.floor(one[:, 1]).astype(np.int64)
    level = (one[:, 1] == other[:, 1]) & (one[:, 1] == row + 0.5)
    level &= (one[:, 0] > other[:, 0]) & (row >= 0) & (row < height)
    return part[level], row[level], other[level, 0], one[level, 0]
