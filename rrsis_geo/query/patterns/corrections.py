"""Takes back what a text corrects: "the left tank, no, the right one"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import sense, singular
from rrsis_geo.query.tokenizer.token_kinds import Token

_SOUNDS = v.words("hmm hm um uh er oh ah wait sorry actually well")
_DENIALS = v.words("sorry no nope rather without")
"""After a comma "no" was read as "without"."""
_LATER = v.words("wait sorry actually")


def corrected(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens without what "no" between commas takes back."""
    for place, token in enumerate(tokens):
        if token.text == "," and place:
            stop = _after_denial(tokens, place + 1)
            if stop and stop < len(tokens):
                return _replaced(tokens[:place], tokens[stop:], token)
    return tuple(tokens)


def _after_denial(tokens: Sequence[Token], place: int) -> int:
    """The position after "hmm no," or "no wait,"; 0 where nothing is denied."""
    denied = False
    while place < len(tokens) and tokens[place].text != ",":
        text = tokens[place].text
        denied = denied or text in _DENIALS
        if text not in _SOUNDS | _DENIALS | _LATER:
            return 0
        place += 1
    return place + 1 if denied else 0


def _replaced(
    before: Sequence[Token], after: Sequence[Token], comma: Token
) -> tuple[Token, ...]:
    """What was said first, with what was said then in the place of what it corrects."""
    last = max((k for k, one in enumerate(before) if one.text == ","), default=-1)
    if after[0].text == "<n>" and [one.text for one in before[last + 1 :]] == ["<n>"]:
        return (*before[:last], comma, *after) if last > 0 else tuple(after)
    noun = _noun(before)
    pronoun = next((k for k, one in enumerate(after) if one.text in _PRONOUNS), -1)
    if noun and pronoun > 0 and _noun(after[:pronoun]) is None:
        return (*after[:pronoun], *before[slice(*noun)], *after[pronoun + 1 :])
    plain = [one.text for one in after if one.text not in v.NARROWING | v.DETERMINERS]
    for stop in range(1, len(before)):
        if plain == [one.text for one in before[max(stop - len(plain), 0) : stop]]:
            return tuple(before[:stop])  # "gravel lot plus lane, no, only the lot"
    if _noun(after) is None and not (noun is None and after[0].text in v.DETERMINERS):
        return (*before, comma, *after)
    return tuple(after)


_PRONOUNS = ("one", "ones")


def _noun(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Where the first noun of a class starts and ends."""
    for start in range(len(tokens)):
        for stop in range(min(start + _MAX_NOUN, len(tokens)), start, -1):
            words = tuple(w for one in tokens[start:stop] for w in one.surface.split())
            known, found = sense((*words[:-1], singular(words[-1])))
            if found is not None and found.categories and known == len(words):
                return start, stop
    return None


_MAX_NOUN = 3
"""Tokens of a noun."""
