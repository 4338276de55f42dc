"""Every operator agrees with a reference implementation, on grids of every kind."""

import numpy as np
import pytest
import reference_measurements as reference
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_candidates import (
    GRIDS,
    HEIGHT,
    WIDTH,
    answer,
    candidates_of,
    polygons_of,
    random_shapes,
    rows,
    rows_of,
)

from rrsis_geo.language import nodes as n
from rrsis_geo.query.candidates.candidates import Candidates

TANK, ROAD = n.Find("tank"), n.Find("road")
SIDES = ["left", "right", "top", "bottom", "west", "east", "north", "south"]

grids = st.sampled_from(list(GRIDS))
seeds = st.integers(0, 10_000)
many = settings(max_examples=12, deadline=None)
some = settings(max_examples=8, deadline=None)
"""For tests with a slow reference."""


def layout(seed, tanks=10, roads=3):
    return ["tank"] * tanks + ["road"] * roads, random_shapes(seed, tanks + roads)


@many
@given(grids, seeds, st.sampled_from(SIDES), st.integers(1, 4), st.integers(1, 3))
def test_order_from_a_side(place, seed, side, rank, count):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    far = [reference.position_towards(grid, shape, side) for shape in shapes[:10]]
    wanted = sorted(range(10), key=lambda i: -far[i])[rank - 1 : rank - 1 + count]
    got = answer(n.Extreme(TANK, side, rank, count), grid, phrases, shapes)
    assert got.rows.tolist() == sorted(wanted)
    assert [wanted[r - rank] for r in got.rank] == got.rows.tolist()


@many
@given(grids, seeds, st.integers(1, 3))
def test_order_from_the_centre_of_the_scene(place, seed, count):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    centre = shapely.Point(WIDTH / 2, HEIGHT / 2)
    off = [shape.centroid.distance(centre) for shape in shapes[:10]]
    wanted = sorted(sorted(range(10), key=lambda i: off[i])[:count])
    node = n.Middle(TANK, count, of_scene=True)
    assert rows(node, grid, phrases, shapes) == wanted


@many
@given(grids, seeds, st.sampled_from(["largest", "smallest"]), st.integers(1, 4))
def test_order_by_size(place, seed, order, rank):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    area = np.array([reference.square_metres(grid, shape) for shape in shapes[:10]])
    by_size = np.argsort(area if order == "smallest" else -area)
    got = answer(n.Sized(TANK, order, "area", rank, 2), grid, phrases, shapes)
    assert got.rows.tolist() == sorted(by_size[rank - 1 : rank + 1])


@many
@given(grids, seeds, st.sampled_from(["larger", "smaller"]), st.sampled_from([1, 2]))
def test_comparisons_of_area_with_a_factor(place, seed, order, factor):
    grid, (phrases, shapes) = GRIDS[place], layout(seed, roads=1)
    area = np.array([reference.square_metres(grid, shape) for shape in shapes])
    wanted = factor if order == "larger" else 1 / factor
    limit = wanted * area[10]
    if factor != 1:  # nearly twice is enough
        limit *= 1 / 1.25 if order == "larger" else 1.25
    assume((np.abs(area[:10] / limit - 1) > 1e-3).all())
    kept = np.flatnonzero((area[:10] > limit) == (order == "larger")).tolist()
    node = n.Compared(TANK, order, ROAD, factor=wanted)
    assert rows(node, grid, phrases, shapes) == kept


def test_comparisons_of_length_and_width():
    grid, phrases = GRIDS["projected"], ["tank", "tank", "road"]
    shapes = [shapely.box(0, 0, 40, 2), shapely.box(0, 20, 12, 32)]
    shapes.append(shapely.box(0, 40, 20, 48))
    for measure, order, wanted in (
        ("length", "larger", [0]),
        ("length", "smaller", [1]),
        ("width", "larger", [1]),
        ("area", "smaller", [0, 1]),
    ):
        node = n.Compared(TANK, order, ROAD, measure)
        assert rows(node, grid, phrases, shapes) == wanted


