"""Large candidate sets: optimisations change no answer, and memory is linear."""

import tracemalloc
from functools import cache

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of, rows_of
from shapely.affinity import translate

from rrsis_geo.language import nodes as n
from rrsis_geo.query.candidates import bounding_boxes
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import selection_of_rows
from rrsis_geo.query.geometry.best_pair import MAX_ROUNDS, max_per_row
from rrsis_geo.query.geometry.distance import (
    SAME_OBJECT_IOU,
    Pairs,
    duplicate_pairs,
    min_pair_distance,
    nearest_distance,
    pair_distance,
    pairs_within,
)
from rrsis_geo.query.geometry.nearest_anchors import NEAREST_COUNT, nearest_anchors
from rrsis_geo.query.geometry.nearest_points import nearest_point_offsets
from rrsis_geo.query.geometry.sectors import occupied_sectors
from rrsis_geo.query.operators import extents, groups, spatial_relations

TANK, ROAD = n.Find("tank"), n.Find("road")


TURN = np.linspace(0, 2 * np.pi, 7)[:6]
HEXAGON = shapely.Polygon(np.column_stack([np.cos(TURN), np.sin(TURN)]) * 4)
STRIP = shapely.LineString([(0, 0), (60, 5), (65, 60)]).buffer(2, quad_segs=2)


def crowd(rng, count, spread):
    """Hexagons and bent strips, so that centroids say little about outlines."""
    places = rng.uniform(0, spread, (count, 2))
    bent = rng.integers(0, 6, count) == 0
    shapes = np.array([HEXAGON, STRIP], object)[bent.astype(int)]
    offsets = np.repeat(places, shapely.get_num_coordinates(shapes), axis=0)
    return list(
        shapely.set_coordinates(shapes, shapely.get_coordinates(shapes) + offsets)
    )


def tank_and_road_polygons(tanks, roads, grid=GRIDS["projected"]):
    names = ["tank"] * len(tanks) + ["road"] * len(roads)
    return polygons_of(grid, names, [*tanks, *roads])


def candidates_of(tanks, roads, grid=GRIDS["projected"]):
    return Candidates(
        tank_and_road_polygons(tanks, roads, grid), grid, ["tank", "road"]
    )


def layouts():
    rng = np.random.default_rng(5)
    yield "even", crowd(rng, 150, 900), crowd(rng, 150, 900)
    yield "few anchors", crowd(rng, 150, 900), crowd(rng, 3, 900)
    far = [translate(shape, 30_000, 0) for shape in crowd(rng, 300, 200)]
    yield "two crowds far apart", crowd(rng, 150, 200), far
    yield "one far off", crowd(rng, 150, 100), [*crowd(rng, 150, 100), *far[:1]]
    same = [shapely.box(50, 50, 60, 60)] * 70
    yield "all in one place", same, same


LAYOUTS = {name: (tanks, roads) for name, tanks, roads in layouts()}


@pytest.fixture(scope="module", params=LAYOUTS)
def candidates(request):
    return candidates_of(*LAYOUTS[request.param])


@cache
def planar(candidates, one, other):
    """Distances in the plane between all outlines of two phrases."""
    rows, others = candidates.rows_of(one), candidates.rows_of(other)
    outlines = candidates.outlines
    distance = shapely.distance(outlines[rows][:, None], outlines[others][None])
    distance[rows[:, None] == others[None]] = np.inf
    return distance


@pytest.mark.parametrize("at_once", [300, 4_000_000])
def test_nearest_is_the_nearest_of_all(candidates, at_once, monkeypatch):
    monkeypatch.setattr(bounding_boxes, "PAIRS_PER_CHUNK", at_once)
    for one, other in (("tank", "road"), ("tank", "tank"), ("road", "tank")):
        rows, anchors = candidates.rows_of(one), candidates.rows_of(other)
        wanted = planar(candidates, one, other).min(axis=1)
        got = nearest_distance(rows, anchors, candidates)
        # 30 km off, the plane and the ellipsoid differ by a part in a million
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


