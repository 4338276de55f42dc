"""Polygons in another CRS than the one they were found in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError

from rrsis_geo.errors import OptionError, OutputError
from rrsis_geo.geodata.bent_edges import move_polygons
from rrsis_geo.geodata.crs_units import angular_unit, metres_in_unit
from rrsis_geo.geodata.turns import transformer_between, turn_of, unwrapped
from rrsis_geo.geodata.vector_layers import only_areas
from rrsis_geo.scene.grid import BEND, STRAIGHT_EDGE
from rrsis_geo.types import Polygons

BEND_ON_THE_GROUND = 0.1
"""Metres by which an edge may lie beside its curve."""


def reproject(polygons: Polygons, crs: str) -> Polygons:
    """The same objects in another CRS; attributes stay, since they are of the ground.

    Long edges get more corners, so that they stay where they are. In a CRS that repeats
    itself, like degrees and Web Mercator, a polygon across the antimeridian keeps its
    shape: its longitudes go beyond 180.

    Args:
        polygons: In a CRS, not in pixel coordinates.
        crs: WKT of the CRS that is wanted.

    Raises:
        OptionError: nothing leads to that CRS.
        OutputError: a polygon lies outside the domain of that CRS.
    """
    source, target = (_flat(wkt) for wkt in (polygons.crs or crs, crs))
    if not len(polygons.geometry) or source.equals(target, ignore_axis_order=True):
        return replace(polygons, crs=crs)
    transformer = _transformer_to(source, target)

    def move(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(*xy.T))

    turn = turn_of(target.to_wkt())
    tolerance = BEND_ON_THE_GROUND / metres_in_unit(target)
    if target.is_geographic:
        tolerance = BEND / angular_unit(target)
    areas = shapely.get_dimensions(polygons.geometry) == 2
    moved = np.array(shapely.transform(polygons.geometry, move), np.object_)
    moved[areas] = move_polygons(
        polygons.geometry[areas],
        move,
        tolerance=tolerance,
        shortest=STRAIGHT_EDGE / metres_in_unit(source),
        period=np.inf if turn is None else turn.length,
    )
    if turn is not None:
        moved = unwrapped(moved, turn)
    before = shapely.get_num_coordinates(polygons.geometry)
    lost = shapely.get_num_coordinates(moved) < before
    lost |= ~np.isfinite(shapely.bounds(moved)).all(axis=1)
    if lost.any():
        lon, lat = (polygons.columns[name][lost][0] for name in ("lon", "lat"))
        raise OutputError(
            f"a polygon at longitude {lon:.6g} and latitude {lat:.6g} lies outside "
            f"{target.name}; choose another --dst-crs"
        )
    invalid = areas & ~shapely.is_valid(moved)
    moved[invalid] = [only_areas(s) for s in shapely.make_valid(moved[invalid])]
    return replace(polygons, geometry=moved, crs=crs)


def _flat(wkt: str) -> pyproj.CRS:
    return pyproj.CRS.from_wkt(wkt).to_2d()


def check_reachable(source: str, target: str) -> None:
    """Check that coordinates can be moved from one CRS to another, each given as WKT.

    Raises:
        OptionError: nothing leads there.
    """
    _transformer_to(_flat(source), _flat(target))


def _transformer_to(source: pyproj.CRS, target: pyproj.CRS) -> Any:
    """What moves (x, y) to the CRS that the user asked for.

    Raises:
        OptionError: nothing leads there.
    """
    try:
        return transformer_between(source.to_wkt(), target.to_wkt())
    except ProjError as error:
        raise OptionError(
            f"--dst-crs {target.name}: nothing leads there from {source.name}; choose "
            "a CRS of the same planet"
        ) from error
