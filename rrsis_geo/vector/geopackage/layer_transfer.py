"""Moving a layer from a GeoPackage that GDAL wrote into one that holds others.

GDAL itself is not let into the file of others: it repairs what it thinks is wrong, and
drops what it does not know when a layer is replaced.
"""

from __future__ import annotations

import sqlite3
import struct
from typing import Any

import shapely

from rrsis_geo.vector.geopackage.contents import columns, geometry_column, quoted

GEOMETRY = "geom"
"""GDAL's name for the geometry column, and that of every layer of ours."""

FRESH = "fresh"
"""Name under which the other database is attached."""

UNDEFINED = ("none", "")
"""Organizations whose numbers of CRSs mean nothing elsewhere."""

CRS_COLUMNS = {
    "definition_12_063": "TEXT NOT NULL DEFAULT 'undefined'",
    "epoch": "DOUBLE",
}
"""Columns of `gpkg_spatial_ref_sys` that only some files have."""

CONTENTS = "description, last_change, min_x, min_y, max_x, max_y"

NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"


def add_layer(database: sqlite3.Connection, name: str) -> None:
    """Copy the layer of that name from the attached database, with its index."""
    crs = _crs_id(database, name)
    _register_functions(database, crs)
    (statement,) = _statements(database, "type = 'table' AND name = ?", name)
    database.execute(statement)
    table = quoted(name)
    names = [row[1] for row in columns(database, name)]
    values = [
        f"rrsis_in_crs({quoted(column)})" if column == GEOMETRY else quoted(column)
        for column in names
    ]
    database.execute(
        f"INSERT INTO main.{table} ({', '.join(map(quoted, names))}) "  # noqa: S608
        f"SELECT {', '.join(values)} FROM {FRESH}.{table}"
    )
    _register_layer(database, name, crs)
    index = f"rtree_{name}_{GEOMETRY}"
    for statement in _statements(database, "type = 'table' AND name = ?", index):
        database.execute(statement)
        database.execute(
            f"INSERT INTO main.{quoted(index)} SELECT * FROM {FRESH}.{quoted(index)}"  # noqa: S608
        )
    counted = _has(database, "gpkg_ogr_contents")
    if counted:
        database.execute(
            f"INSERT OR REPLACE INTO main.gpkg_ogr_contents "  # noqa: S608
            f"SELECT * FROM {FRESH}.gpkg_ogr_contents WHERE table_name = ?",
            (name,),
        )
    for statement in _statements(database, "type = 'trigger' AND tbl_name = ?", name):
        if counted or "gpkg_ogr_contents" not in statement:
            database.execute(statement)


def replace_layer(database: sqlite3.Connection, name: str) -> None:
    """Put the attached database's layer in the place of the one of that name.

    What others keep about the layer stays: styles, metadata, and their own triggers
    and indexes on it.
    """
    geometry = geometry_column(database, name)
    index = f"rtree_{name}_{geometry}"
    kept = database.execute(
        "SELECT sql FROM main.sqlite_master WHERE tbl_name = ?1 COLLATE NOCASE AND sql "
        "NOT NULL AND type IN ('trigger', 'index') AND lower(name) NOT IN "
        "(lower('trigger_insert_feature_count_' || ?1),"
        " lower('trigger_delete_feature_count_' || ?1)) "
        "AND lower(substr(name, 1, length(?2))) <> lower(?2)",
        (name, index),
    ).fetchall()
    if _has(database, index):
        database.execute(f"DROP TABLE main.{quoted(index)}")
    database.execute(f"DROP TABLE main.{quoted(name)}")
    for table in ("gpkg_geometry_columns", "gpkg_ogr_contents", "gpkg_contents"):
        if _has(database, table):
            database.execute(
                f"DELETE FROM main.{table} WHERE table_name = ? COLLATE NOCASE",  # noqa: S608
                (name,),
            )
    if _has(database, "gpkg_extensions"):
        database.execute(
            "DELETE FROM main.gpkg_extensions WHERE table_name = ? COLLATE NOCASE "
            "AND extension_name = 'gpkg_rtree_index'",
            (name,),
        )
    add_layer(database, name)
    for (statement,) in kept:
        database.execute(statement)


