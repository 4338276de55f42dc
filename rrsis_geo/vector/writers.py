"""Writers of vector layers, and checks that a written file is complete."""

from __future__ import annotations

import sqlite3
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pyproj
import shapely

from rrsis_geo.atomic_write import full_disk
from rrsis_geo.errors import OutputError
from rrsis_geo.files.file_names import literal_path
from rrsis_geo.types import SCHEMA, Polygons
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
    polygons, geometry_type = layer.polygons, _geometry_type(layer.polygons)
    if file_format.crs is CrsRule.LONLAT:
        # polygons that cross the antimeridian become MultiPolygons
        polygons, geometry_type = to_lonlat(polygons), "Unknown"
    try:
        with (
            _fixed_time(),  # one thread at a time, also in changing the warnings
            warnings.catch_warnings(),
            literal_path(path) as literal,
        ):
            warnings.filterwarnings("ignore", "'crs' was not provided")
            pyogrio.raw.write(
                literal,
                shapely.to_wkb(polygons.geometry),
                list(polygons.columns.values()),
                list(polygons.columns),
                driver=file_format.driver,
                layer=layer.name,
                geometry_type=geometry_type,
                promote_to_multi=geometry_type.startswith("Multi"),
                crs=_crs_text(polygons.crs),
                **file_format.options(layer.title, layer.description),
            )
            complete = file_format.is_complete is None or file_format.is_complete(
                Path(literal), layer
            )
    except (RuntimeError, ValueError, sqlite3.Error) as error:
        reason = str(error).rpartition("failed: ")[2]  # without the SQL before it
        raise OutputError(
            f"{layer.path}: cannot be written: {reason}{full_disk(path.parent)}"
        ) from error
    if not complete:
        raise OutputError(
            f"{layer.path}: the end could not be written{full_disk(path.parent)}"
        )


def _geometry_type(polygons: Polygons) -> str:
    """The type of a layer: polygons, unless features of the user's are otherwise."""
    kinds = {
        shapely.GeometryType(kind).name
        for kind in np.unique(shapely.get_type_id(polygons.geometry)).tolist()
    }
    if kinds <= {"POLYGON"}:
        return "Polygon"
    if kinds <= {"POLYGON", "MULTIPOLYGON"}:
        return "MultiPolygon"
    if kinds <= {"LINESTRING", "MULTILINESTRING"}:
        return "MultiLineString"
    return "Point" if kinds == {"POINT"} else "Unknown"


def write_geoparquet(layer: Layer, path: Path, file_format: VectorFormat) -> None:
    """Write a layer with pyarrow.

    Raises:
        OSError: the disk is full.
    """
    with open(path, "wb") as file:  # pyarrow takes some paths for addresses
        to_geodataframe(layer.polygons).to_parquet(file, index=False)


def written_crs(path: Path, file_format: VectorFormat) -> pyproj.CRS | None:
    """The CRS that a file says it is in."""
    if file_format.package is None:  # written by GDAL
        with literal_path(path) as literal:
            text = pyogrio.read_info(literal)["crs"]
        return None if text is None else pyproj.CRS.from_user_input(text)
    with open(path, "rb") as file:
        found: pyproj.CRS | None = geopandas.read_parquet(file).crs
    return found


def is_same_crs(found: pyproj.CRS | None, wkt: str) -> bool:
    """Whether a file kept a CRS: the same coordinates mean the same place."""
    if found is None:
        return False
    wanted = pyproj.CRS.from_wkt(wkt)
    return bool(
        found.equals(wanted, ignore_axis_order=True)
        or found.to_2d().equals(wanted.to_2d(), ignore_axis_order=True)
        or found.name == wanted.name
    )


def crs_title(wkt: str) -> str:
    """Name of a CRS, for messages."""
    return str(pyproj.CRS.from_wkt(wkt).name)


def no_polygons(crs: str | None) -> Polygons:
    """A layer without polygons, but with all columns."""
    return Polygons(
        geometry=np.array([], np.object_),
        crs=crs,
        columns={name: np.array([], dtype) for name, dtype in SCHEMA.items()},
    )


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


def _crs_text(wkt: str | None) -> str | None:
    """A CRS for GDAL: by its EPSG code if it has one, else as WKT2."""
    if wkt is None:
        return None
    crs = pyproj.CRS.from_wkt(wkt)
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.to_wkt("WKT2_2019")


_ONE_TIME = threading.RLock()


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Keep the time out of a GeoPackage: the same job gives the same bytes.

    GDAL has one time for all threads: they write one after the other.
    """
    with _ONE_TIME:
        before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before or FIXED_TIME})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
