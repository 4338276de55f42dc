"""Parts of sets: one of each row, the northern half, shares that nobody can choose."""

import numpy as np
import pytest
import reference_measurements as reference
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from random_candidates import GRIDS, answer, random_shapes, rows

from rrsis_geo.language import nodes as n
from rrsis_geo.query import make_plan
from rrsis_geo.query.decision.evidence import asked_number

TANK = n.Find("storage tank")
SIDES = ["left", "right", "top", "bottom", "west", "east", "north", "south"]

many = settings(max_examples=12, deadline=None)


def rows_of_squares(seed, lengths):
    """Squares of random sizes in rows far apart, and the row of each."""
    rng = np.random.default_rng(seed)
    shapes, owner = [], []
    for row, length in enumerate(lengths):
        for column in range(length):
            half = rng.uniform(9, 13)
            x, y = 60 + 45 * column, 80 + 200 * row
            shapes.append(shapely.box(x - half, y - half, x + half, y + half))
            owner.append(row)
    order = rng.permutation(len(shapes))
    return [shapes[i] for i in order], np.array(owner)[order]


@many
@given(
    st.sampled_from(["projected", "pixels", "south-up"]),
    st.integers(0, 10_000),
    st.lists(st.integers(3, 7), min_size=1, max_size=3),
    st.sampled_from(["largest", "leftmost", "second largest"]),
)
def test_what_is_chosen_in_every_row_is_chosen_row_by_row(place, seed, lengths, which):
    shapes, owner = rows_of_squares(seed, lengths)
    centre = [shape.centroid.x for shape in shapes]
    area = [-shape.area for shape in shapes]
    key = np.array(centre if which == "leftmost" else area)
    rank = 1 if which == "second largest" else 0
    wanted = []
    for row in range(len(lengths)):
        members = np.flatnonzero(owner == row)
        wanted.append(int(members[np.argsort(key[members])[rank]]))
    plan = make_plan(f"the {which} tank in every row")
    phrases = ["storage tank"] * len(shapes)
    assert rows(plan.root, GRIDS[place], phrases, shapes) == sorted(wanted)


def test_a_number_is_counted_in_every_row():
    shapes, owner = rows_of_squares(1, [4, 5])
    phrases = ["storage tank"] * len(shapes)
    found = rows(
        make_plan("any two of the tanks in every row").root,
        GRIDS["pixels"],
        phrases,
        shapes,
    )
    assert sorted(owner[found]) == [0, 0, 1, 1]


@many
@given(
    st.sampled_from(list(GRIDS)),
    st.integers(0, 10_000),
    st.sampled_from(SIDES),
    st.sampled_from([("half", 1 / 2), ("third", 1 / 3), ("quarter", 1 / 4)]),
    st.integers(1, 12),
)
def test_a_share_on_one_side_is_a_number_from_that_side(
    place, seed, side, share, count
):
    grid, shapes = GRIDS[place], random_shapes(seed, count)
    far = [reference.position_towards(grid, shape, side) for shape in shapes]
    kept = max(1, round(share[1] * count))
    wanted = sorted(sorted(range(count), key=lambda i: -far[i])[:kept])
    plan = make_plan(f"the {side} {share[0]} of the tanks")
    got = answer(plan.root, grid, ["storage tank"] * count, shapes)
    assert got.rows.tolist() == wanted
    assert plan.root.share == pytest.approx(share[1])


OPEN = {
    "half of the tanks": "half of",
    "a third of the ships": "third of",
    "30% of the houses": "30 percent of",
    "most of the tanks": "most of",
    "none of the tanks": "none of",
    "are there no ships in the harbour?": "no",
}


@pytest.mark.parametrize(("text", "words"), OPEN.items())
def test_a_share_that_nobody_can_choose_gives_all_and_says_so(text, words):
    notes = make_plan(text).notes
    assert notes == (f'"{words}" cannot be worked out, so all are given',)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("the largest tank", 1),
        ("the largest tank in every row", None),
        ("the northern half of the tanks", None),
    ],
)
def test_how_many_are_asked_for_is_open_where_groups_or_shares_decide(text, number):
    assert asked_number(make_plan(text)) == number
