"""Joins a thing that is named first with what is asked about it.

"There is a lake, I want the house next to it" asks for "the house next to the lake".
"""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
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
    """Where a request begins after what names nothing.

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


def asked_last(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens of the request alone where it names its things after other talk.

    "What grows here? Mark all bushes", "oaks or pines: I need the pines".
    """
    for place in range(len(tokens) - 2, 0, -1):
        if tokens[place].text != ",":
            continue
        said, request = tokens[:place], tokens[place + 1 :]
        after = _after_wish(request)
        noun = _noun(request[after:]) if after else ""
        if noun and request[after].text in _POINTING:
            return _pointed_at(said, request[after:], noun)
        if noun and (_asks(said) or _offers(said, noun)):
            return tuple(request)
    return tuple(tokens)


def _pointed_at(
    said: Sequence[Token], pointed: Sequence[Token], noun: str
) -> tuple[Token, ...]:
    """ "Red roof, by the river: mark that house" as "the house, red roof, ..."."""
    if noun in [token.text for token in said]:
        return tuple(said)
    the = pointed[0]._replace(text="the", surface="the")
    comma = pointed[0]._replace(text=",", surface=",")
    return (the, *pointed[1:], comma, *said)


_POINTING = v.words("this that these those")
_QUESTIONS = v.words("what who which how why")
_VERSUS = v.words("vs versus or against")
_WISHES = v.words("need want require mark outline show highlight select segment")


def _asks(tokens: Sequence[Token]) -> bool:
    """Whether it is asked about something, and no place is said."""
    words = [token.text for token in tokens]
    return words[0] in _QUESTIONS and v.RELATING.isdisjoint(words)


def _after_wish(tokens: Sequence[Token]) -> int:
    """Number of tokens of "I need" or "mark" before things that are all meant; or 0."""
    texts = [token.text for token in tokens[:3]]
    start = 1 if texts[:1] in (["i"], ["we"], ["please"]) else 0
    wishes = texts[start : start + 1]
    follows = texts[start + 1 : start + 2]
    named = follows and follows[0] in v.DEFINITE | {"all", "every"}
    return start + 1 if wishes and wishes[0] in _WISHES and named else 0


def _noun(tokens: Sequence[Token]) -> str:
    """The last word of a short noun phrase that ends a text; "" for other words."""
    words = [token.text for token in tokens]
    plain = v.RELATING.isdisjoint(words) and _PRONOUNS.isdisjoint(words)
    short = 1 < len(words) <= _MAX_WORDS and "," not in words
    last = words[-1] if words else ""
    return last if plain and short and last.isalpha() and last not in _NO_NOUN else ""


_MAX_WORDS = 4
_NO_NOUN = v.words("one ones those these them it that this others rest all")


def _offers(tokens: Sequence[Token], noun: str) -> bool:
    """Whether a noun was offered as one of two before."""
    words = [token.text for token in tokens]
    placed = not v.RELATING.isdisjoint(words)
    return noun in words and not placed and not _VERSUS.isdisjoint(words)


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
