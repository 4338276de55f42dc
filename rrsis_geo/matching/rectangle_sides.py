"""Sides of the smallest rectangles around outlines."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray


def rectangle_sides(outlines: NDArray[np.object_]) -> NDArray[np.float64]:
    """(N, 2, 2) two neighbouring sides as vectors; 0 where an outline has no area."""
    frames: NDArray[Any] = shapely.minimum_rotated_rectangle(outlines)
    sides = np.zeros((len(outlines), 2, 2))
    is_area = shapely.get_type_id(frames) == shapely.GeometryType.POLYGON
    rings = shapely.get_exterior_ring(frames[is_area])
    corners = np.stack(
        [shapely.get_coordinates(shapely.get_point(rings, at)) for at in range(3)]
    )
    sides[is_area] = np.diff(corners, axis=0).transpose(1, 0, 2)
    return sides
