"""Polygons of a scene in its pixels and in metres."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from rrsis_geo.query.candidates.local_metric import CHUNK, Points, local_projection
from rrsis_geo.query.candidates.rows_by_identity import RowsByIdentity
from rrsis_geo.scene.grid import Grid

Rows = NDArray[np.intp]
Boxes = NDArray[np.float64]
Outlines = NDArray[np.object_]


class ProjectedOutlines:
    """N polygons, each projected when it is first asked for, and kept.

    The expressions of a job choose from much the same polygons. Memory is linear in the
    number of vertices.
    """

    def __init__(self, geometry: Outlines, grid: Grid) -> None:
        """Start with nothing projected.

        Args:
            geometry: (N,) in the CRS of the grid.
            grid: Grid that the scene was read on.
        """
        self.projection = local_projection(grid)
        self._geometry = geometry
        self._from_crs = ~grid.transform
        self._kept: dict[str, tuple[NDArray[np.bool_], NDArray[Any]]] = {}

    def __len__(self) -> int:
        return len(self._geometry)

    def rows_of(self, geometry: Outlines) -> Rows:
        """(R,) where some of these very polygons are, as an array of them was taken."""
        return self._rows.find(geometry)

    def centres(self, rows: Rows) -> Points:
        """(R, 2) centroids in pixels; an affine transform preserves centroids."""

        def measure(geometry: Outlines) -> Points:
            centroids = shapely.centroid(geometry)
            return self._to_pixels(shapely.get_coordinates(centroids))

        return self._once("centre", rows, np.zeros((len(self), 2)), measure)

    def image_boxes(self, rows: Rows) -> Boxes:
        """(R, 4) left, top, right, bottom in pixels."""

        def measure(geometry: Outlines) -> Boxes:
            if self._from_crs.b == self._from_crs.d == 0:  # sides stay sides
                corners = shapely.bounds(geometry).reshape(-1, 2)
                ends = self._to_pixels(corners).reshape(-1, 2, 2)
                return np.concatenate([ends.min(axis=1), ends.max(axis=1)], axis=1)
            return _boxes(self._vertices(geometry), geometry)

        return self._once("image box", rows, np.zeros((len(self), 4)), measure)

    def map_boxes(self, rows: Rows) -> Boxes:
        """(R, 4) the same in the metres of `LocalProjection.compass`."""

        def measure(geometry: Outlines) -> Boxes:
            return _boxes(self.projection.compass(self._vertices(geometry)), geometry)

        return self._once("map box", rows, np.zeros((len(self), 4)), measure)

    def outlines(self, rows: Rows) -> Outlines:
        """(R,) outlines in the metres of `LocalProjection.metres`."""

        def measure(geometry: Outlines) -> Outlines:
            return _moved(geometry, self.projection.metres(self._vertices(geometry)))

        return self._once("outline", rows, np.empty(len(self), np.object_), measure)

    def _once(
        self,
        name: str,
        rows: Rows,
        unknown: NDArray[Any],
        measure: Callable[[Outlines], NDArray[Any]],
    ) -> NDArray[Any]:
        """(R, ...) a measure of some polygons, made for those that have none yet.

        Args:
            name: Of the measure.
            rows: (R,) the polygons.
            unknown: (N, ...) to be filled.
            measure: What makes it.
        """
        known, values = self._kept.setdefault(
            name, (np.zeros(len(self), np.bool_), unknown)
        )
        new = rows[~known[rows]]
        if len(new):
            values[new] = measure(self._geometry[new])
            known[new] = True
        return values[rows]

    @cached_property
    def _rows(self) -> RowsByIdentity:
        return RowsByIdentity(self._geometry)

    def _vertices(self, geometry: Outlines) -> Points:
        """(V, 2) vertices in pixels."""
        return self._to_pixels(shapely.get_coordinates(geometry))

    def _to_pixels(self, points: Points) -> Points:
        t = self._from_crs
        pixels = np.empty_like(points)
        # in chunks that fit into the processor's cache
        for start in range(0, len(points), CHUNK):
            part = slice(start, start + CHUNK)
            x, y = points[part].T
            pixels[part, 0] = t.a * x + t.b * y + t.c
            pixels[part, 1] = t.d * x + t.e * y + t.f
        return pixels


def _first(geometry: Outlines) -> Rows:
    """(N,) index of the first vertex of each polygon."""
    counts = shapely.get_num_coordinates(geometry)
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.intp)


def _boxes(vertices: Points, geometry: Outlines) -> Boxes:
    """(N, 4) least x and y, greatest x and y of the vertices of polygons."""
    first = _first(geometry)
    low = np.minimum.reduceat(vertices, first)
    return np.concatenate([low, np.maximum.reduceat(vertices, first)], axis=1)


def _moved(geometry: Outlines, vertices: Points) -> Outlines:
    """(N,) polygons with other vertices."""
    plain = shapely.get_type_id(geometry) == GeometryType.POLYGON
    plain &= shapely.get_num_interior_rings(geometry) == 0
    if not plain.all():
        moved = shapely.set_coordinates(geometry.copy(), vertices)
    else:
        ends = np.append(_first(geometry), len(vertices))
        rings = np.arange(len(geometry) + 1)
        moved = shapely.from_ragged_array(GeometryType.POLYGON, vertices, (ends, rings))
    return np.asarray(moved, np.object_)
