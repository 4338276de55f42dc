"""Scenes on disk equal scenes drawn at once; the demonstration has one answer."""

import geopandas
import numpy as np
import pytest
import rasterio
from shapely import box
from shapely.affinity import affine_transform

from rrsis_geo.errors import OptionError
from rrsis_geo.synthetic import demo_scene, draw_scene, write_scene
from rrsis_geo.synthetic.geotiff import TILE

ORIGIN = (600_000.0, 5_200_000.0)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene")
    paths = folder / "scene.tif", folder / "labels.gpkg"
    size = {"width": TILE + 150, "height": TILE + 40, "gsd": 0.8}
    write_scene(*paths, 6, **size, theme="industrial", origin=ORIGIN)
    return *paths, draw_scene(6, **size, theme="industrial")


def test_tiles_make_the_scene_that_is_drawn_at_once(written):
    path, _, drawn = written
    with rasterio.open(path) as dataset:
        assert (dataset.read() == drawn.pixels).all()
        assert dataset.block_shapes == [(TILE, TILE)] * 3
        assert dataset.overviews(1)
        assert dataset.crs.to_epsg() == 32632
        assert dataset.res == (0.8, 0.8)
        assert (dataset.bounds.left, dataset.bounds.top) == ORIGIN


def test_written_labels_are_the_drawn_ones(written):
    _, path, drawn = written
    table = geopandas.read_file(path)
    assert table.crs.to_epsg() == 32632
    matrix = [0.8, 0, 0, -0.8, *ORIGIN]
    wanted = sorted(
        (item.category, item.attributes.get("colour", ""), *shape.bounds, shape.area)
        for item in drawn.layout.objects
        for shape in [affine_transform(item.polygon, matrix)]
    )
    got = sorted(
        (row["class"], row["colour"], *row.geometry.bounds, row.geometry.area)
        for _, row in table.iterrows()
    )
    assert [row[:2] for row in got] == [row[:2] for row in wanted]
    numbers = np.array([row[2:] for row in got])
    assert numbers == pytest.approx(np.array([row[2:] for row in wanted]), rel=1e-9)


def test_objects_lie_across_tiles(written):
    _, _, drawn = written
    border = box(TILE - 0.1, 0, TILE + 0.1, drawn.layout.height)
    crossing = {
        item.category for item in drawn.layout.objects if item.polygon.crosses(border)
        or (item.polygon.intersects(border) and not item.polygon.within(border))
    }  # fmt: skip
    assert crossing - {"road", "river"}


@pytest.mark.parametrize("name", ["labels.geojson", "labels.fgb"])
def test_other_label_formats(tmp_path, name):
    size = {"width": 120, "height": 100, "gsd": 0.8, "theme": "mixed"}
    write_scene(tmp_path / "scene.tif", tmp_path / name, 2, **size)
    table = geopandas.read_file(tmp_path / name)
    assert len(table) == len(draw_scene(2, **size).layout.objects)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "scene.tif"])


def test_unknown_label_format_writes_nothing(tmp_path):
    with pytest.raises(OptionError, match=r"\.shp"):
        write_scene(tmp_path / "a.tif", tmp_path / "a.shp", 1, width=9, height=9)
    assert not list(tmp_path.iterdir())


def test_the_demonstration_has_one_tank_near_the_road(tmp_path):
    demo = demo_scene(tmp_path / "new")
    with rasterio.open(demo.scene) as dataset:
        assert dataset.res == (demo.gsd, demo.gsd)
        assert (dataset.width, dataset.height) == (1600, 1200)
        assert box(*dataset.bounds).contains(demo.truth)
    labels = geopandas.read_file(demo.labels)
    roads = labels[labels["class"] == "road"].union_all()
    tanks = labels[labels["class"] == "storage_tank"]
    assert len(tanks) > 5
    near = tanks[tanks.distance(roads) < 30]
    assert len(near) == 1
    overlap = near.geometry.iloc[0].symmetric_difference(demo.truth).area
    assert overlap < 1e-6 * demo.truth.area
    assert tanks.drop(near.index).distance(roads).min() > 150
