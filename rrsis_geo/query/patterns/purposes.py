"""Names a place that is said by what is done there: "where can I play tennis"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import is_plural, sense, singular
from rrsis_geo.query.patterns.pattern_compiler import (
    PLACES_BY_ACTIVITY,
    encode,
    longest_match,
)
from rrsis_geo.query.tokenizer.token_kinds import Token
from rrsis_geo.query.tokenizer.word_senses import joined

_BEFORE = v.RELATING | v.PREPOSITIONS | v.COORDINATORS | {"of"}
"""Tokens after which a clause with "where" is a noun phrase of its own."""

_DESCRIBING = v.DESCRIPTIVE | {",", "of"}


def named_by_purpose(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with nouns in place of such clauses: "tennis court"."""
    encoded = [encode(token) for token in tokens]
    line, offsets = "".join(encoded), list(accumulate(map(len, encoded), initial=0))
    index = {offset: place for place, offset in enumerate(offsets)}
    named: list[Token] = []
    place = 0
    while place < len(tokens):
        noun, stop = "", place
        if not _belongs_to_noun(tokens, place):
            noun, stop = _activity(tokens[place].text, line, offsets[place], index)
        if stop > place:
            named.append(_noun_token(noun, tokens[place:stop]))
            stop, more = _other_sport(tokens, stop)
            named += more
        else:
            named.append(tokens[place])
        place = max(stop, place + 1)
    return tuple(named)


_SPORTS = {
    "basketball": "basketball court",
    "tennis": "tennis court",
    "football": "football field",
    "soccer": "football field",
    "baseball": "baseball diamond",
}


def _other_sport(tokens: Sequence[Token], place: int) -> tuple[int, list[Token]]:
    """The second of "where one plays tennis or basketball", and the next position."""
    some = tokens[place : place + 2]
    if len(some) < 2 or some[0].text not in ("or", "and"):
        return place, []
    ground = _SPORTS.get(some[1].text)
    if ground is None or sense((some[1].text, _following(tokens, place)))[0] > 1:
        return place, []
    return place + 2, [some[0], _noun_token(ground, some[1:])]


def _following(tokens: Sequence[Token], place: int) -> str:
    """The word after a conjunction and what it joins."""
    return singular(tokens[place + 2].surface) if place + 2 < len(tokens) else ""


def _activity(
    text: str, line: str, start: int, index: dict[int, int]
) -> tuple[str, int]:
    """The noun of the place whose activity takes the most tokens, and their end."""
    ends = {
        noun: longest_match(patterns, text, line, start)
        for noun, patterns in PLACES_BY_ACTIVITY.items()
    }
    noun = max(ends, key=lambda one: ends[one])
    return noun, index[ends[noun]]


def _belongs_to_noun(tokens: Sequence[Token], place: int) -> bool:
    """Whether "where" says more of a thing before it: "the pier where boats dock".

    So does "for", unless it begins the text.
    """
    text, before = tokens[place].text, tokens[place - 1].text if place else ""
    if before in _DESCRIBING and text not in ("where", "for", "what"):
        return True  # "stadium with red lanes forming an oval"
    if text != "where":
        return text == "for" and place > 0
    for token in reversed(tokens[:place]):
        if token.text in _BEFORE:
            return False
        if sense((singular(token.surface),))[1] is not None:
            return True
    return False


def _noun_token(noun: str, some: Sequence[Token]) -> Token:
    """One token for a clause, with a sign that no word of the grammar has."""
    plural = "s" if is_plural(some[0].surface) else ""
    one = joined(noun.replace(" ", "_") + "_", None, some)
    return one._replace(surface=noun + plural)
