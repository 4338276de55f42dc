"""Shortest ways from points to outlines, many at a time."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from rrsis_geo.query.candidates.local_metric import Points
from rrsis_geo.query.candidates.selection import Rows, Values

CHUNK = 16_384
"""Sides of outlines looked at together: so many stay in the processor's cache."""


def nearest_point_offsets(
    points: Points, shapes: NDArray[np.object_], polygon: Rows
) -> Points:
    """(P, 2) steps from points to the nearest points of outlines; 0 from inside.

    Args:
        points: (P, 2), best in an order in which the same outlines are close together.
        shapes: (S,) polygons.
        which: (P,) number of each point's polygon.
    """
    plain = shapely.get_type_id(shapes) == GeometryType.POLYGON
    plain &= shapely.get_num_interior_rings(shapes) == 0
    steps = np.zeros((len(points), 2))
    if not len(points):
        return steps
    rim = np.flatnonzero(plain[polygon])
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes) + 1))
    sides = np.maximum(np.diff(first)[polygon[rim]] - 1, 0)
    x, y = np.ascontiguousarray(corners.T)
    chunk = np.cumsum(sides) // CHUNK
    for part in np.split(np.arange(len(rim)), np.flatnonzero(np.diff(chunk)) + 1):
        some = rim[part]
        steps[some] = _ring_offsets(
            points[some], first[polygon[some]], sides[part], x, y
        )
    within = np.full(len(points), True)
    bounds = shapely.bounds(shapes)
    for axis in (0, 1):
        within &= points[:, axis] >= bounds[polygon, axis]
        within &= points[:, axis] <= bounds[polygon, axis + 2]
    over = np.flatnonzero(within)
    over = over[shapely.intersects_xy(shapes[polygon[over]], *points[over].T)]
    steps[over] = 0
    holed = np.flatnonzero(~plain[polygon])
    lines = shapely.shortest_line(shapely.points(points[holed]), shapes[polygon[holed]])
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    steps[holed] = ends[:, 1] - ends[:, 0]
    return steps


def _ring_offsets(
    points: Points, first: Rows, sides: Rows, x: Values, y: Values
) -> Points:
    """(P, 2) steps to the nearest points of rings.

    Args:
        points: (P, 2).
        first: (P,) where the corners of each one's ring begin.
        sides: (P,) how many sides it has.
        x: Of the corners.
        y: Likewise.
    """
    begin = np.cumsum(sides) - sides
    corner = np.arange(sides.sum()) + np.repeat(first - begin, sides)
    from_x = x[corner] - np.repeat(points[:, 0], sides)
    from_y = y[corner] - np.repeat(points[:, 1], sides)
    side_x, side_y = x[corner + 1] - x[corner], y[corner + 1] - y[corner]
    length = np.maximum(side_x * side_x + side_y * side_y, 1e-300)
    share = np.clip(-(from_x * side_x + from_y * side_y) / length, 0, 1)
    way_x, way_y = from_x + share * side_x, from_y + share * side_y
    far = way_x * way_x + way_y * way_y
    least = np.repeat(np.minimum.reduceat(far, begin), sides)
    nearest = np.flatnonzero(far == least)
    owner = np.searchsorted(begin, nearest, side="right") - 1
    nearest = nearest[np.diff(owner, prepend=-1) > 0]
    return np.column_stack([way_x[nearest], way_y[nearest]])
