"""One reader of vector files: every name, every written format, every layer."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import LineString, Point

from rrsis_geo.errors import DataError, OptionError
from rrsis_geo.geodata.vector_layers import (
    LayerRole,
    read_vector_layer,
    split_layer_name,
)
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.formats import FORMATS, write_polygons

TRUTH = LayerRole(name="truth", error=DataError, option="--truth-layer")
AREA = LayerRole(name="area", error=OptionError)


def box(left):
    return shapely.box(left, 0, left + 1, 1)


def save(path, *shapes, crs="EPSG:32631", **options):
    gpd.GeoDataFrame(geometry=list(shapes), crs=crs).to_file(path, **options)
    return str(path)


def left(layer):
    return [shape.bounds[0] for shape in layer.polygons()]


NAMES = (
    "north!b",
    "a;b",
    "a|b",
    "what?",
    "a b#c",
    "(1) roofs",
    "[x]",
    "@home",
    "-x",
    "100%",
    "x&y=z",
    "a:b",
    "tab\there",
    "ü中",
    "line\nend",
    "'quoted'",
    'a"b',
    "file.zip!in",
)


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb", "shp"])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_read_whatever_its_name_looks_like(
    tmp_path, monkeypatch, name, suffix
):
    # what a library makes of the name: the part after the sign, before it, or neither
    for number, other in enumerate(("b", "a", "x", "in", "what", "north", "file")):
        save(tmp_path / f"{other}.{suffix}", box(100 + number))
    plain = save(tmp_path / f"plain.{suffix}", box(7))
    for file in tmp_path.glob("plain.*"):
        file.rename(tmp_path / (name + file.suffix))
    assert plain
    wanted = tmp_path / f"{name}.{suffix}"
    assert left(read_vector_layer(str(wanted), TRUTH)) == [7]
    monkeypatch.chdir(tmp_path)
    assert left(read_vector_layer(wanted.name, TRUTH)) == [7]


def test_a_folder_of_any_name_is_a_folder(tmp_path):
    folder = tmp_path / "old!new;x"
    folder.mkdir()
    save(tmp_path / "plain.gpkg", box(3))
    (tmp_path / "plain.gpkg").rename(folder / "a.gpkg")
    assert left(read_vector_layer(str(folder / "a.gpkg"), TRUTH)) == [3]


def test_changes_in_a_write_ahead_log_are_read_under_any_name(tmp_path):
    file = tmp_path / "log!1.gpkg"
    save(tmp_path / "plain.gpkg", box(3), layer="roofs")
    (tmp_path / "plain.gpkg").rename(file)
    database = sqlite3.connect(file)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE note (a)")
        database.commit()
        assert file.with_name(file.name + "-wal").stat().st_size
        assert left(read_vector_layer(str(file), TRUTH)) == [3]
    finally:
        database.close()


@pytest.mark.parametrize("name", ["plain", "with!mark", "with;sign"])
@pytest.mark.parametrize(
    "extension", [end for one in FORMATS for end in one.extensions]
)
def test_every_written_format_is_read_back(tmp_path, extension, name):
    columns = {key: np.zeros(2, kind) for key, kind in SCHEMA.items()}
    columns["expression"] = np.array(["roof", "roof"], object)
    columns["why"] = np.array(["", ""], object)
    wanted = np.array([shapely.box(0.5, 45, 0.6, 45.1), shapely.box(1, 46, 2, 47)])
    crs = pyproj.CRS.from_user_input("OGC:CRS84").to_wkt()
    polygons = Polygons(geometry=wanted, crs=crs, columns=columns)
    path = tmp_path / f"found{extension}"
    write_polygons(polygons, path, title="t", description="d")
    path = path.rename(tmp_path / f"{name}{extension}")

    read = read_vector_layer(str(path), TRUTH)

    # FlatGeobuf keeps features in an order of its own
    shapes = sorted(read.polygons(), key=lambda shape: shape.bounds)
    assert shapely.equals_exact(shapes, wanted, 1e-6, normalize=True).all()
    assert read.crs.to_epsg(20) in (4326, None)
    assert read.crs.is_geographic
    assert set(SCHEMA) <= set(read.frame.columns)
    assert list(read_vector_layer(str(path), TRUTH, columns=["score"]).frame) == [
        "score",
        "geometry",
    ]
    with pytest.raises(DataError, match="has no field 'colour'; its fields are "):
        read_vector_layer(str(path), TRUTH, columns=["colour"])


@pytest.fixture
def two(tmp_path):
    path = tmp_path / "two.gpkg"
    save(path, box(1), layer="old survey")
    save(path, box(2), layer="roofs", mode="a")
    return str(path)


def test_of_several_layers_with_polygons_none_is_taken_silently(two):
    with pytest.raises(
        DataError, match=r"'old survey' \(Polygon\), 'roofs' .*--truth-layer"
    ):
        read_vector_layer(two, TRUTH)
    with pytest.raises(OptionError, match=r"name one: FILE\|layername="):
        read_vector_layer(two, AREA)


def test_a_layer_is_named_by_the_option_or_in_the_path(two):
    assert left(read_vector_layer(two, TRUTH, layer="roofs")) == [2]
    assert left(read_vector_layer(f"{two}|layername=roofs", AREA)) == [2]
    assert left(read_vector_layer(f"{two}|layerid=0", AREA)) == [1]
    with pytest.raises(DataError, match=r"no layer 'x'; its layers are 'old survey'"):
        read_vector_layer(two, TRUTH, layer="x")
    with pytest.raises(DataError, match="names one layer and"):
        read_vector_layer(f"{two}|layername=roofs", TRUTH, layer="old survey")
    with pytest.raises(DataError, match="filter of QGIS"):
        read_vector_layer(f"{two}|layername=roofs|subset=a > 1", TRUTH)


def test_a_file_that_is_called_like_a_layer_of_another_is_itself(two, tmp_path):
    odd = tmp_path / "two.gpkg|layername=roofs"
    odd.write_bytes((tmp_path / "two.gpkg").read_bytes())
    assert split_layer_name(str(odd)) == (str(odd), None)


@pytest.mark.parametrize("layer_of_polygons", [0, 1, 2])
def test_the_only_layer_with_polygons_is_taken_and_named(tmp_path, layer_of_polygons):
    path = tmp_path / "mixed.gpkg"
    others = [("stops", Point(0, 0)), ("lines", LineString([(0, 0), (1, 1)]))]
    others.insert(layer_of_polygons, ("roofs", box(5)))
    for number, (name, shape) in enumerate(others):
        save(path, shape, layer=name, mode="a" if number else "w")
    read = read_vector_layer(str(path), TRUTH)
    assert left(read) == [5]
    assert "'roofs' is taken of its 3 layers" in read.notes[0]
    assert "stops" in read.notes[0]
    assert "--truth-layer" in read.notes[0]


def test_empty_layers_and_those_of_any_geometry_do_not_hide_the_one(tmp_path):
    path = tmp_path / "mixed.gpkg"
    empty = gpd.GeoDataFrame(geometry=[], crs=32631)
    empty.to_file(path, layer="empty", geometry_type="Polygon")
    save(path, Point(0, 0), LineString([(0, 0), (1, 1)]), layer="any", mode="a")
    save(path, Point(0, 0), box(4), layer="notes", mode="a")
    read = read_vector_layer(str(path), TRUTH)
    assert left(read) == [4]
    assert "'notes' is taken of its 3 layers" in read.notes[0]


def test_tables_without_geometry_are_no_choice(tmp_path):
    path = tmp_path / "styled.gpkg"
    save(path, box(4), layer="roofs")
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, qml TEXT)")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
    read = read_vector_layer(str(path), TRUTH)
    assert (left(read), read.notes) == ([4], ())


def test_no_layer_with_polygons_is_refused_with_all_names(tmp_path):
    path = tmp_path / "none.gpkg"
    save(path, Point(0, 0), layer="stops")
    save(path, LineString([(0, 0), (1, 1)]), layer="lines", mode="a")
    with pytest.raises(DataError, match=r"none of its 2 layers .*stops.*lines"):
        read_vector_layer(str(path), TRUTH)


def test_own_results_are_known_among_other_layers(two, tmp_path):
    found = LayerRole(
        name="polygons",
        error=DataError,
        marks=("expression", "score"),
        option="--layer",
    )
    frame = gpd.GeoDataFrame(
        {"expression": ["roof"], "score": [0.5]}, geometry=[box(9)], crs="EPSG:32631"
    )
    frame.to_file(two, layer="roof", mode="a")
    read = read_vector_layer(two, found)
    assert left(read) == [9]
    assert "'roof' is taken" in read.notes[0]


def test_geoparquet_with_several_geometries_takes_the_main_one(tmp_path):
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[box(1)], crs="EPSG:32631")
    frame["centre"] = gpd.GeoSeries([Point(0, 0)], crs="EPSG:32631")
    frame.to_parquet(tmp_path / "a.parquet")
    read = read_vector_layer(str(tmp_path / "a.parquet"), TRUTH)
    assert left(read) == [1]
    assert "'geometry' is taken" in read.notes[0]


def unreadable(tmp_path):
    yield "text.gpkg", b"hello"
    yield "cut.gpkg", (tmp_path / "good.gpkg").read_bytes()[:5000]
    yield "cut.geojson", b'{"type": "FeatureCollection", "features": [{"type": '
    yield "empty.geojson", b""
    yield "bytes.geojson", bytes(range(256)) * 4
    yield "cut.parquet", (tmp_path / "good.parquet").read_bytes()[:400]
    yield "named.parquet", b"not parquet at all"
    yield "magic.gpkg", b"PAR1" + bytes(40)
    yield "deep.geojson", b"[" * 100_000


def test_what_cannot_be_read_is_refused_in_one_line_without_libraries(tmp_path):
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[box(1)], crs="EPSG:32631")
    frame.to_file(tmp_path / "good.gpkg")
    frame.to_parquet(tmp_path / "good.parquet")
    frame.drop(columns="geometry").to_parquet(tmp_path / "table.parquet")
    for name, content in unreadable(tmp_path):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=name) as failure:
            read_vector_layer(str(tmp_path / name), TRUTH).polygons()
        assert "\n" not in str(failure.value)
        for library in ("arrow", "duckdb", "pyogrio", "pandas"):
            assert library not in str(failure.value).lower()
    with pytest.raises(DataError, match="table without geometry"):
        read_vector_layer(str(tmp_path / "table.parquet"), TRUTH)
    with pytest.raises(DataError, match="no such file"):
        read_vector_layer(str(tmp_path / "x.gpkg"), TRUTH)


def test_coordinates_that_are_no_numbers_are_refused(tmp_path):
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, np.inf)]
    path = tmp_path / "odd.gpkg"
    gpd.GeoDataFrame(geometry=shapes, crs="EPSG:32632").to_file(path)
    with pytest.raises(DataError, match=r"odd.gpkg: 1 of its 2 geometries"):
        read_vector_layer(str(path), TRUTH)


def test_texts_in_another_encoding_are_refused(tmp_path):
    path = tmp_path / "odd.gpkg"
    frame = gpd.GeoDataFrame({"kind": ["roof"]}, geometry=[shapely.box(0, 0, 1, 1)])
    frame.set_crs("EPSG:32632").to_file(path)
    with closing(sqlite3.connect(path)) as database, database:
        # without its triggers, which call functions of GDAL
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE odd SET kind = CAST(x'FF6F6F66' AS TEXT)")
    with pytest.raises(DataError, match=r"odd.gpkg: .*(UTF-8|utf-8)"):
        read_vector_layer(str(path), TRUTH)


def test_a_missing_package_for_geoparquet_is_named(tmp_path, monkeypatch):
    frame = gpd.GeoDataFrame(geometry=[box(1)], crs="EPSG:32631")
    frame.to_parquet(tmp_path / "a.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(DataError, match=r'pip install "rrsis-geo\[parquet\]"'):
        read_vector_layer(str(tmp_path / "a.parquet"), TRUTH)
