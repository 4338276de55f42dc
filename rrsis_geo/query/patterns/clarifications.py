"""Joins what "I mean" adds with what was said before: "what is it? I mean the car"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import Sense, is_plural, sense, singular
from rrsis_geo.query.tokenizer.token_kinds import Token

_ASKING = v.words("what which who")
_DOING = v.words("do does did can could may would should will")
_MAX_NOUN = 4
"""Tokens of a noun."""


def clarified(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens in which "I mean" is gone.

    What follows it says more of the same things ("I mean the upper one"), names what
    was asked about ("what is parked there? I mean the car"), or corrects it.
    """
    for place in range(1, len(tokens) - 2):
        if after := _after_opening(tokens, place):
            before, meant = _stripped(tokens[:place]), _stripped(tokens[after:])
            return _joined(before, meant, tokens[place])
    return tuple(tokens)


def _after_opening(tokens: Sequence[Token], place: int) -> int:
    """The position after "I mean", or "I think it is" as an answer; 0 without them."""
    texts = [token.text for token in tokens[place : place + 4]]
    if texts[0] not in ("i", "we"):
        return 0
    if texts[1:2] == ["mean"]:
        return place + 2
    guesses = texts[1:2] in (["think"], ["guess"], ["suppose"])
    after = place + 4 if texts[2:] in (["it", "is"], ["they", "are"]) else place + 2
    answers = tokens[0].text in _ASKING and guesses and after < len(tokens)
    return after if answers and tokens[after].text in v.INDEFINITE else 0


def _joined(
    before: tuple[Token, ...], after: tuple[Token, ...], mark: Token
) -> tuple[Token, ...]:
    if not before or not after:
        return before or after
    comma = mark._replace(text=",", value=None, surface=",")
    named, meant = _noun(before), _noun(after)
    if _asks_otherwise(before) and _names_things(after):
        return after
    said = _after_question(before)
    if meant is None and not (said and after[0].text in v.INDEFINITE):
        kept = _exception(before)
        return (*before[:kept], comma, *after, *before[kept:])
    if said or meant is None:
        return (*after, *before[said:])
    start, stop, known = meant
    if named is None or set(named[2].categories).isdisjoint(known.categories):
        return after
    kept = _exception(before)
    before, excepted = before[:kept], before[kept:]
    last = after[stop - 1]
    word = "ones" if is_plural(last.surface) else "one"
    return (
        *before,
        comma,
        *after[:start],
        last._replace(text=word, value=None, surface=word),
        *after[stop:],
        *excepted,
    )


def _exception(tokens: Sequence[Token]) -> int:
    """Where an exception after a comma begins; the number of tokens without one."""
    for place in range(len(tokens) - 2, 0, -1):
        if tokens[place].text == "," and tokens[place + 1].text in _EXCEPTING:
            return place
    return len(tokens)


_EXCEPTING = v.words("not skip ignore forget exclude omit except without no")


def _after_question(tokens: Sequence[Token]) -> int:
    """The position after "what is" or "which one is"; 0 for other words."""
    texts = [token.text for token in tokens[:3]] + [""] * 3
    verb = 2 if texts[1] in ("one", "ones") else 1
    if texts[0] not in _ASKING:
        return 0
    if texts[verb] in v.COPULAS | v.STATIVE | {"runs"}:
        return verb + 1
    return verb if texts[verb] in v.ACTING else 0  # "what crosses the river"


def _asks_otherwise(tokens: Sequence[Token]) -> bool:
    """Whether it is asked what somebody does: "where do the fans sit?"."""
    texts = [token.text for token in tokens[:2]] + [""] * 2
    return texts[0] in _ASKING | {"where"} and texts[1] in _DOING


def _names_things(tokens: Sequence[Token]) -> bool:
    """Whether things are named, as not in "the upper one"."""
    texts = [token.text for token in tokens]
    first = texts[: texts.index(",")] if "," in texts else texts
    return "one" not in first and "ones" not in first


def _stripped(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens without commas at their ends."""
    some = list(tokens)
    while some and some[-1].text == ",":
        some.pop()
    while some and some[0].text == ",":
        some.pop(0)
    return tuple(some)


def _noun(tokens: Sequence[Token]) -> tuple[int, int, Sense] | None:
    """Where the first noun of a class starts and ends before any relation."""
    for stop in range(1, len(tokens) + 1):
        text = tokens[stop - 1].text
        if text in v.RELATING or text == "of":
            return None
        some = tokens[max(stop - _MAX_NOUN, 0) : stop]
        words = tuple(word for token in some for word in token.surface.split())
        length, known = sense((*words[:-1], singular(words[-1])))
        longer = (
            stop < len(tokens)
            and sense((*words, singular(tokens[stop].surface)))[0] > length
        )
        if known is not None and known.categories and not longer:
            return stop - min(length, len(some)), stop, known
    return None
