"""Layers of ours among those of others: nothing of theirs is lost or changed."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyogrio
import pyproj
import pytest
from gpkg_of_others import TANKS, TEXTS, found, put, read, refuses
from rasterio.crs import CRS
from shared_geopackage import dump, is_sound

from rrsis_geo.errors import OptionError, OutputError
from rrsis_geo.vector.formats import check_crs, check_output, write_polygons
from rrsis_geo.vector.vector_format import LayerTarget


@pytest.mark.parametrize(
    "steps",
    [
        [TANKS],
        [TANKS, replace(TANKS, overwrite=True)],
        [replace(TANKS, overwrite=True), replace(TANKS, name="other", append=True)],
        [replace(TANKS, append=True), replace(TANKS, append=True)],
        [LayerTarget(name="storage_tank"), LayerTarget(name="storage_tank")],
    ],
    ids=["new", "replaced", "two", "appended", "named after the expression"],
)
def test_everything_of_others_stays(shared, steps):
    names = {target.name for target in steps}
    before = dump(shared, without=names)
    counts = dict.fromkeys(names, 0)
    for number, target in enumerate(steps, 3):
        put(shared, found(number), target)
        counts[target.name] = number + target.append * counts[target.name]
    assert dump(shared, without=names) == before
    assert is_sound(shared)
    for name in names:
        frame = read(shared, name)
        assert len(frame) == counts[name]
        assert frame["id"].tolist() == [*range(1, counts[name] + 1)]
        assert frame.crs.to_epsg() == 32631
        info = pyogrio.read_info(shared, layer=name)
        assert info["features"] == counts[name]
        box = frame.total_bounds
        assert info["total_bounds"] == pytest.approx(box, abs=0.01)
        by_index = pyogrio.read_dataframe(shared, layer=name, bbox=tuple(box))
        assert len(by_index) == counts[name]
    for layer in ("parcels", "my trees", "TANKS_2020"):
        assert len(read(shared, layer)) == 50
    assert os.listdir(shared.parent) == [shared.name]


def test_a_layer_of_ours_can_be_edited_by_gdal_afterwards(shared):
    put(shared, found(3), TANKS)
    frame = read(shared, "tanks")
    pyogrio.write_dataframe(frame, shared, layer="tanks", driver="GPKG", append=True)
    assert len(read(shared, "tanks")) == 6
    inside = tuple(frame.geometry[0].bounds)
    assert len(pyogrio.read_dataframe(shared, layer="tanks", bbox=inside)) == 2


def test_a_file_with_one_layer_of_ours_alone_is_made_anew(tmp_path):
    old, new = tmp_path / "old.gpkg", tmp_path / "new.gpkg"
    write_polygons(found(5), old, title="roofs", description="found")
    for path in (old, new):
        write_polygons(found(2), path, **TEXTS)
    assert old.read_bytes() == new.read_bytes()
    put(old, found(3), LayerTarget(name="piers", chosen=True, overwrite=True))
    assert {name for name, _ in pyogrio.list_layers(old)} == {"storage_tank", "piers"}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_style_saved_into_a_single_layer_stays(tmp_path, mode):
    path = tmp_path / "tanks.gpkg"
    write_polygons(found(5), path, **TEXTS)
    with closing(sqlite3.connect(path)) as gis:
        gis.execute(f"PRAGMA journal_mode = {mode}")
        gis.execute("CREATE TABLE layer_styles (name TEXT)")
        gis.execute("CREATE INDEX mine ON storage_tank (score)")
        gis.execute("CREATE VIEW v AS SELECT score FROM storage_tank")
        gis.execute("INSERT INTO layer_styles VALUES ('red')")
        gis.commit()
    put(path, found(2), LayerTarget(name="storage_tank"))
    assert len(read(path, "storage_tank")) == 2
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT * FROM layer_styles").fetchall() == [("red",)]
        assert len(database.execute("SELECT * FROM v").fetchall()) == 2
        assert database.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'mine'"
        ).fetchone() == (1,)
    assert is_sound(path)


def crash(path, statements, mode):
    """Leave the journals of a program that was killed in the middle of a change."""
    code = (
        "import os, sqlite3, sys\n"
        "d = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "d.execute(f'PRAGMA journal_mode = {sys.argv[2]}')\n"
        "d.execute('PRAGMA cache_size = 1'); d.execute('PRAGMA cache_spill = 1')\n"
        "for s in sys.argv[3:]: d.execute(s)\n"
        "os._exit(9)\n"
    )
    subprocess.run([sys.executable, "-c", code, path, mode, *statements], check=False)


def test_what_a_crashed_program_left_in_its_log_is_kept(shared):
    statements = [
        "INSERT INTO layer_styles (styleName) VALUES ('saved before the crash')"
    ]
    crash(shared, statements, "WAL")
    assert Path(f"{shared}-wal").stat().st_size
    put(shared, found(3), TANKS)
    with closing(sqlite3.connect(shared)) as database:
        names = database.execute("SELECT styleName FROM layer_styles").fetchall()
    assert ("saved before the crash",) in names
    assert len(read(shared, "tanks")) == 3
    assert is_sound(shared)
    assert os.listdir(shared.parent) == [shared.name]


def test_a_change_that_a_crash_cut_off_is_taken_back(shared):
    before = dump(shared, without=["tanks"])
    filler = "INSERT INTO changes SELECT hex(zeroblob(2000)) FROM parcels"
    delete = "UPDATE layer_styles SET styleName = 'half'"
    crash(shared, ["BEGIN", delete, filler, filler, filler], "DELETE")
    assert Path(f"{shared}-journal").stat().st_size
    put(shared, found(3), TANKS)
    assert dump(shared, without=["tanks"]) == before
    assert is_sound(shared)
    assert os.listdir(shared.parent) == [shared.name]


@pytest.mark.parametrize(
    "step",
    [
        lambda path: check_output(path, True, TANKS),
        lambda path: write_polygons(found(), path, layer=TANKS, **TEXTS),
    ],
    ids=["before the work", "after it"],
)
@pytest.mark.parametrize("hold", ["WAL", "open", "read", "write"])
def test_a_file_that_is_open_elsewhere_is_refused(shared, hold, step):
    before = dump(shared)
    code = (
        "import sqlite3, sys\n"
        "d = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "if sys.argv[2] == 'WAL': d.execute('PRAGMA journal_mode = WAL')\n"
        "if sys.argv[2] in ('WAL', 'write'):\n"
        "    d.execute('BEGIN IMMEDIATE')\n"
        "    d.execute('CREATE TABLE t (x)')\n"
        "if sys.argv[2] == 'read':\n"
        "    d.execute('BEGIN')\n"
        "d.execute('SELECT * FROM gpkg_contents').fetchone()\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, shared, hold],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        with pytest.raises(OutputError, match="open in another program"):
            step(shared)
        other.communicate(b"")
    assert dump(shared) == before
    put(shared, found(), TANKS)


def test_what_is_no_layer_of_ours_is_never_replaced(shared):
    with closing(sqlite3.connect(shared)) as database, database:
        database.execute("CREATE TABLE plain (x)")
        database.execute("CREATE TABLE rtree_piers_geom (x)")
    for name in ("plain", "owners", "LARGE", "parcels", "Parcels", "by_owner"):
        for append in (False, True):
            target = replace(TANKS, name=name, overwrite=not append, append=append)
            refuses(shared, target, "no layer of rrsis-geo")
    refuses(shared, LayerTarget(name="tanks_2020"), "no layer of rrsis-geo")
    refuses(shared, replace(TANKS, name="piers"), "rtree_piers_geom")


def test_a_layer_is_replaced_only_where_that_is_allowed(shared):
    put(shared, found(), TANKS)
    refuses(shared, TANKS, "holds the layer 'tanks' already")
    refuses(shared, replace(TANKS, name="TANKS"), "holds the layer 'tanks' already")
    refuses(shared, LayerTarget(name="roofs", overwrite=False), "exists")


@pytest.mark.parametrize(
    "name", ["(1) roofs", "#12", "gpkg_x", "sqlite_x", "rtree_x", "a b", "x" * 300, "-"]
)
def test_names_that_programs_do_not_take_are_refused(shared, tmp_path, name):
    target = replace(TANKS, name=name)
    refuses(shared, target, "layer", error=OptionError)
    with pytest.raises(OptionError):
        check_output(tmp_path / "new.gpkg", False, target)


def test_other_formats_have_no_layers(tmp_path):
    for end in (".geojson", ".fgb", ".parquet"):
        for target in (TANKS, LayerTarget(name="a", append=True)):
            with pytest.raises(OptionError, match=r"GeoPackage"):
                check_output(tmp_path / f"a{end}", True, target)


SCHEMAS = {
    "a column more": "ALTER TABLE tanks ADD COLUMN owner TEXT",
    "a column less": "ALTER TABLE tanks DROP COLUMN why",
    "another name": "ALTER TABLE tanks RENAME COLUMN score TO probability",
    "points": "UPDATE gpkg_geometry_columns SET geometry_type_name = 'POINT'",
    "heights": "UPDATE gpkg_geometry_columns SET z = 1",
}


@pytest.mark.parametrize("change", SCHEMAS.values(), ids=SCHEMAS)
def test_another_schema_is_not_added_to(shared, change):
    put(shared, found(), TANKS)
    with closing(sqlite3.connect(shared)) as database, database:
        database.execute(change)
    refuses(shared, replace(TANKS, append=True), "another schema|no layer of")


@pytest.mark.parametrize("crs", [CRS.from_epsg(32632), CRS.from_epsg(4326), None])
def test_another_crs_is_not_added_to(shared, crs):
    put(shared, found(), TANKS)
    before = shared.read_bytes()
    wkt = None if crs is None else crs.to_wkt()
    with pytest.raises(OutputError, match="WGS 84 / UTM zone 31N"):
        check_crs(shared, wkt, replace(TANKS, append=True))
    assert shared.read_bytes() == before


def test_a_trigger_that_cannot_run_here_is_a_refusal(shared):
    put(shared, found(), TANKS)
    with closing(sqlite3.connect(shared)) as database, database:
        database.execute(
            "CREATE TRIGGER t AFTER INSERT ON tanks BEGIN SELECT CreateUUID(); END"
        )
    refuses(shared, replace(TANKS, append=True), "CreateUUID")
    put(shared, found(5), replace(TANKS, overwrite=True))
    assert len(read(shared, "tanks")) == 5


def test_a_view_that_would_break_is_a_refusal(shared):
    put(shared, found(), TANKS)
    with closing(sqlite3.connect(shared)) as database, database:
        database.execute("ALTER TABLE tanks ADD COLUMN checked TEXT")
        database.execute("CREATE VIEW good AS SELECT fid FROM tanks WHERE checked")
    refuses(shared, replace(TANKS, overwrite=True), "good would no longer work")


def test_rows_with_the_same_title_get_a_title_of_their_own(shared):
    put(shared, found(), TANKS)  # "storage tank" is the title of the table of owners
    with closing(sqlite3.connect(shared)) as database:
        titles = database.execute("SELECT identifier FROM gpkg_contents").fetchall()
    assert {("storage tank",), ("storage tank (tanks)",)} <= set(titles)


def test_crss_that_the_file_does_not_know_are_added(shared):
    crss = [
        pyproj.CRS(32632).to_3d(),
        pyproj.CRS("+proj=laea +lat_0=10 +lon_0=20 +ellps=GRS80"),
        pyproj.CRS("+proj=laea +lat_0=11 +lon_0=20 +ellps=GRS80"),
        pyproj.CRS("ESRI:103300"),
    ]
    before = {name: read(shared, name).crs for name in ("parcels", "my trees")}
    for number, crs in enumerate(crss):
        polygons = found(crs=CRS.from_wkt(crs.to_wkt()), left=700_000)
        target = replace(TANKS, name=f"layer_{number}")
        put(shared, polygons, target)
        put(shared, polygons, replace(target, append=True))
        frame = read(shared, target.name)
        assert frame.crs.equals(crs, ignore_axis_order=True)
        assert len(frame) == 6
    put(shared, replace(found(), crs=None), replace(TANKS, name="pixels"))
    assert read(shared, "pixels").crs is None
    assert {name: read(shared, name).crs for name in before} == before
    assert is_sound(shared)


def test_an_interrupted_run_does_not_add_its_polygons_twice(shared):
    target = replace(TANKS, append=True)
    put(shared, found(3), target)
    write_polygons(found(3), shared, layer=replace(target, resumed=True), **TEXTS)
    assert len(read(shared, "tanks")) == 3
    write_polygons(found(4), shared, layer=replace(target, resumed=True), **TEXTS)
    assert len(read(shared, "tanks")) == 7
