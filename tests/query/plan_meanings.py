"""Plans as trees that the rules of the builder of expressions can resolve.

Phrases become categories and attributes of the layout, sides of the compass become
sides of the screen, and nodes that only the planner uses are left out.
"""

from __future__ import annotations

from dataclasses import replace

from rrsis_geo.expressions.categories import find_all
from rrsis_geo.expressions.wording.noun_choice import LEXICON
from rrsis_geo.expressions.wording.templates import SHAPES
from rrsis_geo.language import nodes as n

SCREEN = {"west": "left", "east": "right", "north": "top", "south": "bottom"}
COLOURS = ("white", "red", "blue", "green", "grey", "gray", "black", "orange")
COLOURS += ("yellow", "brown")
KINDS = {"car", "truck", "bus", "van", "fighter", "airliner", "propeller plane"}
KINDS |= {"boat", "tanker", "container ship"}


class NoRule(Exception):
    """The builder has no rule for a node or a phrase."""


def grounded(node: n.Node, categories: frozenset[str], kinds: bool = False) -> n.Node:
    """The tree for a layout with these categories.

    Args:
        node: Part of a plan.
        categories: Those of the layout; they decide which court "court" is.
        kinds: Whether kinds of objects are labelled in the layout.

    Raises:
        NoRule: The builder has none for a node or phrase.
    """
    if isinstance(node, n.Find):
        return _grounded_phrase(node, categories, kinds)
    if isinstance(node, n.Counted | n.Members):
        return grounded(node.of, categories, kinds)
    if not isinstance(node, USED) or (isinstance(node, n.Between) and not node.second):
        raise NoRule(type(node).__name__)
    inner = {
        name: grounded(value, categories, kinds)
        for name, value in vars(node).items()
        if isinstance(value, n.NODES)
    }
    node = replace(node, **inner)
    match node:
        case n.InPlace():
            return replace(node, place=on_screen(node.place))
        case n.AtEdge() | n.Extreme():
            return replace(node, side=on_screen(node.side))
        case n.Beside():
            near = node.how == "just"
            of = n.Near(node.of, node.anchor) if near else node.of
            return n.Beside(of, on_screen(node.side), node.anchor)
        case n.Grouped(form="line"):
            return replace(node, form="row")
    return node


USED = (n.InPlace, n.AtEdge, n.Extreme, n.Sized, n.SizeClass, n.Near, n.Beside)
USED += (n.Between, n.Distant, n.Grouped, n.Isolated, n.Except)
"""Nodes that planner and builder both use."""


def on_screen(side: str | None) -> str:
    """A side of the screen; north is up in a layout."""
    words = (side or "").split()
    if words and words[0] in SCREEN:
        down = next((SCREEN[w] for w in words if w in ("north", "south")), "")
        across = next((SCREEN[w] for w in words if w in ("west", "east")), "")
        return f"{down} {across}".strip()
    return side or ""


def _grounded_phrase(
    node: n.Find, categories: frozenset[str], kinds: bool
) -> n.Find | n.With | n.Shaped:
    grounded: n.Find | n.With | n.Shaped = find_all(_category(node, categories))
    if kinds and node.noun in KINDS:
        grounded = n.With(grounded, "kind", node.noun)
    for word in node.phrase.removesuffix(node.noun).split():
        if word in ("round", "cylindrical") and node.noun == "storage tank":
            continue
        if word in COLOURS:
            colour = "grey" if word == "gray" else word
            grounded = n.With(grounded, "colour", colour)
            continue
        shapes = [key for key, words in SHAPES.items() if word in words]
        if not shapes:
            raise NoRule(node.phrase)
        grounded = n.Shaped(grounded, shapes[0])
    return grounded


def _category(node: n.Find, categories: frozenset[str]) -> str:
    fitting = [one for one in node.categories if one in categories]
    if fitting:
        return fitting[0]
    for category, nouns in LEXICON.items():
        if any(node.noun == one.singular for one in nouns):
            return category
    if node.categories:
        return node.categories[0]
    return node.noun.replace(" ", "_")
