"""GeoJSON by RFC 7946, and polygons in longitude and latitude.

GDAL's writer is not used: it takes a digit after many zeros for noise (100.0000001
becomes 100.0), needs ten times as long and does not report a full disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.crs import CRS
from shapely.geometry.polygon import orient

from rrsis_geo.geodata.vector_layers import only_areas
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons
from rrsis_geo.vector.coordinates.antimeridian import split_at_antimeridian
from rrsis_geo.vector.vector_format import Layer, VectorFormat

DIGITS = 7
"""Decimals of a degree, 1 cm on the ground (RFC 7946, 11.2)."""

MOST_DIGITS = 14
"""Decimals of a degree that a float64 holds."""


def write_geojson(layer: Layer, path: Path, file_format: VectorFormat) -> None:
    """Write a FeatureCollection with a line for each polygon.

    Coordinates are those of `to_lonlat`. Pixel coordinates are written as columns and
    rows, without a CRS, although RFC 7946 does not provide for them.

    Raises:
        OSError: the disk is full.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(
            geojson_text(layer.polygons, name=layer.name, description=layer.description)
        )


def geojson_text(polygons: Polygons, *, name: str, description: str) -> Iterator[str]:
    """The pieces of a FeatureCollection, with a line for each polygon.

    Args:
        polygons: In any CRS.
        name: Name of the layer.
        description: Likewise.
    """
    polygons = to_lonlat(polygons)
    columns = {key: _json_values(values) for key, values in polygons.columns.items()}
    head = {"type": "FeatureCollection", "name": name, "description": description}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "features": ['
    separator = "\n"
    rows = zip(*columns.values(), strict=True)
    geometries = shapely.to_geojson(polygons.geometry)
    for row, geometry in zip(rows, geometries, strict=True):
        properties = json.dumps(
            dict(zip(columns, row, strict=True)), ensure_ascii=False
        )
        yield (
            f'{separator}{{"type": "Feature", "properties": {properties}, '
            f'"geometry": {geometry}}}'
        )
        separator = ",\n"
    yield "\n]}\n"


def to_lonlat(polygons: Polygons) -> Polygons:
    """Polygons in longitude and latitude as RFC 7946 wants them.

    WGS 84 in the order of OGC:CRS84, with `DIGITS` decimals, or more where an outline
    would become invalid. Outer rings run anticlockwise. A polygon that crosses the
    antimeridian becomes a MultiPolygon, a line a MultiLineString. On another planet the
    coordinates are its own longitude and latitude and have no CRS. Pixel coordinates
    stay as they are.
    """
    if polygons.crs is None:
        return polygons
    grid = Grid(Affine.identity(), CRS.from_wkt(polygons.crs), 1, 1)
    lonlat = split_at_antimeridian(grid.to_lonlat(polygons.geometry))
    # near a pole a straight edge of the map is curved in degrees and may cross others
    invalid = ~shapely.is_valid(lonlat) & (shapely.get_dimensions(lonlat) == 2)
    repaired = shapely.make_valid(lonlat[invalid])
    lonlat[invalid] = [only_areas(geometry) for geometry in repaired]
    return replace(
        polygons,
        geometry=_right_handed(_rounded(lonlat)),
        crs=CRS.from_user_input("OGC:CRS84").to_wkt() if grid.on_earth else None,
    )


def _json_values(column: NDArray[Any]) -> list[Any]:
    """Values for JSON: NaN as None, float32 without the extra digits of float64."""
    if column.dtype.kind != "f":
        return list(column.tolist())
    return [float(str(value)) if np.isfinite(value) else None for value in column]


def _rounded(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Round to `DIGITS` decimals, or to the fewest that keep every polygon's shape."""
    rounded = geometry
    for digits in range(DIGITS, MOST_DIGITS + 1):
        rounded = _round(geometry, digits)
        invalid = ~shapely.is_valid(rounded)
        exact = geometry[invalid]
        snapped = _round(shapely.set_precision(exact, 10.0**-digits), digits)
        rounded[invalid] = snapped
        change = np.abs(shapely.area(snapped) - shapely.area(exact))
        good = shapely.is_valid(snapped) & (change < 0.01 * shapely.area(exact))
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