@many
@given(grids, seeds, st.floats(100, 4000), st.booleans())
def test_ranges_of_area(place, seed, limit, above):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    area = np.array([reference.square_metres(grid, shape) for shape in shapes[:10]])
    assume((np.abs(area / limit - 1) > 1e-6).all())
    low, high = (limit, None) if above else (None, limit)
    wanted = np.flatnonzero((area > limit) == above).tolist()
    assert rows(n.Measured(TANK, "area", low, high), grid, phrases, shapes) == wanted


@some
@given(grids, seeds, st.floats(2, 200), st.booleans())
def test_distances_are_geodesic_from_outline_to_outline(place, seed, limit, beyond):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    distance = np.array(
        [
            min(reference.metres(grid, tank, road) for road in shapes[10:])
            for tank in shapes[:10]
        ]
    )
    assume((np.abs(distance - limit) > 0.05 + 0.002 * distance).all())
    low, high = (limit, None) if beyond else (None, limit)
    got = answer(n.Within(TANK, ROAD, low, high), grid, phrases, shapes)
    wanted = np.flatnonzero((distance > limit) == beyond)
    assert got.rows.tolist() == wanted.tolist()
    np.testing.assert_allclose(got.distance, distance[wanted], rtol=2e-3, atol=0.05)


@some
@given(grids, seeds, st.sampled_from(["closest", "farthest"]), st.integers(1, 3))
def test_closest_and_farthest(place, seed, order, rank):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    distance = np.array(
        [
            min(reference.metres(grid, tank, road) for road in shapes[10:])
            for tank in shapes[:10]
        ]
    )
    sign = 1 if order == "closest" else -1
    by_distance = np.argsort(sign * distance)
    assume((np.diff(np.sort(distance)) > 0.05 + 0.002 * distance.max()).all())
    got = answer(n.Distant(TANK, order, ROAD, rank), grid, phrases, shapes)
    assert got.rows.tolist() == [by_distance[rank - 1]]
    assert got.rank.tolist() == [rank]


@some
@given(grids, seeds)
def test_nearest_neighbour_of_one_of_the_same_kind(place, seed):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    area = [reference.square_metres(grid, shape) for shape in shapes[:10]]
    largest = int(np.argmax(area))
    distance = {
        i: reference.metres(grid, shapes[i], shapes[largest])
        for i in range(10)
        if i != largest
    }
    nearest, second = sorted(distance, key=distance.get)[:2]
    assume(distance[second] - distance[nearest] > 0.1)
    root = n.Distant(TANK, "closest", n.Sized(TANK, "largest"))
    got = answer(root, grid, phrases, shapes)
    assert got.rows.tolist() == [nearest]
    assert next(iter(got.anchors.values())).tolist() == [largest]


@many
@given(grids, seeds, st.sampled_from(["left", "right", "top", "bottom"]))
def test_halves_of_the_image(place, seed, side):
    phrases, shapes = layout(seed)
    middle = np.array([(s.centroid.x / WIDTH, s.centroid.y / HEIGHT) for s in shapes])
    share = middle[:10, 0 if side in ("left", "right") else 1]
    assume((np.abs(share - 0.5) > 0.01).all())
    low = side in ("left", "top")
    wanted = np.flatnonzero((share < 0.5) == low).tolist()
    place_node = n.InPlace(TANK, side, "half")
    assert rows(place_node, GRIDS[place], phrases, shapes) == wanted


@many
@given(grids, seeds, st.sampled_from(["west", "east", "north", "south"]))
def test_halves_of_the_map(place, seed, side):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    frame = shapely.segmentize(shapely.box(0, 0, WIDTH, HEIGHT), 10)
    rim = reference.lonlat(grid, shapely.get_coordinates(frame))
    axis = 0 if side in ("west", "east") else 1
    middle = reference.lonlat(grid, [(s.centroid.x, s.centroid.y) for s in shapes[:10]])
    share = (middle - rim.min(axis=0)) / np.ptp(rim, axis=0)
    share = share[:, axis]
    if grid.crs is None and axis == 1:
        share = 1 - share
    assume((np.abs(share - 0.5) > 0.01).all())
    wanted = np.flatnonzero((share < 0.5) == (side in ("west", "south"))).tolist()
    assert rows(n.InPlace(TANK, side, "half"), grid, phrases, shapes) == wanted


