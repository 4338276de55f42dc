"""Thousands of things: short cuts change no answer, and memory stays in proportion."""

import tracemalloc

import numpy as np
import pytest
import shapely
from found_things import GRIDS, as_found
from shapely.affinity import translate

from rrsis_geo.query import gaps
from rrsis_geo.query import nodes as n
from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.neighbours import FEW, few
from rrsis_geo.query.plan import Plan
from rrsis_geo.query.resolve import resolve

TANK, ROAD = n.Find("tank"), n.Find("road")


def crowd(rng, count, spread):
    """Hexagons and bent strips, so that middles say little about outlines."""
    turn = np.linspace(0, 2 * np.pi, 7)[:6]
    hexagon = shapely.Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * 4)
    strip = shapely.LineString([(0, 0), (60, 5), (65, 60)]).buffer(2, quad_segs=2)
    places = rng.uniform(0, spread, (count, 2))
    kinds = rng.integers(0, 6, count) == 0
    return [
        translate(strip if bent else hexagon, x, y)
        for bent, (x, y) in zip(kinds, places, strict=True)
    ]


def seen_of(tanks, roads, grid=GRIDS["projected"]):
    names = ["tank"] * len(tanks) + ["road"] * len(roads)
    return Candidates(as_found(grid, names, [*tanks, *roads]), grid, ["tank", "road"])


def layouts():
    rng = np.random.default_rng(5)
    yield "even", crowd(rng, 150, 900), crowd(rng, 150, 900)
    yield "few anchors", crowd(rng, 150, 900), crowd(rng, 3, 900)
    far = [translate(shape, 30_000, 0) for shape in crowd(rng, 300, 200)]
    yield "two crowds far apart", crowd(rng, 150, 200), far
    yield "one far off", crowd(rng, 150, 100), [*crowd(rng, 150, 100), *far[:1]]
    same = [shapely.box(50, 50, 60, 60)] * 90
    yield "all in one place", same, same


LAYOUTS = {name: (tanks, roads) for name, tanks, roads in layouts()}


@pytest.fixture(params=LAYOUTS)
def seen(request):
    return seen_of(*LAYOUTS[request.param])


def planar(rows, anchors, seen):
    apart = shapely.distance(seen.shape[rows][:, None], seen.shape[anchors][None])
    apart[rows[:, None] == anchors[None]] = np.inf
    return apart


@pytest.mark.parametrize("at_once", [300, 4_000_000])
def test_nearest_is_the_nearest_of_all(seen, at_once, monkeypatch):
    monkeypatch.setattr("rrsis_geo.query.boxes.AT_ONCE", at_once)
    tanks, roads = seen.of("tank"), seen.of("road")
    for rows, anchors in ((tanks, roads), (tanks, tanks), (roads, tanks)):
        wanted = planar(rows, anchors, seen).min(axis=1)
        got = gaps.nearest(rows, anchors, seen)
        # 30 km off, the plane and the ellipsoid differ by a part in a million
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-6)


def test_few_are_those_whose_boxes_are_nearest(seen):
    tanks, roads = seen.of("tank"), seen.of("road")
    for rows, anchors in ((tanks, roads), (tanks, tanks)):
        middle = shapely.points(seen.middle[rows])[:, None]
        box = shapely.box(*shapely.bounds(seen.shape[anchors]).T)[None]
        away = shapely.distance(middle, box)
        away[rows[:, None] == anchors[None]] = np.inf
        pairs = few(rows, anchors, seen)
        for place, row in enumerate(rows):
            got = pairs.other[pairs.one == row]
            wanted = np.argsort(away[place], kind="stable")[:FEW]
            wanted = wanted[np.isfinite(away[place, wanted])]
            near = away[place, np.searchsorted(anchors, got)]
            np.testing.assert_allclose(near, away[place, wanted], atol=1e-6)


def test_reachable_leaves_out_nothing_within_reach(seen):
    tanks, roads = seen.of("tank"), seen.of("road")
    pairs = gaps.reachable(tanks, roads, 30.0, seen)
    kept = set(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True))
    one, other = np.nonzero(planar(tanks, roads, seen) <= 30.0)
    assert set(zip(tanks[one].tolist(), roads[other].tolist(), strict=True)) <= kept


@pytest.mark.parametrize("order", ["larger", "smaller", "same"])
def test_sizes_are_compared_with_all(order):
    rng = np.random.default_rng(2)
    boxes = [shapely.box(0, 0, *side) for side in rng.uniform(2, 60, (60, 2))]
    tanks = [translate(box, 100 * i, 0) for i, box in enumerate(boxes[:40])]
    roads = [translate(box, 100 * i, 300) for i, box in enumerate(boxes[40:])]
    seen = seen_of(tanks, roads)
    ratio = seen.area[:40, None] / seen.area[None, 40:]
    near = (np.maximum(ratio, 1 / ratio) < 1.25).any(axis=1)
    wanted = {
        "larger": (ratio >= 1).all(axis=1),
        "smaller": (ratio <= 1).all(axis=1),
        "same": near,
    }
    plan = Plan(expression="?", words=(), root=n.Compared(TANK, order, ROAD))
    assert resolve(plan, seen).rows.tolist() == np.flatnonzero(wanted[order]).tolist()


@pytest.mark.parametrize(
    "root",
    [
        n.Near(TANK, ROAD),
        n.Beside(TANK, "north", ROAD),
        n.Between(TANK, ROAD, None),
        n.Inside(TANK, ROAD),
        n.Surrounded(TANK, ROAD),
        n.Compared(TANK, "same", ROAD),
        n.Isolated(TANK),
        n.Grouped(TANK, "line"),
        n.Grouped(TANK, "cluster"),
    ],
    ids=lambda root: type(root).__name__,
)
def test_memory_is_linear_in_candidates(root):
    def peak(count):
        rng = np.random.default_rng(1)
        spread = 30 * np.sqrt(count)  # as close together, however many
        shapes = crowd(rng, count, spread)
        seen = seen_of(shapes[::2], shapes[1::2])
        tracemalloc.start()
        resolve(Plan(expression="?", words=(), root=root), seen)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(200)  # what is loaded or cached once
    assert peak(4000) < 5 * peak(1000)
