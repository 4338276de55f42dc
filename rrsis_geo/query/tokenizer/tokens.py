"""Tokens: words, and kinds of words that the grammar knows."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v
from rrsis_geo.query.lexicon.nouns import singular
from rrsis_geo.query.tokenizer.normalization import normalize
from rrsis_geo.query.tokenizer.quantities import read_quantity
from rrsis_geo.query.tokenizer.token_kinds import KINDS, Token
from rrsis_geo.query.tokenizer.token_merging import merge_tokens

_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)")


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
    merged = merge_tokens(tokens)
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


_AFTER_LETTER = v.words("of edge side half end corner part quadrant quarter bank")


def _is_compass_letter(words: list[str], index: int) -> bool:
    """Whether a letter is a direction: "n of the river", "2nd from w", "s bank"."""
    follows = words[index + 1] if index + 1 < len(words) else ""
    before = words[index - 1] if index else ""
    return follows in _AFTER_LETTER or (before == "from" and not follows)


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
    if word in v.COMPASS_LETTERS and _is_compass_letter(words, index):
        return Token("<d>", v.COMPASS_LETTERS[word], at, word)
    if word[0].isdigit():
        ordinal = _ORDINAL.fullmatch(word)
        if ordinal and int(ordinal[1]):
            return Token("<ord>", int(ordinal[1]), at, word)
    return Token(word, None, at, word)
