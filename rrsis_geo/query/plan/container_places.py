"""Places in a container of things: "the north-east corner of the depot".

Weights rarely know a depot or a bay as a category, and a phrase does not tell them
which corner is meant. A depot extends about as far as its tanks do, so the place is
taken as a place among all things of the kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Literal, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.query.lexicon.vocabulary import words

CONTAINERS = words(
    "airbase airfield airport apron aerodrome base basin bay campus city complex"
    " compound depot district dockyard estate facility farm marina neighborhood"
    " neighbourhood ocean park plant port refinery sea settlement shipyard site town"
    " village water yard courtyard deck terrace plaza"
)
"""Last words of nouns for what may contain all things of a kind in a scene."""

_SURROUNDS = words("roof hill hillside slope island garden backyard lawn lot")
"""Nouns for what things on land are on or in rather than beside."""

_BY_WATER = words("ship harbor")
"""Classes of things that lie in water, or at its edge."""

_HELD: dict[str, frozenset[str]] = {
    "parking_lot": words("vehicle tree"),
    "field": words("tree"),
    "park": words("tree"),
    "lake": words("ship"),
    "sea": words("ship"),
}
"""Classes of wide areas, with the classes of things that lie in them."""

_CENTRAL = words("middle centre center")


def places_among_objects(
    node: Node, typed: tuple[str, ...], known: Callable[[Node], bool]
) -> Node:
    """A tree with places in an unknown container replaced by places among the things.

    Args:
        node: Root of the tree.
        typed: The words of the expression.
        known: Whether the network knows every noun below a node.
    """
    inner: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, n.NODES):
            inner[item.name] = places_among_objects(cast(Node, value), typed, known)
        elif item.name == "parts":
            inner[item.name] = tuple(
                places_among_objects(one, typed, known) for one in value
            )
    node = replace(node, **inner)
    if not isinstance(node, n.Beside | n.Inside) or known(node.anchor):
        return node
    if not is_container(node.anchor):
        return node
    at = tuple(sorted({*node.at, *node.anchor.at}))
    if isinstance(node, n.Inside):
        central = any(typed[index] in _CENTRAL for index in node.at)
        return n.InPlace(node.of, "centre", among=True, at=at) if central else node
    if node.how != "at":
        return node
    corner = " " in node.side and any(typed[index] == "corner" for index in node.at)
    extent: Literal["corner", "part"] = "corner" if corner else "part"
    return n.InPlace(node.of, node.side, extent, among=True, at=at)


def is_container(anchor: Node) -> bool:
    """Whether an anchor may contain all things of a kind."""
    last = anchor.noun.rpartition(" ")[2] if isinstance(anchor, Find) else ""
    return last in CONTAINERS


def holds(anchor: Node, thing: Find | None) -> bool:
    """Whether a thing at a side of an anchor lies in it: a boat in a lake, not a house.

    Args:
        anchor: What it is related to.
        thing: The noun of the thing.
    """
    area = head_noun(anchor)
    if area is None or thing is None or area == thing:
        return False
    held = frozenset[str]().union(*(_HELD.get(one, ()) for one in area.categories))
    on_land = area.noun in _SURROUNDS and _BY_WATER.isdisjoint(thing.categories)
    return on_land or not held.isdisjoint(thing.categories)
