"""Polygons of any CRS on a grid: bent edges, whole turns, unusual CRSs."""

import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine
from rasterio.crs import CRS
from shapely.geometry import MultiPolygon

from rrsis_geo.geodata.crs_units import metres_in_unit
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.placement import place_polygons

SIDE = 400


def grid_at(crs, lon, lat, gsd=0.5):
    """A grid around a point, SIDE pixels wide."""
    own = pyproj.CRS.from_user_input(crs)
    x, y = pyproj.Transformer.from_crs(4326, own, always_xy=True).transform(lon, lat)
    return around(crs, x, y, gsd / metres_in_unit(own))


def around(crs, x, y, step):
    corner = Affine(step, 0, x - SIDE / 2 * step, 0, -step, y + SIDE / 2 * step)
    return Grid(corner, CRS.from_user_input(crs), SIDE, SIDE)


def inside_by_points(grid, shape, crs):
    """Which pixel centres lie in a shape, each moved to the shape's CRS."""
    cols, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    x, y = grid.pixels_to_crs(cols.ravel(), rows.ravel())
    back = pyproj.Transformer.from_crs(
        pyproj.CRS.from_wkt(grid.crs.to_wkt(version="WKT2_2019")), crs, always_xy=True
    )
    x, y = back.transform(x, y)
    shapely.prepare(shape)
    return shapely.intersects_xy(shape, x, y).reshape(SIDE, SIDE)


def inside(grid, shape, crs):
    (placed,) = place_polygons(np.array([shape]), pyproj.CRS.from_user_input(crs), grid)
    cols, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    shapely.prepare(placed)
    return shapely.intersects_xy(placed, cols, rows)


WIDE = [
    # scene's CRS, place, area's CRS, area with edges of hundreds of kilometres
    ("EPSG:3035", (15, 55), "EPSG:4326", (-5, 40, 35, 55)),
    ("EPSG:2154", (2, 47), "EPSG:4326", (-4, 47, 9, 52)),
    ("EPSG:32631", (3, 47), "EPSG:4326", (-170, -80, 170, 47)),
    ("EPSG:32631", (3, 47), "EPSG:4326", (-180, 47, 180, 90)),
    ("EPSG:5070", (-100, 40), "EPSG:4326", (-125, 40, -70, 49)),
    ("EPSG:4326", (12, 52), "EPSG:3035", None),
    ("EPSG:3031", (30, -75), "EPSG:4326", (-60, -80, 90, -75)),
    ("EPSG:3995", (100, 80), "EPSG:4326", (-180, 80, 180, 90)),
    ("EPSG:32633", (15, 50), "EPSG:3857", None),
    ("EPSG:27572", (3, 47), "EPSG:4807", (-5, 47 / 0.9, 6, 60)),
]


@pytest.mark.parametrize(("crs", "place", "area_crs", "bounds"), WIDE)
def test_long_edges_bend_as_their_points_do(crs, place, area_crs, bounds):
    grid = grid_at(crs, *place)
    if bounds is None:  # an edge of 800 km through the scene
        x, y = pyproj.Transformer.from_crs(4326, area_crs, always_xy=True).transform(
            *place
        )
        bounds = (x - 400_000, y - 400_000, x + 400_000, y + 0.3)
    area = shapely.box(*bounds)
    expected = inside_by_points(grid, area, area_crs)
    assert 0.2 < expected.mean() < 0.8, "the edge passes through the scene"
    found = inside(grid, area, area_crs)
    # a tenth of a pixel may decide for the centres beside the edge
    assert (found != expected).sum() <= 0.2 * SIDE


def ring(left, right):
    return shapely.box(left, 9.9, right, 10.1)