@many
@given(grids, seeds, st.sampled_from(SIDES))
def test_one_side_of_an_anchor(place, seed, side):
    grid, (phrases, shapes) = GRIDS[place], layout(seed, 12, 1)
    anchor = shapes[12]
    opposite = dict(zip(SIDES, [SIDES[i ^ 1] for i in range(8)], strict=True))
    across = {"left": ["top", "bottom"], "top": ["left", "right"]}
    across |= {"west": ["north", "south"], "north": ["west", "east"]}
    across |= {"right": across["left"], "bottom": across["top"]}
    across |= {"east": across["west"], "south": across["north"]}

    def out(shape, way):
        size = max(WIDTH, HEIGHT) / 1000
        scale = 1.0
        if way not in ("left", "right", "top", "bottom") and grid.crs is not None:
            lat = reference.lonlat(grid, [(0, 0)])[0, 1]
            east = way in ("west", "east")
            scale = 111_000 * (np.cos(np.radians(lat)) if east else 1.0)
        distance = reference.position_towards(
            grid, shape, way
        ) - reference.position_towards(grid, anchor, way)
        return distance * scale * size

    got = set(rows(n.Beside(TANK, side, ROAD), grid, phrases, shapes))
    for i, shape in enumerate(shapes[:12]):
        ahead = out(shape, side)
        sideways = max(out(shape, way) for way in across[side])
        apart = shape.distance(anchor) > 40
        if apart and ahead > 2.5 * sideways:
            assert i in got
        if out(shape, opposite[side]) > 0:
            assert i not in got


@many
@given(grids, seeds)
def test_inside_is_containment_in_the_outline(place, seed):
    grid = GRIDS[place]
    shapes = random_shapes(seed, 10)
    yard = shapely.box(WIDTH * 0.3, HEIGHT * 0.2, WIDTH * 0.8, HEIGHT * 0.7)
    share = np.array([yard.intersection(s).area / s.area for s in shapes])
    assume((np.abs(share - 0.5) > 0.05).all())
    # the yard's outline has holes where objects stand
    holed = yard.difference(shapely.union_all([s.buffer(2) for s in shapes]))
    whole = max(shapely.get_parts(holed), key=lambda part: part.area)
    assume(abs(whole.convex_hull.area / yard.area - 1) < 0.02)
    got = rows(
        n.Inside(TANK, n.Find("yard")),
        grid,
        ["tank"] * 10 + ["yard"],
        [*shapes, whole],
    )
    clear = [i for i in range(10) if share[i] in (0.0, 1.0)]
    inside = [
        i
        for i in clear
        if share[i] == 1.0 and shapely.Polygon(whole.exterior).covers(shapes[i])
    ]
    assert [i for i in got if i in clear] == inside


@pytest.mark.parametrize("place", GRIDS)
def test_between_two_anchors(place):
    ends = [shapely.box(100, 300, 140, 340), shapely.box(700, 320, 760, 380)]
    inner = [shapely.box(400, 310, 430, 350), shapely.box(250, 330, 270, 350)]
    outer = [shapely.box(10, 300, 40, 330), shapely.box(400, 20, 430, 50)]
    outer += [shapely.box(820, 330, 850, 360), shapely.box(200, 620, 240, 660)]
    shapes, phrases = [*inner, *outer, *ends], ["tank"] * 6 + ["road"] * 2
    grid = GRIDS[place]
    assert rows(n.Between(TANK, ROAD, None), grid, phrases, shapes) == [0, 1]
    two = n.Between(TANK, n.Extreme(ROAD, "left"), n.Extreme(ROAD, "right"))
    assert rows(two, grid, phrases, shapes) == [0, 1]


