"""The builder's own sentences are planned so that they mean what they were made of.

The oracle is the builder: a plan is turned into one of its meanings and resolved by its
rules on the layout that the sentence is about.
"""

from collections import Counter

import numpy as np
import pytest
from layouts import random_layout
from plan_meanings import Unsaid, meaning_of

from rrsis_geo.expressions import describe
from rrsis_geo.expressions.measurements import measure
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.query import make_plan
from rrsis_geo.query.plan import nodes


def answered(measured, layout, text):
    """Targets of a plan by the builder's rules; None where they say nothing."""
    categories = frozenset(thing.category for thing in layout.objects)
    kinds = any("kind" in thing.attributes for thing in layout.objects)
    try:
        meaning = meaning_of(make_plan(text).root, categories, kinds)
    except Unsaid as reason:
        return str(reason)
    rows = resolve(measured, meaning)
    return None if rows is None else tuple(sorted(measured.index[rows].tolist()))


@pytest.fixture(scope="module")
def outcomes():
    """(type, text, agrees) of sentences over random layouts."""
    found = []
    for seed in range(120):
        layout = random_layout(seed)
        measured = measure(layout)
        rng = np.random.default_rng(seed)
        for one in describe(layout, rng=rng, count=10):
            got = answered(measured, layout, one.text)
            # The builder has no node for "the middle one".
            middle = got == "Middle" and "middle" in one.text + " other two"
            found.append((one.type, one.text, middle or got == one.targets))
    return found


def test_sentences_of_the_builder_keep_their_meaning(outcomes):
    assert len(outcomes) > 1000
    wrong = [text for _, text, agrees in outcomes if not agrees]
    assert len(wrong) <= 0.02 * len(outcomes), wrong


def test_no_kind_of_sentence_falls_behind(outcomes):
    said = Counter(kind for kind, _, _ in outcomes)
    right = Counter(kind for kind, _, agrees in outcomes if agrees)
    share = {kind: right[kind] / said[kind] for kind in said}
    assert min(share.values()) >= 0.93, share


def test_hardly_any_sentence_is_left_to_the_network(outcomes):
    """All but whole categories, attributes and kinds have something for the map."""
    plain = ("category", "synonym", "attribute", "no-target", "group")
    left = [
        text
        for kind, text, _ in outcomes
        if kind not in plain and isinstance(make_plan(text).root, nodes.Find)
    ]
    assert len(left) <= 0.01 * len(outcomes), left
