"""Shortest offsets from points to outlines, vectorised."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from rrsis_geo.query.candidates.local_metric import Points
from rrsis_geo.query.candidates.selection import Rows, Values

CHUNK = 16_384
"""Sides of outlines processed at a time; they fit into the processor's cache."""


def nearest_point_offsets(
    points: Points, shapes: NDArray[np.object_], polygon: Rows
) -> Points:
    """(P, 2) offsets from points to the nearest points of polygons; 0 inside of them.

    Args:
        points: (P, 2), best sorted so that points of a polygon follow each other.
        shapes: (S,) polygons.
        polygon: (P,) index of each point's polygon.
    """
    plain = shapely.get_type_id(shapes) == GeometryType.POLYGON
    plain &= shapely.get_num_interior_rings(shapes) == 0
    offsets = np.zeros((len(points), 2))
    if not len(points):
        return offsets
    simple = np.flatnonzero(plain[polygon])
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes) + 1))
    sides = np.maximum(np.diff(first)[polygon[simple]] - 1, 0)
    x, y = np.ascontiguousarray(corners.T)
    chunk = np.cumsum(sides) // CHUNK
    for part in np.split(np.arange(len(simple)), np.flatnonzero(np.diff(chunk)) + 1):
        some = simple[part]
        offsets[some] = _ring_offsets(
            points[some], first[polygon[some]], sides[part], x, y
        )
    within = np.full(len(points), True)
    bounds = shapely.bounds(shapes)
    for axis in (0, 1):
        within &= points[:, axis] >= bounds[polygon, axis]
        within &= points[:, axis] <= bounds[polygon, axis + 2]
    inside = np.flatnonzero(within)
    inside = inside[shapely.intersects_xy(shapes[polygon[inside]], *points[inside].T)]
    offsets[inside] = 0
    holed = np.flatnonzero(~plain[polygon])
    lines = shapely.shortest_line(shapely.points(points[holed]), shapes[polygon[holed]])
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    offsets[holed] = ends[:, 1] - ends[:, 0]
    return offsets


def _ring_offsets(
    points: Points, first: Rows, sides: Rows, x: Values, y: Values
) -> Points:
    """(P, 2) offsets to the nearest points of rings.

    Args:
        points: (P, 2).
        first: (P,) index of the first vertex of each point's ring.
        sides: (P,) number of sides of that ring.
        x: (V,) coordinates of the vertices.
        y: (V,) coordinates of the vertices.
    """
    begin = np.cumsum(sides) - sides
    corner = np.arange(sides.sum()) + np.repeat(first - begin, sides)
    from_x = x[corner] - np.repeat(points[:, 0], sides)
    from_y = y[corner] - np.repeat(points[:, 1], sides)
    side_x, side_y = x[corner + 1] - x[corner], y[corner + 1] - y[corner]
    length = np.maximum(side_x * side_x + side_y * side_y, 1e-300)
    share = np.clip(-(from_x * side_x + from_y * side_y) / length, 0, 1)
    offset_x, offset_y = from_x + share * side_x, from_y + share * side_y
    squared = offset_x * offset_x + offset_y * offset_y
    least = np.repeat(np.minimum.reduceat(squared, begin), sides)
    nearest = np.flatnonzero(squared == least)
    owner = np.searchsorted(begin, nearest, side="right") - 1
    nearest = nearest[np.diff(owner, prepend=-1) > 0]
    return np.column_stack([offset_x[nearest], offset_y[nearest]])
