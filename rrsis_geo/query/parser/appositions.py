"""Reads what a comma adds to the same things: "the ship, the one on the left"."""

from __future__ import annotations

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.parser.coordination import read_conjunction
from rrsis_geo.query.parser.filters import of_size
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher
from rrsis_geo.query.phrases.noun_phrase import NounPhrase
from rrsis_geo.query.phrases.phrase_reader import PhraseReader


def is_comma(parser: PhraseReader, i: int, phrase: NounPhrase) -> bool:
    """Whether a comma, or a word that narrows as one does, stands here."""
    matcher = parser.matcher
    return matcher.text(i) == "," or matcher.after_narrowing(i) > i


def read_comma(parser: PhraseReader, i: int, phrase: NounPhrase) -> int | None:
    """What a comma or "only" adds to the same things; the head only has such."""
    if phrase.role != "head":
        return None
    matcher, j = parser.matcher, i + 1
    while matcher.text(j) in _AFTER_COMMA:
        j += 1
    if matcher.text(j) in _AGAIN and matcher.text(j + 1) in ("is", "are"):
        j += 2  # "the shed. It is the big one"
    j = max(matcher.after_narrowing(i), matcher.after_narrowing(j))
    listed = matcher.text(j) == "<d>" and _handler(matcher, j) == "place"
    if phrase.last_handler == "place" and listed and phrase.filters:
        return read_conjunction(parser, i, phrase)  # "on the left, right and ..."
    if _starts_condition(parser, j):
        return j
    addition = NounPhrase(phrase.role, phrase.antecedent, phrase.depth)
    k = parser.read_premodifiers(j, addition)
    place = phrase.last_handler == "place" == _handler(matcher, k)
    if addition.pronoun and place:
        return None  # "small ones in the north, large ones in the south"
    if is_apposition(parser, addition, k):
        phrase.add_apposition(addition)
        return k
    sized = [token for token in addition.adjectives if token.text == "<size>"]
    if sized and len(addition.adjectives) == 1 and phrase.has_noun():
        phrase.noun_filters.append(of_size(sized[0]))  # "ship, large"
        return k
    if addition.noun() is not None and not addition.pronoun and addition.determiner:
        return None
    return j


_AGAIN = v.words("it they that this these those")
_AFTER_COMMA = v.COORDINATORS | v.words(
    "but preferably find show mark select segment highlight outline pick choose"
)


def _handler(matcher: PatternMatcher, i: int) -> str:
    match = matcher.match(i, bare=True)
    return match.handler if match is not None else ""


def _starts_condition(parser: PhraseReader, i: int) -> bool:
    """Whether what follows a comma is a postmodifier or an exception."""
    matcher, text = parser.matcher, parser.matcher.text(i)
    if matcher.match(i, bare=True) is not None or text == "not":
        return True
    if text in v.DESCRIPTIVE or text in v.COPULAS:
        return True
    return matcher.after_exception(i) > i


def is_apposition(parser: PhraseReader, addition: NounPhrase, stop: int) -> bool:
    """Whether words say more of the same things: "the largest", "the red one"."""
    if addition.pronoun:
        modified = addition.adjectives or addition.has_premodifier()
        return bool(modified or parser.matcher.match(stop))
    named = addition.adjectives or addition.base is not None
    return not named and addition.has_premodifier()
