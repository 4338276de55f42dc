"""Vector files: polygons come back from every format as they were written."""

import json
import sqlite3
import threading
import time
import warnings

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from shapely.geometry import shape

from rrsis_geo.errors import OutputError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Strip
from rrsis_geo.vector import formats
from rrsis_geo.vector.formats import FORMATS, check_output, format_of, write_polygons
from rrsis_geo.vector.polygonize import vectorize
from rrsis_geo.vector.vector_format import CrsRule
from rrsis_geo.vector.writers import to_geodataframe

UTM = CRS.from_epsg(32631)
NORTH_UP = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
TEXTS = {"title": "Sägewerk", "description": "text of the query"}


def found(transform=NORTH_UP, crs=UTM, *, levels=None, size=30, seed=0, simplify=0.0):
    if levels is None:
        rng = np.random.default_rng(seed)
        levels = np.where(rng.random((size, size)) < 0.5, 200, 0).astype(np.uint8)
    grid = Grid(transform, crs, levels.shape[1], levels.shape[0])
    return vectorize(
        [Strip(top=0, levels=levels[None])],
        grid,
        ["großer „Tank“"],
        threshold=0.5,
        min_area=0,
        fill_holes=0,
        simplify=simplify,
    )


def nothing(crs=UTM):
    return found(crs=crs, levels=np.zeros((3, 3), np.uint8))


def read(path):
    if path.suffix == ".parquet":
        return geopandas.read_parquet(path)
    return geopandas.read_file(path)


def save(polygons, path):
    write_polygons(polygons, path, **TEXTS)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    return path


ENDS = [end for file_format in FORMATS for end in file_format.extensions]
KEEPS_CRS = [end for end in ENDS if format_of(f"a{end}").crs is CrsRule.SCENE]


@pytest.mark.parametrize("end", KEEPS_CRS)
def test_polygons_come_back(tmp_path, end):
    polygons = found()
    frame = read(save(polygons, tmp_path / f"a{end}"))
    assert frame.crs.to_epsg() == 32631
    frame = frame.sort_values("id")
    assert (frame.geometry.values == polygons.geometry).all()
    for name in SCHEMA:
        np.testing.assert_array_equal(frame[name].to_numpy(), polygons.columns[name])
        if SCHEMA[name] != "object":
            assert frame[name].dtype == SCHEMA[name]


def test_geojson_comes_back_in_degrees(tmp_path):
    polygons = found()
    frame = read(save(polygons, tmp_path / "a.geojson"))
    assert frame.crs.to_epsg() == 4326
    for name in ("id", "expression", "touches_edge"):
        assert frame[name].tolist() == polygons.columns[name].tolist()
    for name in ("score", "score_max", "area_m2", "perimeter_m", "lon", "lat"):
        np.testing.assert_allclose(frame[name], polygons.columns[name], rtol=1e-6)
    back = frame.geometry.to_crs(UTM.to_wkt()).to_numpy()
    assert (shapely.hausdorff_distance(back, polygons.geometry) < 0.02).all()


@pytest.mark.parametrize("end", KEEPS_CRS)
@pytest.mark.parametrize("crs", [UTM, None])
def test_nothing_found_is_a_layer_with_all_columns(tmp_path, end, crs):
    path = save(nothing(crs), tmp_path / f"a{end}")
    frame = read(path)
    assert len(frame) == 0
    assert [*frame.columns] == [*SCHEMA, "geometry"]
    assert {n: str(frame[n].dtype) for n in SCHEMA} == SCHEMA
    assert (frame.crs is None) == (crs is None)
    if end != ".parquet":
        info = pyogrio.read_info(path)
        assert info["features"] in (0, -1)  # -1: a FlatGeobuf without features
        assert info["geometry_type"] == "Polygon"
        assert info["fields"].tolist() == list(SCHEMA)
        assert info["dtypes"].tolist() == list(SCHEMA.values())


def test_nothing_found_is_an_empty_collection(tmp_path):
    for crs in (UTM, None):
        path = save(nothing(crs), tmp_path / "a.geojson")
        document = json.loads(path.read_text("utf-8"))
        assert document["type"] == "FeatureCollection"
        assert document["features"] == []
        assert "crs" not in document
        assert len(read(path)) == 0


