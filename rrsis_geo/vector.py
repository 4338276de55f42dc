"""Polygons to vector files, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError
from rasterio.crs import CRS

from rrsis_geo.antimeridian import split_at_antimeridian
from rrsis_geo.errors import OutputError
from rrsis_geo.grid import Grid
from rrsis_geo.staging import check_place, staged
from rrsis_geo.types import Polygons

FORMATS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
}
"""Extension -> GDAL's name of the format."""

DIGITS = 7
"""Of degrees in GeoJSON: 1 cm (RFC 7946, 11.2)."""

DATE = "2000-01-01T00:00:00.000Z"
"""Written into every GeoPackage as its last change: the same run, the same bytes."""


def check_output(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Refuse before any work what could not be written after it.

    Raises:
        OutputError: the extension is not in `FORMATS`, the file exists, or its folder
            is missing or read-only.
    """
    _driver(path)
    check_place(path, overwrite)


def to_geodataframe(polygons: Polygons) -> geopandas.GeoDataFrame:
    """A row for each object, with the columns of `SCHEMA`."""
    return geopandas.GeoDataFrame(
        polygons.columns, geometry=polygons.geometry, crs=polygons.crs
    )


def write_polygons(
    polygons: Polygons, path: str | os.PathLike[str], *, title: str, description: str
) -> None:
    """Write a layer in the format that the extension names, replacing an old file.

    GeoJSON is in longitude and latitude whatever the CRS, with `DIGITS` digits, or
    more where an outline would break; other formats keep the CRS. In pixel
    coordinates no format has a CRS, and GeoJSON holds pixels, as was asked for.

    Args:
        polygons: May be none; the file then is an empty layer with all columns.
        path: Its name without extension is the layer's.
        title: For those formats that hold one (GeoPackage, FlatGeobuf).
        description: Likewise; GeoJSON has this one only, GeoParquet neither.

    Raises:
        OutputError: unknown extension, full disk, read-only folder; nothing is left
            behind and an old file stays.
    """
    driver = _driver(path)
    frame = to_geodataframe(polygons)
    with staged(path) as part:
        if driver == "Parquet":
            frame.to_parquet(part, index=False)
            return
        options: dict[str, Any] = {"driver": driver, "layer": Path(path).stem}
        if driver == "GPKG":
            # 1.4, GDAL's default, makes the GDAL of QGIS 3.22 to 3.34 warn
            options["dataset_options"] = {"VERSION": "1.3"}
            options["layer_options"] = {
                "IDENTIFIER": title,
                "DESCRIPTION": description,
            }
        elif driver == "FlatGeobuf":
            options["layer_options"] = {"TITLE": title, "DESCRIPTION": description}
        else:
            frame, layer_options = _as_geojson(frame, polygons)
            options["layer_options"] = {"DESCRIPTION": description, **layer_options}
        _write(frame, part, path, options)


def _write(
    frame: geopandas.GeoDataFrame,
    part: Path,
    path: str | os.PathLike[str],
    options: dict[str, Any],
) -> None:
    geojson = options["driver"] == "GeoJSON"
    try:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            pyogrio.write_dataframe(
                frame,
                part,
                geometry_type="Unknown" if geojson else "Polygon",
                **options,
            )
        complete = _is_complete(part, options, len(frame))
    except (DataSourceError, RuntimeError, ValueError, sqlite3.Error) as error:
        raise OutputError(f"{path}: cannot be written: {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    if not complete:
        raise OutputError(f"{path}: the end could not be written; is the disk full?")


def _is_complete(part: Path, options: dict[str, Any], count: int) -> bool:
    """Whether the last thing that each format writes is there.

    GDAL writes it while it closes the file, and keeps a failure then to itself.
    """
    if options["driver"] == "GeoJSON":
        with open(part, "rb") as file:
            file.seek(-4, os.SEEK_END)
            return file.read().rstrip().endswith(b"]\n}")
    if options["driver"] == "FlatGeobuf":
        last = pyogrio.raw.read(part, skip_features=max(count - 1, 0))[2]
        return len(last) == min(count, 1)
    with closing(sqlite3.connect(part)) as database:
        index = f"rtree_{options['layer']}_geom".replace('"', '""')
        (rows,) = database.execute(f'SELECT count(*) FROM "{index}"').fetchone()  # noqa: S608
        return bool(rows == count)


def _as_geojson(
    frame: geopandas.GeoDataFrame, polygons: Polygons
) -> tuple[geopandas.GeoDataFrame, dict[str, str]]:
    """In longitude and latitude, rounded, and the options of the writer."""
    if polygons.crs is None:
        return frame, {"RFC7946": "NO"}
    nowhere = Grid(Affine.identity(), CRS.from_wkt(polygons.crs), 1, 1)
    lonlat = split_at_antimeridian(nowhere.to_lonlat(polygons.geometry))
    lonlat, digits = _rounded(lonlat)
    # RFC 7946 knows the Earth only; degrees on another body are written as they are
    frame = frame.set_geometry(geopandas.GeoSeries(lonlat), crs=None)
    frame = frame.set_crs("EPSG:4326", allow_override=True)
    return frame, {"RFC7946": "YES", "COORDINATE_PRECISION": str(digits)}


def _rounded(
    geometries: NDArray[np.object_],
) -> tuple[NDArray[np.object_], int]:
    """With as few digits from `DIGITS` on as leave every outline valid."""
    for digits in range(DIGITS, 16):
        rounded = _round(geometries, digits)
        broken = ~shapely.is_valid(rounded)
        if not broken.any():
            break
        snapped = shapely.set_precision(geometries[broken], 10.0**-digits)
        if not shapely.is_empty(snapped).any():
            rounded[broken] = snapped
            break
    return rounded, digits


def _round(geometries: NDArray[np.object_], digits: int) -> NDArray[np.object_]:
    rounded = shapely.transform(geometries, lambda lonlat: np.round(lonlat, digits))
    return np.asarray(rounded, np.object_)


def _driver(path: str | os.PathLike[str]) -> str:
    suffix = Path(path).suffix.lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    known = ", ".join(f"{end} ({name})" for end, name in FORMATS.items())
    why = (
        "Shapefiles cut names and texts short"
        if suffix == ".shp"
        else f"the extension {suffix!r} is not known"
        if suffix
        else "has no extension"
    )
    raise OutputError(f"{path}: {why}; use one of {known}")
