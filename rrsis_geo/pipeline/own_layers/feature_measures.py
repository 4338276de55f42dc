"""Features of the user's own layers as polygons of a result, with their measures."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.scene.grid import Grid, wkt2
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.geodesic import areas_and_perimeters

Shapes = NDArray[np.object_]
Values = NDArray[np.float64]


def measured(shapes: Shapes, grid: Grid, *, at_edge: NDArray[np.bool_]) -> Polygons:
    """Features with the columns of a result.

    Args:
        shapes: (N,) in the grid's CRS; areas, lines and points, of any number of parts.
        grid: What the scene is read at.
        at_edge: (N,) whether the area that is searched cuts them.
    """
    count = len(shapes)
    area, perimeter = _measures(shapes, grid)
    lon, lat = _centroids(shapes, grid)
    columns: dict[str, NDArray[Any]] = {
        "id": np.arange(1, count + 1),
        "expression": np.full(count, "", np.object_),
        "score": np.ones(count),
        "score_max": np.ones(count),
        "area_m2": area,
        "perimeter_m": perimeter,
        "lon": lon,
        "lat": lat,
        "touches_edge": at_edge,
        "rank": np.zeros(count),
        "distance_m": np.full(count, np.nan),
        "why": np.full(count, "", np.object_),
    }
    return Polygons(
        geometry=shapes,
        crs=None if grid.crs is None else wkt2(grid.crs),
        columns={name: columns[name].astype(dtype) for name, dtype in SCHEMA.items()},
    )


def _measures(shapes: Shapes, grid: Grid) -> tuple[Values, Values]:
    """(N,) areas and perimeters, of lines their lengths, in metres."""
    geod = grid.geod
    if geod is None:
        return shapely.area(shapes), shapely.length(shapes)
    area, perimeter = np.zeros(len(shapes)), np.zeros(len(shapes))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    lonlat = grid.to_lonlat(parts)
    kind = shapely.get_dimensions(parts)
    areas = np.flatnonzero(kind == 2)
    sizes, around = areas_and_perimeters(lonlat[areas], geod)
    np.add.at(area, owner[areas], sizes)
    np.add.at(perimeter, owner[areas], around)
    for index in np.flatnonzero(kind == 1).tolist():
        lon, lat = shapely.get_coordinates(lonlat[index]).T
        perimeter[owner[index]] += geod.line_length(lon, lat)
    return area, perimeter


def _centroids(shapes: Shapes, grid: Grid) -> tuple[Values, Values]:
    """Longitudes in [-180, 180] and latitudes; NaN in pixel coordinates."""
    if grid.crs is None or not len(shapes):
        missing = np.full(len(shapes), np.nan)
        return missing, missing
    lonlat = shapely.get_coordinates(grid.to_lonlat(shapely.centroid(shapes)))
    return (lonlat[:, 0] + 180) % 360 - 180, lonlat[:, 1]
