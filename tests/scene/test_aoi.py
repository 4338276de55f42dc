import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.features import geometry_mask
from rasterio.windows import Window
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentOptions
from rrsis_geo.scene.aoi import Aoi, read_aoi
from rrsis_geo.scene.grid import Grid

GRID = Grid(Affine(0.5, 0, 5e5, 0, -0.5, 5e6), CRS.from_epsg(32631), 200, 160)
WHOLE = Window(0, 0, 200, 160)
# Its edges pass through no pixel's centre, where rasterizers may disagree.
STAR = Polygon(
    [(500_010.13, 4_999_990.1), (500_090.37, 4_999_950.9), (500_030.71, 4_999_930.3)]
)


def save(path, shapes, crs="EPSG:32631", **kwargs):
    gpd.GeoDataFrame(geometry=shapes, crs=crs).to_file(path, **kwargs)
    return str(path)


def read(grid=GRID, **options):
    return read_aoi(SegmentOptions(**options), grid)


def oracle(shape, grid=GRID):
    return geometry_mask(
        [shape], (grid.height, grid.width), grid.transform, invert=True
    )


def test_no_area_means_the_whole_scene():
    assert read() is None


def test_the_mask_is_that_of_the_whole_scene_by_centres(tmp_path):
    aoi = read(aoi=save(tmp_path / "a.gpkg", [STAR]))
    np.testing.assert_array_equal(aoi.mask(WHOLE), oracle(STAR))


def test_a_file_in_another_crs_is_moved_to_the_scene(tmp_path):
    degrees = gpd.GeoSeries([STAR], crs="EPSG:32631").to_crs(4326)
    aoi = read(aoi=save(tmp_path / "a.geojson", degrees.values, "EPSG:4326"))
    np.testing.assert_array_equal(aoi.mask(WHOLE), oracle(STAR))


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "fgb"])
def test_vector_files_of_any_format_are_read(tmp_path, suffix):
    square = shapely.box(500_010, 4_999_950, 500_020, 4_999_960)
    assert read(aoi=save(tmp_path / f"a.{suffix}", [square])).mask(WHOLE).sum() == 400


@pytest.mark.parametrize("turn", [0, 17, 90])
def test_rotated_and_south_up_grids_keep_the_place(tmp_path, turn):
    place = Affine(0.5, 0, 5e5, 0, 0.5, 4_999_920) @ Affine.rotation(turn, (100, 80))
    grid = Grid(place, GRID.crs, 200, 160)
    aoi = read(grid, aoi=save(tmp_path / "a.gpkg", [STAR]))
    np.testing.assert_array_equal(aoi.mask(WHOLE), oracle(STAR, grid))


@given(st.data())
def test_any_window_agrees_with_the_whole(data):
    points = st.tuples(st.integers(-5, 45), st.integers(-5, 45))
    ring = data.draw(st.lists(points, min_size=3, max_size=8, unique=True))
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(Polygon(ring))))
    aoi = Aoi(shapely.union_all([part for part in parts if part.area]))
    full = aoi.mask(Window(0, 0, 40, 40))
    col, row = (data.draw(st.integers(0, 30)) for _ in "xy")
    width, height = (data.draw(st.integers(1, 20)) for _ in "xy")
    window = Window(col, row, width, height)

    part = aoi.mask(window)

    expected = full[row : row + height, col : col + width]
    np.testing.assert_array_equal(
        part[: expected.shape[0], : expected.shape[1]], expected
    )
    if part.any():
        assert aoi.touches(window)


def test_an_outline_that_crosses_itself_is_repaired(tmp_path):
    bow = Polygon([(10, 10), (30, 30), (30, 10), (10, 30)])
    bow = shapely.affinity.translate(bow, 500_000, 4_999_900)
    aoi = read(aoi=save(tmp_path / "a.gpkg", [bow]))
    wings = [
        Polygon([(10, 10), (20, 20), (10, 30)]),
        Polygon([(30, 30), (30, 10), (20, 20)]),
    ]
    moved = shapely.affinity.translate(MultiPolygon(wings), 500_000, 4_999_900)
    np.testing.assert_array_equal(
        aoi.mask(WHOLE), shapely_oracle(moved), "both wings, nothing between"
    )


def shapely_oracle(shape):
    cols, rows = np.meshgrid(np.arange(200) + 0.5, np.arange(160) + 0.5)
    return shapely.intersects_xy(shape, 5e5 + cols * 0.5, 5e6 - rows * 0.5)


