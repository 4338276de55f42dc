"""Plans of generated expressions stand for the targets they were generated for.

The builder of training expressions is the oracle: a plan, grounded in the layout that
the expression is about, is resolved by the builder's rules.
"""

from collections import Counter

import numpy as np
import pytest
from layouts import random_layout
from plan_meanings import NoRule, grounded

from rrsis_geo.expressions import generate_expressions
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.language import nodes
from rrsis_geo.query import make_plan


def targets_of_plan(measured, layout, text):
    """Targets of a plan by the builder's rules; the reason as text without a rule."""
    categories = frozenset(thing.category for thing in layout.objects)
    kinds = any("kind" in thing.attributes for thing in layout.objects)
    try:
        node = grounded(make_plan(text).root, categories, kinds)
    except NoRule as reason:
        return str(reason)
    rows = resolve(measured, node)
    return None if rows is None else tuple(sorted(measured.index[rows].tolist()))


@pytest.fixture(scope="module")
def outcomes():
    """(type, text, agrees) of expressions for random layouts."""
    rows = []
    for seed in range(120):
        layout = random_layout(seed)
        measured = measure(layout)
        rng = np.random.default_rng(seed)
        for one in generate_expressions(layout, rng=rng, count=10):
            targets = targets_of_plan(measured, layout, one.text)
            # The builder has no rule for "the middle one".
            middle = targets == "Middle" and "middle" in one.text + " other two"
            rows.append((one.type, one.text, middle or targets == one.targets))
    return rows


def test_generated_expressions_keep_their_targets(outcomes):
    assert len(outcomes) > 1000
    wrong = [text for _, text, agrees in outcomes if not agrees]
    assert len(wrong) <= 0.02 * len(outcomes), wrong


def test_no_type_of_expression_falls_behind(outcomes):
    made = Counter(kind for kind, _, _ in outcomes)
    right = Counter(kind for kind, _, agrees in outcomes if agrees)
    share = {kind: right[kind] / made[kind] for kind in made}
    assert min(share.values()) >= 0.93, share


def test_hardly_any_expression_is_left_to_the_network(outcomes):
    """All but whole categories, attributes and kinds have an operator for the map."""
    plain = ("category", "synonym", "attribute", "no-target", "group")
    left = [
        text
        for kind, text, _ in outcomes
        if kind not in plain and isinstance(make_plan(text).root, nodes.Find)
    ]
    assert len(left) <= 0.01 * len(outcomes), left
