"""What a GeoPackage holds, and what may be done to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from enum import Enum
from pathlib import Path

from rrsis_geo.atomic_write import discarded
from rrsis_geo.errors import OutputError
from rrsis_geo.types import SCHEMA
from rrsis_geo.vector.layer_names import check_layer_name
from rrsis_geo.vector.vector_format import LayerTarget

MAGIC = b"SQLite format 3\0"
"""First bytes of every SQLite database that is not encrypted."""

IDS = {0x47504B47: "GPKG", 0x47503130: "GP10", 0x47503131: "GP11", 0: ""}
"""Application ids of GeoPackages; some programs write none."""

NEXT_VERSION = 20000
"""`user_version` of the first GeoPackage that is not 1.x."""

OURS = {"id", "expression", "score", "area_m2"}
"""Columns by which a layer is known as one of ours, of any version."""

SYSTEM = {
    "gpkg_spatial_ref_sys",
    "gpkg_contents",
    "gpkg_ogr_contents",
    "gpkg_geometry_columns",
    "gpkg_tile_matrix_set",
    "gpkg_tile_matrix",
    "gpkg_extensions",
}
"""Tables that GDAL makes in every GeoPackage with a layer."""

AFFINITY = {"int64": "INT", "object": "TEXT", "bool": "NUM"}
"""How SQLite keeps the values of a column of `SCHEMA`; the others are REAL."""

OUTLINES = {"POLYGON", "GEOMETRY", "SURFACE", "CURVEPOLYGON"}
"""Types of geometry columns that polygons may be added to."""


class Change(Enum):
    """What writing a layer does to a file."""

    ALL = "the file held nothing else and is made anew"
    ADD = "a layer is added"
    REPLACE = "a layer of ours is replaced"
    APPEND = "polygons are added to a layer of ours"


def is_database(path: Path) -> bool:
    """Whether a file begins as an SQLite database does."""
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


@contextmanager
def open_unchanged(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database and what its journals hold, without changing any file of it."""
    hot = [end for end in ("-wal", "-journal") if _holds_bytes(path, end)]
    if not hot:
        uri = f"{path.as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as database:
            yield database
        return
    with discarded(path) as copy:
        for end in ("", *hot):
            shutil.copyfile(
                path.with_name(path.name + end), copy.with_name(copy.name + end)
            )
        with closing(sqlite3.connect(copy)) as database:
            yield database


def plan_change(
    database: sqlite3.Connection, path: Path, target: LayerTarget
) -> tuple[Change, str]:
    """What writing a layer will do, and the layer's name as the file spells it.

    Args:
        database: The open file.
        path: Its name, for messages.
        target: Which layer is to be written.

    Raises:
        OutputError: the file is no GeoPackage, is damaged, or holds something else
            under the layer's name.
        OptionError: a new layer cannot have that name.
    """
    _check_kind(database, path)
    names = {name.lower(): (name, kind) for name, kind in _objects(database)}
    wanted = target.name.lower()
    single = _single_layer(database, names)
    replaceable = single is not None and target.overwrite and not target.append
    if replaceable and (not target.chosen or single == wanted):
        if not target.chosen or wanted not in names:
            check_layer_name(target.name)
        return Change.ALL, target.name
    if wanted not in names:
        check_layer_name(target.name)
        taken = [n for n in names if n.startswith(f"rtree_{wanted}_geom")]
        if taken:
            raise OutputError(
                f"{path}: holds {taken[0]!r}, which belongs to a layer "
                f"{target.name!r}; choose another --layer"
            )
        return Change.ADD, target.name
    name, kind = names[wanted]
    if kind != "table" or not is_ours(database, name):
        raise OutputError(
            f"{path}: holds a {kind} {name!r} that is no layer of rrsis-geo; choose "
            "another name with --layer"
        )
    if target.append:
        check_schema(database, path, name, target.more_columns)
        return Change.APPEND, name
    if not target.overwrite:
        raise OutputError(
            f"{path}: holds the layer {name!r} already; choose another --layer, add "
            "to it with --append, or allow --overwrite"
        )
    if not name[0].isalnum() and name[0] != "_":
        raise OutputError(
            f"{path}: GDAL writes no layer that is named {name!r}; choose another "
            "--layer"
        )
    return Change.REPLACE, name


def is_ours(database: sqlite3.Connection, table: str) -> bool:
    """Whether a table is a layer of features with our columns, of any version."""
    return (
        geometry_column(database, table) is not None
        and {row[1].lower() for row in columns(database, table)} >= OURS
    )


def geometry_column(database: sqlite3.Connection, table: str) -> str | None:
    """Name of the geometry column of a layer; None where the table is none."""
    if not _has_table(database, "gpkg_geometry_columns"):
        return None
    row = database.execute(
        "SELECT column_name FROM gpkg_geometry_columns JOIN gpkg_contents "
        "USING (table_name) WHERE table_name = ? COLLATE NOCASE "
        "AND data_type = 'features'",
        (table,),
    ).fetchone()
    return None if row is None else str(row[0])


