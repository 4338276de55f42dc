"""From words to tokens: what they say of place, size and number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.tokenizer.normalization import words_of
from rrsis_geo.query.tokenizer.token_kinds import KINDS, Value


@dataclass(frozen=True, slots=True)
class Token:
    """One thing the grammar reads."""

    text: str
    """The word, or its kind in angle brackets: "<n>" for any number."""

    value: Value
    """What the kind says: "top left", 3, ("largest", "area"); None for plain words."""

    at: tuple[int, ...]
    """Indices of its words."""

    shown: str = ""
    """Its words."""


class Text(NamedTuple):
    """A text, read."""

    words: tuple[str, ...]
    """As typed but for slips, case and the cut of contractions."""
    tokens: tuple[Token, ...]
    corrections: tuple[tuple[str, str], ...]
    """Typed and corrected words."""


_LENGTHS = {word: size for size, words in v.LENGTHS.items() for word in words.split()}
_AREAS = {word: size for size, words in v.AREAS.items() for word in words.split()}


def tokenize(expression: str) -> Text:
    """Words and tokens of an expression of any kind; never fails."""
    words, slips = words_of(expression)
    shown = tuple(words)
    tokens: list[Token] = []
    index = 0
    while index < len(words):
        token = _token(words, index)
        tokens.append(token)
        index = token.at[-1] + 1
    joined = (
        Token(token.text, token.value, token.at, " ".join([shown[i] for i in token.at]))
        for token in _merged(tokens)
    )
    return Text(shown, tuple(joined), tuple(slips))


def _token(words: list[str], index: int) -> Token:
    word = words[index]
    here = (index,)
    number = _number(words, index)
    if number is not None:
        value, stop = number
        return _quantity(words, index, value, stop)
    if word in KINDS:
        return Token(*KINDS[word], here)
    if word in v.COMPASS_LETTERS and words[index + 1 : index + 2] == ["of"]:
        return Token("<d>", v.COMPASS_LETTERS[word], here)
    ordinal = re.fullmatch(r"(\d{1,3})(?:st|nd|rd|th)", word)
    if ordinal and int(ordinal[1]):
        return Token("<ord>", int(ordinal[1]), here)
    return Token(word, None, here)


def _number(words: list[str], index: int) -> tuple[float, int] | None:
    """A number from its words, and the index after it; None for other words."""
    word = words[index]
    if word[0].isascii() and word[0].isdigit():
        plain = word.replace(",", "")
        if not plain.replace(".", "", 1).isdigit() or len(plain) > 12:
            return None
        value, stop = float(plain), index + 1
    elif word in v.NUMBERS:
        value, stop = float(v.NUMBERS[word]), index + 1
        tens = 20 <= value <= 90 and stop < len(words)
        if tens and 0 < v.NUMBERS.get(words[stop], 0) < 10:
            value, stop = value + v.NUMBERS[words[stop]], stop + 1
    elif word in ("a", "an") and words[index + 1 : index + 2] == ["dozen"]:
        return 12.0, index + 2
    elif word in ("a", "an", "half") and words[index + 1 : index + 2] != []:
        return _loose_number(words, index)
    else:
        return None
    scaled = False
    while stop < len(words) and words[stop] in v.SCALES:
        value, stop, scaled = value * v.SCALES[words[stop]], stop + 1, True
    if scaled and words[stop : stop + 1] == ["and"]:
        more = v.NUMBERS.get(words[stop + 1]) if stop + 1 < len(words) else None
        if more:
            value, stop = value + more, stop + 2
    return value, stop


def _loose_number(words: list[str], index: int) -> tuple[float, int] | None:
    """ "a hundred", "a mile", "half a mile": only where a unit or a scale follows."""
    if words[index] == "half":
        if words[index + 1] in ("a", "an") and _unit(words, index + 2):
            return 0.5, index + 2
        return None
    follower = words[index + 1]
    if follower in v.SCALES and follower != "k":
        return float(v.SCALES[follower]), index + 2
    # "a m" is a slip, "a mile" is not.
    if len(follower) > 2 and _unit(words, index + 1):
        return 1.0, index + 1
    return None


def _unit(words: list[str], index: int) -> tuple[str, float, int] | None:
    """Kind of a unit, its size in metres, and the index after it."""
    if index >= len(words):
        return None
    word = words[index]
    after = words[index + 1] if index + 1 < len(words) else ""
    if word in _AREAS:
        return "<area>", _AREAS[word], index + 1
    if word in v.SQUARE and after in _LENGTHS:
        return "<area>", _LENGTHS[after] ** 2, index + 2
    if word in _LENGTHS:
        if after in ("squared", "sq"):
            return "<area>", _LENGTHS[word] ** 2, index + 2
        return "<len>", _LENGTHS[word], index + 1
    return None


def _quantity(words: list[str], index: int, value: float, stop: int) -> Token:
    unit = _unit(words, stop)
    if unit is not None:
        kind, size, stop = unit
        return Token(kind, value * size, tuple(range(index, stop)))
    at = tuple(range(index, stop))
    if words[index] == "one":
        return Token("one", 1, at)
    if value != int(value) or not 0 < value <= 10_000:
        return Token("<amount>", value, at)
    return Token("<n>", int(value), at)


def _merged(tokens: list[Token]) -> list[Token]:
    """Directions side by side joined, and "most", "far" and "right" read by what
    follows them."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        one = tokens[index]
        rest = tokens[index + 1 : index + 4]
        after = rest[0] if rest else None
        if _is_adverb(found, one, after):
            found.append(Token("just", None, one.at))
        elif _is_third(one) and found and found[-1].text == "<d>" and _is_share(after):
            found.append(Token("share", None, one.at))
        elif (
            one.text == "<d>" and after is not None and after.text in ("<d>", "<most>")
        ):
            joined = v.COMBINED_DIRECTIONS.get(
                (str(one.value), str(after.value))
            ) or v.COMBINED_DIRECTIONS.get((str(after.value), str(one.value)))
            nth = _is_adverb([*found, one], after, rest[1] if len(rest) > 1 else None)
            if joined is None or nth:
                found.append(one)
            else:
                found.append(Token(after.text, joined, one.at + after.at))
                index += 1
        else:
            found.append(one)
        index += 1
    return _superlatives(found)


