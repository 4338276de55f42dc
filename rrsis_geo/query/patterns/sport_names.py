"""Names a ground by the sport that is said beside it: "tennis, all courts"."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.token_kinds import Token

_SPORTS = v.words(
    "tennis basketball volleyball badminton baseball softball football soccer rugby"
    " cricket hockey handball netball golf"
)
_GROUNDS = v.words("court courts field fields pitch pitches")
_HEDGES = v.words(
    "most quite very likely probably maybe perhaps possibly presumably i think guess"
    " mainly only"
)


def with_sport(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens in which a sport between commas stands before the ground nearby."""
    segments = _segments(tokens)
    for place, segment in enumerate(segments):
        sport = _only_sport(segment)
        if sport is None:
            continue
        for other in (place - 1, place + 1):
            named = _named(segments[other], sport) if 0 <= other < len(segments) else ()
            if named:
                segments[other] = list(named)
                del segments[place]
                return _joined(segments, tokens)
    return tuple(tokens)


def _segments(tokens: Sequence[Token]) -> list[list[Token]]:
    """Tokens between commas."""
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ",":
            segments.append([])
        else:
            segments[-1].append(token)
    return segments


def _joined(
    segments: Sequence[Sequence[Token]], tokens: Sequence[Token]
) -> tuple[Token, ...]:
    """Segments with the commas of a text between them."""
    commas = iter([token for token in tokens if token.text == ","])
    joined = list(segments[0])
    for segment in segments[1:]:
        joined += [next(commas), *segment]
    return tuple(joined)


def _only_sport(segment: Sequence[Token]) -> Token | None:
    """The sport, where nothing but a doubt is said beside it."""
    said = [token for token in segment if token.text not in _HEDGES]
    return said[0] if len(said) == 1 and said[0].text in _SPORTS else None


def _named(segment: Sequence[Token], sport: Token) -> tuple[Token, ...]:
    """A segment with the sport before its ground; empty where it names none."""
    for place, token in enumerate(segment):
        if token.text in v.RELATING:
            break
        told = place > 0 and segment[place - 1].text in _SPORTS
        if token.text in _GROUNDS and not told:
            return (*segment[:place], sport, *segment[place:])
    return ()
