"""Units of the coordinates of a CRS."""

from __future__ import annotations

import math

import pyproj

EARTH_RADIUS = 6_378_137.0
"""Metres."""


def angular_unit(crs: pyproj.CRS) -> float:
    """Degrees in a unit of a geographic CRS: 1, or 0.9 for grads."""
    return math.degrees(crs.axis_info[0].unit_conversion_factor)


def metres_in_unit(crs: pyproj.CRS) -> float:
    """Metres on the ground in a unit of a CRS; of a degree, along a meridian."""
    factor = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
    if not crs.is_geographic:
        return factor
    geod = crs.get_geod()
    return factor * (EARTH_RADIUS if geod is None else float(geod.a))