def test_lines_and_points_are_ignored(tmp_path):
    others = [LineString([(500_000, 5e6), (500_100, 4_999_920)]), Point(500_050, 5e6)]
    aoi = read(aoi=save(tmp_path / "a.gpkg", [STAR, *others]))
    np.testing.assert_array_equal(aoi.mask(WHOLE), oracle(STAR))


def test_a_box_is_in_the_scenes_crs():
    aoi = read(bbox=(500_010, 4_999_950, 500_020, 4_999_960))
    mask = aoi.mask(WHOLE)
    assert mask.sum() == 400
    assert mask[80:100, 20:40].all()


def test_file_and_box_are_intersected(tmp_path):
    file = save(tmp_path / "a.gpkg", [shapely.box(500_000, 4_999_990, 500_010, 5e6)])
    both = read(aoi=file, bbox=(500_005, 4_999_900, 500_100, 5e6))
    assert both.mask(WHOLE).sum() == 200
    with pytest.raises(OptionError, match="no area in common"):
        read(aoi=file, bbox=(500_020, 4_999_900, 500_100, 5e6))


def test_an_area_beyond_the_scene_is_clipped():
    aoi = read(bbox=(400_000, 4_900_000, 600_000, 5_100_000))
    assert aoi.mask(WHOLE).all()


def test_pixel_coordinates_take_areas_in_pixels(tmp_path):
    grid = Grid(Affine.identity(), None, 200, 160)
    assert read(grid, bbox=(10, 20, 30, 40)).mask(WHOLE)[20:40, 10:30].all()
    with pytest.warns(UserWarning, match="crs"):
        file = save(tmp_path / "a.gpkg", [shapely.box(10, 20, 30, 40)], None)
    assert read(grid, aoi=file).mask(WHOLE).sum() == 400
    with pytest.raises(OptionError, match=r"the scene has no CRS.*--crs"):
        read(grid, aoi=save(tmp_path / "b.gpkg", [STAR]))


def refused(message, grid=GRID, **options):
    with pytest.raises(OptionError, match=message) as failure:
        read(grid, **options)
    assert "\n" not in str(failure.value)


def test_unreadable_files_are_refused_by_name(tmp_path):
    refused(
        "absent.gpkg: cannot be read: there is no", aoi=str(tmp_path / "absent.gpkg")
    )
    text = tmp_path / "notes.gpkg"
    text.write_text("no vector file")
    refused("notes.gpkg: cannot be read", aoi=str(text))
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    refused("table.csv: is a table without geometry", aoi=str(table))


def test_files_without_an_area_are_refused(tmp_path):
    line = LineString([(500_000, 5e6), (500_100, 4_999_920)])
    refused(
        "no polygon with an area, only LineStr", aoi=save(tmp_path / "l.gpkg", [line])
    )
    flat = Polygon([(500_010, 4_999_990), (500_020, 4_999_990), (500_030, 4_999_990)])
    refused("no polygon with an area", aoi=save(tmp_path / "f.gpkg", [flat]))
    empty = gpd.GeoDataFrame(geometry=[], crs=32631)
    empty.to_file(tmp_path / "e.gpkg", geometry_type="Polygon")
    refused("holds no polygon", aoi=str(tmp_path / "e.gpkg"))


def test_a_file_without_crs_is_refused_with_advice(tmp_path):
    with pytest.warns(UserWarning, match="crs"):
        file = save(tmp_path / "a.gpkg", [STAR], None)
    refused("has no CRS.*-a_srs", aoi=file)


def test_an_area_outside_is_refused_with_both_extents(tmp_path):
    away = shapely.box(600_000, 5e6, 600_010, 5_000_010)
    refused(
        "outside the scene: it spans 600000,5000000,600010,5000010, the scene "
        "500000,4999920,500100,5000000 in EPSG:32631",
        aoi=save(tmp_path / "a.gpkg", [away]),
    )
    refused("bbox 0,0,1,1 lies outside", bbox=(0, 0, 1, 1))
    # sharing an edge is no area
    refused("outside", bbox=(499_000, 4_999_900, 500_000, 5e6))


def test_an_area_smaller_than_a_pixel_is_refused():
    refused("smaller than a pixel", bbox=(500_010, 4_999_990, 500_010.1, 4_999_990.1))


def test_coordinates_outside_the_crs_are_refused(tmp_path):
    pole = shapely.box(-200, 95, -190, 99)
    refused(
        "outside the scene: it spans -200,95,-190,99 in WGS 84, the scene 500000",
        aoi=save(tmp_path / "a.gpkg", [pole], 4326),
    )
