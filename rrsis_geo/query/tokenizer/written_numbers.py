"""Numbers and units as people write them, in the one form that is read further.

"1,5 km", "1 000 m2", "1½ miles" and "2000 sq. ft." become "1.5 km", "1000 m2",
"1.5 miles" and "2000 sq ft".
"""

from __future__ import annotations

import re
import unicodedata

_UNIT = (
    r"(?:(?:k|c)?m[2\u00b2]?|sqm|sqft|sqkm|sq|square|ft[2\u00b2]?|foot|feet|y(?:ar)?ds?"
    r"|(?:kilo)?met(?:re|er)s?|mi|miles?|nautical|nmi?|ha|hectares?|acres?)\b"
)
_TO_UNIT = rf"(?=(?:\s?(?:-|to|and|or|x|by)\s?\d[\d.,' ]{{0,12}})?[\s-]?{_UNIT})"
"""Before a unit, which the second number of a range may have alone."""

_FRACTION = re.compile(
    r"(?<![\d/.,])(?:(\d{1,6})[ -])?(\d{1,3})\s?[/\u2044]\s?([1-9]\d?)(?![\d/])"
    r"(?:\s(?:of )?an?(?= ))?"
    rf"(?=(?:\s?(?:-|to|and|or)\s?\d[\d/\u2044., ]{{0,8}})?[\s-]?{_UNIT})",
    re.IGNORECASE,
)
""" "1/2 mile", "1 1/2 miles", "3/4 of a mile"."""

_DECIMAL_COMMA = re.compile(
    rf"(?<![\d.,])(?:(\d+),(\d\d?)|(0),(\d+))(?!\d){_TO_UNIT}", re.IGNORECASE
)
""" "1,5 km"; three digits after a comma are thousands."""

_GROUPED = re.compile(
    rf"(?<![\d.,])([1-9]\d{{0,2}})((?:[ ']\d{{3}})+)(?!\d){_TO_UNIT}", re.IGNORECASE
)
""" "1 000 m2"."""

_LIMITING = re.compile(
    r"(?:than|over|under|above|below|least|most|within|between|from|about|exceeding"
    r"|around|[<>=~\u2264\u2265]|(?:between|from)\s\d[\d.,' ]*(?:\s?[a-z2\u00b2]+)?"
    r"\s(?:and|to))\s?$",
    re.IGNORECASE,
)
"""Before a quantity; else the first digits may count: "the 3 100 m long ships"."""

_GROUPED_BY_DOTS = re.compile(
    r"(?<![\d.,])([1-9]\d{0,2})((?:\.\d{3})+)(?![\d.])"
    r"(?=\s?(?:m[2\u00b2]?|sqm|sq|square|ft[2\u00b2]?|feet|met(?:re|er)s?)\b)",
    re.IGNORECASE,
)
""" "1.000 m2"; nobody gives millimetres of what an aerial image shows."""

_HYPHEN = re.compile(
    r"(?<=[a-z])-(?=(?:mile|(?:kilo)?met(?:re|er)|foot|yard|acre|hectare)s?\b)",
    re.IGNORECASE,
)
""" "half-mile"."""

_ABBREVIATED = (
    (re.compile(r"\b(max|min|approx|sq|dia|diam)\.", re.IGNORECASE), r"\1 "),
    (re.compile(r"\bca\.?(?=\s?\d)", re.IGNORECASE), "circa "),
    # not at the end of a sentence: "within 50 m. Show ..."
    (re.compile(r"((?:\d\s?|\bsq )(?:k?m|ft|yds?|mi|ha))\.(?=\s+[a-z])"), r"\1"),
    (re.compile(r"\b([NSns])\.\s?([EWew])\b\.?"), r"\1\2"),
    (
        re.compile(
            r"\b([NESWnesw])\.(?=\s+(?:of|side|edge|end|half|part|corner|bank)\b)"
        ),
        r"\1",
    ),
)
"""Abbreviations with a point, which is no end of a clause."""


def with_plain_numbers(text: str) -> str:
    """A text as typed, in which all numbers and units are written in one way."""
    if not text.isascii():
        text = "".join(map(_vulgar, text))
    for pattern, plain in _ABBREVIATED:
        text = pattern.sub(plain, text)
    text = _FRACTION.sub(_quotient, text).replace(" 1\u20442", " half")
    text = _DECIMAL_COMMA.sub(_with_point, text)
    text = _GROUPED.sub(_ungrouped, text)
    text = _GROUPED_BY_DOTS.sub(lambda number: number[0].replace(".", ""), text)
    return _HYPHEN.sub(" ", text)


def _vulgar(letter: str) -> str:
    """ " 1/2" of "½"; other letters as they are."""
    if not unicodedata.decomposition(letter).startswith("<fraction>"):
        return letter
    return " " + unicodedata.normalize("NFKC", letter)


def _quotient(fraction: re.Match[str]) -> str:
    whole, part, parts = fraction.groups()
    return f"{int(whole or 0) + int(part) / int(parts):.6g}"


def _with_point(number: re.Match[str]) -> str:
    return number[0].replace(",", ".")


def _ungrouped(number: re.Match[str]) -> str:
    plain = re.sub(r"[ ']", "", number[0])
    thousands = "'" in number[2] or not number[2].replace(" 000", "")
    before = number.string[: number.start()]
    return plain if thousands or _LIMITING.search(before) else number[0]
