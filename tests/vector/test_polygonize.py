"""Polygonizing: no pixel lost or added, areas and lengths in metres."""

from itertools import pairwise

import numpy as np
import pytest
import rasterio.features
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from rasterio.crs import CRS
from same_polygons import assert_same

from rrsis_geo.errors import EngineError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Strip
from rrsis_geo.vector.polygonize import Polygonizer, vectorize

UTM = CRS.from_epsg(32631)
WGS84 = CRS.from_epsg(4326)
PLAIN = {"threshold": 0.5, "min_area": 0.0, "fill_holes": 0.0, "simplify": 0.0}
PLACES = {
    "projected": (Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000), UTM),
    "geographic": (Affine(1e-5, 0, 10, 0, -1e-5, 50), WGS84),
    "rotated": (Affine(0.4, 0.3, 500_000, 0.3, -0.4, 5_000_000), UTM),
    "south-up": (Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000), UTM),
    "mirrored": (Affine(-0.5, 0, 500_000, 0, -0.5, 5_000_000), UTM),
    "feet": (Affine(2, 0, 9e5, 0, -2, 2e5), CRS.from_epsg(2263)),
    "web mercator": (Affine(0.6, 0, 1e6, 0, -0.6, 6e6), CRS.from_epsg(3857)),
    "antimeridian": (Affine(1e-3, 0, 179.99, 0, -1e-3, 10), WGS84),
    "pole": (Affine(100, 0, -1000, 0, -100, 1000), CRS.from_epsg(3031)),
    "pixels": (Affine.identity(), None),
}


def found(levels, place="projected", cuts=(), expressions=None, **options):
    levels = levels.reshape(-1, *levels.shape[-2:])
    transform, crs = PLACES[place]
    grid = Grid(transform, crs, levels.shape[2], levels.shape[1])
    edges = [0, *sorted(cuts), levels.shape[1]]
    strips = [
        Strip(top=top, levels=levels[:, top:bottom]) for top, bottom in pairwise(edges)
    ]
    names = expressions or [f"thing {n}" for n in range(len(levels))]
    return vectorize(strips, grid, names, **{**PLAIN, **options})


def blobs(seed=0, size=40):
    """Smooth random patches, as networks give them."""
    rng = np.random.default_rng(seed)
    noise = np.fft.rfft2(rng.normal(size=(size, size)))
    row, col = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None]
    smooth = np.fft.irfft2(noise * np.exp(-300 * (row**2 + col**2)), (size, size))
    return np.clip(127 + 80 * smooth / smooth.std(), 0, 254).astype(np.uint8)


# pixels -> polygons -> pixels


@pytest.mark.parametrize("place", PLACES)
def test_every_pixel_comes_back(place):
    levels = blobs()
    levels[5:9, 3:30] = 255
    polygons = found(levels, place)
    back = rasterio.features.rasterize(
        zip(polygons.geometry, polygons.columns["id"], strict=True),
        out_shape=levels.shape,
        transform=PLACES[place][0],
    )
    np.testing.assert_array_equal(back > 0, (levels > 127) & (levels < 255))
    assert set(np.unique(back)) - {0} == set(polygons.columns["id"])


@pytest.mark.parametrize("simplify", [0.0, 0.7])
@pytest.mark.parametrize("place", PLACES)
def test_polygons_are_valid_and_run_anticlockwise(place, simplify):
    for polygons in found(blobs(1), place, simplify=simplify), found(blobs(2), place):
        assert len(polygons) > 3
        assert shapely.is_valid(polygons.geometry).all()
        assert shapely.is_ccw(shapely.get_exterior_ring(polygons.geometry)).all()
        for polygon in polygons.geometry:
            assert not any(ring.is_ccw for ring in polygon.interiors)


def test_shifted_scene_gives_shifted_polygons():
    here = found(blobs())
    transform, crs = PLACES["projected"]
    grid = Grid(Affine.translation(64, -32) @ transform, crs, 40, 40)
    there = vectorize([Strip(top=0, levels=blobs()[None])], grid, ["thing 0"], **PLAIN)
    moved = shapely.transform(here.geometry, lambda xy: xy + np.array([64, -32]))
    assert shapely.equals_exact(moved, there.geometry, 1e-6).all()


def test_nodata_never_yields_a_polygon():
    for place in PLACES:
        assert len(found(np.full((9, 9), 255, np.uint8), place)) == 0


def test_threshold_is_above_not_at():
    levels = np.array([[127, 0, 128]], np.uint8)
    polygons = found(levels)
    assert polygons.columns["score_max"] == pytest.approx([128 / 254])


# order, cuts, expressions


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sets(st.integers(1, 39)), st.sampled_from([0.0, 0.8]))
def test_cuts_change_nothing(seed, cuts, metres):
    levels = np.stack([blobs(seed), blobs(seed + 1)])
    options = {"min_area": metres, "simplify": metres, "fill_holes": 4 * metres}
    assert_same(found(levels, **options), found(levels, cuts=cuts, **options))