TURNS = [
    # middle of the scene in degrees, area
    (180, MultiPolygon([ring(179, 180), ring(-180, -179)])),
    (-180, MultiPolygon([ring(179, 180), ring(-180, -179)])),
    (180.0005, MultiPolygon([ring(179, 180), ring(-180, -179)])),
    (-180.001, ring(179.99, 179.9995)),
    (180.001, ring(-179.9995, -179.9)),
    (-30, ring(329, 330)),
    (330, ring(-31, -30)),
    (200, ring(-161, -160)),
    (0, ring(-180, 180)),
    (359.9999, ring(-1, 0)),
]


@pytest.mark.parametrize(("lon", "area"), TURNS)
def test_whole_turns_are_the_same_place(lon, area):
    step = 2.0**-17
    grid = around("EPSG:4326", lon, 10, step)
    cols = (np.arange(SIDE) + 0.5) * step + lon - SIDE / 2 * step
    meets = np.zeros(SIDE, bool)
    for part in shapely.get_parts(area):
        left, _, right, _ = part.bounds
        for turn in (-360, 0, 360):
            meets |= (cols + turn >= left) & (cols + turn <= right)
    assert meets.any()
    np.testing.assert_array_equal(inside(grid, area, 4326)[SIDE // 2], meets)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3832", "EPSG:32660", "EPSG:3395"])
@pytest.mark.parametrize("side", [-1, 1])
def test_projected_scenes_beyond_180_degrees_meet_areas_cut_there(crs, side):
    forward = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    x, y = forward.transform(side * 179.99999999, 10)
    grid = around(crs, x, y, 1.0)
    area = MultiPolygon([ring(179, 180), ring(-180, -179)])
    assert inside(grid, area, 4326).all()


def test_an_area_in_the_scenes_mercator_may_be_a_turn_away():
    half = 20037508.342789244
    grid = around("EPSG:3857", half, 1_000_000, 1.0)
    area = shapely.box(-half, 999_000, -half + 5000, 1_001_000)
    found = inside(grid, area, 3857)
    assert found[:, SIDE // 2 + 1 :].all()
    assert not found[:, : SIDE // 2 - 1].any()


ODD = [
    "EPSG:27572",  # grads from Paris
    "EPSG:4807",
    "EPSG:2263",  # US survey feet
    "EPSG:2048",  # west and south
    "EPSG:2180",  # northing first
    "EPSG:3903",  # with heights
    "EPSG:32632+5773",
    "EPSG:8857",
    "+proj=utm +zone=33 +ellps=bessel +towgs84=598.1,73.7,418.2,0.2,0.04,-2.4,6.7",
    "+proj=ob_tran +o_proj=longlat +o_lon_p=-162 +o_lat_p=39.25 +lon_0=180 "
    "+to_meter=0.0174532925199433",
    "+proj=tpers +h=5500000 +lat_0=48 +lon_0=5",
    "+proj=omerc +lat_0=48 +lonc=5 +alpha=30 +units=us-ft",
]
PLACES = {"EPSG:2263": (-74, 40.7), "EPSG:2048": (19, -30), "EPSG:2180": (19, 52)}
PLACES["EPSG:3903"] = (21, 61)


@pytest.mark.parametrize("crs", ODD)
def test_areas_in_unusual_crss_lie_where_their_points_do(crs):
    lon, lat = PLACES.get(crs, (9, 48))
    grid = grid_at("EPSG:3857", lon, lat)
    own = pyproj.CRS.from_user_input(crs)
    x, y = pyproj.Transformer.from_crs(4326, own.to_2d(), always_xy=True).transform(
        [lon, lon + 0.0003], [lat, lat + 0.0004]
    )
    area = shapely.box(*sorted(x)[:1], min(y), max(x), max(y))
    expected = inside_by_points(grid, area, own.to_2d())
    assert expected.any()
    assert (inside(grid, area, crs) != expected).mean() < 0.01


def test_other_planets_are_not_this_one():
    grid = grid_at("EPSG:32631", 3, 47)
    mars = pyproj.CRS.from_user_input("IAU_2015:49900")
    with pytest.raises(pyproj.exceptions.ProjError):
        place_polygons(np.array([shapely.box(2, 46, 4, 48)]), mars, grid)
