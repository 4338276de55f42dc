"""An expression to a plan: phrases for the network, operators for the map."""

from rrsis_geo.query.nodes import Find
from rrsis_geo.query.plan import Plan

__all__ = ["Plan", "make_plan"]


def make_plan(expression: str) -> Plan:
    """The plan of an expression; for now all of it is the network's."""
    words = tuple(expression.split())
    root = Find(expression, at=tuple(range(len(words))))
    return Plan(expression=expression, words=words, root=root)
