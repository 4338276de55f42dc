"""Tokens, and the kinds of words that the grammar knows, with their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from rrsis_geo.query.lexicon import vocabulary as v

Value = str | float | int | tuple[str, str] | None
"""What a word of a kind says: "top left", 3, ("largest", "area")."""


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


def _kinds() -> dict[str, tuple[str, Value]]:
    kinds: dict[str, tuple[str, Value]] = {}
    tables: tuple[tuple[str, Mapping[Any, str]], ...] = (
        ("<d>", v.DIRECTIONS),
        ("<most>", v.DIRECTION_COMPARATIVES),
        ("<most>", v.DIRECTION_SUPERLATIVES),
        ("<sup>", v.SUPERLATIVES),
        ("<cmp>", v.COMPARATIVES),
        ("<size>", v.SIZES),
        ("<nearest>", v.NEAREST),
        ("<group>", v.GROUPS),
    )
    for kind, table in tables:
        for value, words in table.items():
            kinds |= dict.fromkeys(words.split(), (kind, value))
    kinds |= {word: ("<ord>", value) for word, value in v.ORDINALS.items()}
    return kinds


KINDS = _kinds()
"""Words to their kind and value."""

HYPHENATED = frozenset((*KINDS, *v.NUMBERS, *v.ISOLATED)) | v.words(
    "hand side by to next cut off close up of"
)
"""Words between which a hyphen is read as a blank: "left-hand", "close-by"."""
