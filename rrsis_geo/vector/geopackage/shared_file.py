"""Writing a layer into a GeoPackage in which others keep theirs.

A copy is changed, checked and put in place of the file; until then the file is locked
as SQLite locks it, so that no program's change is lost between copy and replacement.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pyproj
from pyproj.exceptions import CRSError

from rrsis_geo.errors import OutputError
from rrsis_geo.files.file_names import literal_path
from rrsis_geo.files.in_use import refuse_in_use
from rrsis_geo.vector.geopackage import layer_transfer
from rrsis_geo.vector.geopackage.contents import (
    Change,
    is_database,
    open_unchanged,
    plan_change,
    quoted,
)
from rrsis_geo.vector.vector_format import Copy, Layer, LayerTarget, VectorFormat

SIDE_FILES = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database."""

ADDED = "added"
"""Name of the layer in the file from which rows are appended."""

CHUNK = 1 << 22
"""Bytes that are copied at once."""

Names = set[tuple[str, str, str]]


class SharedGeoPackage:
    """How a layer is written into a GeoPackage; see `FileUpdate`."""

    def holds_layers(self, path: Path) -> bool:
        """Whether a file is a database."""
        return is_database(path)

    def check(self, path: Path, target: LayerTarget) -> None:
        """Refuse before any work what could not be written after it."""
        with _as_output_error(path), open_unchanged(path) as database:
            plan_change(database, path, target)

    def check_crs(self, path: Path, target: LayerTarget, crs: str | None) -> None:
        """Refuse a CRS that is not that of the layer that is added to.

        Raises:
            OutputError: it is another, or the file cannot be read.
        """
        if not (target.append and is_database(path)):
            return
        with _as_output_error(path), open_unchanged(path) as database:
            change, name = plan_change(database, path, target)
            if change is not Change.APPEND:
                return
            theirs = _layer_crs(database, name)
        ours = None if crs is None else pyproj.CRS.from_user_input(crs)
        if theirs is None or ours is None:
            same = theirs is ours
        else:
            same = theirs.equals(ours, ignore_axis_order=True)
        if not same:
            raise OutputError(
                f"{path}: the layer {name!r} is in {_crs_name(theirs)} and the "
                f"polygons to add are in {_crs_name(ours)}; choose another --layer"
            )

    @contextmanager
    def hold(self, path: Path) -> Iterator[Copy | None]:
        """Keep other programs from changing a file until the new one is in place.

        Raises:
            OutputError: another program has it open, or it cannot be opened.
        """
        if not is_database(path):
            yield None
            return
        refuse_in_use(path, SIDE_FILES, readers=True)
        # closing a file gives up all locks of this process on it, so this one is
        # opened before and closed after
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            database = sqlite3.connect(path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            os.close(handle)
            raise OutputError(f"{path}: cannot be opened: {error}") from error

        def release() -> None:
            database.close()
            os.close(handle)

        def copy(to: Path) -> None:
            with open(to, "wb") as file:
                while chunk := os.read(handle, CHUNK):
                    file.write(chunk)
            if sys.platform == "win32":  # an open file cannot be replaced there
                release()

        try:
            with _as_output_error(path):
                _settle(database, path)
            yield copy
        finally:
            if sys.platform != "win32":
                release()

    def write(
        self,
        layer: Layer,
        part: Path,
        file_format: VectorFormat,
        *,
        target: LayerTarget,
        copy: Copy,
    ) -> None:
        """Write a copy of the held file, with the layer in it, to `part`."""
        copy(part)
        with (
            _as_output_error(layer.path),
            closing(sqlite3.connect(part, isolation_level=None)) as database,
        ):
            change, name = plan_change(database, layer.path, target)
        if change is Change.ALL:
            part.unlink()
            file_format.write(replace(layer, name=name), part, file_format)
            return
        fresh = part.with_name("fresh.gpkg")
        source = ADDED if change is Change.APPEND else name
        file_format.write(replace(layer, name=source), fresh, file_format)
        with (
            _as_output_error(layer.path),
            literal_path(fresh) as literal,  # SQL is UTF-8
            closing(sqlite3.connect(part, isolation_level=None)) as database,
        ):
            # the copy is thrown away if anything fails
            database.execute("PRAGMA journal_mode = MEMORY")
            database.execute("PRAGMA synchronous = OFF")
            database.execute(f"ATTACH ? AS {layer_transfer.FRESH}", (literal,))
            names, views = _others(database, name), _readable_views(database)
            database.execute("BEGIN IMMEDIATE")
            rows = _change(database, change, name, source, target, len(layer.polygons))
            database.execute("COMMIT")
            _check_result(
                database, layer.path, name=name, rows=rows, names=names, views=views
            )
        fresh.unlink()


def _settle(database: sqlite3.Connection, path: Path) -> None:
    """Bring what journals hold into the file, and lock it."""
    database.execute("SELECT count(*) FROM sqlite_master").fetchone()  # rolls back
    (mode,) = database.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        raise OutputError(
            f"{path}: is open in another program; close it there, or choose another "
            "name"
        )
    database.execute("BEGIN EXCLUSIVE")


def _change(
    database: sqlite3.Connection,
    change: Change,
    name: str,
    source: str,
    target: LayerTarget,
    count: int,
) -> int:
    """Change the copy; returns how many rows the layer has to have then."""
    if change is Change.ADD:
        layer_transfer.add_layer(database, name)
        return count
    if change is Change.REPLACE:
        layer_transfer.replace_layer(database, name)
        return count
    (before,) = database.execute(
        f"SELECT count(*) FROM main.{quoted(name)}"  # noqa: S608
    ).fetchone()
    if target.resumed and layer_transfer.holds_all(database, name, source):
        return int(before)
    return int(before) + layer_transfer.append_rows(database, name, source)


def _check_result(
    database: sqlite3.Connection,
    path: Path,
    *,
    name: str,
    rows: int,
    names: Names,
    views: set[str],
) -> None:
    """Refuse a changed copy that lost anything.

    Raises:
        OutputError: it is damaged, or something in it is missing.
    """
    (first,) = database.execute("PRAGMA main.integrity_check(1)").fetchone()
    (count,) = database.execute(
        f"SELECT count(*) FROM main.{quoted(name)}"  # noqa: S608
    ).fetchone()
    lost = sorted(row[1] for row in names - _others(database, name))
    lost += sorted(views - _readable_views(database))
    if first != "ok" or count != rows or lost:
        reason = first if first != "ok" else f"{count} of {rows} polygons"
        if lost:
            reason = f"{', '.join(lost)} would no longer work"
        raise OutputError(
            f"{path}: the layer {name!r} cannot be written into it: {reason}; the file "
            "is as it was"
        )


def _others(database: sqlite3.Connection, name: str) -> Names:
    """What is defined beside a layer of ours: kind, name and definition."""
    rows = database.execute(
        "SELECT type, name, coalesce(sql, '') FROM main.sqlite_master "
        "WHERE tbl_name <> ?1 COLLATE NOCASE "
        "AND lower(substr(name, 1, length(?1) + 7)) <> lower('rtree_' || ?1 || '_') "
        "AND name <> 'gpkg_spatial_ref_sys'",  # which may get a column
        (name,),
    )
    return {(str(kind), str(other), str(sql)) for kind, other, sql in rows.fetchall()}


def _readable_views(database: sqlite3.Connection) -> set[str]:
    readable = set()
    for (view,) in database.execute(
        "SELECT name FROM main.sqlite_master WHERE type = 'view'"
    ).fetchall():
        try:
            database.execute(f"SELECT * FROM main.{quoted(view)} LIMIT 0")  # noqa: S608
        except sqlite3.Error:
            continue  # of a program with functions of its own
        readable.add(str(view))
    return readable


def _layer_crs(database: sqlite3.Connection, name: str) -> pyproj.CRS | None:
    cursor = database.execute(
        "SELECT crs.* FROM gpkg_spatial_ref_sys AS crs JOIN gpkg_geometry_columns "
        "USING (srs_id) WHERE table_name = ? COLLATE NOCASE",
        (name,),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    values = dict(
        zip((item[0].lower() for item in cursor.description), row, strict=True)
    )
    for column in ("definition_12_063", "definition"):
        text = values.get(column) or "undefined"
        if text != "undefined":
            try:
                return pyproj.CRS.from_wkt(text)
            except CRSError:
                continue
    return None


def _crs_name(crs: pyproj.CRS | None) -> str:
    return "no CRS" if crs is None else str(crs.name)


@contextmanager
def _as_output_error(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise OutputError(
                f"{path}: is open in another program; close it there, or choose "
                "another name"
            ) from error
        raise OutputError(f"{path}: cannot be written: {error}") from error
    except sqlite3.Error as error:
        raise OutputError(
            f"{path}: is no GeoPackage that can be written to: {error}; choose another "
            "name"
        ) from error
