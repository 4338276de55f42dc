"""GeoPackages of other versions, damaged, linked, protected; files that are none."""

import os
import sqlite3
from contextlib import closing
from dataclasses import replace

import geopandas
import pyogrio
import pytest
import shapely
from gpkg_of_others import TANKS, TEXTS, found, put, read, refuses
from shared_geopackage import dump, is_sound

from rrsis_geo.errors import OutputError
from rrsis_geo.types import SCHEMA
from rrsis_geo.vector.formats import check_output, write_polygons
from rrsis_geo.vector.vector_format import LayerTarget


def test_a_geopackage_of_attributes_alone_gets_a_layer(tmp_path):
    path = tmp_path / "a.gpkg"
    write_polygons(found(), path, **TEXTS)
    with closing(sqlite3.connect(path)) as database, database:
        for name in ("storage_tank", "rtree_storage_tank_geom"):
            database.execute(f"DROP TABLE {name}")
        for name in ("gpkg_geometry_columns", "gpkg_extensions", "gpkg_ogr_contents"):
            database.execute(f"DROP TABLE {name}")
        database.execute("CREATE TABLE notes (x TEXT)")
        database.execute(
            "UPDATE gpkg_contents SET data_type = 'attributes', table_name = 'notes'"
        )
    put(path, found(4), replace(TANKS, overwrite=True))
    assert len(read(path, "tanks")) == 4
    assert is_sound(path)


@pytest.mark.parametrize("version", [10000, 10200, 10301, 10400, 10500])
def test_other_versions_1_are_written_into(shared, version):
    with closing(sqlite3.connect(shared)) as database:
        database.execute(f"PRAGMA user_version = {version}")
    put(shared, found(), TANKS)
    with closing(sqlite3.connect(shared)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (version,)
        # GDAL warns of versions that it does not know
        assert database.execute("SELECT count(*) FROM tanks").fetchone() == (3,)
    assert is_sound(shared)


def test_databases_that_are_no_geopackage_are_refused(tmp_path, shared):
    path = tmp_path / "other.gpkg"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE years_of_work (x)")
    refuses(path, LayerTarget(name="a"), "no GeoPackage")
    with closing(sqlite3.connect(shared)) as database:
        database.execute("PRAGMA user_version = 20000")
    refuses(shared, LayerTarget(name="a"), "newer")


def test_a_damaged_geopackage_is_refused_before_the_work(shared):
    content = bytearray(shared.read_bytes())
    content[4096 * 3 : 4096 * 30] = bytes(4096 * 27)
    shared.write_bytes(content)
    with pytest.raises(OutputError, match=r"damaged|no GeoPackage"):
        check_output(shared, True, LayerTarget(name="a"))
    assert shared.read_bytes() == content
    shared.write_bytes(content[:5000])
    with pytest.raises(OutputError, match=r"damaged|no GeoPackage"):
        check_output(shared, True, LayerTarget(name="a"))


@pytest.mark.parametrize("content", [b"", b"years of work"])
def test_a_file_that_is_no_database_is_replaced_only_with_overwrite(tmp_path, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    refuses(path, TANKS, "exists")
    refuses(path, replace(TANKS, overwrite=False, append=True), "exists")
    put(path, found(), LayerTarget(name="a"))
    assert len(read(path, "a")) == 3


def test_a_link_stays_a_link_and_its_file_is_changed(tmp_path, shared):
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.gpkg"
    shared.rename(real)
    shared.symlink_to(real)
    before = dump(real, without=["tanks"])
    put(shared, found(), TANKS)
    assert shared.is_symlink()
    assert dump(real, without=["tanks"]) == before
    assert len(read(real, "tanks")) == 3


@pytest.mark.parametrize("name", ["a!b", "bytes \udcff", "a?b#c;d"])
def test_odd_names_of_files_and_folders_are_taken_literally(tmp_path, shared, name):
    folder = tmp_path / name
    folder.mkdir()
    path = folder / f"{name}.gpkg"
    shared.rename(path)
    before = dump(path, without=["tanks"])
    for target in (TANKS, replace(TANKS, append=True)):
        put(path, found(), target)
    assert dump(path, without=["tanks"]) == before
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM tanks").fetchone() == (6,)
    assert os.listdir(folder) == [path.name]


def test_a_protected_file_is_refused_and_rights_are_kept(shared):
    shared.chmod(0o444)
    refuses(shared, TANKS, "read-only")
    shared.chmod(0o640)
    put(shared, found(), TANKS)
    assert shared.stat().st_mode & 0o777 == 0o640


def test_a_full_disk_leaves_everything_as_it_was(shared, limit_file_size):
    before = shared.read_bytes()
    for limit in (len(before) // 2, len(before) - 1000):
        with limit_file_size(limit), pytest.raises(OutputError):
            write_polygons(found(), shared, layer=TANKS, **TEXTS)
        assert shared.read_bytes() == before
        assert os.listdir(shared.parent) == [shared.name]


def test_a_copy_made_by_another_program_can_be_added_to(tmp_path):
    """A layer that ogr2ogr or QGIS has copied is still one of ours."""
    first, path = tmp_path / "first.gpkg", tmp_path / "copy.gpkg"
    write_polygons(found(), first, **TEXTS)
    frame = geopandas.read_file(first)
    assert list(frame.columns[:-1]) == list(SCHEMA)
    pyogrio.write_dataframe(frame, path, layer="my tanks (a)", driver="GPKG")
    put(path, found(2), LayerTarget(name="my tanks (a)", chosen=True, append=True))
    assert len(read(path, "my tanks (a)")) == 5
    inside = shapely.box(*found().geometry[0].bounds).bounds
    assert len(pyogrio.read_dataframe(path, bbox=inside)) == 2
