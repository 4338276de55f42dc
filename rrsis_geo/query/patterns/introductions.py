"""Joins a thing that is named first with what is asked about it.

"There is a lake, I want the house next to it" asks for "the house next to the lake".
"""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.patterns.asides import PURPOSES
from rrsis_geo.query.patterns.pattern_compiler import (
    POLITE_OPENINGS,
    encode,
    longest_match,
)
from rrsis_geo.query.tokenizer.token_kinds import Token

_FILLERS = v.words("so ok okay well now and then , but anyway anyhow")
_INTRODUCING = (
    ("there", "is"),
    ("there", "are"),
    ("do", "you", "see"),
    ("you", "see"),
    ("see",),
    ("is", "that"),
    ("is", "this"),
    ("is", "there"),
    *((who, does) for who in ("i", "we") for does in ("manage", "run", "own", "study")),
)
_PRONOUNS = v.words("it them")
_OWN = v.words("its their")


def without_introduction(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens of the request alone, with the thing named first in place of "it"."""
    if (asked := _after_speaker(tokens)) is not None:
        return asked
    tokens = tokens[_after_preamble(tokens) :]
    start = _after_fillers(tokens, 0)
    begin = start + _introduction(tokens[start:])
    ends = (k for k in range(begin, len(tokens)) if tokens[k].text in (",", "and"))
    end = next((k for k in ends if _is_request(tokens, k)), 0)
    if begin == start or end <= begin:
        return tuple(tokens)
    request = tokens[_after_fillers(tokens, end) :]
    thing = tokens[begin:end]
    if thing[0].text in v.INDEFINITE:
        thing = (thing[0]._replace(text="the", surface="the"), *thing[1:])
    return _resolved(request, thing) or tuple(tokens)


def _after_speaker(tokens: Sequence[Token]) -> tuple[Token, ...] | None:
    """The request after "we insure boats. Show me", with the boats where it needs them.

    None where nobody says first what they do.
    """
    texts = [token.text for token in tokens[:3]] + [""] * 3
    end = next((k for k, token in enumerate(tokens) if token.text == ","), 0)
    does = texts[0] in ("i", "we") and texts[1].isalpha() and 2 < end <= _MAX_OPENING
    line = "".join(map(encode, tokens))
    asks = longest_match(POLITE_OPENINGS, texts[0], line, 0) > 0
    if not does or asks or not _is_request(tokens, end):
        return None
    request = tokens[end + 1 :]
    named = texts[2] not in v.DETERMINERS and texts[1] not in v.COPULAS | {"am"}
    if named and any(token.text in _REFERRING for token in request):
        return (*tokens[2 : _end_of_noun(tokens, 2)], tokens[end], *request)
    return tuple(request)


_MAX_OPENING = 8
"""Tokens of what somebody says first."""

_REFERRING = v.words("one ones those them these")


def _after_preamble(tokens: Sequence[Token]) -> int:
    """Where a request begins after what names nothing: "for my survey: the dunes".

    "Children get wet here: the round pool", "can I land here? show the longest field".
    """
    comma = next((k for k, token in enumerate(tokens) if token.text == ","), 0)
    rest = tokens[comma + 1 :]
    if not comma or not rest:
        return 0
    texts = [token.text for token in tokens[:comma]]
    begin = comma + 1 + _after_fillers(rest, 0)
    if begin >= len(tokens) or any(t.text in ("one", "ones") for t in rest):
        return 0  # "I saw a pylon, the rusty one"
    asks = tokens[begin].text in v.DEFINITE or _is_request(tokens, begin)
    if texts[0] == "for" and texts[-1] in PURPOSES:
        return begin
    doing = texts[0] in ("can", "could", "may") and texts[1:2] in (["i"], ["we"])
    if doing and asks and texts[-1] in ("here", "there"):
        return begin
    kinds = any(text.startswith("<") for text in texts)
    named = any(sense((singular(t.surface),))[1] for t in tokens[:comma])
    says = kinds or named or _is_request(tokens, 0) or not _SAYING.isdisjoint(texts)
    return begin if asks and not says and not _PEOPLE.isdisjoint(texts) else 0


_PEOPLE = v.words("i we you she he people children kids everybody everyone someone")
_SAYING = (
    v.RELATING - {"in"} | v.NON_PLACES | v.DETERMINERS | v.words("one ones not no")
)
"""Words of what may say something of the thing that is asked for."""


def _after_fillers(tokens: Sequence[Token], place: int) -> int:
    while place < len(tokens) and tokens[place].text in _FILLERS:
        place += 1
    return place


def _introduction(tokens: Sequence[Token]) -> int:
    """Number of tokens of "there is" or the like; 0 for other words."""
    for words in _INTRODUCING:
        if tuple(token.text for token in tokens[: len(words)]) == words:
            return len(words)
    return 0


def _is_request(tokens: Sequence[Token], place: int) -> bool:
    """Whether "show me" or the like follows a comma."""
    some = tokens[_after_fillers(tokens, place) :]
    line = "".join(map(encode, some))
    return bool(some) and longest_match(POLITE_OPENINGS, some[0].text, line, 0) > 0


def _resolved(
    request: Sequence[Token], thing: Sequence[Token]
) -> tuple[Token, ...] | None:
    """A request with a thing in place of the first "it" after a relation, or of "its".

    None where it does not speak of the thing.
    """
    for place, token in enumerate(request):
        related = place > 0 and request[place - 1].text in _BEFORE_IT
        if token.text in _PRONOUNS and related:
            return (*request[:place], *thing, *request[place + 1 :])
        if token.text in _OWN and place + 1 < len(request):
            end = _end_of_noun(request, place + 1)
            the = token._replace(text="the")
            of = token._replace(text="of", surface="of")
            noun = request[place + 1 : end]
            return (*request[:place], the, *noun, of, *thing, *request[end:])
    return None


_BEFORE_IT = v.RELATING | v.PREPOSITIONS | v.words("of to")


def _end_of_noun(tokens: Sequence[Token], place: int) -> int:
    """Where a noun phrase ends: at a comma or a relation."""
    ends = v.RELATING | v.PREPOSITIONS | v.COORDINATORS | {",", "of"}
    while place < len(tokens) and tokens[place].text not in ends:
        place += 1
    return place
