import math
import pickle

import numpy as np
import pyproj
import pytest
import rasterio.transform
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.windows import Window

from rrsis_geo.errors import OptionError, SceneError
from rrsis_geo.scene.grid import Grid, wkt2

UTM = CRS.from_epsg(32631)
MARS = CRS.from_wkt(
    'GEOGCS["GCS_Mars",DATUM["D_Mars",SPHEROID["Mars",3396190,169.894447]],'
    'PRIMEM["Reference",0],UNIT["degree",0.0174532925199433]]'
)


def grid(transform=None, crs=UTM, width=400, height=300):
    return Grid(transform or Affine(0.5, 0, 5e5, 0, -0.5, 5e6), crs, width, height)


def rotated(degrees, across=0.5, down=0.5):
    turn = math.radians(degrees)
    c, s = math.cos(turn), math.sin(turn)
    return Affine(across * c, down * s, 5e5, across * s, -down * c, 5e6)


def test_projected_pixel_sizes_are_corrected_by_the_scale_factor():
    # On the central meridian of a UTM zone, a metre of the map is 1 / 0.9996 m.
    here = grid(Affine(0.5, 0, 5e5 - 100, 0, -0.5, 5e6), UTM)
    assert here.pixel_size == pytest.approx((0.5 / 0.9996, 0.5 / 0.9996), rel=1e-6)


@pytest.mark.parametrize("degrees", [0, 30, 90, 133])
def test_rotation_changes_no_pixel_size(degrees):
    across, down = grid(rotated(degrees, 0.5, 0.8)).pixel_size
    assert (across, down) == pytest.approx((0.5 / 0.9996, 0.8 / 0.9996), rel=1e-4)


def test_south_up_changes_no_pixel_size():
    up = grid(Affine(0.5, 0, 5e5, 0, 0.5, 5e6))
    assert up.pixel_size == pytest.approx(grid().pixel_size, rel=1e-6)


@pytest.mark.parametrize("latitude", [-60, 0, 45, 80])
def test_degrees_are_measured_at_the_centre(latitude):
    # Radii of curvature of the WGS 84 ellipsoid, from the textbook.
    a, e2 = 6378137.0, 0.00669437999014
    bend = 1 - e2 * math.sin(math.radians(latitude)) ** 2
    east = a / math.sqrt(bend) * math.cos(math.radians(latitude)) * math.pi / 180
    north = a * (1 - e2) / bend**1.5 * math.pi / 180
    step = 1e-5
    here = Grid(
        Affine(step, 0, 10, 0, -step, latitude + 50 * step),
        CRS.from_epsg(4326),
        100,
        100,
    )
    assert here.pixel_size == pytest.approx((east * step, north * step), rel=1e-6)


def test_feet_are_counted_in_metres():
    feet = Grid(Affine(1, 0, 985_000, 0, -1, 200_000), CRS.from_epsg(2263), 10, 10)
    assert feet.gsd == pytest.approx(0.3048, rel=1e-3)


def test_web_mercator_is_measured_on_the_ground():
    _, y = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(0, 60)
    here = Grid(Affine(1, 0, 0, 0, -1, y), CRS.from_epsg(3857), 2, 2)
    assert here.gsd == pytest.approx(0.5, rel=0.01)


def test_other_bodies_are_measured_on_their_own_ellipsoid():
    degree = Grid(Affine(0.001, 0, 0, 0, -0.001, 0.001), MARS, 2, 2)
    assert degree.pixel_size[0] == pytest.approx(3396190 * math.pi / 180e3, rel=1e-6)
    assert not degree.on_earth
    assert grid().on_earth


def test_pixel_coordinates_count_a_pixel_as_a_metre():
    plain = Grid(Affine.identity(), None, 100, 50)
    assert plain.pixel_size == (1, 1)
    assert plain.geod is None
    assert plain.scaled(2).pixel_size == (2, 2)
    with pytest.raises(SceneError, match="pixel coordinates"):
        plain.to_lonlat(np.array([shapely.Point(0, 0)]))


def test_a_centre_outside_the_crs_is_refused_with_advice():
    lost = Grid(Affine(1, 0, 5e5, 0, -1, 5e6), CRS.from_epsg(4326), 10, 10)
    with pytest.raises(SceneError, match=r"EPSG:4326.*--crs"):
        _ = lost.gsd


@given(
    st.floats(0.05, 20),
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.sampled_from([0, 0.1, 45, 200]),
)
def test_scaling_keeps_the_bounds_and_approximates_the_gsd(gsd, wide, high, turn):
    native = grid(rotated(turn), width=wide, height=high)

    scaled = native.scaled(gsd)

    corners = np.array([0.0, 1, 0, 1]), np.array([0.0, 0, 1, 1])
    before = native.pixels_to_crs(corners[0] * wide, corners[1] * high)
    after = scaled.pixels_to_crs(corners[0] * scaled.width, corners[1] * scaled.height)
    np.testing.assert_allclose(after, before, atol=1e-5)
    for length, metres in zip(
        (scaled.width, scaled.height), scaled.pixel_size, strict=True
    ):
        # Rounding to whole pixels moves the size by at most half a pixel in all.
        assert abs(metres / gsd - 1) <= max(0.021, 0.51 / length) or length == 1


