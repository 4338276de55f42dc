"""Heights and depths, which no outline shows, as words of the phrase.

"Over 20 m tall", "higher than 10 floors" and "height of 5 to 8 m" become one token
each: read as a length, or as a place above something, they would keep the wrong things.
"""

from __future__ import annotations

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.quantity_limits import limit_at, trailing_limit
from rrsis_geo.query.tokenizer.token_kinds import Token
from rrsis_geo.query.tokenizer.word_senses import joined, texts

_COMPARED = v.words("higher taller lower deeper")
_HIGH = (("tall",), ("high",), ("deep",), ("in", "height"), ("in", "depth"))
_HEIGHT = v.words("height heights depth depths")
_STOREYS = v.words("storey storeys story stories floor floors level levels")
_CARRYING = v.words("of with having")
_ARTICLES = v.words("a the")
_OF = v.words("of is are")
_DISTANCES = v.words("within inside beyond")
"""Limits of a distance: "within 50 m" is not how high something is."""


def height(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[list[Token], int] | None:
    """ "over 20 m tall", "higher than 10 floors", "height of 20 m"."""
    stop = _after_comparison(tokens, index)
    stop = stop or _after_name(tokens, index) or _after_measure(tokens, index)
    if not stop:
        return None
    return [joined("<height>", None, tokens[index:stop])], stop


def _after_comparison(tokens: list[Token], index: int) -> int:
    """The index after "no higher than 20 m"; 0 where there is none."""
    start = index + (tokens[index].text in ("no", "not"))
    compared = start < len(tokens) and tokens[start].surface in _COMPARED
    if not compared or texts(tokens, start + 1, 1) != ("than",):
        return 0
    return _after_quantity(tokens, start + 2)


def _after_name(tokens: list[Token], index: int) -> int:
    """The index after "of a height of at least 20 m"; 0 where there is none."""
    named = index + (tokens[index].text in _CARRYING)
    if named > index and _ARTICLES.intersection(texts(tokens, named, 1)):
        named += 1
    if not _HEIGHT.intersection(texts(tokens, named, 1)):
        return 0
    start = named + 1 + bool(_OF.intersection(texts(tokens, named + 1, 1)))
    return _after_quantity(tokens, _after_limit(tokens, start))


def _after_measure(tokens: list[Token], index: int) -> int:
    """The index after "over 20 m tall" or "20 m or higher"; 0 where there is none."""
    start = _after_limit(tokens, index)
    stop = _after_quantity(tokens, start)
    if not stop or tokens[index].text in _DISTANCES:
        return 0
    for words in _HIGH:
        if texts(tokens, stop, len(words)) == words:
            end = stop + len(words)
            more = trailing_limit(tokens, end) if end < len(tokens) else None
            return more[1] if more else end
    _, compared = (*texts(tokens, stop, 2), "", "")[:2]
    if texts(tokens, stop, 1) == ("or",) and compared in _COMPARED:
        return stop + 2
    return stop if start > index and tokens[stop - 1].text in _STOREYS else 0


def _after_limit(tokens: list[Token], index: int) -> int:
    """The index after "more than"; the same for other words."""
    limit = limit_at(tokens, index) if index < len(tokens) else None
    return limit.stop if limit else index


def _after_quantity(tokens: list[Token], index: int) -> int:
    """The index after "20 m", "10 floors" or "5 to 8 m"; 0 where there is none."""
    start = index + (texts(tokens, index, 1) in (("between",), ("from",)))
    if texts(tokens, start + 1, 1) in (("and",), ("to",)):
        start += 2
    text = texts(tokens, start, 2)
    if text[:1] == ("<len>",):
        return start + 1
    counted = text[:1] in (("<n>",), ("one",)) and text[1:] and text[1] in _STOREYS
    return start + 2 if counted else 0
