"""The output formats of polygons: a registry, and writing by extension.

To add a format, add one entry to `FORMATS`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

from rrsis_geo.atomic_write import (
    check_writable,
    discarded,
    resolved,
    staged,
    staging_path,
)
from rrsis_geo.errors import OptionError, OutputError, install_command
from rrsis_geo.files.file_names import check_length
from rrsis_geo.types import Polygons
from rrsis_geo.vector.geojson import write_geojson
from rrsis_geo.vector.geopackage.shared_file import SIDE_FILES, SharedGeoPackage
from rrsis_geo.vector.layer_names import check_layer_name, layer_name
from rrsis_geo.vector.vector_format import CrsRule, Layer, LayerTarget, VectorFormat
from rrsis_geo.vector.writers import (
    crs_title,
    has_last_feature,
    has_spatial_index,
    is_same_crs,
    no_polygons,
    write_geoparquet,
    write_with_gdal,
    written_crs,
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
        side_files=SIDE_FILES,
        update=SharedGeoPackage(),
        longest_path=512,  # SQLite's MAX_PATHNAME
    ),
    VectorFormat(
        name="GeoJSON",
        extensions=(".geojson", ".json"),
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
    reason = REFUSED.get(
        extension,
        f"the extension {extension!r} is not known"
        if extension
        else "has no extension",
    )
    raise OutputError(f"{path}: {reason}; use one of {_list(FORMATS)}")


def check_output(
    path: str | os.PathLike[str], overwrite: bool, layer: LayerTarget | None = None
) -> None:
    """Refuse before any work a file that could not be written after it.

    Args:
        path: Where the layer is to be written.
        overwrite: Whether a file that is there may be replaced.
        layer: Which layer of the file is written, and what may happen to it; None: not
            known yet, check the file alone.

    Raises:
        OutputError: no format has the extension, the package that writes it is not
            installed, the file exists, holds something else
            under the layer's name, or is open in another program, or its folder is
            missing or read-only.
        OptionError: the format has no layers, or none of that name.
    """
    file_format = format_of(path)
    package = file_format.package
    if package is not None and find_spec(package) is None:
        raise OutputError(
            f"{path}: {file_format.name} needs {package}, which is not installed: "
            + install_command(package)
        )
    update = file_format.update
    if layer is not None and update is None and (layer.chosen or layer.append):
        option = "--append" if layer.append else "--layer"
        raise OptionError(
            f"{path}: a file of {file_format.name} is one layer; {option} needs "
            f"{_list(other for other in FORMATS if other.update is not None)}"
        )
    into = layer is not None and update is not None and (layer.chosen or layer.append)
    target = resolved(path)
    check_writable(
        path,
        overwrite or (into and target.exists()),
        file_format.side_files,
        alone=update is not None,
    )
    if file_format.longest_path is not None:
        room = file_format.longest_path - max(map(len, file_format.side_files))
        for place in (target, staging_path(target)):
            check_length(place, room)
    if layer is None or update is None:
        return
    if target.exists() and not overwrite and not update.holds_layers(target):
        raise OutputError(
            f"{path}: exists and is no {file_format.name}; choose another name or "
            "allow --overwrite"
        )
    if update.holds_layers(target):
        update.check(target, layer)
    elif layer.chosen:
        check_layer_name(layer.name)


def check_crs(
    path: str | os.PathLike[str], crs: str | None, layer: LayerTarget | None = None
) -> None:
    """Write an empty layer beside the target and read its CRS back, before the run.

    Args:
        path: Where the layer is to be written; checked already.
        crs: WKT of the polygons' CRS; None for pixel coordinates.
        layer: Which layer of the file is written.

    Raises:
        OutputError: the format cannot hold the CRS, the installed GDAL cannot write the
            format there, or polygons are to be added to a layer in another CRS.
    """
    file_format, target = format_of(path), resolved(path)
    target_layer = layer or LayerTarget(name="found")
    empty = Layer(
        polygons=no_polygons(crs),
        path=Path(path),
        name=layer_name([target_layer.name]),
        title="",
        description="",
    )
    with discarded(target, file_format.side_files) as part:
        file_format.write(empty, part, file_format)
        if file_format.crs is CrsRule.SCENE and crs is not None:
            found = written_crs(part, file_format)
            if not is_same_crs(found, crs):
                raise OutputError(
                    f"{path}: {file_format.name} cannot hold the CRS "
                    f"{crs_title(crs)}; choose another format or reproject"
                )
    if file_format.update is not None:
        file_format.update.check_crs(target, target_layer, crs)


def write_polygons(
    polygons: Polygons,
    path: str | os.PathLike[str],
    *,
    title: str,
    description: str,
    layer: LayerTarget | None = None,
) -> None:
    """Write a layer in the format that the extension names.

    An old file is replaced; in a GeoPackage that holds anything else than one layer of
    ours only the layer is, and the rest stays as it is.

    Args:
        polygons: May be none; the file then is an empty layer with all columns.
        path: A symbolic link stays one.
        title: For those formats that hold one (GeoPackage, FlatGeobuf).
        description: Likewise; GeoJSON has this one only, GeoParquet neither.
        layer: The layer in the file and what may happen to it; None: one named after
            the title, in the place of an old one.

    Raises:
        OutputError: unknown extension, full disk, read-only folder, open in another
            program; nothing is left behind and an old file stays.
    """
    file_format, update = format_of(path), format_of(path).update
    target = layer or LayerTarget(name=layer_name([title]))
    item = Layer(
        polygons=polygons,
        path=resolved(path),
        name=target.name,
        title=title,
        description=description,
    )
    with (
        nullcontext() if update is None else update.hold(item.path) as copy,
        staged(path, file_format.side_files) as part,
    ):
        if update is None or copy is None:
            if not target.overwrite and item.path.exists():
                raise OutputError(f"{path}: exists; choose another name")
            file_format.write(item, part, file_format)
        else:
            update.write(item, part, file_format, target=target, copy=copy)


def _list(formats: Iterable[VectorFormat]) -> str:
    """Extensions and names, for messages."""
    return ", ".join(
        f"{extension} ({file_format.name})"
        for file_format in formats
        for extension in file_format.extensions
    )