def append_rows(database: sqlite3.Connection, name: str, fresh: str) -> int:
    """Add the polygons of the attached database's layer; ids continue.

    Args:
        database: Open, with the other one attached.
        name: The layer to add to.
        fresh: The layer that is added.

    Returns:
        How many were added.
    """
    (crs,) = database.execute(
        "SELECT srs_id FROM main.gpkg_geometry_columns WHERE table_name = ? "
        "COLLATE NOCASE",
        (name,),
    ).fetchone()
    _register_functions(database, int(crs))
    geometry = quoted(geometry_column(database, name) or "geom")
    table, source = f"main.{quoted(name)}", f"{FRESH}.{quoted(fresh)}"
    (last,) = database.execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608
    others = _attributes(database, fresh)
    database.execute(
        f"INSERT INTO {table} (id, {', '.join(map(quoted, others))}, {geometry}) "  # noqa: S608
        f"SELECT id + ?, {', '.join(map(quoted, others))}, rrsis_in_crs({GEOMETRY}) "
        f"FROM {source} ORDER BY fid",
        (last or 0,),
    )
    (added,) = database.execute(f"SELECT count(*) FROM {source}").fetchone()  # noqa: S608
    if added:
        _widen(database, name)
    return int(added)


def holds_all(database: sqlite3.Connection, name: str, fresh: str) -> bool:
    """Whether a layer holds every polygon of the attached database's layer already."""
    names = ", ".join(map(quoted, _attributes(database, fresh)))
    (missing,) = database.execute(
        f"SELECT count(*) FROM (SELECT {names} FROM {FRESH}.{quoted(fresh)} "  # noqa: S608
        f"EXCEPT SELECT {names} FROM main.{quoted(name)})"
    ).fetchone()
    return not missing


def _attributes(database: sqlite3.Connection, fresh: str) -> list[str]:
    """Columns of the attached database's layer, without keys and geometry."""
    names = [row[1] for row in columns(database, fresh, FRESH) if not row[5]]
    return [name for name in names if name not in ("id", GEOMETRY)]


def _crs_id(database: sqlite3.Connection, layer: str) -> int:
    """The number of the attached layer's CRS here; it is added where it is missing."""
    (number,) = database.execute(
        f"SELECT srs_id FROM {FRESH}.gpkg_geometry_columns WHERE table_name = ?",  # noqa: S608
        (layer,),
    ).fetchone()
    name, organization, code, description = database.execute(
        "SELECT srs_name, organization, organization_coordsys_id, description "  # noqa: S608
        f"FROM {FRESH}.gpkg_spatial_ref_sys WHERE srs_id = ?",
        (number,),
    ).fetchone()
    _add_crs_columns(database)
    shared = [
        column
        for column in ("definition", *CRS_COLUMNS)
        if column in _names(database, "gpkg_spatial_ref_sys", FRESH)
    ]
    values = database.execute(
        f"SELECT {', '.join(shared)} FROM {FRESH}.gpkg_spatial_ref_sys "  # noqa: S608
        "WHERE srs_id = ?",
        (number,),
    ).fetchone()
    if number <= 0 or organization.lower() in UNDEFINED:
        same = " AND ".join(f"{column} IS ?" for column in shared)
        found = database.execute(
            f"SELECT srs_id FROM main.gpkg_spatial_ref_sys WHERE {same} "  # noqa: S608
            "AND (srs_id = ? OR ? > 0) ORDER BY srs_id = ? DESC",
            (*values, number, number, number),
        ).fetchone()
    else:
        found = database.execute(
            "SELECT srs_id FROM main.gpkg_spatial_ref_sys WHERE organization = ? "
            "COLLATE NOCASE AND organization_coordsys_id = ?",
            (organization, code),
        ).fetchone()
    if found is not None:
        return int(found[0])
    (taken, last) = database.execute(
        "SELECT coalesce(sum(srs_id = ?), 0), max(srs_id) "
        "FROM main.gpkg_spatial_ref_sys",
        (number,),
    ).fetchone()
    here = max(last, 99_999) + 1 if taken else number
    names = ["srs_name", "srs_id", "organization", "organization_coordsys_id"]
    names += ["description", *shared]
    database.execute(
        f"INSERT INTO main.gpkg_spatial_ref_sys ({', '.join(names)}) "  # noqa: S608
        f"VALUES ({', '.join('?' * len(names))})",
        (name, here, organization, code, description, *values),
    )
    return int(here)


def _add_crs_columns(database: sqlite3.Connection) -> None:
    """Make room for what the attached file says of its CRSs in WKT2."""
    here = _names(database, "gpkg_spatial_ref_sys", "main")
    for column in _names(database, "gpkg_spatial_ref_sys", FRESH):
        if column in CRS_COLUMNS and column not in here:
            database.execute(
                f"ALTER TABLE main.gpkg_spatial_ref_sys ADD COLUMN {column} "
                f"{CRS_COLUMNS[column]}"
            )
    _copy_extensions(database, "gpkg_spatial_ref_sys")


