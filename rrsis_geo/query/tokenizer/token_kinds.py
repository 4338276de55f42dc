"""Words that are more than words to the grammar, by what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rrsis_geo.query.lexicon import vocabulary as v

Value = str | float | int | tuple[str, str] | None
"""What a kind says: "top left", 3, ("largest", "area"); None for plain words."""


def _kinds() -> dict[str, tuple[str, Value]]:
    found: dict[str, tuple[str, Value]] = {}
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
            found |= dict.fromkeys(words.split(), (kind, value))
    found |= {word: ("<ord>", value) for word, value in v.ORDINALS.items()}
    return found


KINDS = _kinds()
"""Words that are more than words: their kind and what they say."""

SPECIAL = frozenset((*KINDS, *v.NUMBERS, *v.ISOLATED))

HYPHENED = SPECIAL | v.words("hand side by to next cut off close up of")
