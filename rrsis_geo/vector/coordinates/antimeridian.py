"""Shapes in longitude and latitude, cut at the antimeridian by RFC 7946."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import (
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

HALF_TURN = 180.0
FULL_TURN = 360.0


def split_at_antimeridian(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Split shapes into the parts on either side.

    By RFC 7946, 3.1.9. A shape crosses the antimeridian where neighbouring vertices
    are more than 180 degrees apart, or where longitudes leave [-180, 180]. A polygon
    that contains a pole is extended along the antimeridian to the pole.

    Args:
        shapes: (N,) polygons, lines and points of one part or several, in degrees of
            longitude and latitude.

    Returns:
        (N,) shapes of the same dimension.
    """
    split = shapes.copy()
    for index in np.flatnonzero(_crossing(shapes)):
        split[index] = _split(shapes[index])
    return split


def _crossing(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    lon, owner = shapely.get_coordinates(shapes, return_index=True)
    crossing = np.zeros(len(shapes), np.bool_)
    crossing[owner[np.abs(lon[:, 0]) > HALF_TURN]] = True
    parts, whole = shapely.get_parts(shapes, return_index=True)
    corners, part = shapely.get_coordinates(parts, return_index=True)
    # a step from one ring to the next may look like a jump; splitting then cuts nothing
    jump = (np.abs(np.diff(corners[:, 0])) > HALF_TURN) & (np.diff(part) == 0)
    crossing[whole[part[1:][jump]]] = True
    return crossing


def _split(shape: BaseGeometry) -> BaseGeometry:
    """A shape that crosses, of any kind."""
    pieces = [piece for part in shapely.get_parts(shape) for piece in _pieces(part)]
    if not pieces:
        return shape
    gather: tuple[Any, ...] = (MultiPoint, MultiLineString, MultiPolygon)
    whole: BaseGeometry = pieces[0]
    if len(pieces) > 1:
        whole = gather[shapely.get_dimensions(whole)](pieces)
    return whole


def _pieces(part: Any) -> list[Any]:
    """What becomes of a polygon, a line or a point."""
    whole: BaseGeometry
    dimension = shapely.get_dimensions(part)
    if dimension == 2:
        whole = _unrolled(np.asarray(part.exterior.coords))
        for hole in part.interiors:
            inner = _unrolled(np.asarray(hole.coords))
            for turn in (-FULL_TURN, 0.0, FULL_TURN):
                whole = whole.difference(_shifted(inner, turn))
    else:
        corners = shapely.get_coordinates(part)
        corners[:, 0] = np.unwrap(corners[:, 0], period=FULL_TURN)
        whole = shapely.set_coordinates(part, corners)
    left, _, right, _ = whole.bounds
    pieces = []
    for turn in range(round(left // FULL_TURN) - 1, round(right // FULL_TURN) + 2):
        middle = turn * FULL_TURN
        band = box(middle - HALF_TURN, -90, middle + HALF_TURN, 90)
        cut = _shifted(whole.intersection(band), -middle)
        # a part that only touches the antimeridian leaves a point or a line
        found = shapely.get_parts(shapely.get_parts(cut))
        fits = shapely.get_dimensions(found) == dimension
        pieces += list(found[fits & ~shapely.is_empty(found)])
    if dimension == 2:
        merged = shapely.union_all(pieces)
        is_area = isinstance(merged, (Polygon, MultiPolygon))
        return list(shapely.get_parts(merged)) if is_area else [part]
    return pieces[:1] if dimension == 0 else pieces


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