def _register_layer(database: sqlite3.Connection, name: str, crs: int) -> None:
    """Enter a layer in the tables that list layers and extensions."""
    (identifier,) = database.execute(
        f"SELECT identifier FROM {FRESH}.gpkg_contents WHERE table_name = ?",  # noqa: S608
        (name,),
    ).fetchone()
    (taken,) = database.execute(
        "SELECT count(*) FROM main.gpkg_contents WHERE identifier = ?", (identifier,)
    ).fetchone()
    database.execute(
        f"INSERT INTO main.gpkg_contents (table_name, data_type, identifier, srs_id, "  # noqa: S608
        f"{CONTENTS}) SELECT table_name, data_type, ?, ?, {CONTENTS} "
        f"FROM {FRESH}.gpkg_contents WHERE table_name = ?",
        (f"{identifier} ({name})" if taken else identifier, crs, name),
    )
    if not _has(database, "gpkg_geometry_columns"):
        for statement in _statements(database, "name = ?", "gpkg_geometry_columns"):
            database.execute(statement)
    database.execute(
        f"INSERT INTO main.gpkg_geometry_columns "  # noqa: S608
        "(table_name, column_name, geometry_type_name, srs_id, z, m) "
        "SELECT table_name, column_name, geometry_type_name, ?, z, m "
        f"FROM {FRESH}.gpkg_geometry_columns WHERE table_name = ?",
        (crs, name),
    )
    _copy_extensions(database, name)


def _copy_extensions(database: sqlite3.Connection, table: str) -> None:
    """Enter the extensions that the attached file names for a table."""
    names = "table_name, column_name, extension_name, definition, scope"
    rows = f"FROM {FRESH}.gpkg_extensions WHERE table_name = ?"
    if not database.execute(f"SELECT 1 {rows}", (table,)).fetchone():
        return
    if not _has(database, "gpkg_extensions"):
        for statement in _statements(database, "name = ?", "gpkg_extensions"):
            database.execute(statement)
    database.execute(
        f"INSERT INTO main.gpkg_extensions ({names}) SELECT {names} {rows} "  # noqa: S608
        "AND NOT EXISTS (SELECT 1 FROM main.gpkg_extensions AS mine WHERE "
        "mine.table_name = gpkg_extensions.table_name COLLATE NOCASE "
        "AND mine.column_name = gpkg_extensions.column_name COLLATE NOCASE "
        "AND mine.extension_name = gpkg_extensions.extension_name)",
        (table,),
    )


def _widen(database: sqlite3.Connection, name: str) -> None:
    """Let the extent of a layer hold what was added, and say when that was."""
    ends = ", ".join(
        f"{end} = {function}(coalesce(main.gpkg_contents.{end}, new.{end}), "
        f"coalesce(new.{end}, main.gpkg_contents.{end}))"
        for end, function in (
            ("min_x", "min"),
            ("min_y", "min"),
            ("max_x", "max"),
            ("max_y", "max"),
        )
    )
    database.execute(
        f"UPDATE main.gpkg_contents SET {ends}, last_change = {NOW} "  # noqa: S608
        f"FROM (SELECT * FROM {FRESH}.gpkg_contents WHERE data_type = 'features') "
        "AS new WHERE main.gpkg_contents.table_name = ? COLLATE NOCASE",
        (name,),
    )


def _register_functions(database: sqlite3.Connection, crs: int) -> None:
    """Functions that the triggers of spatial indexes use, and one for our rows."""

    def in_crs(blob: bytes | None) -> bytes | None:
        order = "<" if blob is not None and blob[3] & 1 else ">"
        return blob and blob[:4] + struct.pack(f"{order}i", crs) + blob[8:]

    database.create_function("rrsis_in_crs", 1, in_crs, deterministic=True)
    for place, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        database.create_function(name, 1, _bound(place), deterministic=True)
    database.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)


def _bound(place: int) -> Any:
    return lambda blob: None if blob is None else _shape(blob).bounds[place]


def _is_empty(blob: bytes | None) -> bool | None:
    return None if blob is None else bool(_shape(blob).is_empty)


def _shape(blob: bytes) -> Any:
    """The geometry of a GeoPackage's binary, whose header says how long it is."""
    envelope = (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]
    return shapely.from_wkb(blob[8 + envelope :])


def _statements(database: sqlite3.Connection, where: str, name: str) -> list[str]:
    rows = database.execute(
        f"SELECT sql FROM {FRESH}.sqlite_master WHERE {where} AND sql NOT NULL",  # noqa: S608
        (name,),
    )
    return [str(row[0]) for row in rows.fetchall()]


def _names(database: sqlite3.Connection, table: str, schema: str) -> list[str]:
    return [row[1].lower() for row in columns(database, table, schema)]


def _has(database: sqlite3.Connection, table: str) -> bool:
    rows = database.execute(
        "SELECT 1 FROM main.sqlite_master WHERE name = ? COLLATE NOCASE", (table,)
    )
    return rows.fetchone() is not None