@pytest.mark.parametrize("end", ENDS)
def test_pixel_coordinates_have_no_crs(tmp_path, end):
    polygons = found(Affine.identity(), None)
    path = save(polygons, tmp_path / f"a{end}")
    frame = read(path).sort_values("id")
    assert (frame.geometry.values == polygons.geometry).all()
    assert frame["area_m2"].tolist() == polygons.columns["area_m2"].tolist()
    assert frame["lon"].isna().all()
    if end in (".geojson", ".json"):
        assert "crs" not in json.loads(path.read_text("utf-8"))
    else:
        assert frame.crs is None


def test_geopackage_has_a_version_that_old_gdal_reads(tmp_path):
    path = save(found(), tmp_path / "roofs.gpkg")
    with sqlite3.connect(path) as database:
        (version,) = database.execute("pragma user_version").fetchone()
        rows = database.execute(
            "select table_name, identifier, description from gpkg_contents"
        ).fetchall()
        (check,) = database.execute("pragma integrity_check").fetchone()
    database.close()
    assert version == 10300
    assert rows == [("sägewerk", TEXTS["title"], TEXTS["description"])]
    assert check == "ok"


def test_flatgeobuf_has_title_and_description(tmp_path):
    info = pyogrio.read_info(save(found(), tmp_path / "roofs.fgb"))
    assert info["layer_metadata"] == {
        "TITLE": TEXTS["title"],
        "DESCRIPTION": TEXTS["description"],
    }


@pytest.mark.parametrize("end", ENDS)
def test_file_name_with_quotes_and_umlauts(tmp_path, end):
    path = save(found(), tmp_path / f'größe "1" .v2{end}')
    assert len(read(path)) == len(found())


# RFC 7946


def features(polygons, path):
    document = json.loads(save(polygons, path).read_text("utf-8"))
    assert "crs" not in document
    return [shape(f["geometry"]) for f in document["features"]], document


def every_number(document):
    stack = [f["geometry"]["coordinates"] for f in document["features"]]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack += item
        else:
            yield item


PLACES = {
    "north-up": (NORTH_UP, UTM),
    "south-up": (Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000), UTM),
    "rotated": (Affine(0.4, 0.3, 500_000, 0.3, -0.4, 5_000_000), UTM),
    "fine": (Affine(0.05, 0, 500_000, 0, -0.05, 5_000_000), UTM),
    "fiji": (Affine(50, 0, 832_000, 0, -50, 8_000_000), CRS.from_epsg(32760)),
    "degrees": (Affine(1e-3, 0, 179.99, 0, -1e-3, 10), CRS.from_epsg(4326)),
    "pole": (Affine(100, 0, -1550, 0, -100, 1550), CRS.from_epsg(3031)),
}


@pytest.mark.parametrize("simplify", [0, 1])
@pytest.mark.parametrize("place", PLACES)
def test_rings_run_by_the_right_hand_rule_and_are_valid(tmp_path, place, simplify):
    polygons = found(*PLACES[place], simplify=simplify * 2.0)
    geometries, document = features(polygons, tmp_path / "a.geojson")
    assert len(geometries) == len(polygons)
    for geometry in geometries:
        assert geometry.is_valid
        assert not geometry.is_empty
        for part in shapely.get_parts(geometry):
            assert part.exterior.is_ccw
            assert not any(ring.is_ccw for ring in part.interiors)
    for number in every_number(document):
        assert number == round(number, 7)
        assert -180 <= number <= 180


def test_antimeridian_cuts_polygons_in_two(tmp_path):
    levels = np.zeros((30, 30), np.uint8)
    levels[5:9, 2:28] = levels[20:24, 2:5] = 200
    geometries, _ = features(
        found(*PLACES["degrees"], levels=levels), tmp_path / "a.geojson"
    )
    cut, whole = geometries
    assert cut.geom_type == "MultiPolygon"
    assert cut.bounds == pytest.approx((-180, 9.991, 180, 9.995))
    assert cut.area == pytest.approx(26 * 4 * 1e-6, rel=1e-6)
    assert whole.geom_type == "Polygon"


def test_polygon_over_the_pole_reaches_it(tmp_path):
    levels = np.full((31, 31), 200, np.uint8)
    ((geometry,), _) = features(
        found(*PLACES["pole"], levels=levels), tmp_path / "a.geojson"
    )
    assert geometry.is_valid
    assert geometry.bounds[:3] == (-180, -90, 180)
    # in degrees the square reaches from the pole to its edges, which bend: their mean
    # distance is that of a square's edge from its centre over all directions
    mean = 1550 * np.log(1 + np.sqrt(2)) * 4 / np.pi
    degrees = mean / 0.9728 / 111_694  # scale and degree at the pole
    assert geometry.area == pytest.approx(360 * degrees, rel=1e-3)