@pytest.mark.parametrize("place", GRIDS)
def test_surrounded_and_holding(place):
    grid = GRIDS[place]
    tanks = [shapely.box(x, y, x + 20, y + 20) for x, y in [(200, 200), (600, 500)]]
    centre = shapely.Point(210, 210)
    ring = centre.buffer(60).difference(centre.buffer(40))
    phrases = ["tank", "tank", "wall"]
    wall = n.Find("wall")
    assert rows(n.Surrounded(TANK, wall), grid, phrases, [*tanks, ring]) == [0]
    assert rows(n.Holding(wall, TANK), grid, phrases, [*tanks, ring]) == [2]


@many
@given(grids, seeds)
def test_differences_and_unions_are_those_of_sets(place, seed):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    candidates = candidates_of(grid, phrases, shapes)
    every = rows_of(TANK, candidates)
    largest = n.Sized(TANK, "largest", count=3)
    left = n.InPlace(TANK, "left", "half")
    some = set(rows_of(largest, candidates))
    there = set(rows_of(left, candidates))
    assert rows_of(n.Except(TANK, largest), candidates) == sorted(set(every) - some)
    assert rows_of(n.Except(TANK, left), candidates) == sorted(set(every) - there)
    assert rows_of(n.Union((largest, left, ROAD)), candidates) == sorted(
        some | there | {10, 11, 12}
    )


@many
@given(grids, seeds, st.sampled_from(SIDES), st.randoms())
def test_the_order_of_the_candidates_does_not_matter(place, seed, side, random):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    order = list(range(len(shapes)))
    random.shuffle(order)
    ordered = candidates_of(grid, phrases, shapes)
    shuffled = candidates_of(
        grid, [phrases[i] for i in order], [shapes[i] for i in order]
    )
    for root in (
        n.Extreme(n.Near(TANK, ROAD), side, 1, 2),
        n.Beside(TANK, side, n.Sized(ROAD, "largest")),
        n.Grouped(TANK, "cluster"),
        n.Members(n.Extreme(n.Grouped(TANK, "line"), side)),
        n.SizeClass(TANK, "big"),
    ):
        mixed = rows_of(root, shuffled)
        assert sorted(order[i] for i in mixed) == rows_of(root, ordered)


@many
@given(grids, seeds)
def test_candidates_of_low_score_are_not_ranked_first(place, seed):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    plain = candidates_of(grid, phrases, shapes)
    largest = rows_of(n.Sized(TANK, "largest"), plain)
    smallest = rows_of(n.Sized(TANK, "smallest"), plain)
    doubtful = shapely.box(-400, -400, -100, -100)
    fragments = [shapely.box(-50 - 5 * i, 0, -49 - 5 * i, 1) for i in range(20)]
    scores = [0.95] * len(shapes) + [0.52] + [0.55] * 20
    more = [*shapes, doubtful, *fragments], phrases + ["tank"] * 21
    mixed = candidates_of(grid, more[1], more[0], scores)
    assert rows_of(n.Sized(TANK, "largest"), mixed) == largest
    assert rows_of(n.Sized(TANK, "smallest"), mixed) == smallest
    sure = [0.95] * len(shapes) + [0.99] + [0.55] * 20
    assert rows(n.Sized(TANK, "largest"), grid, more[1], more[0], sure) == [13]


def test_ties_are_reported():
    same = [shapely.box(x, 100, x + 20, 120) for x in (50, 200, 350)]
    far = [shapely.box(700, 600, 730, 630)]
    grid, phrases = GRIDS["projected"], ["tank"] * 4
    got = answer(n.Counted(TANK, 1), grid, phrases, same + far)
    assert got.rows.tolist() == [0, 1, 2, 3]
    assert got.advice == ("4 objects fit equally",)
    got = answer(n.Sized(TANK, "smallest"), grid, phrases, same + far)
    assert len(got.rows) == 1
    assert got.advice == ("3 objects have about the same area",)
    assert answer(n.Sized(TANK, "largest"), grid, phrases, same + far).advice == ()


