"""Polygons to vector files, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
from pyogrio.errors import DataSourceError

from rrsis_geo.atomic_write import check_place, staged
from rrsis_geo.errors import OutputError
from rrsis_geo.types import Polygons
from rrsis_geo.vector.geojson import write_geojson

FORMATS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
}
"""Extension -> GDAL's name of the format."""

NO_TIME = "1970-01-01T00:00:00.000Z"
"""What a GeoPackage gives as its last change; the run manifest knows the time."""


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

    GeoJSON is in longitude and latitude whatever the CRS; other formats keep the CRS.
    In pixel coordinates no format has a CRS.

    Args:
        polygons: May be none; the file then is an empty layer with all columns.
        path: Its name without extension is the layer's.
        title: For those formats that hold one (GeoPackage, FlatGeobuf).
        description: Likewise; GeoJSON has this one only, GeoParquet neither.

    Raises:
        OutputError: unknown extension, full disk, read-only folder; nothing is left
            behind and an old file stays.
    """
    driver, name = _driver(path), Path(path).stem
    with staged(path) as part:
        if driver == "GeoJSON":
            write_geojson(polygons, part, name=name, description=description)
        elif driver == "Parquet":
            to_geodataframe(polygons).to_parquet(part, index=False)
        else:
            options = _options(driver, title, description)
            _write(polygons, part, path, driver=driver, layer=name, **options)


def _options(driver: str, title: str, description: str) -> dict[str, Any]:
    if driver == "FlatGeobuf":
        return {"layer_options": {"TITLE": title, "DESCRIPTION": description}}
    return {
        # GDAL's default, 1.4, makes the older GDAL of many a QGIS warn
        "dataset_options": {"VERSION": "1.3"},
        "layer_options": {"IDENTIFIER": title, "DESCRIPTION": description},
    }


def _write(
    polygons: Polygons,
    part: Path,
    path: str | os.PathLike[str],
    *,
    driver: str,
    layer: str,
    **options: Any,
) -> None:
    try:
        with warnings.catch_warnings(), _same_bytes():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            pyogrio.write_dataframe(
                to_geodataframe(polygons),
                part,
                driver=driver,
                layer=layer,
                geometry_type="Polygon",
                **options,
            )
        complete = _is_complete(part, driver, layer, len(polygons))
    except (DataSourceError, RuntimeError, ValueError, sqlite3.Error) as error:
        reason = str(error).rpartition("failed: ")[2]  # without the SQL before it
        raise OutputError(
            f"{path}: cannot be written; is the disk full? ({reason})"
        ) from error
    if not complete:
        raise OutputError(f"{path}: the end could not be written; is the disk full?")


@contextmanager
def _same_bytes() -> Iterator[None]:
    """No time of writing in a GeoPackage: the same job gives the same bytes."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before or NO_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _is_complete(part: Path, driver: str, layer: str, count: int) -> bool:
    """Whether the last thing that each format writes is there.

    GDAL writes it while it closes the file, and keeps a failure then to itself.
    """
    if driver == "FlatGeobuf":
        last = pyogrio.raw.read(part, skip_features=max(count - 1, 0))[2]
        return len(last) == min(count, 1)
    with closing(sqlite3.connect(part)) as database:
        index = f"rtree_{layer}_geom".replace('"', '""')
        (rows,) = database.execute(f'SELECT count(*) FROM "{index}"').fetchone()  # noqa: S608
        return bool(rows == count)


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
