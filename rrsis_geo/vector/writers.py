"""Writers of vector layers, and checks that a written file is complete."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas
import pyogrio

from rrsis_geo.errors import OutputError
from rrsis_geo.types import Polygons
from rrsis_geo.vector.geojson import to_lonlat
from rrsis_geo.vector.vector_format import CrsRule, Layer, VectorFormat

FIXED_TIME = "1970-01-01T00:00:00.000Z"
"""Last change according to a GeoPackage; the run manifest has the time."""


def to_geodataframe(polygons: Polygons) -> geopandas.GeoDataFrame:
    """A row for each object, with the columns of `SCHEMA`."""
    return geopandas.GeoDataFrame(
        polygons.columns, geometry=polygons.geometry, crs=polygons.crs
    )


def write_with_gdal(layer: Layer, path: Path, file_format: VectorFormat) -> None:
    """Write a layer with GDAL, in any format that GDAL can write.

    Args:
        layer: What to write.
        path: A file that does not exist yet.
        file_format: Its driver, options, CRS rule and check are used.

    Raises:
        OutputError: GDAL lacks the driver or fails, or the file is not complete.
    """
    if file_format.driver not in pyogrio.list_drivers(write=True):
        raise OutputError(
            f"{layer.path}: the installed GDAL cannot write {file_format.name}; "
            "choose another format, or see what `rrsis-geo doctor` says"
        )
    polygons, geometry_type = layer.polygons, "Polygon"
    if file_format.crs is CrsRule.LONLAT:
        # polygons that cross the antimeridian become MultiPolygons
        polygons, geometry_type = to_lonlat(polygons), "Unknown"
    try:
        with warnings.catch_warnings(), _fixed_time():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            pyogrio.write_dataframe(
                to_geodataframe(polygons),
                path,
                driver=file_format.driver,
                layer=layer.name,
                geometry_type=geometry_type,
                **file_format.options(layer.title, layer.description),
            )
        complete = file_format.is_complete is None or file_format.is_complete(
            path, layer
        )
    except (RuntimeError, ValueError, sqlite3.Error) as error:
        reason = str(error).rpartition("failed: ")[2]  # without the SQL before it
        raise OutputError(
            f"{layer.path}: cannot be written; is the disk full? ({reason})"
        ) from error
    if not complete:
        raise OutputError(
            f"{layer.path}: the end could not be written; is the disk full?"
        )


def write_geoparquet(layer: Layer, path: Path, file_format: VectorFormat) -> None:
    """Write a layer with pyarrow.

    Raises:
        OSError: the disk is full.
    """
    to_geodataframe(layer.polygons).to_parquet(path, index=False)


def has_last_feature(path: Path, layer: Layer) -> bool:
    """Whether the last feature can be read back."""
    count = len(layer.polygons)
    last = pyogrio.raw.read(path, skip_features=max(count - 1, 0))[2]
    return len(last) == min(count, 1)


def has_spatial_index(path: Path, layer: Layer) -> bool:
    """Whether a GeoPackage has its spatial index, which GDAL writes at the end."""
    with closing(sqlite3.connect(path)) as database:
        index = f"rtree_{layer.name}_geom".replace('"', '""')
        (rows,) = database.execute(f'SELECT count(*) FROM "{index}"').fetchone()  # noqa: S608
        return bool(rows == len(layer.polygons))


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Keep the time out of a GeoPackage: the same job gives the same bytes."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before or FIXED_TIME})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
