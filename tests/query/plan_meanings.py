"""Plans as meanings of the builder of expressions, which its rules can resolve."""

from __future__ import annotations

from rrsis_geo.expressions import tree as m
from rrsis_geo.expressions.wording import nouns as lexicon
from rrsis_geo.expressions.wording.templates import SHAPES
from rrsis_geo.query.plan import nodes as n

SCREEN = {"west": "left", "east": "right", "north": "top", "south": "bottom"}
COLOURS = ("white", "red", "blue", "green", "grey", "gray", "black", "orange")
COLOURS += ("yellow", "brown")
KINDS = {"car", "truck", "bus", "van", "fighter", "airliner", "propeller plane"}
KINDS |= {"boat", "tanker", "container ship"}


class Unsaid(Exception):
    """The builder has no meaning for that."""


def meaning_of(
    node: n.Node, categories: frozenset[str], kinds: bool = False
) -> m.Meaning:
    """The meaning of a node over a layout with these categories.

    Args:
        node: Part of a plan.
        categories: Those of the layout; they decide which court "court" is.
        kinds: Whether kinds of things are labelled in the layout.
    """

    def turn(inner: n.Node) -> m.Meaning:
        return meaning_of(inner, categories, kinds)

    match node:
        case n.Find():
            return _found(node, categories, kinds)
        case n.InPlace():
            place = screen(node.place)
            if node.extent in ("half", "corner"):
                place = f"{place} {node.extent}"
            return m.InPlace(turn(node.of), place)
        case n.AtEdge():
            return m.AtEdge(turn(node.of), screen(node.side))
        case n.Extreme():
            return m.Extreme(turn(node.of), screen(node.side), node.rank, node.count)
        case n.Sized():
            return m.Sized(turn(node.of), node.order, node.rank, node.count)
        case n.SizeClass():
            return m.SizeClass(turn(node.of), node.kind)
        case n.Near():
            return m.Near(turn(node.of), turn(node.anchor))
        case n.Beside():
            beside = m.Beside(turn(node.of), screen(node.side), turn(node.anchor))
            if node.how == "just":
                near = m.Near(beside.of, beside.anchor)
                return m.Beside(near, beside.side, beside.anchor)
            return beside
        case n.Between() if node.second is not None:
            return m.Between(turn(node.of), turn(node.first), turn(node.second))
        case n.Distant():
            return m.Distant(turn(node.of), node.order, turn(node.anchor))
        case n.Grouped():
            count = node.count
            form = "row" if node.form == "line" else node.form
            return m.Grouped(turn(node.of), form, count)
        case n.Isolated():
            return m.Isolated(turn(node.of))
        case n.Except():
            return m.Without(turn(node.of), turn(node.without))
        case n.Counted() | n.Members():
            return turn(node.of)
    raise Unsaid(type(node).__name__)


def screen(side: str | None) -> str:
    """A side of the screen; north is up in a layout."""
    words = (side or "").split()
    if words and words[0] in SCREEN:
        down = next((SCREEN[w] for w in words if w in ("north", "south")), "")
        across = next((SCREEN[w] for w in words if w in ("west", "east")), "")
        return f"{down} {across}".strip()
    return side or ""


def _found(node: n.Find, categories: frozenset[str], kinds: bool) -> m.Meaning:
    words = node.phrase.removesuffix(node.noun).split()
    if kinds and node.noun in KINDS:
        found: m.Meaning = m.With(m.All(_category(node, categories)), "kind", node.noun)
    else:
        found = m.All(_category(node, categories))
    for word in words:
        if word in ("round", "cylindrical") and node.noun == "storage tank":
            continue
        if word in COLOURS:
            found = m.With(found, "colour", "grey" if word == "gray" else word)
            continue
        shape = [key for key, said in SHAPES.items() if word in said]
        if not shape:
            raise Unsaid(node.phrase)
        found = m.Shaped(found, shape[0])
    return found


def _category(node: n.Find, categories: frozenset[str]) -> str:
    fit = [one for one in node.categories if one in categories]
    if fit:
        return fit[0]
    for category, nouns in lexicon.LEXICON.items():
        if any(node.noun == one.singular for one in nouns):
            return category
    if node.categories:
        return node.categories[0]
    return node.noun.replace(" ", "_")