def test_ids_count_by_expression_then_by_first_pixel():
    levels = np.zeros((2, 10, 10), np.uint8)
    levels[0, 5, 5] = levels[0, 0:9, 0] = levels[0, 2, 8] = 200
    levels[1, 0, 0] = 200
    polygons = found(levels, "pixels", cuts=range(1, 10), expressions=["b", "a"])
    assert polygons.columns["id"].tolist() == [1, 2, 3, 4]
    assert polygons.columns["expression"].tolist() == ["b", "b", "b", "a"]
    corners = [polygon.bounds[:2] for polygon in polygons.geometry]
    assert corners == [(0, 0), (8, 2), (5, 5), (0, 0)]


def test_columns_are_the_schema():
    for polygons in (found(blobs()), found(np.zeros((5, 5), np.uint8))):
        assert list(polygons.columns) == list(SCHEMA)
        for name, dtype in SCHEMA.items():
            assert polygons.columns[name].dtype == dtype
            assert len(polygons.columns[name]) == len(polygons)
    assert CRS.from_wkt(polygons.crs) == UTM
    assert found(blobs(), "pixels").crs is None


def test_polygons_can_be_taken_as_they_are_finished():
    levels = np.zeros((1, 9, 9), np.uint8)
    levels[0, 0:2, 0:2] = levels[0, 4, 4] = levels[0, 1:8, 7] = 200
    transform, crs = PLACES["projected"]
    polygonizer = Polygonizer(Grid(transform, crs, 9, 9), ["x"], **PLAIN)
    taken, counts = [], []
    for row in range(9):
        polygonizer.add(Strip(top=row, levels=levels[:, row : row + 1]))
        taken.append(polygonizer.take())
        counts.append(polygonizer.count)
    assert counts == [0, 0, 1, 1, 1, 2, 2, 2, 3]
    assert [len(polygons) for polygons in taken] == [0, 0, 1, 0, 0, 1, 0, 0, 1]
    everything = polygonizer.finish()
    assert {g.wkt for p in taken for g in p.geometry} == {
        g.wkt for g in everything.geometry
    }
    assert [i for p in taken for i in p.columns["id"]] == [1, 2, 3]


def test_missing_rows_are_an_error():
    transform, crs = PLACES["projected"]
    polygonizer = Polygonizer(Grid(transform, crs, 3, 9), ["x"], **PLAIN)
    rows = np.zeros((1, 3, 3), np.uint8)
    polygonizer.add(Strip(top=0, levels=rows))
    with pytest.raises(EngineError, match="rows 3 to 9 are missing"):
        polygonizer.finish()
    with pytest.raises(EngineError, match="begins at row 6, expected row 3"):
        polygonizer.add(Strip(top=6, levels=rows))


# attributes


def test_scores_are_those_of_the_pixels():
    levels = np.array([[0, 200, 250], [0, 0, 150]], np.uint8)
    polygons = found(levels)
    assert polygons.columns["score"] == pytest.approx([200 / 254])
    assert polygons.columns["score_max"] == pytest.approx([250 / 254])


@pytest.mark.parametrize(
    ("row", "col", "touches"), [(0, 3, True), (3, 6, True), (3, 3, False)]
)
def test_touching_the_frame(row, col, touches):
    levels = np.zeros((7, 7), np.uint8)
    levels[row, col] = 200
    for cuts in ((), range(1, 7)):
        assert found(levels, cuts=cuts).columns["touches_edge"].tolist() == [touches]


@pytest.mark.parametrize(
    ("row", "col", "touches"),
    [(2, 3, True), (4, 3, True), (3, 2, True), (3, 4, True), (2, 2, False)],
)
def test_touching_nodata_by_a_side(row, col, touches):
    levels = np.zeros((7, 7), np.uint8)
    levels[3, 3] = 255
    levels[row, col] = 200
    for cuts in ((), range(1, 7)):
        assert found(levels, cuts=cuts).columns["touches_edge"].tolist() == [touches]


@pytest.mark.parametrize("place", [p for p in PLACES if p != "pixels"])
def test_measures_are_geodesic(place):
    levels = blobs(3)
    polygons = found(levels, place)
    crs = PLACES[place][1]
    geod = Geod(ellps="GRS80" if place == "feet" else "WGS84")
    to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
    for index, polygon in enumerate(polygons.geometry):
        lonlat = shapely.transform(
            polygon, lambda xy: np.column_stack(to_lonlat.transform(*xy.T))
        )
        rings = [lonlat.exterior, *lonlat.interiors]
        area, *holes = [abs(geod.geometry_area_perimeter(r)[0]) for r in rings]
        lengths = [abs(geod.geometry_length(ring)) for ring in rings]
        columns = polygons.columns
        assert columns["area_m2"][index] == pytest.approx(area - sum(holes), rel=1e-6)
        assert columns["perimeter_m"][index] == pytest.approx(sum(lengths), rel=1e-6)
        lon, lat = to_lonlat.transform(*polygon.centroid.coords[0])
        turns = (columns["lon"][index] - lon) / 360
        assert turns == pytest.approx(round(turns), abs=1e-11)
        assert columns["lat"][index] == pytest.approx(lat, abs=1e-9)
        assert -180 <= columns["lon"][index] <= 180


