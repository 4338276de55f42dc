"""Object tokens: the tokens of an expression that D-MOLS masks.

The paper masks the words of the described object. How they are found is ours: class
names and synonyms from a lexicon, matched through the tokenizer's character offsets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

RANDOM_SHARE = 0.15
"""Share of the ordinary tokens masked where no class name occurs, as in BERT."""


def object_tokens(
    text: str,
    offsets: Sequence[tuple[int, int]],
    phrases: Iterable[str],
    *,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Find the tokens of the first class name in a text.

    Only whole words match, with or without a plural ending; of the phrases that start
    at one place, the longest. Matching goes through character offsets, because
    comparing word pieces would find "tree" in "street". Where no phrase occurs, about
    15 % of the ordinary tokens are drawn, at least one.

    Args:
        text: the expression.
        offsets: T spans of characters [start, stop), one per token; (0, 0) for special
            tokens.
        phrases: class names and their synonyms.
        rng: draws ordinary tokens.

    Returns:
        (T,), True on the object's tokens.
    """
    spans = np.array(offsets, np.int64).reshape(-1, 2)  # (T, 2)
    ordinary = spans[:, 1] > spans[:, 0]  # (T,)
    span = _first_phrase(text, phrases)
    if span is not None:
        start, stop = span
        chosen = ordinary & (spans[:, 0] < stop) & (spans[:, 1] > start)
        if chosen.any():  # none where the text was truncated before the name
            return chosen
    indices = np.flatnonzero(ordinary)
    chosen = np.zeros(len(spans), bool)
    if len(indices):
        count = max(1, round(RANDOM_SHARE * len(indices)))
        chosen[rng.choice(indices, count, replace=False)] = True
    return chosen


def _first_phrase(text: str, phrases: Iterable[str]) -> tuple[int, int] | None:
    """[start, stop) of the first phrase in the text, in characters."""
    longest_first = sorted(
        {phrase.lower() for phrase in phrases}, key=len, reverse=True
    )
    if not longest_first:
        return None
    alternatives = "|".join(re.escape(phrase) for phrase in longest_first)
    match = re.search(rf"\b(?:{alternatives})(?:es|s)?\b", text.lower())
    return match.span() if match else None
