"""Files of other thresholds: a folder for each, and none is replaced."""

import sqlite3

import geopandas
import pyogrio
import pytest
from shapely.geometry import Polygon, box


@pytest.fixture
def files():
    from rrsis_geo_qgis.layers import threshold_files

    return threshold_files


def make(files, run, threshold, content="content"):
    path = files.new_file(str(run), "tank.gpkg", threshold)
    with open(path, "w", encoding="ascii") as file:
        file.write(content)
    files.seal(path, content)
    return path


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def test_every_file_has_a_folder_of_its_own(files, tmp_path):
    paths = {files.new_file(str(tmp_path), "tank.gpkg", 0.5) for _ in range(3)}

    assert len(paths) == 3
    assert len({path.rsplit("/", 2)[1] for path in paths}) == 3


def test_only_a_file_that_is_as_it_was_written_is_found_again(files, tmp_path):
    path = make(files, tmp_path, 0.5)
    make(files, tmp_path, 0.51)
    assert files.find_unchanged(str(tmp_path), "tank.gpkg", 0.5, read) == path

    with open(path, "a", encoding="ascii") as file:
        file.write(" and an edit")

    assert files.find_unchanged(str(tmp_path), "tank.gpkg", 0.5, read) is None


def test_a_file_that_was_cut_off_is_not_found(files, tmp_path):
    path = files.new_file(str(tmp_path), "tank.gpkg", 0.5)
    with open(path, "w", encoding="ascii") as file:
        file.write("half")

    assert files.find_unchanged(str(tmp_path), "tank.gpkg", 0.5, read) is None
    assert files.nearest_files(str(tmp_path), "tank.gpkg", 0.6) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"sha256": 3}', "\x00"])
def test_a_damaged_seal_counts_as_changed(files, tmp_path, text):
    path = make(files, tmp_path, 0.5)
    with open(path.replace("tank.gpkg", files.SEAL), "w", encoding="ascii") as file:
        file.write(text)

    assert files.find_unchanged(str(tmp_path), "tank.gpkg", 0.5, read) is None


def test_the_nearest_thresholds_are_found_higher_first(files, tmp_path):
    made = {value: make(files, tmp_path, value) for value in (0.1, 0.3, 0.7, 0.9)}

    assert files.nearest_files(str(tmp_path), "tank.gpkg", 0.5) == [
        made[0.7],
        made[0.3],
    ]
    assert files.nearest_files(str(tmp_path), "tank.gpkg", 0.95) == [made[0.9]]


def test_dropping_takes_only_an_empty_folder(files, tmp_path):
    empty = files.new_file(str(tmp_path), "tank.gpkg", 0.5)
    full = make(files, tmp_path, 0.5)
    for path in (empty, full):
        files.drop_empty_folder(path)

    assert [entry.name for entry in tmp_path.iterdir()] == ["threshold-0.50-2"]


@pytest.fixture
def geopackage(tmp_path):
    """Three objects as the writers of the package write them."""
    path = tmp_path / "tank.gpkg"
    frame = geopandas.GeoDataFrame(
        {"id": [1, 2, 3], "expression": ["tank"] * 3},
        geometry=[
            box(0, 0, 1, 1),
            Polygon([(5, 0), (6, 0), (6, 2)], [[(5.8, 0.2), (5.9, 0.2), (5.9, 0.3)]]),
            box(9, 9, 12, 10),
        ],
        crs="EPSG:32632",
    )
    pyogrio.write_dataframe(
        frame, path, driver="GPKG", layer="ta'nk", dataset_options={"VERSION": "1.3"}
    )
    return path


def test_rows_are_numbered_anew_and_the_index_follows(geopackage):
    from rrsis_geo_qgis.layers.geopackage import read_rows, set_ids

    before = {row.number: row.wkb for row in read_rows(str(geopackage))}
    set_ids(str(geopackage), [(1, 3), (2, 1), (3, 12)])

    after = {row.number: row.wkb for row in read_rows(str(geopackage))}
    assert after == {3: before[1], 1: before[2], 12: before[3]}
    frame = pyogrio.read_dataframe(geopackage, fid_as_index=True)
    assert list(frame.index) == list(frame["id"]) == [1, 3, 12]
    found = pyogrio.read_dataframe(geopackage, bbox=(8, 8, 10, 11))
    assert list(found["id"]) == [12]
    database = sqlite3.connect(geopackage)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.close()


def test_numbers_that_collide_change_nothing(geopackage):
    from rrsis_geo_qgis.layers.geopackage import set_ids

    before = pyogrio.read_dataframe(geopackage, fid_as_index=True)
    with pytest.raises(sqlite3.Error):
        set_ids(str(geopackage), [(1, 7), (2, 7), (3, 8)])

    assert pyogrio.read_dataframe(geopackage, fid_as_index=True).equals(before)


def test_another_file_is_refused(tmp_path):
    from rrsis_geo_qgis.layers.geopackage import read_rows

    (tmp_path / "text.gpkg").write_text("no database at all, only some text")
    with pytest.raises(sqlite3.Error):
        read_rows(str(tmp_path / "text.gpkg"))
