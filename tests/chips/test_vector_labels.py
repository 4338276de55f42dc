"""A vector layer in a scene's pixels, and a one-line error for every bad one."""

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from rasterio.windows import Window
from shapely.geometry import LineString, Point, box

from rrsis_geo.chips.vector_labels import read_vector_labels, to_pixels
from rrsis_geo.errors import DataError
from rrsis_geo.scene.scene import Scene


def in_pixels(scene, labels):
    with Scene.open(scene) as opened:
        return to_pixels(labels, opened.native, scene)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32631", "EPSG:3857"])
def test_labels_of_any_crs_lie_on_the_pixels(town, crs):
    scene, file, places = town(crs=crs)
    found = in_pixels(scene, read_vector_labels(file, field="class"))
    assert len(found) == len(places)
    for number, (left, top, right, bottom) in enumerate(places):
        window = Window(left - 2, top - 2, right - left + 4, bottom - top + 4)
        (one,) = found.within(window)
        assert one.category == ("tank" if number % 3 == 0 else "roof")
        wanted = box(2, 2, right - left + 2, bottom - top + 2)
        assert shapely.hausdorff_distance(one.polygon, wanted) < 0.02


def test_a_window_shows_what_lies_in_it(town):
    scene, file, places = town()
    found = in_pixels(scene, read_vector_labels(file, label="Buildings"))
    rng = np.random.default_rng(3)
    for _ in range(40):
        left, top = (int(value) for value in rng.integers(-20, 560, 2))
        frame = box(left, top, left + 100, top + 80)
        seen = [one for one in places if box(*one).intersection(frame).area >= 1.5]
        shown = found.within(Window(left, top, 100, 80))
        assert len(shown) == len(seen)
        assert {one.category for one in shown} <= {"building"}
        assert found.any_in(Window(left, top, 100, 80)) >= bool(seen)


def test_codes_become_words(town):
    _, file, places = town()
    found = read_vector_labels(file, field="code", chosen={"0": "storage tank"})
    assert set(found.category) == {"storage_tank"}
    assert len(found.outlines) == len(places[::3])


def test_objects_without_a_class_are_noted_where_some_are_chosen(tmp_path):
    path = tmp_path / "some.gpkg"
    gpd.GeoDataFrame(
        {"kind": ["tin", None, "tin"]}, geometry=[box(0, 0, 1, 1)] * 3, crs=4326
    ).to_file(path)
    found = read_vector_labels(str(path), field="kind", chosen={"tin": "tin roof"})
    assert found.category == ("tin_roof", "tin_roof")
    assert "1 objects without a class are left out" in found.notes[0]
    with pytest.raises(DataError, match="1 of 3 objects have no class"):
        read_vector_labels(str(path), field="kind")


def test_self_crossing_rings_are_repaired(town, tmp_path):
    scene, _, _ = town()
    bow = shapely.Polygon([(10, 10), (30, 30), (30, 10), (10, 30)])
    moved = shapely.transform(
        bow, lambda xy: np.column_stack((500_000 + xy[:, 0] / 2, 5e6 - xy[:, 1] / 2))
    )
    path = tmp_path / "bow.gpkg"
    gpd.GeoDataFrame(geometry=[moved], crs="EPSG:32631").to_file(path)
    found = in_pixels(scene, read_vector_labels(str(path), label="bow tie"))
    (one,) = found.within(Window(0, 0, 60, 60))
    assert one.polygon.is_valid
    assert one.polygon.area == pytest.approx(200)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"field": "kind"}, "has no field 'kind'; its fields are class, code"),
        ({"field": "class", "layer": "roofs"}, "has no layer 'roofs'; its layers are"),
        ({"field": "class", "chosen": {"ship": None}}, "class 'ship' never occurs"),
        ({"field": "code"}, "class '0' has no letters"),
    ],
)
def test_what_the_file_lacks_is_named_with_what_it_has(town, arguments, reason):
    _, file, _ = town()
    with pytest.raises(DataError, match=reason):
        read_vector_labels(file, **arguments)


def test_files_that_are_no_labels(tmp_path):
    with pytest.raises(DataError, match=r"none\.gpkg: .*no such file"):
        read_vector_labels(str(tmp_path / "none.gpkg"), label="roof")
    (tmp_path / "text.gpkg").write_text("hello")
    with pytest.raises(DataError, match=r"text\.gpkg: cannot be read: it is no vector"):
        read_vector_labels(str(tmp_path / "text.gpkg"), label="roof")
    for name, shape in (
        ("points", Point(1, 2)),
        ("lines", LineString([(0, 0), (1, 1)])),
    ):
        path = tmp_path / f"{name}.gpkg"
        gpd.GeoDataFrame(geometry=[shape], crs="EPSG:4326").to_file(path)
        with pytest.raises(
            DataError, match=f"{name}.gpkg: holds .* labels must be polygons"
        ):
            read_vector_labels(str(path), label="roof")
    (tmp_path / "table.csv").write_text("class,a\nroof,1\n")
    with pytest.raises(DataError, match=r"table\.csv: is a table without geometry"):
        read_vector_labels(str(tmp_path / "table.csv"), field="class")


def test_labels_without_a_crs(town):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # geopandas says the same
        scene, file, _ = town(crs=None)
    with pytest.raises(DataError, match=r"has no CRS, so its objects cannot be placed"):
        in_pixels(scene, read_vector_labels(file, label="roof"))


def test_labels_outside_the_scene(town, make_scene):
    _, file, _ = town()
    elsewhere = make_scene(crs="EPSG:32633", width=50, height=50)
    with pytest.raises(DataError, match=r"no label lies in .* span .* EPSG:32633"):
        in_pixels(elsewhere, read_vector_labels(file, label="roof"))
