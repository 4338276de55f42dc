"""Rules with an anchor, each to the operator that relates a node to the anchor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon.nouns import CRAFT, sense
from rrsis_geo.query.lexicon.vocabulary import END_PARTS, PARTS, words
from rrsis_geo.query.patterns.pattern_matcher import Match
from rrsis_geo.query.phrases.noun_phrase import OPPOSITE, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.phrases.quantity_ranges import limits, match_words
from rrsis_geo.query.phrases.selectors import (
    At,
    Filter,
    Selector,
    apply_selector,
    negated,
)
from rrsis_geo.query.phrases.thing_lists import may_be_among
from rrsis_geo.query.plan.container_places import holds, is_container

Relation = Callable[[Node, Node, At], Node]
"""(of, anchor, word indices) to the operator."""

_CLOSE = words("just directly immediately exactly right slightly")
_CLOSE |= {"a little", "a bit"}
"""Adverbs that put a thing next to one side of the anchor."""


def relation(parser: PhraseReader, match: Match, anchor: Node) -> Relation:
    """The relation that a match states."""
    if match.handler == "beside" and _is_side_of_container(parser, match, anchor):
        return _beside(parser, match, at=True)
    if match.handler == "beside" and _may_name_side_within(parser, match):
        return _at_or_beside(parser, match)
    return RELATIONS[match.handler](parser, match)


def beside(side: Side, how: Any) -> Relation:
    """The relation of a thing to one side of its anchor."""
    return lambda of, anchor, at: n.Beside(of, side, anchor, how, at=at)


def between(first: Node, second: Node | None, at: At) -> Filter:
    """The filter of what lies between two anchors, or amid one set."""
    return lambda node: n.Between(node, first, second, at=at)


def are_several(anchor: Node) -> bool:
    """Whether an anchor stands for more than one thing."""
    if isinstance(anchor, n.Union):
        return True
    steps = spine(anchor)
    counted = any(isinstance(one, n.Counted) and one.number > 1 for one in steps)
    last = steps[-1]
    return counted or (isinstance(last, Find) and last.plural)


def possessive_side(
    parser: PhraseReader, match: Match, i: int
) -> tuple[int, Relation] | None:
    """The position after "'s northern side", and its relation: "the depot's left"."""
    matcher = parser.matcher
    if match.handler not in ("inside", "along", "beside") or matcher.text(i) != "'s":
        return None
    side = matcher.tokens[i + 1] if i + 1 < matcher.stop else None
    if side is None or side.text != "<d>" or side.value == "centre":
        return None
    end = i + 3 if matcher.text(i + 2) in PARTS else i + 2
    return end, beside(cast(Side, side.value), "at")


def compared_distance(
    parser: PhraseReader, match: Match, i: int
) -> tuple[Relation, int] | None:
    """A limit, and the position after it: "closer to the road than 50 m"."""
    tokens = parser.matcher.tokens[i : min(i + 2, parser.matcher.stop)]
    limit = [token.text for token in tokens] == ["than", "<len>"]
    if match.handler != "nearest" or not limit:
        return None
    metres = float(cast(float, tokens[1].value))
    closer = _is_closest(parser, match) != (match.argument == "no")
    low, high = (None, metres) if closer else (metres, None)
    return lambda of, anchor, at: n.Within(of, anchor, low, high, at=at), i + 2


def compares(parser: PhraseReader, match: Match, i: int) -> bool:
    """Whether distances to two things are compared: "closer to A than to B"."""
    others = parser.matcher.match(i) is not None  # "than the others"
    return match.argument == "no" or (parser.matcher.text(i) == "than" and not others)


def _is_closest(parser: PhraseReader, match: Match) -> bool:
    token = parser.matcher.first("<nearest>", match)
    return token is not None and token.value == "closest"


def select_nearest(
    parser: PhraseReader,
    match: Match,
    phrase: NounPhrase,
    anchor: Node,
    at: At,
    negation: At,
    stop: int,
) -> int:
    """Choose the one closest to an anchor, or farthest from it; or all others.

    Returns: The position after the anchor, and after "than the others".
    """
    order = "closest" if _is_closest(parser, match) else "farthest"
    if match.argument == "counted":  # "the last house counted from the church"
        order = "farthest" if phrase.from_end else "closest"
        phrase.from_end, phrase.rank_side = False, None
    chosen = Selector("nearest", order, at, anchor=anchor)
    if negation:
        other = negated(lambda node: apply_selector(chosen, node), negation)
        phrase.filters.append(other)
    else:
        phrase.selectors.append(chosen)
    others = parser.matcher.match(stop) if parser.matcher.text(stop) == "than" else None
    return others.stop if others is not None else stop


def _is_side_of_container(parser: PhraseReader, match: Match, anchor: Node) -> bool:
    """Whether the side is inside the anchor: "in the north of the depot"."""
    texts = set(match_words(parser, match))
    inside = "<d>" in texts and not texts.isdisjoint(("in", "on", "at"))
    return inside and not match.argument and is_container(anchor)


def _may_name_side_within(parser: PhraseReader, match: Match) -> bool:
    """Whether a side may be of the anchor itself: "on the left side of the lake"."""
    texts = match_words(parser, match)
    side = parser.matcher.first("<d>", match)
    if match.argument or side is None or "the" not in texts:
        return False
    part = match.groups.get("part") == "side" and not {"in", "on", "at"}.isdisjoint(
        texts
    )
    return part or ("at" in texts and side.value in ("top", "bottom"))


def _at_or_beside(parser: PhraseReader, match: Match) -> Relation:
    """At a side of an area that holds such things, beside any other anchor."""
    within, outside = (_beside(parser, match, at=at) for at in (True, False))

    def relate(of: Node, anchor: Node, at: At) -> Node:
        inner = holds(anchor, head_noun(of))
        return (within if inner else outside)(of, anchor, at)

    return relate


def _near(parser: PhraseReader, match: Match) -> Relation:
    if match.argument == "toward":
        return _near_toward(match.groups["toward"])
    how: Any = match.argument if match.argument in ("next", "touching") else "near"
    return lambda of, anchor, at: n.Near(of, anchor, how, at=at)


def _near_toward(words: str) -> Relation:
    """ "on the road side of the track": near the track and near a road."""
    known = sense(tuple(words.split()))[1]
    name = words if known is None else known.name
    faced = Find(name, noun=name, categories=known.categories if known else ())
    return lambda of, anchor, at: n.Near(n.Near(of, anchor, at=at), faced, at=at)


def _not_near(parser: PhraseReader, match: Match) -> Relation:
    return lambda of, anchor, at: n.Near(of, anchor, at=at)


def _within(parser: PhraseReader, match: Match) -> Relation:
    low, high = limits(parser, match, "<len>")
    if low == high and "within" in match_words(parser, match):
        low = None
    return lambda of, anchor, at: n.Within(of, anchor, low, high, at=at)


def _beside(parser: PhraseReader, match: Match, *, at: bool = False) -> Relation:
    if match.argument == "either":
        return _beside_either(parser, match)
    token = parser.matcher.first("<d>", match)
    place = str(token.value) if token else match.argument
    if match.argument == "diagonal":
        row = "top" if match.groups.get("v") == "above" else "bottom"
        place = f"{row} {place}" if place in ("left", "right") else place
    if place == "centre":
        return lambda of, anchor, at: n.Inside(of, anchor, at=at)
    side = cast(Side, place.removeprefix("middle ").removesuffix(" centre"))
    if match.argument == "step":
        low, high = limits(parser, match, "<len>")
        return lambda of, anchor, at: n.Within(
            n.Beside(of, side, anchor, at=at), anchor, low, high, at=at
        )
    if at or match.groups.get("part") in END_PARTS:
        return beside(side, "at")
    adverb = match.groups.get("adv", "")
    near = adverb in _CLOSE or "just" in adverb
    near = near or match.groups.get("close") in ("immediate", "direct")
    return beside(side, "just" if near else "beyond")


def _beside_either(parser: PhraseReader, match: Match) -> Relation:
    """ "left or right of", "above or below"."""
    tokens = parser.matcher.tokens[match.start : match.stop]
    sides = [str(token.value) for token in tokens if token.text == "<d>"]
    sides += [
        "top" if token.text == "above" else "bottom"
        for token in tokens
        if token.text in ("above", "below", "beneath")
    ]
    one, other = (beside(cast(Side, side), "beyond") for side in sides[:2])
    together = "and" in (token.text for token in tokens)
    if together and OPPOSITE.get(sides[0]) != sides[1]:  # "north and east of"
        return lambda of, anchor, at: other(one(of, anchor, at), anchor, at)
    return lambda of, anchor, at: n.Union((one(of, anchor, at), other(of, anchor, at)))


def _compared(parser: PhraseReader, match: Match) -> Relation:
    token = parser.matcher.first("<cmp>", match)
    size, named = cast(tuple[str, str], token.value) if token else ("", "area")
    order: Any = match.argument or ("smaller" if size == "smallest" else "larger")
    said = match_words(parser, match)
    measure: Any = "length" if "long" in said else "width" if "wide" in said else named
    times = match.groups.get("times", "")
    number = parser.matcher.first("<n>", match) if times.endswith(" times") else None
    factor = float(cast(float, number.value)) if number else _FACTORS.get(times, 1.0)
    return lambda of, anchor, at: n.Compared(of, order, anchor, measure, factor, at=at)


_FACTORS = {"half": 0.5, "twice": 2.0, "double": 2.0, "triple": 3.0}
"""How many times; "several times" says no more than larger."""


def _along(parser: PhraseReader, match: Match) -> Relation:
    def relate(of: Node, anchor: Node, at: At) -> Node:
        thing = head_noun(of)
        moves = thing is not None and not CRAFT.isdisjoint(thing.categories)
        if match.argument == "course" and moves:  # "a car following a truck"
            return n.Near(of, anchor, at=at)
        return n.Along(of, anchor, at=at)

    return relate


def _around(parser: PhraseReader, match: Match) -> Relation:
    return lambda of, anchor, at: n.Around(of, anchor, at=at)


def _surrounded(parser: PhraseReader, match: Match) -> Relation:
    return lambda of, anchor, at: n.Surrounded(of, anchor, at=at)


def _opposite(parser: PhraseReader, match: Match) -> Relation:
    beyond = match.argument == "beyond"
    return lambda of, anchor, at: n.Opposite(of, anchor, beyond, at=at)


def _holding(parser: PhraseReader, match: Match) -> Relation:
    return lambda of, anchor, at: n.Holding(of, anchor, at=at)


def _inside(parser: PhraseReader, match: Match) -> Relation:
    how: Any = _INSIDE.get(match.argument, "in")

    def relate(of: Node, anchor: Node, at: At) -> Node:
        by = match.argument in ("of", "belonging") and _holds_at_its_side(of, anchor)
        return n.Inside(of, anchor, "at" if by else how, at=at)

    return relate


def _lacking(parser: PhraseReader, match: Match) -> Relation:
    """What is denied: things that hold others, or the others of "vans, no trucks"."""
    apart = parser.matcher.text(match.start - 1) == ","

    def relate(of: Node, anchor: Node, at: At) -> Node:
        parts = anchor.parts if isinstance(anchor, n.Union) else (anchor,)
        alike = [apart and may_be_among(head_noun(p), head_noun(of)) for p in parts]
        if not any(alike):
            return n.Holding(of, anchor, at=at)
        denied = [
            part if same else n.Holding(of, part, at=at)
            for part, same in zip(parts, alike, strict=True)
        ]
        return n.Union(tuple(denied)) if isinstance(anchor, n.Union) else denied[0]

    return relate


_INSIDE: dict[str, str] = {"on": "on", "at": "at", "over": "at"}
"""How a thing is in its anchor; what goes over it may reach beyond it."""

_BERTHS = frozenset(("terminal", "harbor", "building"))
_BASINS = words("harbor harbour marina port seaport")


def _holds_at_its_side(of: Node, anchor: Node) -> bool:
    """Whether "of" means beside: "the planes of the left terminal"."""
    thing, place = head_noun(of), head_noun(anchor)
    if thing is None or place is None:
        return False
    beside = not _BERTHS.isdisjoint(place.categories) and place.noun not in _BASINS
    return beside and not CRAFT.isdisjoint(thing.categories)


RELATIONS: dict[str, Callable[[PhraseReader, Match], Relation]] = {
    "near": _near,
    "not": _not_near,
    "within": _within,
    "beside": _beside,
    "compared": _compared,
    "along": _along,
    "around": _around,
    "surrounded": _surrounded,
    "opposite": _opposite,
    "holding": _holding,
    "without": _lacking,
    "inside": _inside,
    "outside": _inside,
}
"""Relations by the handler of their rule; `anchored_relations` negates "not",
"without" and "outside"."""
