"""Which operators the map answers and which stay with the network."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.query.plan.plan import Plan, known

BEYOND_A_WINDOW: frozenset[type] = frozenset(n.NODES)
"""On a scene larger than a window: all. Whatever compares, the network cannot see."""

WITHIN_A_WINDOW = frozenset(
    {
        n.InPlace,
        n.AtEdge,
        n.Extreme,
        n.Middle,
        n.Sized,
        n.SizeClass,
        n.Measured,
        n.Compared,
        n.Within,
        n.Distant,
        n.Beside,
        n.Counted,
        n.Except,
    }
)
"""On an image that the network sees whole: those that the map answers better on the
validation images (docs/query.md). What it sees at a glance, near, in, along, between
and groups, goes into its phrase."""


NO_CHOICE = frozenset({n.Find, n.Union, n.Counted})
"""Naming and counting, which the network does by itself on what it sees whole."""


def shared_out(
    plan: Plan, *, whole: bool, categories: frozenset[str] | None = None
) -> Plan | None:
    """The part of a plan for the map, as `auto` shares it out; the rest is folded.

    None: the network is better asked the expression as it was typed.

    Args:
        plan: What was understood.
        whole: Whether one window shows the network the whole scene.
        categories: Classes that the network knows by name; None: not known.
    """
    kinds = WITHIN_A_WINDOW if whole else BEYOND_A_WINDOW
    if whole and categories is not None and _names_strangers(plan, categories):
        return None
    kept = plan.folded(lambda node: _on_the_map(node, kinds))
    chooses = {type(node) for node in walk(kept.root)} - NO_CHOICE
    return None if whole and not chooses else kept


def _on_the_map(node: n.Operator, kinds: frozenset[type]) -> bool:
    if isinstance(node, n.Except):
        inner = {*walk(node.without)} - {*walk(node.of)}
        chosen = [one for one in inner if not isinstance(one, n.Find | n.Union)]
        if any(type(one) not in kinds for one in chosen):
            return False
    # whoever makes out the groups, or the set that has a middle, chooses among them
    below = _below(node)
    if not isinstance(node, n.Middle):
        below = [one for one in below if isinstance(one, n.Grouped)]
    return type(node) in kinds and all(type(one) in kinds for one in below)


def _below(node: n.Operator) -> list[n.Operator]:
    """A node and the operators that it chooses after."""
    found: list[n.Operator] = []
    below: n.Node = node
    while not isinstance(below, n.Find | n.Union):
        found.append(below)
        below = below.of
    return found


def _names_strangers(plan: Plan, categories: frozenset[str]) -> bool:
    """Whether a thing the network does not know stands beside one that it knows.

    "The plane at the pier, one each side": such an "and" rarely asks for two things.
    """
    unions = [node for node in walk(plan.root) if isinstance(node, n.Union)]
    return any(
        len({known(categories)(part) for part in union.parts}) > 1 for union in unions
    )
