"""Places in something that holds the things: "the north-east corner of the depot".

Weights rarely know a depot or a bay by name, and asked for it in a phrase they cannot
say which corner is meant. A depot is about where its tanks are, so the place is then
taken for one among all things of the kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Literal, cast

from rrsis_geo.query.lexicon.vocabulary import words
from rrsis_geo.query.plan import nodes as n
from rrsis_geo.query.plan.nodes import Find, Node

WHOLES = words(
    "airbase airfield airport apron aerodrome base basin bay campus city complex"
    " compound depot district dockyard estate facility farm marina neighborhood"
    " neighbourhood ocean park plant port refinery sea settlement shipyard site town"
    " village water"
)
"""Last words of what may hold all things of a kind that a scene shows."""

CENTRE = words("middle centre center")


def places_among_objects(
    node: Node, said: tuple[str, ...], known: Callable[[Node], bool]
) -> Node:
    """A plan's tree with places in an unknown whole read as places among the things.

    Args:
        node: The tree.
        said: The words of the expression.
        known: Whether the network knows all that a part of the tree names.
    """
    inner: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, n.NODES):
            inner[item.name] = places_among_objects(cast(Node, value), said, known)
        elif item.name == "parts":
            inner[item.name] = tuple(
                places_among_objects(one, said, known) for one in value
            )
    node = replace(node, **inner)
    if not isinstance(node, n.Beside | n.Inside) or known(node.anchor):
        return node
    if not is_container(node.anchor):
        return node
    at = tuple(sorted({*node.at, *node.anchor.at}))
    if isinstance(node, n.Inside):
        central = any(said[index] in CENTRE for index in node.at)
        return n.InPlace(node.of, "centre", among=True, at=at) if central else node
    if node.how != "at":
        return node
    corner = " " in node.side and any(said[index] == "corner" for index in node.at)
    extent: Literal["corner", "part"] = "corner" if corner else "part"
    return n.InPlace(node.of, node.side, extent, among=True, at=at)


def is_container(anchor: Node) -> bool:
    """Whether an anchor may hold all things of a kind."""
    last = anchor.noun.rpartition(" ")[2] if isinstance(anchor, Find) else ""
    return last in WHOLES
