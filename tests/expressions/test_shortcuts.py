"""Cached and unchecked computations give what the plain ones give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import random_layout

from rrsis_geo.expressions.image_regions import REGIONS, in_region, regions_of
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.size_and_shape import has_shape
from rrsis_geo.expressions.wording.weighted_choice import choose_index


@given(
    st.lists(st.floats(0, 100, allow_nan=False), min_size=1, max_size=30).filter(any),
    st.integers(0, 99),
)
def test_choose_index_is_numpys_choice_and_leaves_the_same_state(weights, seed):
    weight = np.array(weights)
    if not np.isclose((weight / weight.sum()).sum(), 1):  # vanishingly small ones
        return
    mine, numpys = np.random.default_rng(seed), np.random.default_rng(seed)
    for _ in range(5):
        wanted = numpys.choice(len(weight), p=weight / weight.sum())
        assert choose_index(mine, weight) == wanted
    assert mine.random() == numpys.random()


@pytest.mark.parametrize("seed", range(20))
def test_regions_and_members_of_objects(seed):
    measured = measure(random_layout(seed))
    for row in range(len(measured)):
        wanted = [one for one in REGIONS if in_region(measured, one)[0][row]]
        assert regions_of(measured, row) == wanted
        assert row in measured.members(str(measured.category[row]))
    assert sum(len(measured.members(name)) for name in measured.present) == len(
        measured
    )
    assert not len(measured.members("nowhere"))


@pytest.mark.parametrize("seed", range(20))
def test_shapes_do_not_depend_on_the_other_objects(seed):
    measured = measure(random_layout(seed))
    rows = np.arange(len(measured))
    for shape in ("elongated", "round", "square", "horizontal", "vertical"):
        yes, no = has_shape(measured, rows, shape)
        for row in rows:
            one, other = has_shape(measured, rows[[row]], shape)
            assert (yes[row], no[row]) == (one[0], other[0])
