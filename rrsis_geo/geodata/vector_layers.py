"""The one reader of vector files: areas, true objects, labels, own results."""

from __future__ import annotations

import json
import os
import stat
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray

from rrsis_geo.errors import RRSISError
from rrsis_geo.geodata.layer_choice import LayerFacts, choose_layer
from rrsis_geo.geodata.literal_paths import literal_vector_path

FAILURES = (OSError, RuntimeError, ValueError, TypeError, LookupError, ArithmeticError)
"""What pyogrio, pyarrow, pyproj and pandas raise for files that they cannot read."""

Box = tuple[float, float, float, float]
"""(left, bottom, right, top)"""

BoxOf = Callable[[Any, Box | None], Box | None]

PARQUET = (".parquet", ".geoparquet")
PARQUET_MAGIC = b"PAR1"

NOT_RECOGNIZED = "not recognized as being in a supported file format"


@dataclass(frozen=True, kw_only=True)
class LayerRole:
    """What a vector file is to a command, for its messages."""

    name: str
    """In front of the path: aoi, truth."""
    error: type[RRSISError]
    """What is raised where the file cannot be read."""
    option: str | None = None
    """Option that names the layer; None: only `FILE|layername=NAME` does."""
    marks: tuple[str, ...] = ()
    """Fields by which the layer is known among several."""
    names: tuple[str, ...] = ()
    """Names, in lower case, by which the layer is known among several."""
    any_geometry: bool = False
    """Whether lines and points are features as well as polygons."""


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorLayer:
    """A layer of a vector file."""

    frame: gpd.GeoDataFrame
    """All features, with the columns asked for; geometries may be missing."""
    notes: tuple[str, ...] = ()
    """What was chosen for the user, a line each."""

    @property
    def crs(self) -> Any:
        """A pyproj CRS; None where the file names none."""
        return self.frame.crs

    def polygons(self) -> NDArray[np.object_]:
        """(M,) valid polygons and multipolygons with an area, without all others."""
        shapes = np.asarray(self.frame.geometry.dropna().make_valid(), np.object_)
        areas = np.array([only_areas(shape) for shape in shapes], np.object_)
        return areas[shapely.area(areas) > 0] if len(areas) else areas


def split_layer_name(path: str) -> tuple[str, str | None]:
    """File and layer of `FILE|layername=NAME`, as QGIS writes it.

    A file whose whole name is the text is that file, without a layer.
    """
    if os.path.exists(path):
        return path, None
    for key in ("|layername=", "|layerid="):
        file, separator, name = path.rpartition(key)
        if separator:
            return file, name if key == "|layername=" else f"#{name}"
    return path, None


def read_vector_layer(
    path: str,
    role: LayerRole,
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    box: BoxOf = lambda crs, span: None,
) -> VectorLayer:
    """Read one layer of a vector file.

    Without a layer it is the only one with polygons, or with any geometry where the
    role says so, with a note if there are others.

    Args:
        path: A file of any format that GDAL reads or this package writes, a URL, or
            `FILE|layername=NAME`.
        role: What the file is for.
        layer: Name of the layer.
        columns: Fields to read; None: all.
        where: Which features to read, in the SQL of OGR: "class = 'primary'".
        box: From the layer's CRS and the bounds of all its features, where they are
            known, to the box in that CRS that features have to touch; None: all are
            read.

    Raises:
        RRSISError: of the kind of the role: the file cannot be read, has no such layer
            or field, several layers may be meant, it is a table without geometry, or
            `where` is no condition on its fields.
    """
    file, named = split_layer_name(path)
    title = f"{role.name} {path}"
    if named is not None and "|" in named:
        raise role.error(
            f"{title}: {named.partition('|')[2]!r} is a filter of QGIS, which is not "
            "read; export the filtered layer to a file of its own"
        )
    if layer is not None and named is not None and layer != named:
        raise role.error(
            f"{title}: names one layer and {role.option or 'the layer'} {layer!r} "
            "another; name one of them"
        )
    reason = _why_no_file(file)
    if reason is not None:
        raise role.error(f"{title}: cannot be read: {reason}")
    try:
        if _is_parquet(file):
            return _checked(
                _read_parquet(file, role, title, columns, where, box), role, title
            )
        with literal_vector_path(file) as literal, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of GDAL, about oddities of the file
            name = layer or named
            read = _read_ogr(literal, role, title, name, columns, where, box)
            return _checked(read, role, title)
    except shapely.errors.ShapelyError as error:
        raise role.error(f"{title}: holds a damaged geometry: {error}") from error
    except RRSISError:
        raise
    except FAILURES as error:
        raise role.error(f"{title}: cannot be read: {_reason(error)}") from error


def _checked(read: VectorLayer, role: LayerRole, title: str) -> VectorLayer:
    """A layer whose texts can be decoded and whose coordinates are numbers.

    Raises:
        RRSISError: of the kind of the role: a coordinate is NaN or infinite, or a text
            is in another encoding than the file says.
    """
    for name in read.frame.select_dtypes(["object", "string"]).columns:
        try:
            read.frame[name].tolist()  # decodes them
        except Exception as error:  # pyarrow has classes of its own
            raise role.error(
                f"{title}: texts of its field {name!r} are in another encoding than "
                "the file says; save it in UTF-8"
            ) from error
    shapes = read.frame.geometry.to_numpy()
    places, rows = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.unique(rows[~np.isfinite(places).all(axis=1)])
    if len(wrong):
        raise role.error(
            f"{title}: {len(wrong)} of its {len(shapes)} geometries have coordinates "
            "that are no numbers; delete or redraw them"
        )
    return read


