"""Which objects people mean if the words fit none, all, or one found twice."""

import pytest
import shapely
from random_candidates import GRIDS, HEIGHT, WIDTH, polygons_of

from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import resolve


def selected(expression, *objects):
    """Indices of the objects that an expression selects.

    Args:
        expression: As typed.
        objects: (phrase, x, y, side, score) of squares, in pixels.
    """
    plan = make_plan(expression)
    shapes = [
        shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        for _, x, y, side, _ in objects
    ]
    grid = GRIDS["projected"]
    polygons = polygons_of(
        grid, [one[0] for one in objects], shapes, [one[4] for one in objects]
    )
    names = list(dict.fromkeys([*plan.phrases, *(one[0] for one in objects)]))
    return resolve(plan, Candidates(polygons, grid, names)).rows.tolist()


def courts(*positions):
    return [("court", x * WIDTH, y * HEIGHT, 30, 1.0) for x, y in positions]


def tanks(*sides):
    return [
        ("storage tank", 60 + 90 * index, 300, side, 1.0)
        for index, side in enumerate(sides)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("upper right court", [1]),  # compares the courts
        ("court in the upper right", []),  # a part of the scene, where none is
        ("court in the left half", []),
        ("the court in the top right corner", []),
        ("any court in the top left corner", []),
    ],
)
def test_premodifiers_of_place_compare_and_prepositional_phrases_do_not(
    expression, expected
):
    assert selected(expression, *courts((0.65, 0.9), (0.75, 0.7))) == expected


def test_a_single_object_is_not_compared():
    assert selected("upper left court", *courts((0.7, 0.8))) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("court on the right", [1]),  # slightly beyond the boundary, and the best
        ("courts on the right", []),
        ("court in the right half", [1]),
        ("court in the right third", []),
    ],
)
def test_boundaries_of_parts_are_vague_and_of_halves_exact(expression, expected):
    assert selected(expression, *courts((0.1, 0.5), (0.54, 0.5))) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("court on the left", [0]), ("courts on the left", [0, 1])],
)
def test_the_singular_selects_the_best_fit(expression, expected):
    assert (
        selected(expression, *courts((0.05, 0.5), (0.39, 0.5), (0.9, 0.5))) == expected
    )


@pytest.mark.parametrize(
    ("expression", "sides", "expected"),
    [
        ("big tanks", (30, 31, 32, 30), [0, 1, 2, 3]),  # none stands out
        ("large tank", (30,), [0]),
        ("big tanks", (30, 31, 60, 30), [2]),
        ("the small tank", (30, 31, 29), [2]),
        ("three big tanks", (30, 34, 32, 20, 33), [1, 2, 4]),
        ("the leftmost of the two big tanks", (30, 34, 32, 20, 33), [1]),
        ("the rightmost big tank", (30, 31, 32, 30), [3]),
    ],
)
def test_size_words_select_all_if_no_object_stands_out(expression, sides, expected):
    assert selected(expression, *tanks(*sides)) == expected


def test_confident_objects_are_preferred_by_size_words():
    objects = tanks(30, 34, 32, 33)
    objects[1] = (*objects[1][:4], 0.62)
    assert selected("two big tanks", *objects) == [2, 3]


def test_just_above_selects_the_next_object_in_that_direction():
    column = [("storage tank", 400, y, 20, 1.0) for y in (100, 300, 500, 690)]
    assert selected("the tank just above the bottom one", *column) == [2]


def test_the_object_of_the_more_specific_phrase_is_the_anchor():
    """The network finds the red ship for both phrases."""
    ships = [("ship", x, 300, 30, 0.95) for x in (100, 200, 300)]
    red = ("red ship", 200, 300, 30, 0.9)
    assert selected("the ship right of the red ship", *ships, red) == [2]
    assert 1 not in selected("ships next to the red ship", *ships, red)


def test_an_object_of_two_classes_belongs_to_the_one_with_the_higher_score():
    tank, duplicate = (
        ("storage tank", 200, 300, 40, 0.7),
        ("building", 200, 300, 40, 0.95),
    )
    other = ("storage tank", 260, 300, 40, 0.9)
    assert selected("tanks next to the building", tank, other, duplicate) == [1]


def test_nothing_is_closest_to_an_anchor_that_was_not_found():
    plan = make_plan("the court closest to the pond")
    polygons = polygons_of(
        GRIDS["projected"],
        ["court", "court"],
        [shapely.box(100, 100, 130, 130), shapely.box(400, 400, 430, 430)],
    )
    candidates = Candidates(polygons, GRIDS["projected"], plan.phrases)
    answer = resolve(plan, candidates)
    assert answer.rows.tolist() == []
    assert answer.advice == ('which is closest is open: found no "pond"',)


def test_a_single_object_is_closest_even_without_an_anchor():
    assert selected("the court closest to the pond", *courts((0.3, 0.3))) == [0]
