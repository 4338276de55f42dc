"""Which way aircraft and ships point, measured on outlines."""

import numpy as np
import pyproj
import pytest
import shapely
from random_candidates import (
    GRIDS,
    answer,
    polygons_of,
    rows_of,
)
from shapely.affinity import rotate, scale, translate

from rrsis_geo.language import nodes as n
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.geometry.outline_heading import headings

SQUARE_PIXELS = [name for name in GRIDS if name != "geographic"]
"""Grids on which shapes in pixels are those on the ground."""

PLANE = shapely.union_all(
    [
        shapely.box(-2, -22, 2, 20),
        shapely.Polygon([(0, -8), (22, 6), (22, 9), (0, 2), (-22, 9), (-22, 6)]),
        shapely.Polygon([(0, 13), (8, 18), (8, 20), (-8, 20), (-8, 18)]),
    ]
)
"""Points up in an image, where y grows downwards."""

FREIGHTER = shapely.Polygon([(0, -30), (5, -18), (5, 28), (-5, 28), (-5, -18)])
BODIES = {"plane": PLANE, "freighter": FREIGHTER}

TURNS = list(range(0, 360, 15))
"""Degrees clockwise from up."""

WAYS = {"top": 0, "top right": 45, "right": 90, "bottom right": 135, "bottom": 180}
WAYS |= {"bottom left": 225, "left": 270, "top left": 315}
COMPASS = {"north": 0, "north east": 45, "east": 90, "south east": 135, "south": 180}
COMPASS |= {"south west": 225, "west": 270, "north west": 315}
THING = n.Find("plane")


def turned(body, degrees):
    """A body in the middle of a scene; in an image positive angles are clockwise."""
    return translate(rotate(BODIES[body], degrees, origin=(0, 0)), 400, 300)


def apart(one, other):
    """Degrees between two directions."""
    return np.abs((np.asarray(one) - other + 180) % 360 - 180)


@pytest.mark.parametrize("size", [0.3, 1, 40])
@pytest.mark.parametrize("body", BODIES)
def test_the_front_of_a_body_turned_any_way(body, size):
    outlines = [scale(turned(body, turn), size, size) for turn in TURNS]
    way, chance = headings(np.array(outlines))
    bearing = np.degrees(np.arctan2(way[:, 0], -way[:, 1]))
    assert apart(bearing, TURNS).max() <= 6
    assert chance.min() > 0.85


@pytest.mark.parametrize("body", BODIES)
def test_a_mirror_image_points_the_mirrored_way(body):
    outlines = [scale(turned(body, turn), 1, -1) for turn in TURNS]
    way, _ = headings(np.array(outlines))
    bearing = np.degrees(np.arctan2(way[:, 0], -way[:, 1]))
    assert apart(bearing, 180 - np.array(TURNS)).max() <= 6


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Point(9, 9).buffer(5),
        shapely.box(0, 0, 9, 60),
        shapely.Polygon(),
        shapely.LineString([(0, 0), (3, 3)]),
    ],
)
def test_nothing_is_sure_of_a_shape_with_equal_ends(shape):
    way, chance = headings(np.array([shape]))
    assert np.hypot(*way.T) == pytest.approx(1)
    assert 0.5 <= chance[0] < 0.7


def test_no_outlines_have_no_headings():
    way, chance = headings(np.array([], object))
    assert way.shape == (0, 2)
    assert chance.shape == (0,)


@pytest.mark.parametrize("name", SQUARE_PIXELS)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("side", WAYS)
def test_screen_words_mean_the_image_however_the_map_is_turned(side, body, name):
    shapes = [turned(body, turn) for turn in TURNS]
    root = n.Facing(THING, side)
    found = answer(root, GRIDS[name], ["plane"] * len(shapes), shapes).rows
    turn = apart(TURNS, WAYS[side])
    reach = 30 if " " in side else 44
    assert set(np.flatnonzero(turn <= reach)) <= set(found)
    assert (turn[found] <= reach + 14).all()


@pytest.mark.parametrize("name", SQUARE_PIXELS)
@pytest.mark.parametrize("side", COMPASS)
def test_compass_words_mean_true_north(side, name):
    grid = GRIDS[name]
    shapes = [turned("plane", turn) for turn in TURNS]
    nose = np.column_stack(
        [400 + 20 * np.sin(np.radians(TURNS)), 300 - 20 * np.cos(np.radians(TURNS))]
    )
    bearing = np.array(TURNS, float)
    if grid.crs is not None:
        to = pyproj.Transformer.from_crs(grid.crs, 4326, always_xy=True).transform
        ends = [to(*(grid.transform @ tuple(point))) for point in [(400, 300), *nose]]
        lon, lat = np.array(ends).T
        start = np.full(len(TURNS), lon[0]), np.full(len(TURNS), lat[0])
        bearing = np.array(pyproj.Geod(ellps="WGS84").inv(*start, lon[1:], lat[1:])[0])
    root = n.Facing(THING, side)
    found = answer(root, grid, ["plane"] * len(shapes), shapes).rows
    turn = apart(bearing, COMPASS[side])
    reach = 30 if " " in side else 44
    assert set(np.flatnonzero(turn <= reach)) <= set(found)
    assert (turn[found] <= reach + 14).all()


def test_a_group_faces_where_its_members_do():
    shapes = [
        translate(turned("plane", turn), 60 * k) for k, turn in enumerate([0] * 4)
    ]
    root = n.Facing(n.Grouped(THING, "row"), "top")
    assert len(answer(root, GRIDS["projected"], ["plane"] * 4, shapes).rows) == 4
    root = n.Facing(n.Grouped(THING, "row"), "left")
    assert not len(answer(root, GRIDS["projected"], ["plane"] * 4, shapes).rows)


def test_nothing_to_choose_from_gives_nothing():
    polygons = polygons_of(GRIDS["projected"], [], [])
    candidates = Candidates(polygons, GRIDS["projected"], ["plane"])
    assert not rows_of(n.Facing(THING, "left"), candidates)


@pytest.mark.parametrize(
    "expression",
    [
        "houses facing the river",
        "plane facing the terminal",
        "stands facing north",
        "planes facing the same way",
        "planes facing left or right",
    ],
)
def test_other_things_and_other_ways_stay_with_the_network(expression):
    assert "Facing" not in repr(make_plan(expression).root)