def only_areas(shape: Any) -> Any:
    """A shape without its points and lines, which repairs and cuts leave."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_dimensions(parts) == 2]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _read_ogr(
    path: str,
    role: LayerRole,
    title: str,
    layer: str | None,
    columns: Sequence[str] | None,
    where: str | None,
    box: BoxOf,
) -> VectorLayer:
    layers = [
        LayerFacts(name=str(name), kind=None if kind is None else str(kind))
        for name, kind in pyogrio.list_layers(path)
    ]
    name, notes = choose_layer(
        layers,
        layer,
        role=role,
        title=title,
        look=lambda one: _look_into(path, one, any_geometry=role.any_geometry),
    )
    facts = pyogrio.read_info(path, layer=name)
    _check_columns(facts["fields"], role, title, columns)
    crs = None if facts["crs"] is None else pyproj.CRS.from_user_input(facts["crs"])
    if where is not None:
        _check_where(path, name, role, title, where, facts["fields"])
    frame = pyogrio.read_dataframe(
        path,
        layer=name,
        columns=None if columns is None else list(columns),
        where=where,
        bbox=box(crs, facts["total_bounds"]),
        fid_as_index=True,
    )
    # a spatial index gives features in its own order
    frame = frame.sort_index().reset_index(drop=True)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise role.error(f"{title}: is a table without geometry; give polygons")
    return VectorLayer(frame=frame, notes=notes)


def _check_where(
    path: str,
    layer: str | None,
    role: LayerRole,
    title: str,
    where: str,
    fields: Sequence[str],
) -> None:
    try:
        pyogrio.read_dataframe(path, layer=layer, where=where, max_features=1)
    except FAILURES as error:
        raise role.error(
            f"{title}: {where!r} is no condition on its fields "
            f"({', '.join(map(str, fields)) or 'none'}): {_reason(error)}; write it "
            "as in \"class = 'primary'\""
        ) from error


def _look_into(
    path: str, layer: LayerFacts, *, any_geometry: bool
) -> tuple[bool, tuple[str, ...]]:
    """Whether a layer holds polygons, or any features, and its fields."""
    fields = tuple(map(str, pyogrio.read_info(path, layer=layer.name)["fields"]))
    if layer.kind_is_known or any_geometry:
        features = pyogrio.read_info(path, layer=layer.name, force_feature_count=True)
        return features["features"] > 0, fields
    shapes = pyogrio.read_dataframe(path, layer=layer.name, columns=[]).geometry
    return bool((shapely.get_dimensions(np.asarray(shapes)) == 2).any()), fields


def _read_parquet(
    path: str,
    role: LayerRole,
    title: str,
    columns: Sequence[str] | None,
    where: str | None,
    box: BoxOf,
) -> VectorLayer:
    """Read GeoParquet, for which the GDAL of pyogrio has no driver."""
    if where is not None:
        raise role.error(
            f"{title}: features of GeoParquet cannot be selected by a condition; save "
            "it as GeoPackage, or save the selected features"
        )
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise role.error(
            f"{title}: reading GeoParquet needs one more package: "
            'pip install "rrsis-geo[parquet]"'
        ) from error
    try:
        with open(path, "rb") as file:
            schema = parquet.read_schema(file)
    except FAILURES as error:
        raise role.error(
            f"{title}: cannot be read as GeoParquet; it is damaged or of another format"
        ) from error
    try:
        described = json.loads(schema.metadata[b"geo"])
        main, all_geometries = described["primary_column"], list(described["columns"])
    except (*FAILURES, AttributeError) as error:
        raise role.error(
            f"{title}: is a Parquet table without geometry; give GeoParquet"
        ) from error
    fields = [name for name in schema.names if name not in all_geometries]
    _check_columns(fields, role, title, columns)
    with open(path, "rb") as file:
        wanted = [*(fields if columns is None else columns), main]
        frame = gpd.read_parquet(file, columns=wanted)
    around = box(frame.crs, tuple(frame.total_bounds))
    if around is not None:
        frame = frame[frame.geometry.intersects(shapely.box(*around))]
    notes: tuple[str, ...] = ()
    if len(all_geometries) > 1:
        notes = (
            f"{title}: {main!r} is taken of its geometry columns "
            f"{', '.join(all_geometries)}",
        )
    return VectorLayer(frame=frame, notes=notes)


def _check_columns(
    fields: Any, role: LayerRole, title: str, columns: Sequence[str] | None
) -> None:
    missing = [name for name in columns or () if name not in list(fields)]
    if missing:
        raise role.error(
            f"{title}: has no field {missing[0]!r}; its fields are "
            f"{', '.join(map(str, fields)) or 'none'}"
        )


def _is_parquet(path: str) -> bool:
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == PARQUET_MAGIC or path.lower().endswith(PARQUET)


def _why_no_file(path: str) -> str | None:
    """Why a path leads to nothing that can be read; None: it may be tried."""
    if "\0" in path:
        return "there is no such file"
    try:
        mode = os.stat(path).st_mode
    except OSError:
        # a URL, or a name for GDAL such as /vsizip/... and PG:...
        may_be_other = "://" in path or path.startswith("/vsi") or ":" in path[2:]
        return None if may_be_other else "there is no such file"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "it is a pipe or a device; save it as a file first"
    if stat.S_ISREG(mode) and not os.path.getsize(path):
        return "it is empty (0 bytes)"
    return None


def _reason(error: BaseException) -> str:
    """A library's message on one line, in words of a user."""
    text = " ".join((str(error).splitlines() or [""])[0].split())
    if NOT_RECOGNIZED in text:
        return (
            "it is no vector file; give GeoPackage, GeoJSON, FlatGeobuf, GeoParquet or "
            "a Shapefile"
        )
    return text or type(error).__name__