def test_nearest_anchors_are_those_with_the_nearest_boxes(candidates):
    tanks, roads = candidates.rows_of("tank"), candidates.rows_of("road")
    for rows, anchors in ((tanks, roads), (tanks, tanks)):
        middle = shapely.points(candidates.centroids[rows])[:, None]
        box = shapely.box(*shapely.bounds(candidates.outlines[anchors]).T)[None]
        away = shapely.distance(middle, box)
        away[rows[:, None] == anchors[None]] = np.inf
        pairs = nearest_anchors(rows, anchors, candidates)
        for place, row in enumerate(rows):
            got = pairs.other[pairs.one == row]
            wanted = np.argsort(away[place], kind="stable")[:NEAREST_COUNT]
            wanted = wanted[np.isfinite(away[place, wanted])]
            near = away[place, np.searchsorted(anchors, got)]
            np.testing.assert_allclose(near, away[place, wanted], atol=1e-6)


def test_pairs_within_a_distance_are_complete(candidates):
    tanks, roads = candidates.rows_of("tank"), candidates.rows_of("road")
    pairs = pairs_within(tanks, roads, 30.0, candidates)
    kept = set(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True))
    one, other = np.nonzero(planar(candidates, "tank", "road") <= 30.0)
    assert set(zip(tanks[one].tolist(), roads[other].tolist(), strict=True)) <= kept


def test_duplicates_are_those_with_an_iou_of_one_half(candidates):
    tanks, roads = candidates.rows_of("tank")[::2], candidates.rows_of("road")
    for rows, others in ((tanks, roads), (tanks, tanks)):
        one, other = (
            candidates.outlines[rows][:, None],
            candidates.outlines[others][None],
        )
        both = shapely.area(shapely.intersection(one, other))
        share = np.zeros(both.shape)
        place, their = np.nonzero(both)
        union = shapely.union(one[place, 0], other[0, their])
        share[place, their] = both[place, their] / shapely.area(union)
        place, their = np.nonzero(share >= SAME_OBJECT_IOU)
        pairs = duplicate_pairs(rows, others, candidates)
        assert pairs.one.tolist() == rows[place].tolist()
        assert pairs.other.tolist() == others[their].tolist()


def test_no_distance_is_below_its_lower_bound(candidates):
    tanks, roads = candidates.rows_of("tank")[::2], candidates.rows_of("road")
    one, other = np.meshgrid(tanks, roads, indexing="ij")
    pairs = Pairs(one=one.ravel(), other=other.ravel())
    distance = pair_distance(pairs.one, pairs.other, candidates)
    assert (min_pair_distance(pairs, candidates) <= distance).all()


@pytest.mark.parametrize("pairs", [0, 1, 40, 3000])
def test_the_maximum_per_row_is_that_of_all_pairs(pairs):
    rng = np.random.default_rng(pairs)
    place = rng.integers(0, 50, pairs)
    value = np.maximum(rng.uniform(-1, 1, pairs), 0)
    upper_bound = value + rng.uniform(0, 0.5, pairs)
    evaluated = []

    def evaluate(some):
        evaluated.append(some)
        return value[some]

    wanted = np.zeros(50)
    np.maximum.at(wanted, place, value)
    assert max_per_row(place, 50, upper_bound, evaluate).tolist() == wanted.tolist()
    evaluated = np.concatenate([np.zeros(0, int), *evaluated])
    assert len(evaluated) == len(np.unique(evaluated)) <= pairs
    if pairs == 3000:
        assert len(evaluated) < pairs / 2


def test_the_rounds_are_limited():
    upper_bound = np.linspace(2, 1, 100)
    evaluated = []
    value = max_per_row(
        np.zeros(100, int),
        1,
        upper_bound,
        lambda some: evaluated.append(some) or upper_bound[some] / 3,
    )
    assert value == upper_bound[0] / 3
    assert len(evaluated) <= MAX_ROUNDS + 1


@pytest.mark.parametrize("how", ["beyond", "just", "at"])
@pytest.mark.parametrize("side", ["north", "left", "bottom right"])
def test_beside_is_that_of_the_best_pair(candidates, how, side, monkeypatch):
    def of_all(place, count, upper_bound, evaluate):
        values = evaluate(np.arange(len(place)))
        assert (values <= upper_bound).all()
        best = np.zeros(count)
        np.maximum.at(best, place, values)
        return best

    units = selection_of_rows(candidates.rows_of("tank")[::2])
    roads = candidates.rows_of("road")
    node = n.Beside(TANK, side, ROAD, how)
    got = spatial_relations.beside(node, units, roads, candidates)
    monkeypatch.setattr(spatial_relations, "max_per_row", of_all)
    wanted = spatial_relations.beside(node, units, roads, candidates)
    assert got.tolist() == wanted.tolist()


