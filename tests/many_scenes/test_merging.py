"""Objects across scenes become one polygon: that of a run over the whole ground."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from bright_tiles import GSD, write_tile


def drawn(*boxes, height=120, width=200):
    """Ground with bright boxes (left, top, width, height) in pixels."""
    pixels = np.full((3, height, width), 60, np.uint8)
    for left, top, wide, high in boxes:
        pixels[:, top : top + high, left : left + wide] = 220
    return pixels


@pytest.fixture
def compare(find, tmp_path):
    """A function that merges tiles and compares with one scene of the whole ground.

    Tiles are (left, top, width, height). Returns the merged layer.
    """

    def check(ground, *tiles, edges=True):
        for number, (left, top, width, height) in enumerate(tiles):
            place = {"left": left, "top": top, "width": width, "height": height}
            write_tile(tmp_path / f"t{number}.tif", ground, **place)
        size = {"width": ground.shape[2], "height": ground.shape[1]}
        write_tile(tmp_path / "whole.tif", ground, left=0, top=0, **size)
        names = [f"t{number}.tif" for number in range(len(tiles))]
        result = find(*names, output="merged.gpkg", merge=True)
        find("whole.tif", output="whole.gpkg")

        merged, whole = gpd.read_file("merged.gpkg"), gpd.read_file("whole.gpkg")
        assert len(merged) == len(whole)
        assert len(result.polygons) == len(whole)
        before = sum(one.polygons for one in result.outcomes)
        assert before - result.merged == len(whole)
        for _, row in whole.iterrows():
            (twin,) = merged[merged.geometry.geom_equals(row.geometry)].index
            for name in ("area_m2", "perimeter_m", "lon", "lat"):
                assert merged.loc[twin, name] == pytest.approx(row[name], rel=1e-6)
            same = merged.loc[twin, "touches_edge"] == row["touches_edge"]
            assert same or not edges
        assert merged["id"].tolist() == list(range(1, len(merged) + 1))
        return merged

    return check


BOXES = ((10, 10, 20, 12), (90, 20, 30, 14), (150, 60, 25, 30), (20, 90, 8, 8))


def test_overlapping_scenes(compare):
    layer = compare(drawn(*BOXES), (0, 0, 110, 120), (90, 0, 110, 120))
    (across,) = layer[layer["scene"].str.contains("; ")].index
    assert layer.loc[across, "scene"] == "t0.tif; t1.tif"
    assert layer.loc[across, "scene_crs"] == "EPSG:32631"


def test_adjoining_scenes(compare):
    compare(drawn(*BOXES), (0, 0, 100, 120), (100, 0, 100, 120))


def test_an_object_across_four_scenes(compare):
    ground = drawn((80, 40, 50, 45), (10, 10, 9, 9))
    tiles = [(left, top, 100, 60) for top in (0, 60) for left in (0, 100)]
    compare(ground, *tiles)


def test_an_object_that_both_scenes_show_whole(compare):
    compare(drawn((95, 30, 10, 10)), (0, 0, 120, 120), (80, 0, 120, 120))


def test_an_object_that_reaches_the_edge_of_all_scenes_still_touches_it(compare):
    layer = compare(drawn((60, 50, 140, 20)), (0, 0, 110, 120), (90, 0, 110, 120))
    assert layer["touches_edge"].tolist() == [True]


def test_parts_that_touch_at_a_corner_are_two_objects(compare):
    ground = drawn((90, 40, 10, 20), (100, 60, 10, 20))
    tiles = (0, 0, 100, 120), (100, 0, 100, 120)
    # each still says that it touches the edge of its own scene
    assert len(compare(ground, *tiles, edges=False)) == 2


def test_a_contact_of_one_pixel_is_one_object(compare):
    ground = drawn((90, 40, 10, 21), (100, 60, 10, 20))
    assert len(compare(ground, (0, 0, 100, 120), (100, 0, 100, 120))) == 1


def test_neighbours_in_one_scene_stay_apart(compare):
    # the gap between two boxes is cut by the edge of a tile
    ground = drawn((80, 40, 15, 20), (97, 40, 20, 20))
    assert len(compare(ground, (0, 0, 96, 120), (90, 0, 110, 120))) == 2


def test_objects_of_two_questions_are_not_joined(find, tmp_path):
    ground = drawn((90, 20, 30, 14))
    for name, left in (("a.tif", 0), ("b.tif", 90)):
        place = {"left": left, "top": 0, "width": 110, "height": 120}
        write_tile(tmp_path / name, ground, **place)
    find("a.tif", "b.tif", output="m.gpkg", merge=True, expressions=("ship", "tank"))
    assert sorted(gpd.read_file("m.gpkg")["expression"]) == ["ship", "tank"]


def test_scenes_in_two_crss_show_one_object(find, tmp_path):
    """The same ground, warped by GDAL into another zone."""
    import rasterio
    from rasterio.warp import Resampling, reproject, transform_bounds

    ground = drawn((90, 30, 40, 30))
    first = write_tile(tmp_path / "a.tif", ground, left=0, top=0, width=110, height=120)
    second = write_tile(
        tmp_path / "b0.tif", ground, left=70, top=0, width=130, height=120
    )
    with rasterio.open(second) as source:
        left, bottom, right, top = transform_bounds(
            source.crs, "EPSG:32632", *source.bounds
        )
        place = Affine(GSD, 0, left, 0, -GSD, top)
        width, height = int((right - left) / GSD), int((top - bottom) / GSD)
        profile = source.profile | {
            "crs": "EPSG:32632",
            "transform": place,
            "width": width,
            "height": height,
        }
        with rasterio.open(tmp_path / "b.tif", "w", **profile) as target:
            for band in (1, 2, 3):
                reproject(
                    rasterio.band(source, band),
                    rasterio.band(target, band),
                    resampling=Resampling.nearest,
                    dst_nodata=0,
                )
    result = find(first, "b.tif", output="m.gpkg", merge=True)
    (row,) = gpd.read_file("m.gpkg").itertuples()
    truth = shapely.box(5e5 + 45, 5e6 - 30, 5e5 + 65, 5e6 - 15)
    shared = row.geometry.intersection(truth).area / row.geometry.union(truth).area
    assert shared > 0.93
    assert not row.touches_edge
    assert result.merged == 1


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32660"])
def test_scenes_on_either_side_of_the_antimeridian(find, tmp_path, crs):
    """Found twice in degrees, and as thousands of km2 in Web Mercator."""
    import pyproj

    ground = drawn(*BOXES)
    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32660", always_xy=True)
    line, _ = to_utm.transform(180, 45.15)  # through the middle of the ground
    place = {"crs": "EPSG:32660", "east": round(line) - 50.0, "top": 0, "height": 120}
    write_tile(tmp_path / "a.tif", ground, left=0, width=110, **place)
    write_tile(tmp_path / "b.tif", ground, left=90, width=110, **place)
    find("a.tif", "b.tif", output="m.gpkg", merge=True, dst_crs=crs)
    layer = gpd.read_file("m.gpkg")
    areas = sorted(wide * high * GSD**2 for _, _, wide, high in BOXES)
    assert sorted(layer["area_m2"]) == pytest.approx(areas, rel=2e-3)
    longest = layer.geometry.bounds.eval("maxx - minx").max()
    assert longest < (0.001 if crs == "EPSG:4326" else 30)


def test_without_merge_an_object_is_there_twice(find, tiles):
    assert len(find(tiles, output="all.gpkg").polygons) == 5
    merged = find(tiles, output="one.gpkg", merge=True)
    assert (len(merged.polygons), merged.merged) == (4, 1)
