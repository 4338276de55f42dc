"""The output formats of polygons: a registry, and writing by extension.

To add a format, add one entry to `FORMATS`.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from rrsis_geo.atomic_write import check_writable, staged
from rrsis_geo.errors import OutputError, install_command
from rrsis_geo.types import Polygons
from rrsis_geo.vector.geojson import write_geojson
from rrsis_geo.vector.vector_format import CrsRule, Layer, VectorFormat
from rrsis_geo.vector.writers import (
    has_last_feature,
    has_spatial_index,
    write_geoparquet,
    write_with_gdal,
)

FORMATS: tuple[VectorFormat, ...] = (
    VectorFormat(
        name="GeoPackage",
        extensions=(".gpkg",),
        driver="GPKG",
        crs=CrsRule.SCENE,
        write=write_with_gdal,
        is_complete=has_spatial_index,
        options=lambda title, description: {
            # GDAL's default, 1.4, makes the older GDAL of many a QGIS warn
            "dataset_options": {"VERSION": "1.3"},
            "layer_options": {"IDENTIFIER": title, "DESCRIPTION": description},
        },
        side_files=("-wal", "-shm", "-journal"),
    ),
    VectorFormat(
        name="GeoJSON",
        extensions=(".geojson",),
        driver="GeoJSON",
        crs=CrsRule.LONLAT,
        write=write_geojson,
        is_complete=None,
    ),
    VectorFormat(
        name="FlatGeobuf",
        extensions=(".fgb",),
        driver="FlatGeobuf",
        crs=CrsRule.SCENE,
        write=write_with_gdal,
        is_complete=has_last_feature,
        options=lambda title, description: {
            "layer_options": {"TITLE": title, "DESCRIPTION": description}
        },
    ),
    VectorFormat(
        name="GeoParquet",
        extensions=(".parquet",),
        driver="Parquet",
        crs=CrsRule.SCENE,
        write=write_geoparquet,
        is_complete=None,
        package="pyarrow",
    ),
)

REFUSED = {".shp": "Shapefiles cut names and texts short"}
"""Extension -> why there is no such format here."""


def format_of(path: str | os.PathLike[str]) -> VectorFormat:
    """The format that the extension names.

    Raises:
        OutputError: no format has the extension.
    """
    extension = Path(path).suffix.lower()
    for file_format in FORMATS:
        if extension in file_format.extensions:
            return file_format
    known = ", ".join(
        f"{extension} ({file_format.name})"
        for file_format in FORMATS
        for extension in file_format.extensions
    )
    reason = REFUSED.get(
        extension,
        f"the extension {extension!r} is not known"
        if extension
        else "has no extension",
    )
    raise OutputError(f"{path}: {reason}; use one of {known}")


def check_output(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Refuse before any work a file that could not be written after it.

    Raises:
        OutputError: no format has the extension, the package that writes it is not
            installed, the file exists, or its folder is missing or read-only.
    """
    file_format = format_of(path)
    package = file_format.package
    if package is not None and find_spec(package) is None:
        raise OutputError(
            f"{path}: {file_format.name} needs {package}, which is not installed: "
            + install_command(package)
        )
    check_writable(path, overwrite)


def write_polygons(
    polygons: Polygons, path: str | os.PathLike[str], *, title: str, description: str
) -> None:
    """Write a layer in the format that the extension names, replacing an old file.

    Args:
        polygons: May be none; the file then is an empty layer with all columns.
        path: Its name without extension is the layer's.
        title: For those formats that hold one (GeoPackage, FlatGeobuf).
        description: Likewise; GeoJSON has this one only, GeoParquet neither.

    Raises:
        OutputError: unknown extension, full disk, read-only folder; nothing is left
            behind and an old file stays.
    """
    file_format = format_of(path)
    layer = Layer(
        polygons=polygons, path=Path(path), title=title, description=description
    )
    with staged(path) as part:
        file_format.write(layer, part, file_format)
