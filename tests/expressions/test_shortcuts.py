"""What is worked out once, or without checks, is what the plain way gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import random_layout

from rrsis_geo.expressions.image_regions import PLACES, in_place, places_of
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.size_and_shape import shaped
from rrsis_geo.expressions.wording.weighted_choice import pick


@given(
    st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=30).filter(any),
    st.integers(0, 99),
)
def test_a_pick_is_numpys_choice_and_leaves_the_same_state(weights, seed):
    weight = np.array(weights)
    if not np.isclose((weight / weight.sum()).sum(), 1):  # vanishingly small ones
        return
    mine, numpys = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(5):
        wanted = numpys.choice(len(weight), p=weight / weight.sum())
        assert pick(mine, weight) == wanted
    assert mine.random() == numpys.random()


@pytest.mark.parametrize("seed", range(20))
def test_places_and_members_of_objects(seed):
    measured = measure(random_layout(seed))
    for row in range(len(measured)):
        wanted = [place for place in PLACES if in_place(measured, place)[0][row]]
        assert places_of(measured, row) == wanted
        assert row in measured.members(str(measured.category[row]))
    assert sum(len(measured.members(name)) for name in measured.present) == len(
        measured
    )
    assert not len(measured.members("nowhere"))


@pytest.mark.parametrize("seed", range(20))
def test_forms_do_not_depend_on_the_company(seed):
    measured = measure(random_layout(seed))
    rows = np.arange(len(measured))
    for shape in ("elongated", "round", "square", "horizontal", "vertical"):
        yes, no = shaped(measured, rows, shape)
        for row in rows:
            one, other = shaped(measured, rows[[row]], shape)
            assert (yes[row], no[row]) == (one[0], other[0])
