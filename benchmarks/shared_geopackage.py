"""A GeoPackage with what other people keep in one, and a dump of it.

For `kills.py` and the tests of GeoPackages that are shared.
"""

import sqlite3
from contextlib import closing

import geopandas
import numpy as np
import pyogrio
import shapely


def make_shared(path):
    """Write layers, styles, attributes, metadata, a view and triggers of others."""
    for seed, (name, epsg) in enumerate(
        (("parcels", 32631), ("my trees (2024)", 25832), ("TANKS_2020", 4326))
    ):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(0, 900, (2, 50))
        frame = geopandas.GeoDataFrame(
            {"owner": [f"owner {n}" for n in range(50)], "score": rng.random(50)},
            geometry=shapely.box(x, y, x + 20, y + 20),
            crs=epsg,
        )
        pyogrio.write_dataframe(
            frame,
            path,
            layer=name.split(" (")[0],
            driver="GPKG",
            layer_metadata={"surveyed by": "hand"},
            append=seed > 0,
        )
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(
            """
            CREATE TABLE layer_styles (
                id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_name TEXT,
                styleName TEXT, styleQML TEXT);
            INSERT INTO layer_styles (f_table_name, styleName, styleQML) VALUES
                ('parcels', 'red', '<qgis/>'), ('tanks', 'blue', '<qgis/>');
            CREATE TABLE owners (name TEXT PRIMARY KEY, phone TEXT) WITHOUT ROWID;
            INSERT INTO owners VALUES ('owner 1', '555'), ('owner 2', NULL);
            INSERT INTO gpkg_contents (table_name, data_type, identifier)
                VALUES ('owners', 'attributes', 'storage tank');
            CREATE VIEW large AS SELECT p.fid, p.owner FROM parcels p
                JOIN owners o ON o.name = p.owner;
            CREATE TABLE changes (what TEXT);
            CREATE TRIGGER note AFTER DELETE ON owners
                BEGIN INSERT INTO changes VALUES (OLD.name); END;
            CREATE INDEX by_owner ON parcels (owner);
            """
        )
    return path


def dump(path, *, without=()):
    """Everything in a database but some layers: kind, name, definition and rows."""
    own = {name.lower() for name in without}
    beginnings = tuple(f"rtree_{name}_" for name in own)
    content = {}
    with closing(sqlite3.connect(path)) as database:
        for kind, name, table, sql in database.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master"
        ).fetchall():
            lowered = table.lower()
            if lowered in own or lowered.startswith(beginnings):
                continue
            rows = None
            if kind in ("table", "view"):
                cursor = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608
                names = [item[0].lower() for item in cursor.description]
                rows = sorted(
                    (row for row in cursor if not own & _keys(names, row)), key=repr
                )
            content[kind, name] = (sql, rows)
    return content


def _keys(names, row):
    """Names of tables that a row of a GeoPackage's own tables speaks of."""
    keys = {"table_name", "name"} & set(names)
    return {str(row[names.index(key)]).lower() for key in keys}


def is_sound(path):
    """Whether SQLite finds nothing wrong."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
