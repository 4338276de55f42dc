"""Tells lists of things under one word from further things that are asked for.

"Vehicles except trucks and buses" leaves out both; "near lakes or rivers" is near any.
"""

from __future__ import annotations

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import CRAFT
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader, ThingList


def further_things(
    parser: PhraseReader, i: int, first: NounPhrase, kind: ThingList
) -> tuple[list[NounPhrase], int]:
    """What goes on with a list of plain nouns, and the position after it.

    Args:
        parser: The parser of the text.
        i: The position after the first noun.
        first: The first noun.
        kind: What the list is for.
    """
    more: list[NounPhrase] = []
    word = _conjunction(parser.matcher, i)
    while word and _is_named(first):
        start = i + 1
        while parser.matcher.text(start) in v.COORDINATORS:
            start += 1
        other = NounPhrase(first.role, None, first.depth)
        stop = parser.read_premodifiers(start, other)
        if not _goes_on(parser.matcher, stop, first, other, word, kind):
            break
        more.append(other)
        i, word = stop, _conjunction(parser.matcher, stop)
    return more, i


def _conjunction(matcher: PatternMatcher, i: int) -> str:
    """The "and" or "or" that joins a list here, or that ends it where a comma stands.

    "" where no list goes on: "near trucks, red roof".
    """
    if matcher.text(i) != ",":
        return matcher.text(i) if matcher.text(i) in ("and", "or") else ""
    for k in range(i + 1, min(i + _MAX_NOUN, matcher.stop)):
        if matcher.text(k) in ("and", "or", ","):
            return _conjunction(matcher, k)
        if matcher.match(k) is not None:
            break
    return ""


_MAX_NOUN = 5
"""Tokens of a noun in a list, with the comma before it."""


def _is_named(phrase: NounPhrase) -> bool:
    """Whether it is a noun without anything that chooses."""
    return phrase.noun() is not None and not phrase.has_premodifier()


def _goes_on(
    matcher: PatternMatcher,
    after: int,
    first: NounPhrase,
    other: NounPhrase,
    word: str,
    kind: ThingList,
) -> bool:
    """Whether a noun is one more of a list."""
    noun, named = first.noun(), other.noun()
    if noun is None or named is None or other.determiner or not _is_named(other):
        return False
    if kind.excepted:
        known = bool(named.categories) or other.is_plural()
        among = kind.whole is None or may_be_among(named, kind.whole)
        return known and (word == "or" or among)
    if first.determiner not in ("", "a") or first.is_plural() != other.is_plural():
        return False
    if kind.denied and word == "or":
        return True
    match = matcher.match(after)
    related = match is not None and match.handler != "place"
    if related or named == kind.whole or not other.is_plural():
        return False
    return word == "or" or _moves(noun) == _moves(named)


_ALL = v.words("everything all anything")


def may_be_among(named: Find | None, whole: Find | None) -> bool:
    """Whether things may be some of others: trucks among vehicles."""
    if named is None or whole is None:
        return False
    if whole.noun in _ALL:
        return True
    return not set(whole.categories).isdisjoint(named.categories)


def _moves(noun: Find) -> bool:
    return not CRAFT.isdisjoint(noun.categories)
