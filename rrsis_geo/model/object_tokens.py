"""Which tokens of an expression name its target; what D-MOLS hides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

ORDINARY_SHARE = 0.15
"""Of the tokens, hidden where no class name is found; BERT's own share."""


def object_tokens(
    text: str,
    offsets: Sequence[tuple[int, int]],
    phrases: Iterable[str],
    *,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """(T,), True on the tokens of the first class name in the text.

    Whole words only, the longest of the phrases that start at the same place, with or
    without a plural ending; matched through the characters that a token stands for,
    because matching pieces of text would find "tree" in "street". Where no phrase
    occurs, about 15 % of the ordinary tokens, at least one.

    Args:
        text: the expression.
        offsets: per token the characters [start, stop); (0, 0) for special tokens.
        phrases: class names and their synonyms.
        rng: of the ordinary tokens.
    """
    spans = np.array(offsets, np.int64).reshape(-1, 2)
    ordinary = spans[:, 1] > spans[:, 0]
    found = _first_phrase(text, phrases)
    if found is not None:
        start, stop = found
        chosen = ordinary & (spans[:, 0] < stop) & (spans[:, 1] > start)
        if chosen.any():  # else the name was cut off with the end of a long text
            return chosen
    places = np.flatnonzero(ordinary)
    chosen = np.zeros(len(spans), bool)
    if len(places):
        count = max(1, round(ORDINARY_SHARE * len(places)))
        chosen[rng.choice(places, count, replace=False)] = True
    return chosen


def _first_phrase(text: str, phrases: Iterable[str]) -> tuple[int, int] | None:
    """[start, stop) of the first phrase in the text."""
    longest_first = sorted(
        {phrase.lower() for phrase in phrases}, key=len, reverse=True
    )
    if not longest_first:
        return None
    words = "|".join(re.escape(phrase) for phrase in longest_first)
    match = re.search(rf"\b(?:{words})(?:es|s)?\b", text.lower())
    return match.span() if match else None