def _is_third(token: Token) -> bool:
    return token.text == "<ord>" and token.value == 3


def _is_share(after: Token | None) -> bool:
    """Whether "third" is a part: "the bottom third of the image"."""
    return after is None or after.text in ("of", ",", "and", "or", "in")


def _superlatives(tokens: list[Token]) -> list[Token]:
    """ "most westerly", "left most", "more northern", "furthest left" as one token."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        one = tokens[index]
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        third = tokens[index + 2].text if index + 2 < len(tokens) else ""
        if after is not None:
            leads = one.text in ("most", "more", "further", "farther") or (
                one.value == "farthest"
            )
            if leads and after.text == "<d>" and third not in ("than", "of", "hand"):
                found.append(Token("<most>", after.value, one.at + after.at))
                index += 2
                continue
            if one.text == "<d>" and after.text == "most":
                found.append(Token("<most>", one.value, one.at + after.at))
                index += 2
                continue
        found.append(one)
        index += 1
    return found


def _is_adverb(before: list[Token], one: Token, after: Token | None) -> bool:
    """Whether "right" says "just", as in "right next to"."""
    if one.value != "right" or one.text != "<d>" or after is None:
        return False
    if after.text not in v.AFTER_ADVERB_RIGHT and after.text != "<d>":
        return False
    if after.text in ("<d>", "to", "at", "in", "on", "by", "of", "above", "below"):
        # "on the right in the north" against "tank right above the road"
        last = before[-1].text if before else ""
        place = last in (
            "the",
            "<d>",
            "on",
            "at",
            "to",
            "far",
            "upper",
            "in",
            "just",
            ",",
            "",
        )
        return after.text not in ("<d>", "to") and not place
    last = before[-1].text if before else ""
    return last not in ("the", "<d>", "far", "on", "at", "to")
