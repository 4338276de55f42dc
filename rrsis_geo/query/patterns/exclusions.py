"""Finds exceptions that are named before their verb: "..., the largest left out"."""

from __future__ import annotations

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.patterns.pattern_matcher import PatternMatcher

_VERBS = v.words("excluded omitted removed excepted ignored aside")
_PARTICIPLES = v.words("left taken")
_PARTICLES = v.words("out aside off")
_NEGATED = v.words("included counted wanted needed")
_ALONE = v.words("alone out")
_LEAVING = v.words("leave leaving keep keeping")
"""Words that open "leave the small one alone"."""
_CONCERN = v.words("interest matter count concern")
_OPENINGS = v.words(", with but and leaving leave taking")


def find_exclusion(matcher: PatternMatcher) -> tuple[int, int, int, int] | None:
    """Where a text says at its end what is left out.

    Returns:
        The position where the set ends, where the exception starts and ends, and where
        the text goes on; None where nothing is left out so.
    """
    for verb in range(matcher.stop - 1, matcher.start + 1, -1):
        after = _after_verb(matcher, verb)
        if not after or not (after >= matcher.stop or matcher.text(after) == ","):
            continue
        stop = verb
        while matcher.text(stop - 1) in v.COPULAS | {"being", "should"}:
            stop -= 1
        opens = _LEAVING if _word(matcher, verb) in _ALONE else _OPENINGS
        for start in range(stop - 1, matcher.start, -1):
            if matcher.text(start) in opens and start + 1 < stop:
                return _before_opening(matcher, start), start + 1, stop, after
    return None


def _before_opening(matcher: PatternMatcher, start: int) -> int:
    """Where the set ends: before "but" in "but with the largest left out"."""
    while matcher.text(start - 1) in _OPENINGS and start - 1 > matcher.start:
        start -= 1
    return start


def _after_verb(matcher: PatternMatcher, i: int) -> int:
    """The position after "left out", "not included", "do not count"; 0 for none."""
    word, follows = _word(matcher, i), _word(matcher, i + 1)
    other = (word, follows) in (("something", "else"), ("another", "thing"))
    if other and matcher.text(i - 1) in v.COPULAS:
        return i + 2
    if word in _VERBS | _ALONE:
        return i + 1
    if word in _PARTICIPLES and follows in _PARTICLES:
        return i + 2
    if word == "not" and follows in _NEGATED:
        return i + 2
    concerns = _word(matcher, i + 2) in _CONCERN
    if word in ("do", "does") and follows == "not" and concerns:
        return i + 4 if _word(matcher, i + 3) in ("me", "us") else i + 3
    return 0


def _word(matcher: PatternMatcher, i: int) -> str:
    """The word of a token, whatever its kind; "" for several words and at the end."""
    if i >= matcher.stop or len(matcher.tokens[i].at) != 1:
        return ""
    return matcher.words[matcher.tokens[i].at[0]]