@cache
def sectors_of_all(candidates, row, anchors, reach):
    """Number of sectors around a row in which clipped outlines lie."""
    others = candidates.outlines[[anchor for anchor in anchors if anchor != row]]
    disc = shapely.buffer(candidates.centroid_points[row], reach, quad_segs=16)
    parts = shapely.segmentize(shapely.intersection(others, disc), reach / 16)
    x, y = (shapely.get_coordinates(parts) - candidates.centroids[row]).T
    return len(np.unique(np.floor((np.arctan2(y, x) + np.pi) / (np.pi / 4)) % 8))


@pytest.mark.parametrize("at_once", [300, 4_000_000])
def test_sectors_are_those_of_all_clipped_outlines(candidates, at_once, monkeypatch):
    monkeypatch.setattr(bounding_boxes, "PAIRS_PER_CHUNK", at_once)
    tanks, roads = candidates.rows_of("tank")[::3], candidates.rows_of("road")
    reach = np.random.default_rng(3).uniform(2, 80, len(tanks))
    for anchors in (roads, tanks):
        wanted = [
            sectors_of_all(candidates, row, tuple(anchors), distance)
            for row, distance in zip(tanks, reach, strict=True)
        ]
        assert occupied_sectors(tanks, anchors, reach, candidates).tolist() == wanted


@pytest.mark.parametrize("order", ["larger", "smaller", "same"])
def test_sizes_are_compared_with_all_anchors(order):
    rng = np.random.default_rng(2)
    boxes = [shapely.box(0, 0, *side) for side in rng.uniform(2, 60, (60, 2))]
    tanks = [translate(box, 100 * i, 0) for i, box in enumerate(boxes[:40])]
    roads = [translate(box, 100 * i, 300) for i, box in enumerate(boxes[40:])]
    candidates = candidates_of(tanks, roads)
    ratio = candidates.area[:40, None] / candidates.area[None, 40:]
    near = (np.maximum(ratio, 1 / ratio) < 1.25).any(axis=1)
    wanted = {
        "larger": (ratio >= 1).all(axis=1),
        "smaller": (ratio <= 1).all(axis=1),
        "same": near,
    }
    got = rows_of(n.Compared(TANK, order, ROAD), candidates)
    assert got == np.flatnonzero(wanted[order]).tolist()


@cache
def crowd_polygons(count):
    """Tanks and roads of constant density."""
    shapes = crowd(np.random.default_rng(1), count, 30 * np.sqrt(count))
    return tank_and_road_polygons(shapes[::2], shapes[1::2])


@pytest.mark.parametrize(
    "root",
    [
        n.Near(TANK, ROAD),
        n.Beside(TANK, "north", ROAD),
        n.Beside(TANK, "north", ROAD, "at"),
        n.Between(TANK, ROAD, None),
        n.Inside(TANK, ROAD),
        n.Surrounded(TANK, ROAD),
        n.Compared(TANK, "same", ROAD),
        n.Isolated(TANK),
        n.Grouped(TANK, "line"),
        n.Grouped(TANK, "row"),
        n.Grouped(TANK, "cluster"),
    ],
    ids=lambda root: type(root).__name__,
)
def test_memory_is_linear_in_candidates(root):
    def peak(count):
        candidates = Candidates(
            crowd_polygons(count), GRIDS["projected"], ["tank", "road"]
        )
        tracemalloc.start()
        rows_of(root, candidates)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(200)  # fills caches
    assert peak(3000) < 5 * peak(750)


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_coordinates_do_not_depend_on_the_chunk_size(grid, monkeypatch):
    shapes = crowd(np.random.default_rng(6), 40, 600)
    whole = candidates_of(shapes, shapes, grid)
    wanted = whole.outlines, whole.map_frame.box
    for module in ("local_metric", "projected_outlines"):
        monkeypatch.setattr(f"rrsis_geo.query.candidates.{module}.CHUNK", 7)
    again = candidates_of(shapes, shapes, grid)
    assert shapely.equals(again.outlines, wanted[0]).all()
    assert (again.map_frame.box == wanted[1]).all()


def test_holes_are_kept():
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6)]])
    plain = shapely.box(20, 0, 29, 9)
    holes = shapely.get_num_interior_rings(
        candidates_of([ring, plain], [plain]).outlines
    )
    assert holes.tolist() == [1, 0, 0]


@cache
def side_lengths(candidates, what):
    """Lengths or widths of all candidates."""
    every = selection_of_rows(np.arange(len(candidates)))
    return extents.side_lengths(every, what, candidates)


