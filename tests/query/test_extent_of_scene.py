"""Which answers depend on the part of the scene that holds data."""

import numpy as np
import pytest
import shapely
from random_candidates import GRIDS, polygons_of, random_shapes
from test_written_plans import WRITTEN

from rrsis_geo.language.traversal import walk
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.evaluation import evaluate
from rrsis_geo.query.operators.dispatch import OF_EXTENT, depends_on_extent

AREAS = (None, shapely.box(0, 0, 240, 180))

PLANS = {text: make_plan(text) for _, text, _ in WRITTEN}


def fits_in(plan, area, seed):
    """(N,) fits of random objects in a scene that holds data in an area."""
    shapes = random_shapes(seed, 16)
    phrases = [plan.phrases[i % len(plan.phrases)] for i in range(len(shapes))]
    grid = GRIDS["projected"]
    polygons = polygons_of(grid, phrases, shapes)
    candidates = Candidates(polygons, grid, plan.phrases, area=area, graded=True)
    return evaluate(plan, candidates).fit


def differs(plan, seeds):
    pairs = ([fits_in(plan, area, seed) for area in AREAS] for seed in seeds)
    return any(not np.array_equal(*pair) for pair in pairs)


def test_others_are_the_same_whatever_the_extent():
    without = [plan for plan in PLANS.values() if not depends_on_extent(plan)]
    assert len(without) > 100
    for plan in without:
        assert not differs(plan, range(2)), plan.expression


@pytest.mark.parametrize("kind", OF_EXTENT)
def test_those_named_do_depend_on_it(kind):
    def with_it(plan):
        return {type(node) for node in walk(plan.root) if isinstance(node, OF_EXTENT)}

    plans = [plan for plan in PLANS.values() if with_it(plan) == {kind}]
    assert any(differs(plan, range(8)) for plan in plans)