def columns(
    database: sqlite3.Connection, table: str, schema: str = "main"
) -> list[tuple[int, str, str, int, object, int, int]]:
    """Rows of `table_xinfo`: number, name, type, not null, default, key, hidden."""
    return database.execute(
        "SELECT * FROM pragma_table_xinfo(?, ?)", (table, schema)
    ).fetchall()


def check_schema(
    database: sqlite3.Connection, path: Path, table: str, more: Sequence[str] = ()
) -> None:
    """Refuse to add to a layer that has other columns, or another kind of geometry.

    Args:
        database: The open file.
        path: Its name, for messages.
        table: The layer.
        more: Columns with texts besides those of `SCHEMA`.

    Raises:
        OutputError: names what differs.
    """
    geometry = geometry_column(database, table)
    found = {
        row[1].lower(): _affinity(row[2])
        for row in columns(database, table)
        if row[1] != geometry and not row[5]
    }
    kinds = {**SCHEMA, **dict.fromkeys(more, "object")}
    wanted = {name: AFFINITY.get(kind, "REAL") for name, kind in kinds.items()}
    differing = sorted({name for name, _ in found.items() ^ wanted.items()})
    keys = [row for row in columns(database, table) if row[5]]
    row = database.execute(
        "SELECT upper(geometry_type_name), z, m FROM gpkg_geometry_columns "
        "WHERE table_name = ? COLLATE NOCASE",
        (table,),
    ).fetchone()
    if len(keys) != 1 or keys[0][2].upper() != "INTEGER":
        differing.append("the primary key")
    if row[0] not in OUTLINES or 1 in row[1:]:
        differing.append(f"the type of geometry ({row[0]})")
    if differing:
        raise OutputError(
            f"{path}: the layer {table!r} has another schema than the polygons to add: "
            f"{', '.join(differing)} differ; choose another --layer"
        )


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _holds_bytes(path: Path, end: str) -> bool:
    side = path.with_name(path.name + end)
    return side.exists() and side.stat().st_size > 0


def _check_kind(database: sqlite3.Connection, path: Path) -> None:
    (number,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    tables = ("gpkg_contents", "gpkg_spatial_ref_sys")
    if number not in IDS or not all(_has_table(database, name) for name in tables):
        raise OutputError(
            f"{path}: is an SQLite database but no GeoPackage; choose another name"
        )
    if IDS[number] == "GPKG" and version >= NEXT_VERSION:
        raise OutputError(
            f"{path}: is a GeoPackage of version {version / 10000:g}, which is newer "
            "than what is known here; choose another name"
        )
    (first,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if first != "ok":
        raise OutputError(
            f"{path}: is damaged ({first}); repair it or choose another name"
        )


def _single_layer(
    database: sqlite3.Connection, names: dict[str, tuple[str, str]]
) -> str | None:
    """The layer, in lower case, of a file that holds one of ours and nothing else."""
    layers = database.execute("SELECT table_name FROM gpkg_contents").fetchall()
    if len(layers) != 1 or not is_ours(database, layers[0][0]):
        return None
    layer = layers[0][0].lower()
    index = f"rtree_{layer}_{geometry_column(database, layer)}".lower()
    counts = {
        f"trigger_{event}_feature_count_{layer}" for event in ("insert", "delete")
    }
    for name, _ in names.values():
        known = name.lower() in {layer, *SYSTEM, *counts}
        known = known or name.lower().startswith(
            (index, "sqlite_", "gpkg_tile_matrix_")
        )
        if not known:
            return None
    if _has_table(database, "gpkg_extensions"):
        rows = database.execute(
            "SELECT count(*) FROM gpkg_extensions WHERE extension_name NOT IN "
            "('gpkg_rtree_index', 'gpkg_crs_wkt', 'gpkg_crs_wkt_1_1')"
        ).fetchone()
        if rows[0]:
            return None
    return str(layer)


def _objects(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Name and kind of everything in a database, triggers last."""
    return database.execute(
        "SELECT name, type FROM sqlite_master ORDER BY type = 'trigger' DESC"
    ).fetchall()


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    rows = database.execute(
        "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ? "
        "COLLATE NOCASE",
        (name,),
    )
    return rows.fetchone() is not None


def _affinity(declared: str) -> str:
    """SQLite's rule, https://sqlite.org/datatype3.html#determination_of_column_affinity."""
    text = declared.upper()
    if "INT" in text:
        return "INT"
    if any(part in text for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if any(part in text for part in ("REAL", "FLOA", "DOUB")):
        return "REAL"
    return "NUM"
