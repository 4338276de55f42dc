"""Coordinates that repeat themselves after a turn around the planet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from rrsis_geo.geodata.crs_units import angular_unit

WRAPPED_METHODS = (
    "Popular Visualisation Pseudo Mercator",
    "Mercator (variant A)",
    "Mercator (variant B)",
    "Mercator (Spherical)",
    "Equidistant Cylindrical",
    "Equidistant Cylindrical (Spherical)",
    "Lambert Cylindrical Equal Area",
    "Lambert Cylindrical Equal Area (Spherical)",
)
"""Projections in which x repeats after a turn around the Earth."""


@dataclass(frozen=True)
class Turn:
    """A turn around the planet, where x is a longitude or proportional to it."""

    length: float
    """Difference of x."""
    low: float
    """Lowest x of the usual turn."""
    zero: float
    """x at the longitude of about 0."""

    @property
    def high(self) -> float:
        """Highest x of the usual turn."""
        return self.low + self.length


@lru_cache(maxsize=16)
def turn_of(wkt: str) -> Turn | None:
    """The turn of a CRS; None where x does not repeat."""
    crs = pyproj.CRS.from_wkt(wkt)
    if crs.is_geographic:
        length = 360 / angular_unit(crs)
        return Turn(length=length, low=-length / 2, zero=0.0)
    operation, base = crs.coordinate_operation, crs.geodetic_crs
    if base is None or operation is None:
        return None
    if operation.method_name not in WRAPPED_METHODS:
        return None
    base = base.to_2d()
    middle = next(
        (
            math.degrees(float(item.value) * item.unit_conversion_factor)
            for item in operation.params
            if item.name == "Longitude of natural origin"
        ),
        0.0,
    )
    at = np.array([middle - 90, middle + 90]) / angular_unit(base)
    west, east = transformer_between(base.to_wkt(), wkt).transform(at, [0.0, 0.0])[0]
    length, centre = 2 * (east - west), (west + east) / 2
    return Turn(
        length=length, low=centre - length / 2, zero=centre - length * middle / 360
    )


@lru_cache(maxsize=16)
def transformer_between(source: str, target: str) -> Any:
    """What moves (x, y) from one CRS to another, each given as WKT.

    Raises:
        pyproj.exceptions.ProjError: nothing leads from one to the other.
    """
    return pyproj.Transformer.from_crs(
        pyproj.CRS.from_wkt(source), pyproj.CRS.from_wkt(target), always_xy=True
    )


def unwrapped(geometry: NDArray[np.object_], turn: Turn) -> NDArray[np.object_]:
    """Shapes whose corners lie less than half a turn from their first one."""
    corners, owner = shapely.get_coordinates(geometry, return_index=True)
    if not len(corners):
        return geometry
    first = corners[np.searchsorted(owner, owner), 0]
    corners[:, 0] -= turn.length * np.round((corners[:, 0] - first) / turn.length)
    result: NDArray[np.object_] = shapely.set_coordinates(geometry.copy(), corners)
    return result


def turned_towards(
    geometry: NDArray[np.object_], x: float, turn: Turn
) -> NDArray[np.object_]:
    """Shapes moved by whole turns, each to less than half a turn from a place.

    Args:
        geometry: (N,) none of them empty.
        x: First coordinate of the place.
        turn: Of their CRS.
    """
    middle = shapely.bounds(geometry)[:, ::2].mean(axis=1)
    steps = -turn.length * np.round((middle - x) / turn.length)
    corners, owner = shapely.get_coordinates(geometry, return_index=True)
    corners[:, 0] += steps[owner]
    result: NDArray[np.object_] = shapely.set_coordinates(geometry.copy(), corners)
    return result
