"""Layers on GDAL's own file systems, such as /vsis3/bucket/roofs.fgb.

There is no folder beside such a file, no renaming and no locking: GDAL uploads the file
when it is closed, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio

from rrsis_geo.errors import OutputError
from rrsis_geo.types import Polygons
from rrsis_geo.vector.formats import format_of
from rrsis_geo.vector.layer_names import layer_name
from rrsis_geo.vector.vector_format import Layer, VectorFormat
from rrsis_geo.vector.writers import has_last_feature, no_polygons, write_with_gdal

RFC7946 = {"layer_options": {"RFC7946": "YES", "COORDINATE_PRECISION": "14"}}
"""GDAL's GeoJSON; coordinates are rounded already."""

TEMPORARY_FILES = "CPL_VSIL_USE_TEMP_FILE_FOR_RANDOM_WRITE"
"""Option by which GDAL writes a GeoPackage to a local file before it uploads it."""

PROBE = "rrsis-probe"


def check_virtual(path: str, overwrite: bool) -> None:
    """Refuse before any work a file that could not be written after it.

    Writes an empty layer beside it and removes that again.

    Raises:
        OutputError: GDAL cannot write there, the format does not suit, or the file
            exists.
    """
    if not overwrite and _exists(path):
        raise OutputError(f"{path}: exists; choose another name or allow --overwrite")
    folder, _, name = path.rpartition("/")
    probe = f"{folder}/{PROBE}{Path(name).suffix}"
    _write(no_polygons(None), probe, path, name="probe", title="", description="")
    with suppress(RuntimeError, OSError, AttributeError):  # an old pyogrio cannot
        pyogrio.vsi_unlink(probe)


def write_virtual(
    polygons: Polygons, path: str, *, title: str, description: str
) -> None:
    """Write a layer with GDAL, in place of an old file.

    Args:
        polygons: May be none.
        path: Of one of GDAL's file systems; the extension chooses the format.
        title: For those formats that hold one.
        description: Likewise.

    Raises:
        OutputError: GDAL cannot write it.
    """
    name = layer_name([title])
    _write(polygons, path, path, name=name, title=title, description=description)


def _write(
    polygons: Polygons,
    place: str,
    shown: str,
    *,
    name: str,
    title: str,
    description: str,
) -> None:
    layer = Layer(
        polygons=polygons,
        path=Path(shown),
        name=name,
        title=title,
        description=description,
    )
    with _temporary_files():
        write_with_gdal(layer, Path(place), _plain(format_of(shown), shown))


def _plain(file_format: VectorFormat, path: str) -> VectorFormat:
    """A format as GDAL alone writes and checks it.

    Raises:
        OutputError: GDAL does not write it here.
    """
    if file_format.package is not None:
        raise OutputError(
            f"{path}: {file_format.name} is not written by GDAL; choose .fgb, .gpkg or "
            ".geojson there"
        )
    if file_format.driver == "GeoJSON":
        file_format = replace(file_format, options=_geojson_options)
    return replace(file_format, is_complete=has_last_feature)


def _geojson_options(title: str, description: str) -> dict[str, Any]:
    return dict(RFC7946)


def _exists(path: str) -> bool:
    try:
        pyogrio.list_layers(path)
    except Exception:  # GDAL's errors differ by file system
        return False
    return True


@contextmanager
def _temporary_files() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option(TEMPORARY_FILES)
    pyogrio.set_gdal_config_options({TEMPORARY_FILES: before or "YES"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({TEMPORARY_FILES: before})
