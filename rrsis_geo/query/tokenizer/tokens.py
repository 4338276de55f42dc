"""Tokens: words, and kinds of words that the grammar knows."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.tokenizer.normalization import normalize
from rrsis_geo.query.tokenizer.quantities import read_quantity
from rrsis_geo.query.tokenizer.token_kinds import KINDS, Value

_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")


class Token(NamedTuple):
    """A word, or several that make one direction or quantity."""

    text: str
    """The word, or its kind in angle brackets: "<n>" for any count."""
    value: Value
    """What the kind says: "top left", 3, ("largest", "area"); None for plain words."""
    at: tuple[int, ...]
    """Indices of its words."""
    surface: str
    """Its words, with blanks between."""


class Text(NamedTuple):
    """A text in words and tokens."""

    words: tuple[str, ...]
    """Lower case, spelling corrected, contractions split."""
    tokens: tuple[Token, ...]
    corrections: tuple[tuple[str, str], ...]
    """Typed words, each with the word it was taken for."""


def tokenize(expression: str, nouns: Collection[tuple[str, ...]] = ()) -> Text:
    """Words and tokens of any text.

    Args:
        expression: As typed.
        nouns: Words of nouns, singular, that are read as such whatever else they may
            mean: each is one token.
    """
    known = {word for noun in nouns for word in noun}
    words, corrections = normalize(expression, known=known)
    tokens: list[Token] = []
    index = 0
    while index < len(words):
        token = _noun_token(words, index, nouns) or _token(words, index)
        tokens.append(token)
        index = token.at[-1] + 1
    merged = _merge_superlatives(_merge_directions(tokens))
    return Text(tuple(words), tuple(merged), tuple(corrections))


def _noun_token(
    words: list[str], index: int, nouns: Collection[tuple[str, ...]]
) -> Token | None:
    """The longest of some nouns that begins at a word; None where none does."""
    for noun in sorted(nouns, key=len, reverse=True):
        some = words[index : index + len(noun)]
        if some and (*some[:-1], singular(some[-1])) == noun:
            at = tuple(range(index, index + len(noun)))
            # with a sign that no word of the grammar has
            return Token("_".join(noun) + "_", None, at, " ".join(some))
    return None


def _token(words: list[str], index: int) -> Token:
    quantity = read_quantity(words, index)
    if quantity is not None:
        text, value, stop = quantity
        at = tuple(range(index, stop))
        return Token(text, value, at, " ".join(words[index:stop]))
    word = words[index]
    at = (index,)
    if word in KINDS:
        return Token(*KINDS[word], at, word)
    if word in v.COMPASS_LETTERS and words[index + 1 : index + 2] == ["of"]:
        return Token("<d>", v.COMPASS_LETTERS[word], at, word)
    if word[0].isdigit():
        ordinal = _ORDINAL.fullmatch(word)
        if ordinal and int(ordinal[1]):
            return Token("<ord>", int(ordinal[1]), at, word)
    return Token(word, None, at, word)


def _join(text: str, value: Value, one: Token, other: Token) -> Token:
    return Token(text, value, one.at + other.at, f"{one.surface} {other.surface}")


def _merge_directions(tokens: list[Token]) -> list[Token]:
    """Join "top left"; tell the adverb "right" and the share "third" apart."""
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        last = merged[-1] if merged else None
        token, index = _read_direction(tokens, index, last)
        merged.append(token)
    return merged


def _read_direction(
    tokens: list[Token], index: int, last: Token | None
) -> tuple[Token, int]:
    """A token, joined with the next where both make one, and the index after it."""
    one, *rest = tokens[index : index + 3]
    after = rest[0] if rest else None
    if _is_adverb(last, one, after):
        return one._replace(text="just", value=None), index + 1
    if _is_third(one) and last is not None and last.text == "<d>" and _is_share(after):
        return one._replace(text="share", value=None), index + 1
    if one.text == "<d>" and after is not None and after.text in ("<d>", "<most>"):
        values = str(one.value), str(after.value)
        direction = v.COMBINED_DIRECTIONS.get(values)
        direction = direction or v.COMBINED_DIRECTIONS.get(values[::-1])
        adverb = _is_adverb(one, after, rest[1] if len(rest) > 1 else None)
        if direction is not None and not adverb:
            return _join(after.text, direction, one, after), index + 2
    return one, index + 1


def _is_third(token: Token) -> bool:
    return token.text == "<ord>" and token.value == 3


def _is_share(after: Token | None) -> bool:
    """Whether "third" is a part: "the bottom third of the image"."""
    return after is None or after.text in ("of", ",", "and", "or", "in")


def _is_adverb(last: Token | None, one: Token, after: Token | None) -> bool:
    """Whether "right" means "just", as in "right next to"."""
    if one.value != "right" or one.text != "<d>" or after is None:
        return False
    if after.text not in v.AFTER_ADVERB_RIGHT and after.text != "<d>":
        return False
    before = last.text if last is not None else ""
    if after.text in _AFTER_DIRECTION_RIGHT:
        # "on the right in the north" against "tank right above the road"
        return after.text not in ("<d>", "to") and before not in _BEFORE_DIRECTION
    return before not in ("the", "<d>", "far", "on", "at", "to")


_AFTER_DIRECTION_RIGHT = v.words("<d> to at in on by of above below")
_BEFORE_DIRECTION = v.words("the <d> on at to far upper in just ,") | {""}


def _merge_superlatives(tokens: list[Token]) -> list[Token]:
    """Join "most westerly", "left most", "more northern", "furthest left"."""
    merged: list[Token] = []
    index = 0
    while index < len(tokens):
        one, *rest = tokens[index : index + 3]
        third = rest[1].text if len(rest) > 1 else ""
        if one.text == "more" and third == "of" and merged and merged[-1].text == "the":
            third = ""  # "the more northerly of the two"
        if rest and _is_superlative(one, rest[0], third):
            direction = rest[0] if rest[0].text == "<d>" else one
            merged.append(_join("<most>", direction.value, one, rest[0]))
            index += 2
        else:
            merged.append(one)
            index += 1
    return merged


def _is_superlative(one: Token, after: Token, third: str) -> bool:
    if one.text == "<d>" and after.text == "most":
        return True
    most = one.text in ("most", "more", "further", "farther") or one.value == "farthest"
    return most and after.text == "<d>" and third not in ("than", "of", "hand")
