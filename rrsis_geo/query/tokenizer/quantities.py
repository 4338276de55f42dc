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
        if words[stop : stop + 3] == ["and", "a", "half"]:  # "a mile and a half"
            value, stop = value + 0.5, stop + 3
        return Quantity(kind, value * size, stop)
    if words[index] == "one" and stop == index + 1:
        return Quantity("one", 1, stop)
    if value != int(value) or not 0 < value <= _MAX_COUNT:
        return Quantity("<amount>", value, stop)
    return Quantity("<n>", int(value), stop)


def _number(words: list[str], index: int) -> tuple[float, int] | None:
    """A number and the index after it; None for other words."""
    if (part := _part_of_unit(words, index)) is not None:
        return part
    whole = _whole(words, index)
    if whole is None:
        return _one_unit(words, index)
    value, stop = whole
    if words[stop : stop + 1] == ["and"] and stop + 1 < len(words):
        more = _part_of_unit(words, stop + 1)  # "one and a half miles"
        if more is not None:
            return value + more[0], more[1]
    return value, stop


def _whole(words: list[str], index: int) -> tuple[float, int] | None:
    """ "five", "2 thousand", "a hundred and fifty", "two thousand five hundred"."""
    first = _digits_or_words(words, index) or _one_of_scale(words, index)
    if first is None:
        return None
    total, last = 0.0, float("inf")
    (value, stop), end = first, index
    while True:
        scale = 1
        while stop < len(words) and words[stop] in _SCALES:
            scale, stop = scale * _SCALES[words[stop]], stop + 1
        total, end, last = total + value * scale, stop, scale
        joined = words[stop : stop + 1] == ["and"]
        more = _number_words(words, stop + joined) if last in _CONTINUED else None
        if more is None or more[0] * _scale(words, more[1]) >= last:
            return total, end
        if joined and _scale(words, more[1]) > 1:
            return total, end  # "between one thousand and five hundred"
        value, stop = more


_SCALES = v.SCALES | {"dozen": 12}
_CONTINUED = (100, 1000, 1_000_000)
"""Scales after which a number goes on: "one hundred twenty", not "a dozen two"."""


def _scale(words: list[str], index: int) -> int:
    """The scale that stands at an index; 1 where none does."""
    return _SCALES.get(words[index], 1) if index < len(words) else 1


def _digits_or_words(words: list[str], index: int) -> tuple[float, int] | None:
    word = words[index]
    if word[0].isascii() and word[0].isdigit():
        number = _digits(word)
        return None if number is None else (number, index + 1)
    return _number_words(words, index)


def _digits(word: str) -> float | None:
    plain = word.replace(",", "")
    if not plain.replace(".", "", 1).isdigit() or len(plain) > _MAX_DIGITS:
        return None
    return float(plain)


def _number_words(words: list[str], index: int) -> tuple[float, int] | None:
    """ "five", "twenty one"; None for other words."""
    if index >= len(words) or words[index] not in v.NUMBERS:
        return None
    value, stop = float(v.NUMBERS[words[index]]), index + 1
    if 20 <= value <= 90 and stop < len(words):
        digit = v.NUMBERS.get(words[stop], 0)
        if 0 < digit < 10:
            return value + digit, stop + 1
    return value, stop


def _one_of_scale(words: list[str], index: int) -> tuple[float, int] | None:
    """The number before "hundred" in "a hundred", "a few hundred metres"."""
    article = words[index] in ("a", "an")
    stop = index + article
    rough = v.ROUGH_NUMBERS.get(words[stop]) if stop < len(words) else None
    if rough is not None:
        stop += 2 if words[stop + 1 : stop + 2] == ["of"] else 1
        measures = _scale(words, stop) > 1 or _unit(words, stop)
        return (float(rough), stop) if measures else None
    if _scale(words, stop) == 1 or words[stop] == "k":
        return None
    measures = article or _unit(words, stop + 1)  # "hundred metre long ships"
    return (1.0, stop) if measures else None


def _one_unit(words: list[str], index: int) -> tuple[float, int] | None:
    """The number of "a mile"; "a m" is a typing error."""
    if words[index] == "half" and words[index + 1 : index + 3] == ["a", "dozen"]:
        return 6.0, index + 3
    article = words[index] in ("a", "an") and index + 1 < len(words)
    named = article and len(words[index + 1]) > 2 and _unit(words, index + 1)
    return (1.0, index + 1) if named else None


_PARTS = {"half": 1 / 2, "quarter": 1 / 4, "third": 1 / 3}
_SEVERAL = {"quarters": 1 / 4, "thirds": 1 / 3, "tenths": 1 / 10}


def _part_of_unit(words: list[str], index: int) -> tuple[float, int] | None:
    """ "half a mile", "a quarter of a mile", "three quarters of a mile"."""
    one = words[index] in ("a", "one")
    counted = v.NUMBERS.get(words[index], 1)
    stop = index + int(one or counted > 1)
    named = words[stop] if stop < len(words) else ""
    part = (_SEVERAL if counted > 1 else _PARTS).get(named)
    stop += 1
    of = words[stop : stop + 1] == ["of"]
    article = words[stop + of : stop + of + 1] in (["a"], ["an"])
    if part is None or of > article or (named == "third" and not of):
        return None  # "the third yard"
    stop += of + article
    return (counted * part, stop) if _unit(words, stop) else None


def unit_size(words: list[str]) -> float:
    """The size of the unit that ends a quantity; 1 where there is none."""
    for index in range(len(words)):
        unit = _unit(words, index)
        if unit is not None and unit[2] == len(words):
            return unit[1]
    return 1.0


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
