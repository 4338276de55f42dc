"""From typed text to tokens: words with what they say of place, size and number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rrsis_geo.query import vocabulary as v
from rrsis_geo.query.spelling import corrected

Value = str | float | int | tuple[str, str] | None


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
    slips: tuple[tuple[str, str], ...]
    """Typed and corrected words."""


_PIECES = re.compile(
    r"\d+(?:st|nd|rd|th)(?![^\W_])"
    r"|\d+x\d+"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
    r"|(?:m|km|ft|yd|mi)\s?\^?2(?!\d)"
    r"|[^\W\d_]+(?:['-][^\W\d_]+)*|[^\W_]+"
    r"|[,;:()/?!.<>\u2264\u2265~\"&-]"
)
_SPLIT = {
    "'s": " 's",
    "where's": "where is",
    "what's": "what is",
    "who's": "who is",
    "it's": "it is",
    "that's": "that is",
    "there's": "there is",
    "here's": "here is",
    "let's": "let us",
    "i'm": "i am",
    "i'd": "i would",
    "i'll": "i will",
    "we're": "we are",
    "they're": "they are",
    "isn't": "is not",
    "aren't": "are not",
    "wasn't": "was not",
    "don't": "do not",
    "doesn't": "does not",
    "can't": "can not",
    "cannot": "can not",
    "wheres": "where is",
    "whats": "what is",
    "pls": "please",
    "plz": "please",
    "plse": "please",
    "thx": "thanks",
    "incl": "including",
    "excl": "excluding",
    "u": "you",
    "gimme": "give me",
    "lemme": "let me",
    "wanna": "want to",
    "w/o": "without",
}
_STOPS = {
    ".": ",",
    ";": ",",
    ":": ",",
    "(": ",",
    ")": ",",
    "?": ",",
    "!": ",",
    '"': ",",
}
_SIGNS = {
    "<": "under",
    ">": "over",
    "\u2264": "at most",
    "\u2265": "at least",
    "~": "about",
    "&": "and",
}

_LENGTHS = {word: size for size, words in v.LENGTHS.items() for word in words.split()}
_AREAS = {word: size for size, words in v.AREAS.items() for word in words.split()}


def _kinds() -> dict[str, tuple[str, Value]]:
    found: dict[str, tuple[str, Value]] = {}
    tables: tuple[tuple[str, Mapping[Any, str]], ...] = (
        ("<d>", v.DIRECTIONS),
        ("<most>", v.COMPARED),
        ("<most>", v.MOST),
        ("<sup>", v.SUPERLATIVES),
        ("<cmp>", v.COMPARATIVES),
        ("<size>", v.SIZES),
        ("<nearest>", v.NEAREST),
        ("<group>", v.GROUPS),
    )
    for kind, table in tables:
        for value, words in table.items():
            found |= dict.fromkeys(words.split(), (kind, value))
    found |= {word: ("<ord>", value) for word, value in v.ORDINALS.items()}
    return found


KINDS = _kinds()
"""Words that are more than words: their kind and what they say."""

SPECIAL = frozenset((*KINDS, *v.NUMBERS, *v.APART))

_HYPHENED = SPECIAL | v.words("hand side by to next cut off close up of")


def read(expression: str) -> Text:
    """Words and tokens of an expression of any kind; never fails."""
    words, slips = _words(expression)
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


def _words(expression: str) -> tuple[list[str], list[tuple[str, str]]]:
    plain = unicodedata.normalize("NFKC", expression).casefold()
    if len(plain) > 2 * len(expression) + 100:  # a few signs unfold into many letters
        plain = expression.casefold()
    plain = plain.translate({0x2019: "'", 0x2018: "'", 0x2013: "-", 0x2014: ","})
    words: list[str] = []
    slips: list[tuple[str, str]] = []
    for piece in _PIECES.findall(plain):
        if piece in _STOPS:
            if words and words[-1] != ",":
                words.append(",")
            continue
        if piece == "-":
            continue
        for part in _parts(_SIGNS.get(piece, piece)):
            word = corrected(part)
            if word != part:
                slips.append((part, word))
            words.extend(word.split())
    while words and words[-1] == ",":
        words.pop()
    return words, slips


_ACROSS = frozenset(
    map(frozenset, (("east", "west"), ("north", "south"), ("left", "right")))
)


def _parts(piece: str) -> list[str]:
    """A contraction, a possessive or a chain of hyphens, cut into words."""
    if piece in _SPLIT:
        return _SPLIT[piece].split()
    if piece.endswith("'s"):
        return [*_parts(piece[:-2]), "'s"] if len(piece) > 2 else []
    piece = piece.strip("'")
    if "-" not in piece:
        joined = re.fullmatch(r"(m|km|ft|yd|mi)\s?\^?2", piece)
        return [f"{joined[1]}2"] if joined else piece.split()
    parts = piece.split("-")
    if parts[-1] in ("most", "ern") and parts[-2] + parts[-1] in KINDS:
        parts[-2:] = [parts[-2] + parts[-1]]
    if frozenset(parts) in _ACROSS and len(parts) == 2:
        return [piece]  # how a thing lies, not where
    if all(part in _HYPHENED or part.isdigit() for part in parts):
        return parts
    if parts[-1] == "most" and all(
        KINDS.get(part, ("",))[0] == "<d>" for part in parts[:-1]
    ):
        return parts
    return [piece]


def _token(words: list[str], index: int) -> Token:
    word = words[index]
    here = (index,)
    number = _number(words, index)
    if number is not None:
        value, stop = number
        return _quantity(words, index, value, stop)
    if word in KINDS:
        return Token(*KINDS[word], here)
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
            joined = v.MERGED.get((str(one.value), str(after.value))) or v.MERGED.get(
                (str(after.value), str(one.value))
            )
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
    if after.text not in v.ADVERB_RIGHT and after.text != "<d>":
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
