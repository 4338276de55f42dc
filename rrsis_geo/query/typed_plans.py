"""Plans that leave an expression to the network as it was typed."""

from __future__ import annotations

from rrsis_geo.language.nodes import Find
from rrsis_geo.query import make_plan
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.tokenizer.normalization import correct_text


def plan_as_typed(expression: str) -> Plan:
    """A plan without operators, whose phrase is the whole expression."""
    return _unparsed(expression, correct_text(expression))


def plan_of_band(name: str) -> Plan:
    """A plan for what a band of a raster shows, whose phrase is the band's name."""
    return _unparsed(name, name)


def _unparsed(expression: str, phrase: str) -> Plan:
    words = tuple(phrase.split())
    root = Find(phrase, at=tuple(range(len(words))))
    return Plan(expression=expression, words=words, root=root)


def is_as_typed(plan: Plan) -> bool:
    """Whether a plan is one of `plan_as_typed`."""
    root = plan.root
    return isinstance(root, Find) and root.phrase == plan.network_text and not root.noun


def head_of(expression: str) -> Find:
    """The noun phrase that an expression is about."""
    return make_plan(expression).finds[0]
