"""Reads what stands beside a thing: "a house with a pool next to it"."""

from __future__ import annotations

from typing import NamedTuple, cast

from rrsis_geo.language import nodes as n
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.phrases import head_noun
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.parser.descriptions import try_premodifiers
from rrsis_geo.query.patterns.pattern_matcher import PRONOUN_ANCHORS, PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import OPPOSITE, NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader

_WITH = v.words("with has have having")
_STAYING = v.words(
    "parked moored docked standing lying sitting running built placed located right"
    " directly just immediately that which is are stands lies"
)
"""Words that may stand between the companion and where it is."""

_CLOSE = (
    ("next", "to"),
    ("beside",),
    ("alongside",),
    ("adjacent", "to"),
    ("attached", "to"),
)
_NEAR = (
    ("near",),
    ("close", "to"),
    ("in", "front", "of"),
    ("behind",),
    ("in", "back", "of"),
    ("at", "the", "back", "of"),
    ("opposite",),
)
_ALONE = v.words("nearby alongside")
"""Words that need no "it"."""


_MAX_TOKENS = 10
"""Tokens among which the relation is looked for."""


class _Companion(NamedTuple):
    """Where what stands beside a thing is named, and how it lies."""

    start: int
    stop: int
    end: int
    """Position after the relation."""
    side: str
    """Side of the thing that it is on; "" for none."""
    is_close: bool


NEIGHBOURS = ("neighbour", "neighbor")


def name_neighbour(phrase: NounPhrase, anchor: Node) -> None:
    """Read "the neighbour north of the tank" as another tank."""
    last = phrase.adjectives[-1] if phrase.adjectives else None
    if last is None or singular(last.surface) not in NEIGHBOURS:
        return
    phrase.pronoun = "one" if last.surface in NEIGHBOURS else "ones"
    phrase.adjectives.pop()
    phrase.silent_words.extend(last.at)
    phrase.antecedent = head_noun(anchor)


def has_companion(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether "with a pool next to it" begins here."""
    return phrase.role == "head" and _companion(parser, i) is not None


def read_companion(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """Relate the thing to its companion; return the next position."""
    found = _companion(parser, i)
    if found is None:
        return None
    matcher = parser.matcher
    with matcher.limited(found.stop):
        anchor, stop = parser.read_phrase(
            found.start, antecedent=None, role="anchor", depth=phrase.depth + 1
        )
    if anchor is None or stop < found.stop:
        return parser.read_description(i, phrase)
    at = (*matcher.at(i, found.start), *matcher.at(found.stop, found.end))
    phrase.last_anchor = anchor
    phrase.last_handler = "near"
    matcher.allow_pronoun_anchors()

    def keep(node: Node) -> Node:
        if found.side:
            side = cast(Side, OPPOSITE[found.side])
            return n.Beside(node, side, anchor, "beyond", at=at)
        return n.Near(node, anchor, "next" if found.is_close else "near", at=at)

    phrase.filters.append(keep)
    return found.end


def _companion(parser: PhraseReader, i: int) -> _Companion | None:
    """What "with" names that lies beside the thing; None for a part of it."""
    matcher = parser.matcher
    if matcher.text(i) not in _WITH or matcher.text(i + 1) in ("no", "nothing"):
        return None
    for stop in range(i + 2, min(i + _MAX_TOKENS, matcher.stop)):
        if matcher.text(stop) == ",":
            return None
        k = stop
        while matcher.text(k) in _STAYING:
            k += 1
        end, side, is_close = _relation(matcher, k)
        if end == k:
            continue
        with matcher.limited(stop):
            named, after = try_premodifiers(parser, i + 1)
        noun = named.noun()
        if after < stop or noun is None or named.pronoun or named.comparative:
            return None
        part = named.adjectives[-1].text in v.PARTS_OF_THINGS
        if side and (part or not noun.categories):
            return None  # "with a wing on its left"
        return _Companion(i + 1, stop, end, side, is_close)
    return None


def _relation(matcher: PatternMatcher, i: int) -> tuple[int, str, bool]:
    """The position after "next to it", its side, and whether it is close."""
    text = matcher.text(i)
    if text in _ALONE and matcher.text(i + 1) not in PRONOUN_ANCHORS:
        return i + 1, "", text == "alongside"
    for words in (*_CLOSE, *_NEAR):
        end = i + len(words)
        said = tuple(matcher.text(place) for place in range(i, end))
        if said == words and matcher.text(end) in PRONOUN_ANCHORS:
            return end + 1, "", words in _CLOSE
    return _side(matcher, i)


def _side(matcher: PatternMatcher, i: int) -> tuple[int, str, bool]:
    """ "on its left", "to the left [of it]", but not "on its west side"."""
    opens = matcher.text(i) in ("on", "to") and matcher.text(i + 2) == "<d>"
    own = matcher.text(i + 1) in ("its", "their") or _is_to_the(matcher, i)
    own = own and matcher.may_end(i + 3)
    of_it = matcher.text(i + 3) == "of" and matcher.text(i + 4) in PRONOUN_ANCHORS
    if not opens or not (own or (of_it and matcher.text(i + 1) == "the")):
        return i, "", False
    side = str(matcher.tokens[i + 2].value)
    return (
        (i + 3 if own else i + 5, side, False) if side in OPPOSITE else (i, "", False)
    )


def _is_to_the(matcher: PatternMatcher, i: int) -> bool:
    """Whether "to the" names a side: "with a lake to the north", not "... of it"."""
    said = (matcher.text(i), matcher.text(i + 1)) == ("to", "the")
    return said and matcher.text(i + 3) != "of"