def test_side_lengths_are_within_their_bounds(candidates):
    units = selection_of_rows(np.arange(len(candidates)))
    for what in ("length", "width"):
        value = side_lengths(candidates, what)
        least, most = extents.side_length_limits(units, what, candidates)
        assert (least <= value).all()
        assert (value <= most).all()


@pytest.mark.parametrize("what", ["length", "width"])
@pytest.mark.parametrize("order", ["largest", "smallest"])
@pytest.mark.parametrize("first", [2, 256])
def test_sides_of_the_foremost_are_those_of_all(
    candidates, what, order, first, monkeypatch
):
    monkeypatch.setattr(extents, "FIRST_BATCH", first)
    units = selection_of_rows(np.arange(len(candidates)))
    every = side_lengths(candidates, what)
    sign = 1 if order == "smallest" else -1
    for rank, count in ((1, 1), (3, 2)):
        node = n.Sized(TANK, order, what, rank, count)
        got = extents.side_lengths_of_foremost(node, units, candidates)
        wanted = np.argsort(sign * every, kind="stable")[: rank + count]
        assert np.argsort(sign * got, kind="stable")[: rank + count].tolist() == (
            wanted.tolist()
        )
        known = np.abs(every / every[wanted[-2]] - 1) <= 0.02
        assert (got[known] == every[known]).all()


def test_sides_in_a_range_are_those_of_all(candidates):
    units = selection_of_rows(np.arange(len(candidates)))
    for what in ("length", "width"):
        value = side_lengths(candidates, what)
        for low, high in ((5, np.inf), (-np.inf, 7.9), (4, 60), (8.1, 9)):
            got = extents.side_length_within(units, what, low, high, candidates)
            assert got.tolist() == ((value >= low) & (value <= high)).tolist()


def test_offsets_end_at_the_nearest_points():
    rng = np.random.default_rng(8)
    shapes = np.array([*crowd(rng, 60, 300), shapely.Point(90, 90).buffer(80)], object)
    shapes[-1] = shapes[-1].difference(shapely.Point(90, 90).buffer(60))
    points = rng.uniform(0, 360, (4000, 2))
    which = rng.integers(0, len(shapes), len(points))
    way = nearest_point_offsets(points, shapes, which)
    away = shapely.distance(shapely.points(points), shapes[which])
    np.testing.assert_allclose(np.hypot(*way.T), away, atol=1e-9)
    ends = shapely.points(points + way)
    np.testing.assert_allclose(shapely.distance(ends, shapes[which]), 0, atol=1e-9)
    assert (away == 0).any()
    assert nearest_point_offsets(points[:0], shapes, which[:0]).shape == (0, 2)


def test_clusters_are_single_linkage(candidates):
    tanks = candidates.rows_of("tank")
    within = groups.MAX_LINK_GAP * np.median(candidates.size[tanks])
    near = planar(candidates, "tank", "tank") <= within
    reached = near | np.eye(len(tanks), dtype=bool)
    for _ in range(9):
        reached = reached @ reached
    wanted = {tuple(tanks[row]) for row in reached if row.sum() > 1}
    got = groups.find_groups(
        n.Grouped(TANK, "cluster"), selection_of_rows(tanks), candidates
    )
    assert {tuple(part) for part in np.split(got.rows, got.first[1:])} - {()} == wanted


@pytest.mark.parametrize("form", ["line", "row", "column"])
def test_lines_do_not_depend_on_the_prefilter(form, monkeypatch):
    def every(one, *_):
        return np.ones(len(one), bool)

    rng = np.random.default_rng(9)
    rows = [shapely.box(x, y, x + 9, y + 9) for x in range(0, 300, 20) for y in (0, 90)]
    candidates = candidates_of([*rows, *crowd(rng, 300, 400)], rows[:1])
    node, tanks = n.Grouped(TANK, form), selection_of_rows(candidates.rows_of("tank"))
    for chunk in (50, groups.CHUNK):
        monkeypatch.setattr(groups, "CHUNK", chunk)
        got = groups.find_groups(node, tanks, candidates)
        with monkeypatch.context() as patch:
            patch.setattr(groups, "_may_continue", every)
            wanted = groups.find_groups(node, tanks, candidates)
        assert got.rows.tolist() == wanted.rows.tolist()
        assert got.first.tolist() == wanted.first.tolist()
        assert np.diff(got.first).max() > 3