@given(st.floats(0.05, 20), st.sampled_from([0, 0.1, 45, 200]))
def test_points_have_one_place_in_pixels_and_in_the_crs(gsd, turn):
    turned = grid(rotated(turn, gsd, gsd))
    points = np.array([[0.0, 0.0], [400, 300], [12.5, 250.25]])
    x, y = turned.pixels_to_crs(*points.T)
    rows, cols = rasterio.transform.rowcol(turned.transform, x, y, op=lambda v: v)
    np.testing.assert_allclose(turned.crs_to_pixels(x, y), (cols, rows), atol=1e-6)
    np.testing.assert_allclose(turned.crs_to_pixels(x, y), points.T, atol=1e-4)


def test_scaling_makes_pixels_square_on_the_ground():
    degrees = Grid(Affine(1e-5, 0, 10, 0, -1e-5, 60), CRS.from_epsg(4326), 4000, 4000)
    across, down = degrees.scaled(1.0).pixel_size
    assert across / down == pytest.approx(1, rel=1e-3)
    assert degrees.pixel_size[0] / degrees.pixel_size[1] == pytest.approx(0.5, rel=0.01)


def test_a_grid_with_nearly_the_right_pixel_size_is_kept():
    native = grid()
    assert native.scaled(0.5) is native
    assert native.scaled(0.509) is native
    assert native.scaled(0.52) != native


def test_a_grid_with_too_many_pixels_is_refused():
    with pytest.raises(OptionError, match="gsd 1e-08"):
        grid().scaled(1e-8)


def test_bounds_of_windows_are_those_of_their_corners():
    assert grid().bounds() == (5e5, 5e6 - 150, 5e5 + 200, 5e6)
    assert grid().bounds(Window(10, 20, 4, 6)) == (5e5 + 5, 5e6 - 13, 5e5 + 7, 5e6 - 10)
    left, bottom, right, top = grid(rotated(90), width=40, height=20).bounds()
    assert (right - left, top - bottom) == pytest.approx((10, 20))


def test_longitude_and_latitude_are_in_wgs84():
    feet = Grid(Affine(1, 0, 985_000, 0, -1, 200_000), CRS.from_epsg(2263), 10, 10)
    point = feet.to_lonlat(np.array([shapely.Point(985_000, 200_000)]))[0]
    wanted = pyproj.Transformer.from_crs(2263, 4326, always_xy=True).transform(
        985_000, 200_000
    )
    assert (point.x, point.y) == pytest.approx(wanted, abs=1e-9)


def test_a_grid_can_be_pickled():
    native = grid(rotated(12))
    _ = native.gsd
    copy = pickle.loads(pickle.dumps(native))  # noqa: S301  (our own bytes)
    assert copy == native
    assert copy.gsd == native.gsd


ANGLES = [
    # a CRS, its place of 2 degrees east and 47 north, and metres in its unit there
    ("EPSG:27572", (573_000, 2_222_000), 1.0),
    ("EPSG:4807", (0, 52.2), 111_180 * 0.9),
    ("EPSG:4901", (0, 52.2), 111_180 * 0.9),
    ("EPSG:2275", (6_500_000, 7_000_000), 0.3048),
    ("EPSG:2276", (2_000_000, 6_900_000), 0.3048006),
    ("EPSG:4326", (2, 47), 111_180),
]


@pytest.mark.parametrize(("crs", "place", "metres"), ANGLES)
def test_angles_and_lengths_count_by_the_size_of_their_unit(crs, place, metres):
    step = 0.6 / metres
    corner = Affine(step, 0, place[0], 0, -step, place[1])
    grid = Grid(corner, CRS.from_user_input(crs), 100, 100)
    _, down = grid.pixel_size
    assert down == pytest.approx(0.6, rel=0.01)


@pytest.mark.parametrize(
    "crs", ["EPSG:4807", "EPSG:27572", "EPSG:4326", "EPSG:32632+5773", "EPSG:4979"]
)
def test_results_are_in_degrees_whatever_the_unit(crs):
    own = pyproj.CRS.from_user_input(crs).to_2d()
    forward = pyproj.Transformer.from_crs(4326, own, always_xy=True)
    x, y = forward.transform(5.0, 45.0)
    grid = Grid(Affine(1, 0, x, 0, -1, y), CRS.from_user_input(crs), 10, 10)
    (point,) = grid.to_lonlat(np.array([shapely.Point(x, y)]))
    assert (point.x, point.y) == pytest.approx((5, 45), abs=1e-6)


def test_long_edges_stay_where_they_are_in_degrees():
    grid = Grid(Affine.identity(), CRS.from_epsg(3035), 1, 1)
    wide = shapely.box(4_000_000, 2_500_000, 5_500_000, 3_000_000)
    (moved,) = grid.to_lonlat(np.array([wide]))
    fine = shapely.segmentize(wide, 1000)
    (exact,) = shapely.transform(
        [fine],
        lambda xy: np.column_stack(
            pyproj.Transformer.from_crs(3035, 4326, always_xy=True).transform(*xy.T)
        ),
    )
    assert shapely.hausdorff_distance(moved, exact) < 2e-5
    assert 5 < shapely.get_num_coordinates(moved) < 8000


def test_crss_that_wkt_1_cannot_say_make_grids():
    for text in (
        "+proj=ob_tran +o_proj=longlat +o_lon_p=-162 +o_lat_p=39.25 +lon_0=180 "
        "+to_meter=0.0174532925199433",
        "EPSG:4979",
        "+proj=tpers +h=5500000 +lat_0=40 +lon_0=5",
    ):
        crs = CRS.from_user_input(text)
        assert CRS.from_wkt(wkt2(crs)) == crs
        step = 1e-6 if crs.is_geographic else 1.0
        assert Grid(Affine(step, 0, 1, 0, -step, 1), crs, 10, 10).gsd > 0
