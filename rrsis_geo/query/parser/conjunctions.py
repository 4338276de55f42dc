"""Reads conditions joined by conjunctions: "in the north and near the road"."""

from __future__ import annotations

from rrsis_geo.language import nodes as n
from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.parser.anchored_relations import apply_match
from rrsis_geo.query.parser.noun_phrase import Filter, NounPhrase
from rrsis_geo.query.parser.phrase_reader import PhraseReader


def is_conjunction(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a word joins a further condition to those before."""
    matcher = parser.matcher
    return matcher.text(i) in v.COORDINATORS or matcher.adds_condition(i)


def read_conjunction(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """Both of "in the north and near the road"; either of two places."""
    matcher, j = parser.matcher, _after_clause_opening(parser, i + 1)
    again = j > i + 1
    while matcher.text(j) in _FILLERS | v.STATIVE:
        j += 1
    match = matcher.match(j, bare=True)
    if match is None or phrase.role != "head":
        return j if again and phrase.role == "head" and j < matcher.stop else None
    said = phrase.filters or phrase.directions or phrase.unparsed or again
    if not (said or matcher.text(i - 1) in v.NON_PLACES):
        return None
    count, before = len(phrase.filters), phrase.last_handler
    after = apply_match(parser, match, phrase, ())
    places = {before, match.handler} <= {"place", "edge"}
    either = places or matcher.text(i) in ("or", ",")
    if either and count and len(phrase.filters) == count + 1:
        one, other = phrase.filters[count - 1 :]
        phrase.filters[count - 1 :] = [_either(one, other)]
    return after


_FILLERS = v.words("also but is are")


def _after_clause_opening(parser: PhraseReader, i: int) -> int:
    """The position after "it is" or "they are", which speak of the same things."""
    text = parser.matcher.text
    if text(i) in ("it", "they", "which", "that") and text(i + 1) in ("is", "are"):
        return i + 2
    return i


def _either(one: Filter, other: Filter) -> Filter:
    return lambda node: n.Union((one(node), other(node)))
