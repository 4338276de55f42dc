"""A finished GeoPackage that no program has opened yet: read it and number its rows.

Standard library only: QGIS would keep the file open. For the same reason these
functions must not be used on a file that QGIS has opened: closing it here would release
QGIS's locks where the two use different builds of SQLite.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from typing import Callable, List, Sequence, Tuple

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Kind of the envelope in the header of a geometry -> its size."""


@dataclass(frozen=True)
class Row:
    """One object."""

    number: int
    """Its primary key, which QGIS uses as feature id."""
    expression: str
    wkb: bytes


def read_rows(path: str) -> List[Row]:
    """Return the objects of the first layer.

    Raises:
        sqlite3.Error: The file is no GeoPackage or has other columns.
    """
    with closing(sqlite3.connect(path)) as database:
        table, key, geometry = _layout(database)
        query = f'SELECT "{key}", "expression", "{geometry}" FROM "{table}"'  # noqa: S608  # nosec B608
        return [
            Row(number, expression, wkb(blob))
            for number, expression, blob in database.execute(query)
        ]


def set_ids(path: str, ids: Sequence[Tuple[int, int]]) -> None:
    """Change primary key and attribute `id` of the rows of the first layer.

    Args:
        path: The GeoPackage; it is changed as a whole or not at all.
        ids: Primary key of each row, and its new number.

    Raises:
        sqlite3.Error: The file cannot be changed.
    """
    with closing(sqlite3.connect(path)) as database:
        for index, name in enumerate(("MinX", "MaxX", "MinY", "MaxY")):
            # The triggers of the spatial index call these functions of GDAL.
            database.create_function(f"ST_{name}", 1, _edge(index), deterministic=True)
        database.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
        table, key, _ = _layout(database)
        with database:
            # Aside first, since a new number may still be that of another row.
            database.execute(f'UPDATE "{table}" SET "{key}" = -"{key}"')  # noqa: S608  # nosec B608
            database.executemany(
                f'UPDATE "{table}" SET "{key}" = ?, "id" = ? WHERE "{key}" = ?',  # noqa: S608  # nosec B608
                [(new, new, -old) for old, new in ids],
            )


def wkb(blob: bytes) -> bytes:
    """Return the geometry of a blob without its header."""
    return blob[8 + ENVELOPE_BYTES[(blob[3] >> 1) & 7] :]


def _layout(database: sqlite3.Connection) -> Tuple[str, str, str]:
    """Return the first layer's table, its primary key and its geometry column."""
    row = database.execute(
        "SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY rowid"
    ).fetchone()
    if row is None:
        raise sqlite3.DatabaseError("there is no layer")
    table, geometry = (str(name).replace('"', '""') for name in row)
    columns = database.execute(f'PRAGMA table_info("{table}")')
    keys = [column[1] for column in columns if column[5]]
    return table, str(keys[0]).replace('"', '""'), geometry


def _edge(index: int) -> Callable[[bytes], float]:
    def edge(blob: bytes) -> float:
        if not blob[3] >> 1 & 7:
            raise ValueError("the geometry has no envelope")
        order = "<" if blob[3] & 1 else ">"
        return float(struct.unpack_from(f"{order}4d", blob, 8)[index])

    return edge


def _is_empty(blob: bytes) -> int:
    return blob[3] >> 4 & 1
