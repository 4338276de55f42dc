"""Automatic routing between the map and the network on images of one window."""

import pytest
import shapely
from random_candidates import GRIDS, polygons_of

from rrsis_geo.query.query_batch import QueryBatch, make_batch


class SmallGrid:
    """An image of 480 x 480 pixels, the size of a window."""

    width = height = 480


def auto(text, grid=SmallGrid):
    known = ("storage_tank", "building")
    return make_batch([text], "auto", grid=grid, window_size=480, categories=known)


def test_auto_on_an_image_of_one_window():
    # evaluated on the map; the network gets the whole expression as well
    largest = auto("the largest tank")
    assert largest.texts == ("storage tank", "the largest tank")
    assert largest.modes == ("both",)
    # relations that the network resolves better stay with it
    assert auto("tanks near the building").texts == ("tanks near the building",)
    assert auto("the three white tanks").texts == ("the three white tanks",)
    # larger scenes are evaluated on the map
    assert auto("the largest tank", None).texts == ("storage tank",)
    both = auto("tanks near the building", None).texts
    assert both == ("storage tank", "building")
    # groups are selected by whatever detects them
    row = "the northernmost row of tanks"
    assert auto(row).texts == (row,)
    assert auto(row, None).texts == ("storage tank",)
    # a union needs weights that know both categories
    pier = "the two leftmost tanks and the pier"
    assert auto(pier).texts == (pier,)
    assert len(auto("the leftmost tank and the largest building").texts) == 3


FAR = shapely.box(700, 500, 740, 540)
UPPER_LEFT = shapely.box(20, 20, 60, 60)


def test_the_network_decides_where_the_plan_selects_nothing():
    grid = GRIDS["projected"]
    query = auto("the dark tank in the upper left corner")
    assert query.whole_expressions == ("the dark tank in the upper left corner",)
    for score, left in ((0.9, 1), (0.6, 0)):
        polygons = polygons_of(grid, query.texts, [FAR, UPPER_LEFT], [0.9, score])
        selected = query.answer(polygons, grid, None).polygons
        assert len(selected) == left
        assert set(selected.columns["expression"]) <= set(query.expressions)
    # phrases with words of appearance may miss an object, plain nouns do not
    for text, left in (
        ("the dark tank in the upper left corner", 1),
        ("tanks left of the building", 0),
    ):
        polygons = polygons_of(grid, [text], [UPPER_LEFT], [0.9])
        assert len(auto(text).answer(polygons, grid, None).polygons) == left


def test_places_of_plain_nouns_are_not_overruled_by_the_network():
    grid = GRIDS["projected"]
    for text, left in (
        ("the tank in the upper left corner", 0),
        ("tanks at the left edge", 0),
        ("the dark tank in the upper left corner", 1),
    ):
        query = auto(text)
        assert len(query.texts) == 2
        polygons = polygons_of(grid, query.texts, [FAR, UPPER_LEFT], [0.9, 0.9])
        assert len(query.answer(polygons, grid, None).polygons) == left


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("the dark tank on the left", "left"),
        ("the dark tank left of the building", "left"),
        ("the dark tank right of the building", "right"),
    ],
)
def test_answers_of_the_network_are_checked_against_the_plan(text, accepted):
    grid = GRIDS["projected"]
    matches = {
        "left": shapely.box(100, 300, 140, 340),
        "right": shapely.box(700, 300, 740, 340),
    }
    wrong = shapely.box(830, 60, 850, 80)  # the only dark tank found
    if accepted == "right":
        wrong = shapely.box(30, 60, 50, 80)
    query = auto(text)
    for side, shape in matches.items():
        shapes = {query.texts[0]: wrong, text: shape}
        if "building" in query.texts:
            shapes["building"] = shapely.box(400, 300, 440, 340)
        polygons = polygons_of(
            grid, list(shapes), list(shapes.values()), [0.9] * len(shapes)
        )
        selected = query.answer(polygons, grid, None).polygons
        assert len(selected) == int(side == accepted)


def test_whole_expressions_are_restored_from_the_raster():
    questions = auto("the largest tank")
    tags = questions.tags()
    assert QueryBatch.from_tags(tags, questions.texts, "x.tif") == questions


def test_answers_of_the_network_have_distances():
    grid = GRIDS["projected"]
    query = auto("the leftmost dark tank within 200 m of the building")
    expression = query.whole_expressions[0]
    shapes = {
        query.texts[0]: shapely.box(860, 660, 880, 680),
        "building": shapely.box(100, 100, 140, 140),
        expression: shapely.box(180, 100, 200, 120),
    }
    polygons = polygons_of(grid, list(shapes), list(shapes.values()), [0.9] * 3)
    (away,) = query.answer(polygons, grid, None).polygons.columns["distance_m"]
    assert away == pytest.approx(20.0, rel=1e-3)
