"""Plans converted to the meanings of the expression generator, its own rules' input."""

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


class NoMeaning(Exception):
    """The generator has no equivalent meaning."""


def meaning_of(
    node: n.Node, categories: frozenset[str], kinds: bool = False
) -> m.Meaning:
    """Convert a node to a meaning, for a layout with these categories.

    Args:
        node: Part of a plan.
        categories: Categories of the layout; they decide which court "court" is.
        kinds: Whether the layout labels kinds of objects.
    """

    def convert(inner: n.Node) -> m.Meaning:
        return meaning_of(inner, categories, kinds)

    match node:
        case n.Find():
            return _find_meaning(node, categories, kinds)
        case n.InPlace():
            place = screen(node.place)
            if node.extent in ("half", "corner"):
                place = f"{place} {node.extent}"
            return m.InPlace(convert(node.of), place)
        case n.AtEdge():
            return m.AtEdge(convert(node.of), screen(node.side))
        case n.Extreme():
            return m.Extreme(convert(node.of), screen(node.side), node.rank, node.count)
        case n.Sized():
            return m.Sized(convert(node.of), node.order, node.rank, node.count)
        case n.SizeClass():
            return m.SizeClass(convert(node.of), node.kind)
        case n.Near():
            return m.Near(convert(node.of), convert(node.anchor))
        case n.Beside():
            beside = m.Beside(convert(node.of), screen(node.side), convert(node.anchor))
            if node.how == "just":
                near = m.Near(beside.of, beside.anchor)
                return m.Beside(near, beside.side, beside.anchor)
            return beside
        case n.Between() if node.second is not None:
            return m.Between(
                convert(node.of), convert(node.first), convert(node.second)
            )
        case n.Distant():
            return m.Distant(convert(node.of), node.order, convert(node.anchor))
        case n.Grouped():
            count = node.count
            form = "row" if node.form == "line" else node.form
            return m.Grouped(convert(node.of), form, count)
        case n.Isolated():
            return m.Isolated(convert(node.of))
        case n.Except():
            return m.Without(convert(node.of), convert(node.without))
        case n.Counted() | n.Members():
            return convert(node.of)
    raise NoMeaning(type(node).__name__)


def screen(side: str | None) -> str:
    """The side on the screen; layouts are north up."""
    words = (side or "").split()
    if words and words[0] in SCREEN:
        down = next((SCREEN[w] for w in words if w in ("north", "south")), "")
        across = next((SCREEN[w] for w in words if w in ("west", "east")), "")
        return f"{down} {across}".strip()
    return side or ""


def _find_meaning(node: n.Find, categories: frozenset[str], kinds: bool) -> m.Meaning:
    words = node.phrase.removesuffix(node.noun).split()
    if kinds and node.noun in KINDS:
        meaning: m.Meaning = m.With(
            m.All(_category(node, categories)), "kind", node.noun
        )
    else:
        meaning = m.All(_category(node, categories))
    for word in words:
        if word in ("round", "cylindrical") and node.noun == "storage tank":
            continue
        if word in COLOURS:
            meaning = m.With(meaning, "colour", "grey" if word == "gray" else word)
            continue
        shape = [key for key, said in SHAPES.items() if word in said]
        if not shape:
            raise NoMeaning(node.phrase)
        meaning = m.Shaped(meaning, shape[0])
    return meaning


def _category(node: n.Find, categories: frozenset[str]) -> str:
    known = [one for one in node.categories if one in categories]
    if known:
        return known[0]
    for category, nouns in lexicon.LEXICON.items():
        if any(node.noun == one.singular for one in nouns):
            return category
    if node.categories:
        return node.categories[0]
    return node.noun.replace(" ", "_")
