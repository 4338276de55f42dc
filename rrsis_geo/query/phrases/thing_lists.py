"""Tells lists of things under one word from further things that are asked for.

"Vehicles except trucks and buses" leaves out both; "near lakes or rivers" is near any.
"""

from __future__ import annotations

from rrsis_geo.language.nodes import Find, Node, Union
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import CRAFT
from rrsis_geo.query.patterns.pattern_matcher import Match, PatternMatcher
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
    word, enumerated = _conjunction(parser.matcher, i), parser.matcher.text(i) == ","
    while word and _is_named(first):
        start = i + 1
        while parser.matcher.text(start) in v.COORDINATORS:
            start += 1
        if kind.denied and parser.matcher.text(start) == "without":
            start += 1  # "with no pool and no garden"
        other = NounPhrase(first.role, None, first.depth)
        stop = parser.read_premodifiers(start, other)
        article = first.determiner if enumerated else ""  # "the cars, the vans or ..."
        if other.determiner not in ("", article) or not _is_named(other):
            break
        bare = enumerated and not other.determiner  # "the runway, taxiway and apron"
        if not (
            _goes_on(first, other, word, kind) or (bare and _is_alike(first, other))
        ):
            break
        if not (kind.denied or kind.excepted) and _is_related(parser.matcher, stop):
            break  # "ships in harbours or planes on runways"
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


def _is_related(matcher: PatternMatcher, i: int) -> bool:
    """Whether more than a place is said from a position on."""
    match = matcher.match(i)
    return match is not None and match.handler != "place"


def _goes_on(first: NounPhrase, other: NounPhrase, word: str, kind: ThingList) -> bool:
    """Whether a noun is one more of a list that "and" or "or" joins."""
    noun, named = first.noun(), other.noun()
    if noun is None or named is None:
        return False
    if kind.excepted:
        known = bool(named.categories) or other.is_plural()
        among = kind.whole is None or may_be_among(named, kind.whole)
        return known and (word == "or" or among)
    if kind.denied and word == "or":
        return True
    if first.is_plural() != other.is_plural() or named == kind.whole:
        return False
    if kind.denied:
        return True
    if other.determiner or not other.is_plural():
        return word == "or" and bool(other.determiner)
    return word == "or" or _moves(noun) == _moves(named)


def _is_alike(first: NounPhrase, other: NounPhrase) -> bool:
    """Whether two singular nouns name classes that both move, or both stay."""
    noun, named = first.noun(), other.noun()
    if noun is None or named is None or not (noun.categories and named.categories):
        return False
    single = first.is_singular() and other.is_singular()
    return single and _moves(noun) == _moves(named)


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


FILLED = ("holding", "surrounded")
"""Handlers of relations to several kinds of things: "full of cars and boxes"."""


def is_like_anchor(
    match: Match, first: NounPhrase, second: NounPhrase, noun: Find | None
) -> bool:
    """Whether a noun phrase after "and" goes with the anchor, not with the head.

    "The tank near the road and pier" is one thing near two; "tanks near the road and
    ships" are two kinds of things.

    Args:
        match: The relation.
        first: Its anchor.
        second: The noun phrase.
        noun: The noun of the head.
    """
    named, anchor = second.noun(), first.noun()
    if named is None:
        return False
    if match.handler in FILLED and first.is_plural() and second.is_plural():
        return not (first.determiner or second.determiner)  # "full of cars and boxes"
    if not named.categories:
        return False
    if named == noun or second.number or second.selectors or second.rank:
        return False
    if second.determiner:
        return first.determiner in ("the", "a")
    if second.is_plural():
        return False  # "near the road and ships"
    same = anchor is not None and anchor == named  # "of two sheds and white shed"
    return same or _is_alike(first, second)


def is_in_either(match: Match, phrase: NounPhrase) -> bool:
    """Whether of several anchors a thing is in one: "planes on the runway and taxiway".

    One thing is in both: "the plane on the runway and the bridge".
    """
    within = match.handler == "inside" and match.argument not in ("over", "ends")
    chosen = phrase.determiner in ("the", "a") or phrase.rank
    return within and not (phrase.is_singular() and chosen)


def joins_kinds(matcher: PatternMatcher, start: int, stop: int, anchor: Node) -> bool:
    """Whether an anchor is of several classes, joined by "and"."""
    parts = anchor.parts if isinstance(anchor, Union) else ()
    known = [isinstance(one, Find) and bool(one.categories) for one in parts]
    said = any(matcher.text(place) == "and" for place in range(start, stop))
    return said and bool(known) and all(known)
