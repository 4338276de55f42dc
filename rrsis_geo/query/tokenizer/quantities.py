"""Numbers, lengths and areas in words and digits."""

from __future__ import annotations

from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v

_LENGTHS = {word: size for size, words in v.LENGTHS.items() for word in words.split()}
_AREAS = {word: size for size, words in v.AREAS.items() for word in words.split()}

_MAX_DIGITS = 12
_MAX_COUNT = 10_000


class Quantity(NamedTuple):
    """A number, with or without a unit."""

    text: str
    """"<n>" for a count, "<len>", "<area>", "<amount>" for other numbers, or "one"."""
    value: float
    """In metres or square metres where it has a unit."""
    stop: int
    """Index after its last word."""


def read_quantity(words: list[str], index: int) -> Quantity | None:
    """The quantity that begins at a word; None where there is none."""
    number = _number(words, index)
    if number is None:
        return None
    value, stop = number
    unit = _unit(words, stop)
    if unit is not None:
        kind, size, stop = unit
        return Quantity(kind, value * size, stop)
    if words[index] == "one":
        return Quantity("one", 1, stop)
    if value != int(value) or not 0 < value <= _MAX_COUNT:
        return Quantity("<amount>", value, stop)
    return Quantity("<n>", int(value), stop)


def _number(words: list[str], index: int) -> tuple[float, int] | None:
    """A number and the index after it; None for other words."""
    word = words[index]
    if word[0].isascii() and word[0].isdigit():
        number = _digits(word)
        if number is None:
            return None
        return _scaled(words, number, index + 1)
    if word in v.NUMBERS:
        return _scaled(words, *_number_words(words, index))
    if word in ("a", "an", "half") and index + 1 < len(words):
        return _number_with_article(words, index)
    return None


def _digits(word: str) -> float | None:
    plain = word.replace(",", "")
    if not plain.replace(".", "", 1).isdigit() or len(plain) > _MAX_DIGITS:
        return None
    return float(plain)


def _number_words(words: list[str], index: int) -> tuple[float, int]:
    """ "five", "twenty one"."""
    value, stop = float(v.NUMBERS[words[index]]), index + 1
    if 20 <= value <= 90 and stop < len(words):
        digit = v.NUMBERS.get(words[stop], 0)
        if 0 < digit < 10:
            return value + digit, stop + 1
    return value, stop


def _scaled(words: list[str], value: float, stop: int) -> tuple[float, int]:
    """ "two hundred and five"."""
    start = stop
    while stop < len(words) and words[stop] in v.SCALES:
        value, stop = value * v.SCALES[words[stop]], stop + 1
    if stop > start and words[stop : stop + 1] == ["and"] and stop + 1 < len(words):
        more = v.NUMBERS.get(words[stop + 1])
        if more:
            return value + more, stop + 2
    return value, stop


def _number_with_article(words: list[str], index: int) -> tuple[float, int] | None:
    """ "a dozen"; "a hundred", "a mile", "half a mile" before a unit or a scale."""
    follower = words[index + 1]
    if words[index] == "half":
        if follower in ("a", "an") and _unit(words, index + 2):
            return 0.5, index + 2
        if words[index + 1 : index + 3] == ["a", "dozen"]:
            return 6.0, index + 3
        return None
    if follower == "dozen":
        return 12.0, index + 2
    if follower in v.SCALES and follower != "k":
        return float(v.SCALES[follower]), index + 2
    # "a m" is a typing error, "a mile" is not.
    if len(follower) > 2 and _unit(words, index + 1):
        return 1.0, index + 1
    return None


def _unit(words: list[str], index: int) -> tuple[str, float, int] | None:
    """Kind of a unit, its size in metres or square metres, and the index after it."""
    if index >= len(words):
        return None
    word = words[index]
    after = words[index + 1] if index + 1 < len(words) else ""
    if word == "nautical" and after in ("mile", "miles"):
        return "<len>", 1852.0, index + 2
    if word in _AREAS:
        return "<area>", _AREAS[word], index + 1
    if word in v.SQUARE and after in _LENGTHS:
        return "<area>", _LENGTHS[after] ** 2, index + 2
    if word in _LENGTHS:
        if after in ("squared", "sq"):
            return "<area>", _LENGTHS[word] ** 2, index + 2
        return "<len>", _LENGTHS[word], index + 1
    return None
