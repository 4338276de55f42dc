"""What the parser does with a rule that fits: an operator, its anchor read along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Find, Node
from rrsis_geo.language.traversal import spine
from rrsis_geo.query.lexicon.vocabulary import COLOURS, words
from rrsis_geo.query.parser.filters import PLAIN, limits, said_by
from rrsis_geo.query.parser.noun_phrase import (
    DEEPEST,
    At,
    Filter,
    NounPhrase,
    Selector,
    bare,
    said,
)
from rrsis_geo.query.parser.pattern_matcher import Match
from rrsis_geo.query.parser.phrase_reader import PhraseReader
from rrsis_geo.query.plan.container_places import is_whole

_AT_PART = words(
    "end edge corner half tip part border quarter rim share extremity section"
)
_CLOSE = frozenset(("just", "directly", "immediately", "exactly", "right", "a little"))
_CLOSE |= {"a bit", "slightly"}

Anchored = Callable[[Node, Node, At], Node]
"""(of, anchor, words) to the operator."""


def apply(parser: PhraseReader, m: Match, d: NounPhrase, negate: At) -> int:
    """Adds what a match says to a draft; the index after all its words."""
    at = parser.r.at(m.start, m.stop)
    d.handled = m.handler
    if m.handler == "opaque":
        return parser.opaque(m.start, d)
    plain = PLAIN.get(m.handler)
    if plain is not None:
        step = plain(parser, m, d, at)
        if step is not None:
            d.filters.append(negated(step, negate) if negate else step)
        return m.stop
    if m.handler == "between":
        return _between(parser, m, d, at, negate)
    return _anchored(parser, m, d, at, negate)


def negated(step: Filter, at: At) -> Filter:
    """Everything but what a step keeps."""
    return lambda node: n.Except(node, step(node), at=at)


def _anchored(parser: PhraseReader, m: Match, d: NounPhrase, at: At, negate: At) -> int:
    """A relation: reads the anchor and puts the operator on the draft."""
    noun = d.noun() or (d.hint if isinstance(d.hint, Find) else None)
    if _stays(m, noun):
        return parser.opaque(m.start, d)
    said = m.handler == "inside" and not m.argument and parser.r.text(m.stop)
    if said in COLOURS and not _knows(parser, m.stop):
        return parser.opaque(m.start, d)  # "in white"
    if m.handler == "without" and not _knows(parser, m.stop):
        return _left_as_words(parser, m, d, m.stop)
    anchor, stop = parser.phrase(m.stop, hint=noun, role="anchor", depth=d.depth + 1)
    if anchor is None:
        return _left_as_words(parser, m, d, stop)
    if m.handler == "nearest":
        token = parser.r.first("<nearest>", m.start, m.stop)
        order = str(token.value) if token else "farthest"
        d.choices.append(Selector("nearest", order, at, anchor=anchor))
        return stop
    other, stop = _other(parser, m, d, noun, stop)
    both = parser.r.text(m.stop) == "both"
    make = _relation(parser, m)
    if m.handler == "beside" and _is_part_of(parser, m, anchor):
        make = _side(parser, m, at=True)
    if other is not None and not both:
        anchor = n.Union((anchor, other))
    if m.handler in ("inside", "along", "beside") and parser.r.text(stop) == "'s":
        side = parser.r.tokens[stop + 1] if stop + 1 < parser.r.stop else None
        if side is not None and side.text == "<d>" and side.value != "centre":
            end = stop + 2 if parser.r.text(stop + 2) in _PARTS else stop + 1
            place = cast(Side, side.value)
            at = (*at, *parser.r.at(stop, end + 1))
            stop = end + 1
            make = _beside(place, "at")
    if _names_group(anchor, noun) and _is_within(parser, m):
        return _in_group(parser, m, d, anchor, at, stop)
    if m.argument == "of" and bare(anchor) == noun:
        _of_its_kind(d, anchor, at)
        return stop
    if _amid_its_kind(parser, m, anchor, noun):
        _of_its_kind(d, anchor, at)
        d.choices.append(Selector("middle", "", at))
        return stop
    step: Filter = lambda node: make(node, anchor, at)  # noqa: E731
    if other is not None and both:
        step = _to_both(make, anchor, other, at)
    if m.handler == "without":
        if parser.r.text(stop) in ("nearby", "near", "around", "close"):
            more = parser.r.text(stop + 1) in ("it", "them", "by")
            stop += 2 if more else 1
            step = lambda node: n.Near(node, anchor, at=at)  # noqa: E731
        step = negated(step, ())
    if m.handler in ("not", "outside"):
        step = negated(step, ())
    d.filters.append(negated(step, negate) if negate else step)
    return stop


def _to_both(make: Anchored, one: Node, other: Node, at: At) -> Filter:
    first = one.of if isinstance(one, n.Counted) else one  # "both" counts nothing here
    return lambda node: make(make(node, first, at), other, at)


def _other(
    parser: PhraseReader, m: Match, d: NounPhrase, noun: Find | None, stop: int
) -> tuple[Node | None, int]:
    """The second anchor of "the river or the road", "both the river and the road"."""
    r = parser.r
    joined = r.text(stop) == ("and" if r.text(m.stop) == "both" else "or")
    trial = NounPhrase("anchor", None, DEEPEST)
    if not joined or r.text(stop + 1) not in ("the", "a", "an"):
        return None, stop
    after = parser.lead(stop + 1, trial)
    if not trial.adjectives or r.text(after) not in ("", ",", "and", "or", "but"):
        return None, stop
    return parser.phrase(
        stop + 1, hint=noun, role="anchor", depth=d.depth + 1, alone=True
    )


def _amid_its_kind(
    parser: PhraseReader, m: Match, anchor: Node, noun: Find | None
) -> bool:
    """Whether it is the middle one: "the court in the middle of the three"."""
    token = parser.r.first("<d>", m.start, m.stop)
    central = token is not None and token.value == "centre"
    several = isinstance(anchor, n.Counted) and anchor.number > 2
    return central and several and bare(anchor) == noun


def _of_its_kind(d: NounPhrase, anchor: Node, at: At) -> None:
    """ "the left court of the four on the hill": the four are what is chosen from."""

    def step(node: Node) -> Node:
        if isinstance(node, Find) and node.phrase == node.noun:
            return said(anchor, [], (*node.at, *at))
        return n.Inside(node, anchor, at=at)

    d.noun_filters.insert(0, step)


def _is_part_of(parser: PhraseReader, m: Match, anchor: Node) -> bool:
    """Whether a side is one of the anchor: "in the north of the depot"."""
    said = set(said_by(parser, m))
    inside = "<d>" in said and not said.isdisjoint(("in", "on", "at"))
    return inside and not m.argument and is_whole(anchor)


def _is_within(parser: PhraseReader, m: Match) -> bool:
    """Whether words place a thing in a group: "at the left end of the row"."""
    if m.handler == "inside":
        return True
    token = parser.r.first("<d>", m.start, m.stop)
    return (
        m.handler == "beside"
        and token is not None
        and (token.value == "centre" or m.groups.get("part") in _AT_PART)
    )


_PARTS = _AT_PART | {"side", "face", "bank", "shore"}


def _relation(parser: PhraseReader, m: Match) -> Anchored:
    how: Any = m.argument or "near"
    match m.handler:
        case "near":
            return lambda of, x, at: n.Near(of, x, how, at=at)
        case "not":
            return lambda of, x, at: n.Near(of, x, at=at)
        case "within":
            low, high = limits(parser, m, "<len>")
            if low == high and "within" in said_by(parser, m):
                low = None
            return lambda of, x, at: n.Within(of, x, low, high, at=at)
        case "beside":
            return _side(parser, m)
        case "compared":
            return _compared(parser, m)
        case "along":
            return lambda of, x, at: n.Along(of, x, at=at)
        case "around":
            return lambda of, x, at: n.Around(of, x, at=at)
        case "surrounded":
            return lambda of, x, at: n.Surrounded(of, x, at=at)
        case "opposite":
            beyond = m.argument == "beyond"
            return lambda of, x, at: n.Opposite(of, x, beyond, at=at)
        case "holding" | "without":
            return lambda of, x, at: n.Holding(of, x, at=at)
    inside: Any = m.argument if m.argument in ("on", "at") else "in"
    return lambda of, x, at: n.Inside(of, x, inside, at=at)


def _side(parser: PhraseReader, m: Match, *, at: bool = False) -> Anchored:
    token = parser.r.first("<d>", m.start, m.stop)
    place = str(token.value) if token else m.argument
    if m.argument == "diagonal":
        row = "top" if m.groups.get("v") == "above" else "bottom"
        place = f"{row} {place}" if place in ("left", "right") else place
    if place == "centre":
        return lambda of, x, at: n.Inside(of, x, at=at)
    side = cast(Side, place.removeprefix("middle ").removesuffix(" centre"))
    if m.argument == "step":
        low, high = limits(parser, m, "<len>")
        return lambda of, x, at: n.Within(
            n.Beside(of, side, x, at=at), x, low, high, at=at
        )
    if at or m.groups.get("part") in _AT_PART:
        return _beside(side, "at")
    adverb = m.groups.get("adv", "")
    near = adverb in _CLOSE or "just" in adverb
    return _beside(side, "just" if near else "beyond")


def _beside(side: Side, how: Any) -> Anchored:
    return lambda of, x, at: n.Beside(of, side, x, how, at=at)


def _compared(parser: PhraseReader, m: Match) -> Anchored:
    if m.argument == "same":
        return lambda of, x, at: n.Compared(of, "same", x, at=at)
    token = parser.r.first("<cmp>", m.start, m.stop)
    larger = token is None or cast(tuple[str, str], token.value)[0] == "largest"
    return lambda of, x, at: n.Compared(of, "larger" if larger else "smaller", x, at=at)


def _between(parser: PhraseReader, m: Match, d: NounPhrase, at: At, negate: At) -> int:
    noun = d.noun() or (d.hint if isinstance(d.hint, Find) else None)
    r = parser.r
    trial = NounPhrase("anchor", None, DEEPEST)
    after = parser.lead(m.stop, trial)
    # "between the northern and the southern apron": the noun comes with the second.
    alone = bool(trial.adjectives or trial.pronoun) or r.text(after) != "and"
    first, stop = parser.phrase(
        m.stop, hint=noun, role="anchor", depth=d.depth + 1, alone=alone
    )
    if isinstance(first, n.Union) and not alone:
        return _between_two(d, first, at, negate, stop)
    if first is None:
        return _left_as_words(parser, m, d, stop)
    second: Node | None = None
    if r.text(stop) in ("and", ","):
        second, after = parser.phrase(
            stop + 1, hint=noun, role="anchor", depth=d.depth + 1, alone=True
        )
        if second is not None:
            at = (*at, *r.at(stop, stop + 1))
            stop = after
    d.filters.append(
        _maybe_negated(lambda node: n.Between(node, first, second, at=at), negate)
    )
    return stop


def _between_two(d: NounPhrase, ends: n.Union, at: At, negate: At, stop: int) -> int:
    first, second = ends.parts[0], n.Union(ends.parts[1:])
    last = second.parts[0] if len(second.parts) == 1 else second
    d.filters.append(
        _maybe_negated(lambda node: n.Between(node, first, last, at=at), negate)
    )
    return stop


def _maybe_negated(step: Filter, at: At) -> Filter:
    return negated(step, at) if at else step


def _knows(parser: PhraseReader, i: int) -> bool:
    """Whether a thing that the lexicon knows is named next."""
    trial = NounPhrase("anchor", None, depth=DEEPEST)
    parser.lead(i, trial)
    noun = trial.noun()
    return noun is not None and bool(noun.categories)


def _stays(m: Match, noun: Find | None) -> bool:
    """Whether words of relation say what a thing is, not where."""
    if noun is None:
        return False
    if m.handler == "opposite":
        return "bridge" in noun.categories
    # "the roof of the house", "the end of the runway"
    return m.handler == "inside" and m.argument == "of" and not noun.categories


def _left_as_words(parser: PhraseReader, m: Match, d: NounPhrase, stop: int) -> int:
    """Leaves the words of a match to the network."""
    stop = max(stop, m.stop)
    d.after.extend(t for t in parser.r.tokens[m.start : stop] if t.text != ",")
    return stop


def _names_group(anchor: Node, noun: Find | None) -> bool:
    """Whether an anchor is a group of the very things that are asked for."""
    some = [one for one in spine(anchor) if isinstance(one, n.Grouped)]
    found = bare(anchor)
    return bool(some) and found is not None and found == noun


def _in_group(
    parser: PhraseReader, m: Match, d: NounPhrase, anchor: Node, at: At, stop: int
) -> int:
    """ "the third tank in the top row": its members take the place of the noun."""
    side = parser.r.first("<d>", m.start, m.stop) if m.handler == "beside" else None
    if side is not None and side.value == "centre":
        d.choices.append(Selector("middle", "", at))
    elif side is not None:
        d.choices.append(Selector("most", str(side.value), at))

    if d.rank is not None and d.side is None:
        # "the third plane in the row" counts as one reads.
        forms = [one.form for one in spine(anchor) if isinstance(one, n.Grouped)]
        d.side = "top" if forms[-1] == "column" else "left"

    def step(node: Node) -> Node:
        if isinstance(node, Find) and node.phrase == node.noun:
            return n.Members(anchor, at=(*node.at, *at))
        return n.Inside(node, anchor, at=at)

    d.filters.append(step)
    return stop
