"""Rasterized polygons: which pixels each object of a layout covers.

Training needs many masks over one crop, each a selection of the same objects.
`rasterio.features.rasterize` converts every outline through JSON for each mask; here
each outline becomes runs of pixels once, and a mask is a selection of runs. The pixels
are the same as those of GDAL (alg/llrasterize.cpp): a pixel counts by its centre, rings
by the even-odd rule; where an outline runs through centres, its upper and left sides
count.
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
class PolygonRuns:
    """Runs of pixels along rows, inside the image, in the order of their objects."""

    width: int
    height: int
    count: int
    """Objects, with or without runs."""
    owner: Integers
    """(R,) index of the object of each run."""
    row: Integers
    """(R,) row of each run."""
    start: Integers
    """(R,) first column."""
    stop: Integers
    """(R,) column after the last."""

    def mask(self, owners: Sequence[int]) -> NDArray[np.bool_]:
        """Draw (H, W) True on any of these objects."""
        row, start, stop, _ = self._runs_of(owners)
        mask = np.zeros((self.height, self.width), bool)
        if not len(row):
            return mask
        top, bottom = row.min(), row.max() + 1
        left, right = start.min(), stop.max()
        line = right - left + 1  # a run may end one column after the last
        at = (row - top) * line - left
        size = (bottom - top) * line
        steps = np.bincount(at + start, minlength=size)
        steps -= np.bincount(at + stop, minlength=size)
        covered = steps.reshape(-1, line).cumsum(axis=1) > 0
        mask[top:bottom, left:right] = covered[:, :-1]
        return mask

    def label_map(self, owners: Sequence[int]) -> NDArray[np.int32]:
        """Draw (H, W): 1, 2, ... on the first, second, ... of these; 0 on background.

        Where objects overlap, the later one covers the earlier one.
        """
        row, start, stop, owner = self._runs_of(owners)
        label = np.zeros(self.count, np.int32)
        label[list(owners)] = np.arange(1, len(owners) + 1)
        order = np.argsort(label[owner], kind="stable")  # later writes overwrite
        length = (stop - start)[order]
        before = np.cumsum(length) - length
        pixel = np.repeat((row * self.width + start)[order] - before, length)
        pixel += np.arange(len(pixel))
        labels = np.zeros(self.height * self.width, np.int32)
        labels[pixel] = np.repeat(label[owner[order]], length)
        return labels.reshape(self.height, self.width)

    def _runs_of(
        self, owners: Sequence[int]
    ) -> tuple[Integers, Integers, Integers, Integers]:
        chosen = np.zeros(self.count, bool)
        chosen[list(owners)] = True
        runs = np.flatnonzero(chosen[self.owner])
        return self.row[runs], self.start[runs], self.stop[runs], self.owner[runs]


_CACHE: WeakKeyDictionary[Layout, PolygonRuns] = WeakKeyDictionary()


def layout_runs(layout: Layout) -> PolygonRuns:
    """The runs of a layout, cached for as long as the layout exists."""
    runs = _CACHE.get(layout)
    if runs is None:
        runs = rasterize_polygons(
            layout.outlines, width=layout.width, height=layout.height
        )
        _CACHE[layout] = runs
    return runs


def rasterize_polygons(
    polygons: NDArray[np.object_], *, width: int, height: int
) -> PolygonRuns:
    """Rasterize (N,) polygons or multipolygons to an image of this size."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    one, other, part = points[edge], points[edge + 1], part[ring[edge]]
    # y points down, so what GEOS calls counter-clockwise looks clockwise.
    reverse = shapely.is_ccw(rings)[ring[edge]][:, None]
    runs = [
        _scanline_spans(one, other, part, height),
        _horizontal_edges(
            np.where(reverse, other, one), np.where(reverse, one, other), part, height
        ),
    ]
    of, row, left, right = (
        np.concatenate(pieces) for pieces in zip(*runs, strict=True)
    )
    start = np.floor(np.clip(left + 0.5, 0, width)).astype(np.int64)
    stop = np.floor(np.clip(right - 0.5, -1, width)).astype(np.int64) + 1
    stop = np.minimum(stop, width)
    full = np.flatnonzero(start < stop)
    full = full[np.argsort(owner[of[full]], kind="stable")]
    return PolygonRuns(
        width=width,
        height=height,
        count=len(polygons),
        owner=owner[of[full]],
        row=row[full],
        start=start[full],
        stop=stop[full],
    )


Spans = tuple[Integers, Integers, NDArray[np.float64], NDArray[np.float64]]
"""(part, row, left, right): intervals of rows, in pixels from the left."""


def _scanline_spans(
    one: NDArray[np.float64], other: NDArray[np.float64], part: Integers, height: int
) -> Spans:
    """Spans of the centre line of each row between crossings of the outline."""
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
    first_crossing = order[0::2]
    return part[edge[first_crossing]], row[first_crossing], left, right


def _horizontal_edges(
    one: NDArray[np.float64], other: NDArray[np.float64], part: Integers, height: int
) -> Spans:
    """Spans of horizontal edges through pixel centres, of upper sides only.

    Rings are oriented alike, so an upper side, also of a hole, runs to the left.
    """
    row = np.floor(one[:, 1]).astype(np.int64)
    level = (one[:, 1] == other[:, 1]) & (one[:, 1] == row + 0.5)
    level &= (one[:, 0] > other[:, 0]) & (row >= 0) & (row < height)
    return part[level], row[level], other[level, 0], one[level, 0]