def test_an_object_found_for_two_phrases_is_not_its_own_anchor():
    grid = GRIDS["projected"]
    tanks = [shapely.box(100, 100, 140, 140), shapely.box(600, 100, 640, 140)]
    doubles = [shapely.box(101, 100, 141, 140), shapely.box(655, 100, 700, 140)]
    phrases = ["tank", "tank", "road", "road"]
    scores = [0.9, 0.9, 0.6, 0.9]
    got = answer(n.Near(TANK, ROAD), grid, phrases, tanks + doubles, scores)
    assert got.rows.tolist() == [1]
    assert got.distance == pytest.approx([7.5], abs=0.05)


def test_places_refer_to_the_area_of_interest():
    grid, phrases = GRIDS["projected"], ["tank"] * 2
    shapes = [shapely.box(60, 300, 80, 320), shapely.box(300, 300, 320, 320)]
    right = n.InPlace(TANK, "right", "half")
    assert rows(right, grid, phrases, shapes) == []
    area = shapely.box(0, 0, 400, HEIGHT)
    assert rows(right, grid, phrases, shapes, area=area) == [1]


def test_without_candidates_the_answer_is_empty():
    roots = (
        TANK,
        n.Sized(TANK, "largest"),
        n.Near(TANK, ROAD),
        n.Between(TANK, ROAD, None),
        n.Beside(TANK, "left", ROAD),
        n.Surrounded(TANK, ROAD),
        n.Holding(TANK, ROAD),
        n.Grouped(TANK, "line", 3),
        n.Members(n.Grouped(TANK, "cluster")),
        n.Isolated(TANK),
        n.Except(TANK, n.Near(TANK, ROAD)),
        n.Middle(TANK),
        n.SizeClass(TANK, "big"),
        n.Compared(TANK, "larger", ROAD),
        n.Measured(TANK, "length", 3, None),
        n.Counted(TANK, 2),
    )
    for phrases, shapes in (([], []), (["road"], [shapely.box(9, 9, 20, 20)])):
        names = list(dict.fromkeys([*phrases, "tank", "road"]))
        polygons = polygons_of(GRIDS["projected"], phrases, shapes)
        candidates = Candidates(polygons, GRIDS["projected"], names)
        for root in roots:
            assert rows_of(root, candidates) == []


@some
@given(grids, st.permutations([2, 3, 5]))
def test_groups_by_number_of_members(place, sizes):
    """The smaller the cluster, the larger its members."""
    shapes, members = [], {}
    for column, size in enumerate(sizes):
        side = 14 - 2 * size
        members[size] = list(range(len(shapes), len(shapes) + size))
        shapes += [
            shapely.box(x, y, x + side, y + side)
            for x, y in (
                (20 + 120 * column + (side + 3) * nth, 40 + 60 * column)
                for nth in range(size)
            )
        ]
    candidates = candidates_of(GRIDS[place], ["tank"] * len(shapes), shapes)
    for least in (2, 3, 4, 5):
        wanted = sorted(i for size in sizes if size >= least for i in members[size])
        clusters = n.Grouped(TANK, "cluster", least, or_more=True)
        assert rows_of(clusters, candidates) == wanted
    groups = n.Grouped(TANK, "cluster")
    for order, ranked in (("largest", (5, 3, 2)), ("smallest", (2, 3, 5))):
        for rank, size in enumerate(ranked, start=1):
            picked = n.Sized(groups, order, "number", rank)
            assert rows_of(picked, candidates) == members[size]
    assert rows_of(n.Sized(groups, "largest"), candidates) == members[2]


@many
@given(grids, seeds, st.sampled_from(["left", "top", "bottom right", "centre"]))
def test_a_place_among_objects_is_relative_to_their_extent(place, seed, where):
    grid, (phrases, shapes) = GRIDS[place], layout(seed)
    polygons = polygons_of(grid, phrases, shapes)
    tanks = shapely.box(*shapely.total_bounds(shapes[:10]))
    answers = [
        rows_of(
            n.InPlace(TANK, where, among=among),
            Candidates(polygons, grid, ["tank", "road"], area=area),
        )
        for among, area in ((True, None), (False, tanks))
    ]
    assert answers[0] == answers[1]
