"""Area and perimeter on the ellipsoid."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod


def areas_and_perimeters(
    polygons: NDArray[np.object_], geod: Geod
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Geodesic areas without the holes, and perimeters with the holes.

    Edges are geodesics (Karney 2013, in PROJ). Rings may run either way, and polygons
    may cross the antimeridian or contain a pole.

    Args:
        polygons: (N,) polygons in degrees of longitude and latitude.
        geod: Ellipsoid.

    Returns:
        (N,) square metres and (N,) metres.
    """
    empty = np.zeros(len(polygons))
    if not len(polygons):
        return empty, empty
    _, lonlat, (rings, parts) = shapely.to_ragged_array(polygons)
    lon, lat = np.ascontiguousarray(lonlat[:, 0]), np.ascontiguousarray(lonlat[:, 1])
    measured = np.array(
        [
            geod.polygon_area_perimeter(lon[start:stop], lat[start:stop])
            for start, stop in pairwise(rings)
        ]
    )
    outer = np.zeros(len(rings) - 1, np.bool_)
    outer[parts[:-1]] = True
    area = np.abs(measured[:, 0]) * np.where(outer, 1, -1)
    return np.add.reduceat(area, parts[:-1]), np.add.reduceat(
        measured[:, 1], parts[:-1]
    )
