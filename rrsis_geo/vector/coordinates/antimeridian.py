"""Polygons in longitude and latitude, cut at the antimeridian by RFC 7946."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

HALF_TURN = 180.0
FULL_TURN = 360.0


def split_at_antimeridian(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Split polygons into MultiPolygons of the parts on either side.

    By RFC 7946, 3.1.9. A polygon crosses the antimeridian where neighbouring vertices
    are more than 180 degrees apart, or where longitudes leave [-180, 180]. One that
    contains a pole is extended along the antimeridian to the pole.

    Args:
        polygons: (N,) in degrees of longitude and latitude.
    """
    split = polygons.copy()
    for index in np.flatnonzero(_crossing(polygons)):
        split[index] = _split(polygons[index])
    return split


def _crossing(polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(polygons, return_index=True)
    lon = coordinates[:, 0]
    crossing = np.zeros(len(polygons), np.bool_)
    crossing[owner[np.abs(lon) > HALF_TURN]] = True
    # a step from one ring to the next may look like a jump; splitting then cuts nothing
    jump = (np.abs(np.diff(lon)) > HALF_TURN) & (np.diff(owner) == 0)
    crossing[owner[1:][jump]] = True
    return crossing


def _split(polygon: Polygon) -> Polygon | MultiPolygon:
    whole: BaseGeometry = _unrolled(np.asarray(polygon.exterior.coords))
    for hole in polygon.interiors:
        inner = _unrolled(np.asarray(hole.coords))
        for turn in (-FULL_TURN, 0.0, FULL_TURN):
            whole = whole.difference(_shifted(inner, turn))
    left, _, right, _ = whole.bounds
    parts = []
    for turn in range(round(left // FULL_TURN) - 1, round(right // FULL_TURN) + 2):
        middle = turn * FULL_TURN
        band = box(middle - HALF_TURN, -90, middle + HALF_TURN, 90)
        cut = _shifted(whole.intersection(band), -middle)
        # a part that only touches the antimeridian leaves a point or a line
        parts += [part for part in shapely.get_parts(cut) if part.area > 0]
    merged = shapely.union_all(parts)
    if not isinstance(merged, (Polygon, MultiPolygon)):
        return polygon
    return merged


def _unrolled(ring: NDArray[np.float64]) -> BaseGeometry:
    """The ring's interior with continuous longitudes, as a valid geometry."""
    lon, lat = np.unwrap(ring[:, 0], period=FULL_TURN), ring[:, 1]
    if abs(lon[-1] - lon[0]) > HALF_TURN:  # around the Earth: a pole lies inside
        pole = 90.0 if lat.mean() > 0 else -90.0
        lon = np.append(lon, [lon[-1], lon[0]])
        lat = np.append(lat, [pole, pole])
    filled = shapely.make_valid(Polygon(np.column_stack((lon, lat))))
    areas = [part for part in shapely.get_parts(filled) if part.area > 0]
    return shapely.union_all(areas)


def _shifted(geometry: BaseGeometry, degrees: float) -> BaseGeometry:
    offset = np.array([degrees, 0.0])
    return shapely.transform(geometry, lambda lonlat: lonlat + offset)
