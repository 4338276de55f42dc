"""Which things people mean where words hold for none, for all, or for a twin."""

import pytest
import shapely
from found_things import GRIDS, HEIGHT, WIDTH, as_found

from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import resolve


def meant(expression, *found):
    """Places of the things that are meant; each is (phrase, x, y, side, score)."""
    plan = make_plan(expression)
    shapes = [
        shapely.box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        for _, x, y, side, _ in found
    ]
    grid = GRIDS["projected"]
    polygons = as_found(
        grid, [one[0] for one in found], shapes, [one[4] for one in found]
    )
    names = list(dict.fromkeys([*plan.phrases, *(one[0] for one in found)]))
    return resolve(plan, Candidates(polygons, grid, names)).rows.tolist()


def courts(*places):
    return [("court", x * WIDTH, y * HEIGHT, 30, 1.0) for x, y in places]


def tanks(*sides):
    return [
        ("storage tank", 60 + 90 * place, 300, side, 1.0)
        for place, side in enumerate(sides)
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("upper right court", [1]),  # the word compares the courts
        ("court in the upper right", []),  # none lies there
        ("court in the left half", []),
        ("the court in the top right corner", []),
        ("any court in the top left corner", []),
    ],
)
def test_a_word_of_the_thing_compares_and_one_of_the_scene_does_not(
    expression, expected
):
    assert meant(expression, *courts((0.65, 0.9), (0.75, 0.7))) == expected


def test_a_lone_thing_is_not_compared():
    assert meant("upper left court", *courts((0.7, 0.8))) == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("court on the right", [1]),  # a little over the line, and the best
        ("courts on the right", []),
        ("court in the right half", [1]),
        ("court in the right third", []),
    ],
)
def test_the_line_of_a_part_is_nobodys_exactly(expression, expected):
    assert meant(expression, *courts((0.1, 0.5), (0.54, 0.5))) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("court on the left", [0]), ("courts on the left", [0, 1])],
)
def test_of_one_thing_the_one_that_lies_there_best_is_meant(expression, expected):
    assert meant(expression, *courts((0.05, 0.5), (0.39, 0.5), (0.9, 0.5))) == expected


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
def test_sizes_describe_where_they_do_not_tell_apart(expression, sides, expected):
    assert meant(expression, *tanks(*sides)) == expected


def test_a_sure_thing_is_big_before_a_doubtful_one():
    found = tanks(30, 34, 32, 33)
    found[1] = (*found[1][:4], 0.62)
    assert meant("two big tanks", *found) == [2, 3]


def test_just_above_is_the_next_one_that_way():
    column = [("storage tank", 400, y, 20, 1.0) for y in (100, 300, 500, 690)]
    assert meant("the tank just above the bottom one", *column) == [2]


def test_the_red_one_of_a_kind_is_the_anchor():
    """Asked for ships and for red ships the network finds the red one twice."""
    ships = [("ship", x, 300, 30, 0.95) for x in (100, 200, 300)]
    red = ("red ship", 200, 300, 30, 0.9)
    assert meant("the ship right of the red ship", *ships, red) == [2]
    assert 1 not in meant("ships next to the red ship", *ships, red)


def test_a_blob_of_two_classes_is_what_the_network_was_surer_of():
    tank, twin = ("storage tank", 200, 300, 40, 0.7), ("building", 200, 300, 40, 0.95)
    other = ("storage tank", 260, 300, 40, 0.9)
    assert meant("tanks next to the building", tank, other, twin) == [1]


def test_nothing_is_the_closest_to_what_is_not_there():
    plan = make_plan("the court closest to the pond")
    found = as_found(
        GRIDS["projected"],
        ["court", "court"],
        [shapely.box(100, 100, 130, 130), shapely.box(400, 400, 430, 430)],
    )
    candidates = Candidates(found, GRIDS["projected"], plan.phrases)
    answer = resolve(plan, candidates)
    assert answer.rows.tolist() == []
    assert answer.advice == ('which is closest is open: found no "pond"',)


def test_the_only_one_there_is_the_closest():
    assert meant("the court closest to the pond", *courts((0.3, 0.3))) == [0]