def test_metres_mean_metres_in_degrees_feet_and_mercator():
    levels = np.zeros((9, 9), np.uint8)
    levels[4, 4] = 200
    expected = {"projected": 0.25, "feet": 4 * 0.3048006**2, "rotated": 0.25}
    for place, area in expected.items():
        measured = found(levels, place).columns["area_m2"]
        assert measured == pytest.approx([area], rel=2e-3)
    lat = Transformer.from_crs(3857, 4326, always_xy=True).transform(1e6, 6e6)[1]
    expected = (0.6 * np.cos(np.radians(lat))) ** 2
    measured = found(levels, "web mercator").columns["area_m2"]
    assert measured == pytest.approx([expected], rel=5e-3)


def test_pixel_coordinates_count_pixels():
    levels = np.zeros((9, 9), np.uint8)
    levels[2:5, 3:7] = 200
    levels[3, 4] = 0
    columns = found(levels, "pixels").columns
    assert columns["area_m2"].tolist() == [11]
    assert columns["perimeter_m"].tolist() == [18]
    assert np.isnan(columns["lon"]).all()
    assert np.isnan(columns["lat"]).all()


def test_another_planet_has_its_own_degrees():
    mars = CRS.from_string("+proj=longlat +a=3396190 +b=3376200 +no_defs")
    grid = Grid(Affine(1e-3, 0, 30, 0, -1e-3, 5), mars, 3, 3)
    levels = np.zeros((1, 3, 3), np.uint8)
    levels[0, 1, 1] = 200
    columns = vectorize(
        [Strip(top=0, levels=levels)], grid, ["crater"], **PLAIN
    ).columns
    assert columns["lon"] == pytest.approx([30.0015])
    assert columns["lat"] == pytest.approx([4.9985])
    assert columns["area_m2"] == pytest.approx(
        [(np.radians(1e-3) * 3.39e6) ** 2], rel=0.02
    )


# filling, simplifying, dropping


def test_holes_are_filled_by_their_area():
    levels = np.full((12, 12), 200, np.uint8)
    levels[2, 2] = 0  # 0.25 m2
    levels[5:8, 5:8] = 0  # 2.25 m2
    for place in ("projected", "rotated", "south-up"):
        assert len(found(levels, place).geometry[0].interiors) == 2
        for metres, holes in ((0.2, 2), (0.3, 1), (2.2, 1), (2.3, 0)):
            (polygon,) = found(levels, place, fill_holes=metres).geometry
            assert len(polygon.interiors) == holes
    (area,) = found(levels, fill_holes=2.3).columns["area_m2"]
    assert area == pytest.approx(36, rel=2e-3)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.3, 20))
def test_filling_against_the_holes_one_by_one(seed, metres):
    rng = np.random.default_rng(seed)
    levels = np.where(rng.random((20, 20)) < 0.7, 200, 0).astype(np.uint8)
    plain, filled = found(levels, "pixels"), found(levels, "pixels", fill_holes=metres)
    for before, after in zip(plain.geometry, filled.geometry, strict=True):
        holes = [h for h in before.interiors if shapely.Polygon(h).area >= metres]
        expected = shapely.Polygon(before.exterior, holes)
        assert shapely.equals_exact(expected.normalize(), after.normalize())


@pytest.mark.parametrize("metres", [0.3, 1.0, 5.0, 100.0])
@pytest.mark.parametrize("place", PLACES)
def test_simplifying_moves_outlines_by_metres_at_most(place, metres):
    transform, crs = PLACES[place]
    size = Grid(transform, crs, 40, 40).pixel_size
    plain, simple = found(blobs(4), place), found(blobs(4), place, simplify=metres)
    assert len(simple) == len(plain)
    assert shapely.is_valid(simple.geometry).all()
    assert (shapely.area(simple.geometry) > 0).all()

    def on_ground(polygons):
        pixels = shapely.transform(
            polygons.geometry, lambda xy: np.column_stack(~transform @ tuple(xy.T))
        )
        return shapely.transform(pixels, lambda corners: corners * size)

    before, after = on_ground(plain), on_ground(simple)
    corners, owner = shapely.get_coordinates(before, return_index=True)
    away = shapely.distance(shapely.points(corners), shapely.boundary(after)[owner])
    assert away.max() <= metres * (1 + 1e-6)
    count = shapely.get_num_coordinates
    assert count(after).sum() <= count(before).sum()
    if metres > size[0]:
        assert count(after).sum() < 0.8 * count(before).sum()


def test_small_objects_are_dropped_by_their_final_area():
    levels = np.zeros((12, 12), np.uint8)
    levels[1, 1] = 200  # 0.25 m2
    levels[4:7, 4:7] = 200
    levels[5, 5] = 0  # 2 m2 around a hole of 0.25 m2
    sizes = {0.0: 2, 0.2: 2, 0.3: 1, 1.9: 1, 2.1: 0}
    for metres, count in sizes.items():
        assert len(found(levels, min_area=metres)) == count
    assert len(found(levels, min_area=2.1, fill_holes=1)) == 1
    assert found(levels, min_area=0.3).columns["id"].tolist() == [1]
