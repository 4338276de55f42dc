"""GeoJSON as RFC 7946 wants it.

Written here rather than by GDAL, whose writer takes a digit behind many zeros for noise
(100.0000001 becomes 100.0), needs ten times as long and keeps a full disk to itself.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely.geometry.polygon import orient

from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.antimeridian import split_at_antimeridian

DIGITS = 7
"""Of degrees: 1 cm (RFC 7946, 11.2)."""

MOST_DIGITS = 14
"""More than this a float of degrees does not hold."""


def write_geojson(
    polygons: Polygons, path: Path, *, name: str, description: str
) -> None:
    """A FeatureCollection with a line for each polygon.

    Longitude and latitude in WGS 84 with `DIGITS` digits, or more where an outline
    would break; rings by the right-hand rule; what crosses the antimeridian is a
    MultiPolygon. In pixel coordinates columns and rows are written instead: RFC 7946
    knows no such thing, but whoever has no CRS has nothing else to write. Of another
    planet the degrees are its own.

    Raises:
        OSError: the disk is full.
    """
    geometry = polygons.geometry
    if polygons.crs is not None:
        geometry = _on_earth(geometry, polygons.crs)
    columns = {key: _plain(polygons.columns[key]) for key in SCHEMA}
    head = {"type": "FeatureCollection", "name": name, "description": description}
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
        separator = "\n"
        rows = zip(*columns.values(), strict=True)
        for row, shape in zip(rows, shapely.to_geojson(geometry), strict=True):
            properties = json.dumps(
                dict(zip(columns, row, strict=True)), ensure_ascii=False
            )
            file.write(
                f'{separator}{{"type": "Feature", "properties": {properties}, '
                f'"geometry": {shape}}}'
            )
            separator = ",\n"
        file.write("\n]}\n")


def _plain(column: NDArray[Any]) -> list[Any]:
    """Values that JSON knows: NaN is null, float32 has no digits it did not have."""
    if column.dtype.kind != "f":
        return list(column.tolist())
    return [float(str(value)) if np.isfinite(value) else None for value in column]


def _on_earth(geometry: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    place = Grid(Affine.identity(), CRS.from_wkt(crs), 1, 1)
    lonlat = split_at_antimeridian(place.to_lonlat(geometry))
    # beside a pole a straight line of the map is none in degrees, and may cross others
    broken = ~shapely.is_valid(lonlat)
    lonlat[broken] = [_areas(shape) for shape in shapely.make_valid(lonlat[broken])]
    return _right_handed(_rounded(lonlat))


def _rounded(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """With as few digits from `DIGITS` on as leave every polygon what it is."""
    rounded = geometry
    for digits in range(DIGITS, MOST_DIGITS + 1):
        rounded = _round(geometry, digits)
        broken = ~shapely.is_valid(rounded)
        whole = geometry[broken]
        snapped = _round(shapely.set_precision(whole, 10.0**-digits), digits)
        rounded[broken] = snapped
        change = np.abs(shapely.area(snapped) - shapely.area(whole))
        good = shapely.is_valid(snapped) & (change < 0.01 * shapely.area(whole))
        if good.all():
            break
    return rounded


def _round(geometry: NDArray[np.object_], digits: int) -> NDArray[np.object_]:
    rounded = shapely.transform(geometry, lambda lonlat: np.round(lonlat, digits))
    return np.asarray(rounded, np.object_)


def _right_handed(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Outer rings anticlockwise, holes clockwise."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.diff(part, prepend=-1) > 0
    wrong = np.unique(owner[part[shapely.is_ccw(rings) != outer]])
    turned = geometry.copy()
    turned[wrong] = [_oriented(shape) for shape in geometry[wrong]]
    return turned


def _oriented(shape: Any) -> Any:
    if shape.geom_type == "Polygon":
        return orient(shape)
    return shapely.multipolygons([orient(part) for part in shape.geoms])


def _areas(shape: Any) -> Any:
    """What has an area of a mended geometry."""
    return shapely.union_all([p for p in shapely.get_parts(shape) if p.area > 0])
