"""Expressions of the generator are planned so that they keep their meaning.

The oracle is the generator: a plan is converted to one of its meanings and resolved by
its rules on the layout of the expression.
"""

from collections import Counter

import numpy as np
import pytest
from layouts import random_layout
from plan_meanings import NoMeaning, meaning_of

from rrsis_geo.expressions import describe
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.query import make_plan
from rrsis_geo.query.plan import nodes


def targets_of(measured, layout, text):
    """Targets of a text's plan by the rules of the generator; None if undecided."""
    categories = frozenset(item.category for item in layout.objects)
    kinds = any("kind" in item.attributes for item in layout.objects)
    try:
        meaning = meaning_of(make_plan(text).root, categories, kinds)
    except NoMeaning as reason:
        return str(reason)
    rows = resolve(measured, meaning)
    return None if rows is None else tuple(sorted(measured.index[rows].tolist()))


@pytest.fixture(scope="module")
def outcomes():
    """(type, text, agrees) of expressions for random layouts."""
    outcomes = []
    for seed in range(120):
        layout = random_layout(seed)
        measured = measure(layout)
        rng = np.random.default_rng(seed)
        for one in describe(layout, rng=rng, count=10):
            got = targets_of(measured, layout, one.text)
            # The generator has no node for "the middle one".
            middle = got == "Middle" and "middle" in one.text + " other two"
            outcomes.append((one.type, one.text, middle or got == one.targets))
    return outcomes


def test_generated_expressions_keep_their_meaning(outcomes):
    assert len(outcomes) > 1000
    wrong = [text for _, text, agrees in outcomes if not agrees]
    assert len(wrong) <= 0.02 * len(outcomes), wrong


def test_every_type_of_expression_keeps_its_meaning(outcomes):
    total = Counter(kind for kind, _, _ in outcomes)
    right = Counter(kind for kind, _, agrees in outcomes if agrees)
    share = {kind: right[kind] / total[kind] for kind in total}
    assert min(share.values()) >= 0.93, share


def test_hardly_any_expression_is_left_to_the_network(outcomes):
    """All types but categories, attributes and kinds have operators."""
    plain = ("category", "synonym", "attribute", "no-target", "group")
    left = [
        text
        for kind, text, _ in outcomes
        if kind not in plain and isinstance(make_plan(text).root, nodes.Find)
    ]
    assert len(left) <= 0.01 * len(outcomes), left