def test_outline_finer_than_the_digits_gets_more_of_them(tmp_path):
    tiny = Affine(1e-4, 0, 499_900, 0, -1e-4, 5_000_000)
    geometries, _ = features(found(tiny, UTM, size=9), tmp_path / "a.geojson")
    assert shapely.is_valid(geometries).all()
    assert (shapely.area(geometries) > 0).all()


# overwriting and failures


@pytest.mark.parametrize("end", ENDS)
def test_old_file_is_replaced_whole(tmp_path, end):
    path = save(found(), tmp_path / f"a{end}")
    save(found(seed=1, size=9), path)
    assert len(read(path)) == len(found(seed=1, size=9))


@pytest.mark.parametrize("end", ENDS)
def test_same_polygons_give_the_same_bytes(tmp_path, end):
    path = tmp_path / f"a{end}"
    first = save(found(), path).read_bytes()
    time.sleep(0.002)  # formats that hold the time hold milliseconds
    assert save(found(), path).read_bytes() == first


def test_geodataframe_has_the_columns_of_the_schema():
    polygons = found()
    frame = to_geodataframe(polygons)
    assert [*frame.columns] == [*SCHEMA, "geometry"]
    assert frame.crs.to_epsg() == 32631
    assert (frame.geometry.values == polygons.geometry).all()
    assert to_geodataframe(nothing(None)).crs is None


@pytest.mark.parametrize("missing", [2, 5_000, 60_000])
@pytest.mark.parametrize("end", ENDS)
def test_full_disk_is_noticed_wherever_it_strikes(
    tmp_path, end, missing, limit_file_size
):
    polygons = found(size=90)
    path = save(polygons, tmp_path / f"a{end}")
    size = path.stat().st_size
    path.write_bytes(b"old")
    with limit_file_size(size - missing), pytest.raises(OutputError, match=path.name):
        write_polygons(polygons, path, **TEXTS)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("end", ENDS)
def test_missing_folder_is_one_clear_error(tmp_path, end):
    path = tmp_path / "none" / f"a{end}"
    with pytest.raises(OutputError, match="none"):
        write_polygons(found(), path, **TEXTS)


# checks before a run


@pytest.mark.parametrize("name", ["a.shp", "a.xyz", "a", "a.tif"])
def test_unknown_extension_names_the_known_ones(tmp_path, name):
    for refuse in (
        lambda path: check_output(path, True),
        lambda path: write_polygons(nothing(), path, **TEXTS),
    ):
        with pytest.raises(OutputError) as caught:
            refuse(tmp_path / name)
        assert all(end in str(caught.value) for end in ENDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", [*ENDS, ".GPKG"])
def test_known_extension_is_fine(tmp_path, end):
    check_output(tmp_path / f"a{end}", False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save(found(), tmp_path / f"a{end}")


def test_existing_file_needs_overwrite(tmp_path):
    path = tmp_path / "a.gpkg"
    path.write_text("old")
    with pytest.raises(OutputError, match="exists"):
        check_output(path, False)
    check_output(path, True)
    assert path.read_text() == "old"


def test_missing_folder_and_folder_are_refused(tmp_path):
    with pytest.raises(OutputError, match="no folder"):
        check_output(tmp_path / "none" / "a.gpkg", False)
    (tmp_path / "b.gpkg").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path / "b.gpkg", True)


def test_a_format_whose_package_is_missing_is_refused_before_the_work(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(formats, "find_spec", lambda name: None)

    with pytest.raises(OutputError, match=r"GeoParquet needs pyarrow.* pip install"):
        formats.check_output(tmp_path / "found.parquet", overwrite=False)
    formats.check_output(tmp_path / "found.gpkg", overwrite=False)


def test_geopackages_of_several_threads_have_the_same_bytes_and_leave_no_time(tmp_path):
    polygons, start = found(), threading.Barrier(4)
    write_polygons(polygons, tmp_path / "alone.gpkg", **TEXTS)

    def write(number):
        start.wait()
        for again in range(6):
            write_polygons(polygons, tmp_path / f"{number}-{again}.gpkg", **TEXTS)

    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = list(tmp_path.glob("*-*.gpkg"))
    assert len(written) == 24
    wanted = (tmp_path / "alone.gpkg").read_bytes()
    assert all(path.read_bytes() == wanted for path in written)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None
