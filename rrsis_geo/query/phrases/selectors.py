"""What chooses among things: filters, and words that select by order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal, NamedTuple, cast, get_args

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import spine

Filter = Callable[[Node], Node]
"""Wraps a node in an operator."""

At = tuple[int, ...]
"""Indices of words."""

UNSURE = 0.6
"""Certainty of the likelier of two readings."""


class Selector(NamedTuple):
    """A word that selects some by order: "largest", "leftmost", "closest"."""

    kind: Literal["most", "size", "nearest", "middle", "central", "ranking"]
    """ranking: "top" before a number, a place unless something else says the order."""
    value: str | tuple[str, str]
    at: At
    rank: int = 1
    number: int = 1
    anchor: Node | None = None
    share: float | None = None


def doubted(keep: Filter) -> Filter:
    """A filter that may not be meant."""
    return lambda node: replace(keep(node), certainty=UNSURE)


def without_ranking(
    directions: list[Selector], selectors: list[Selector]
) -> list[Selector]:
    """Directions but for "top" of "the top 5 by area", where others say the order."""
    return [one for one in directions if one.kind != "ranking" or not selectors]


def negated(keep: Filter, at: At) -> Filter:
    """Everything but what a filter keeps."""
    return lambda node: n.Except(node, keep(node), at=at)


def leaving_out_both(denied: Filter, keep: Filter, at: At) -> Filter:
    """Everything but what a negated condition denies, and what a filter keeps."""
    return lambda node: n.Except(denied(node), keep(node), at=at)


def said_not(keep: Filter) -> At:
    """The words that negate a condition; () where nothing does."""
    node = keep(Find(""))
    return node.at if isinstance(node, n.Except) else ()


def named_side(keep: Filter) -> tuple[str, At]:
    """The side or corner of the scene that a filter places things at; "" for none."""
    node = keep(Find(""))
    if isinstance(node, n.AtEdge) and node.side is not None and not node.cut:
        return node.side, node.at
    if isinstance(node, n.InPlace) and node.extent in ("part", "far", "corner"):
        return (node.place if node.place in get_args(Side) else ""), node.at
    return "", ()


def sided_part(keep: Filter) -> tuple[str, At]:
    """The side of the scene where a filter keeps a part of it; "" for none."""
    node = keep(Find(""))
    if isinstance(node, n.InPlace) and node.extent in ("part", "far"):
        return named_side(keep)
    return "", ()


def without_side(
    filters: list[Filter], side_of: Callable[[Filter], tuple[str, At]]
) -> tuple[list[Filter], str, At]:
    """Filters without the first that has a side, and that side; "" for none."""
    for index, keep in enumerate(filters):
        side, at = side_of(keep)
        if side:
            return [*filters[:index], *filters[index + 1 :]], side, at
    return filters, "", ()


def apply_selector(selector: Selector, node: Node) -> Node:
    """The operator of a selector, on a node."""
    rank, number, at = selector.rank, selector.number, selector.at
    if selector.kind in ("middle", "central"):
        return n.Middle(node, number, selector.kind == "central", at=at)
    if selector.kind == "size":
        order, measure = cast(tuple[str, str], selector.value)
        return n.Sized(node, order, measure, rank, number, at=at)  # type: ignore[arg-type]
    if selector.kind == "nearest":
        if selector.anchor is None:
            return node
        nearest = cast(Literal["closest", "farthest"], selector.value)
        return n.Distant(node, nearest, selector.anchor, rank, number, at=at)
    side = cast(Side, selector.value)
    if side not in get_args(Side):  # "second from the centre"
        return n.Middle(node, number, at=at)
    # "far left" has rank 0 until it is known whether it orders or places
    return n.Extreme(node, side, max(rank, 1), number, selector.share, at=at)


def side_of_first(node: Node | None, form: str) -> str:
    """The side where the first of some rows is, or of the members of a row.

    Args:
        node: The rows or the members; None where `form` alone names them.
        form: Form of the groups that are named beside it; "" for none.

    Returns:
        "top" or "left"; "" for other things.
    """
    rows = [one for one in spine(node) if isinstance(one, n.Grouped)] if node else []
    members = isinstance(node, n.Members) and not form
    if rows and (members or isinstance(node, n.Grouped)):
        form = form or rows[0].form
    if form not in ("line", "row", "column"):
        return ""
    return "left" if (form == "column") != members else "top"
