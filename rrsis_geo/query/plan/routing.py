"""Decides which operators are computed on the map and which the network answers."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.query.plan.plan import Plan, names_categories

OPERATORS_BEYOND_WINDOW: frozenset[type] = frozenset(n.NODES)
"""On scenes larger than a window: all, as the network sees only a part at a time."""

OPERATORS_WITHIN_WINDOW = frozenset(
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
"""On images that the network sees whole: those that the map answers better on the
validation images (docs/measurements/query.md). The others, such as near, in, along,
between and groups, become words of the phrase."""

_NOT_SELECTING = frozenset({n.Find, n.Union, n.Counted})
"""Nodes that the network needs no help with on an image that it sees whole."""


def route_plan(
    plan: Plan, *, whole: bool, categories: frozenset[str] | None = None
) -> Plan | None:
    """The plan with only the operators that `auto` computes on the map.

    Args:
        plan: The plan of an expression.
        whole: Whether one window shows the network the whole scene.
        categories: Classes that the weights know by name; None if they don't say.

    Returns:
        The plan with all other operators folded; None where the network answers the
        expression better as it was typed.
    """
    kinds = OPERATORS_WITHIN_WINDOW if whole else OPERATORS_BEYOND_WINDOW
    if whole and categories is not None and _joins_unknown(plan, categories):
        return None
    kept = plan.folded(lambda node: _on_the_map(node, kinds))
    chooses = {type(node) for node in walk(kept.root)} - _NOT_SELECTING
    return None if whole and not chooses else kept


def _on_the_map(node: n.Operator, kinds: frozenset[type]) -> bool:
    if isinstance(node, n.Except):
        inner = {*walk(node.without)} - {*walk(node.of)}
        chosen = [one for one in inner if not isinstance(one, n.Find | n.Union)]
        if any(type(one) not in kinds for one in chosen):
            return False
    # What finds the groups, or the set that has a middle, must also choose among them.
    below = _below(node)
    if not isinstance(node, n.Middle):
        below = [one for one in below if isinstance(one, n.Grouped)]
    return type(node) in kinds and all(type(one) in kinds for one in below)


def _below(node: n.Operator) -> list[n.Operator]:
    """A node and the operators below it on its spine."""
    operators: list[n.Operator] = []
    below: n.Node = node
    while not isinstance(below, n.Find | n.Union):
        operators.append(below)
        below = below.of
    return operators


def _joins_unknown(plan: Plan, categories: frozenset[str]) -> bool:
    """Whether a union joins a thing that the network knows with one that it does not.

    Such a union rarely asks for two things: "the plane at the pier, one each side".
    """
    is_known = names_categories(categories)
    unions = [node for node in walk(plan.root) if isinstance(node, n.Union)]
    return any(len(set(map(is_known, union.parts))) > 1 for union in unions)
