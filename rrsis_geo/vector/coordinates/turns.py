"""Coordinates that repeat themselves after a whole turn around the planet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from rrsis_geo.scene.grid import angular_unit

FULL_TURN = 360.0
"""Degrees."""

SAME = 1e-6
"""Of a degree's width, by which meridians of a cylindrical projection differ."""


def whole_turn(crs: pyproj.CRS) -> float:
    """How much the first coordinate of a CRS grows in a turn around the planet.

    360 for degrees; 40,075,017 for Web Mercator, as for all projections in which
    meridians are parallel lines at equal distances; infinite where nothing repeats.
    """
    if crs.is_geographic:
        return FULL_TURN / angular_unit(crs)
    base = crs.geodetic_crs
    if not crs.is_projected or base is None:
        return np.inf
    transformer = pyproj.Transformer.from_crs(base.to_2d(), crs, always_xy=True)
    lon, lat = np.meshgrid(np.arange(4.0), [-40.0, 0.0, 40.0])
    x, _ = transformer.transform(lon / angular_unit(base), lat / angular_unit(base))
    if not np.isfinite(x).all():
        return np.inf
    # one of the steps may lead over the edge of the map
    degree = float(np.median(np.diff(x)))
    straight = np.ptp(x, axis=0).max() <= SAME * abs(degree)
    even = np.sort(np.abs(np.diff(x[0]) - degree))[1] <= SAME * abs(degree)
    return FULL_TURN * abs(degree) if straight and even else np.inf


def unwrapped(geometry: NDArray[np.object_], turn: float) -> NDArray[np.object_]:
    """Shapes whose corners lie less than half a turn from their first one."""
    corners, owner = shapely.get_coordinates(geometry, return_index=True)
    if not len(corners):
        return geometry
    first = corners[np.searchsorted(owner, owner), 0]
    corners[:, 0] -= turn * np.round((corners[:, 0] - first) / turn)
    result: NDArray[np.object_] = shapely.set_coordinates(geometry.copy(), corners)
    return result


def turned_towards(
    geometry: NDArray[np.object_], x: float, turn: float
) -> NDArray[np.object_]:
    """Shapes moved by whole turns, each to less than half a turn from a place.

    Args:
        geometry: (N,) none of them empty.
        x: First coordinate of the place.
        turn: As `whole_turn` says; infinite: nothing moves.
    """
    if not len(geometry) or not np.isfinite(turn):
        return geometry
    middle = shapely.bounds(geometry)[:, ::2].mean(axis=1)
    steps = -turn * np.round((middle - x) / turn)
    corners, owner = shapely.get_coordinates(geometry, return_index=True)
    corners[:, 0] += steps[owner]
    result: Any = shapely.set_coordinates(geometry.copy(), corners)
    return np.asarray(result, np.object_)
