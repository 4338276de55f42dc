"""The range of a length or an area that a rule of measures states."""

from __future__ import annotations

from typing import cast

from rrsis_geo.query.lexicon.vocabulary import ROUGH_NUMBERS, words
from rrsis_geo.query.patterns.pattern_matcher import Match
from rrsis_geo.query.phrases.phrase_reader import PhraseReader
from rrsis_geo.query.tokenizer.quantities import unit_size

ABOUT = 0.2
"""Tolerance of "about 50 m", as a share."""

ROUGHLY = 0.5
"""Tolerance of "a few hundred metres", as a share."""

_AROUND = words("maximum max <group> corridor buffer zone radius range")
"""Words of all that lies up to a distance; a strip is a group."""


def match_words(parser: PhraseReader, match: Match) -> list[str]:
    """Texts of the tokens of a match."""
    return [token.text for token in parser.matcher.tokens[match.start : match.stop]]


def limits(
    parser: PhraseReader, match: Match, kind: str
) -> tuple[float | None, float | None]:
    """The range that a match gives, in metres or square metres.

    Args:
        parser: The parser of the text.
        match: A match with a quantity; where it has several, the last one counts.
        kind: "<len>" or "<area>".
    """
    tokens = parser.matcher.tokens[match.start : match.stop]
    values = [float(cast(float, token.value)) for token in tokens if token.text == kind]
    value = values[-1]
    if "low" in match.starts:
        first = parser.matcher.tokens[match.starts["low"]]
        low = float(cast(float, first.value))
        if first.text != kind:
            low *= _unit_size(parser, match, kind)
        return min(low, value), max(low, value)
    said = match_words(parser, match)
    if match.groups.get("over") or not {"minimum", "min"}.isdisjoint(said):
        return value, None
    around = not _AROUND.isdisjoint(said) or "within" in said
    around = around or (match.handler == "within" and said[:2] == ["in", "<len>"])
    if match.groups.get("under") or around:
        return None, value
    if match.handler == "measured" and parser.matcher.first("<cmp>", match):
        return value, value
    return around_value(value, " ".join(one.surface for one in tokens))


def around_value(value: float, surface: str) -> tuple[float, float]:
    """What a quantity without a limit allows: more of "a few hundred metres"."""
    rough = not ROUGH_NUMBERS.keys().isdisjoint(surface.split())
    share = ROUGHLY if rough else ABOUT
    return round((1 - share) * value, 9), round((1 + share) * value, 9)


def _unit_size(parser: PhraseReader, match: Match, kind: str) -> float:
    """Metres in the unit of the last quantity, for a number without a unit."""
    tokens = parser.matcher.tokens[match.start : match.stop]
    last = [token for token in tokens if token.text == kind][-1]
    return unit_size(last.surface.split())
