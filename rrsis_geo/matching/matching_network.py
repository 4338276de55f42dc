"""The network that matches objects with a sentence, computed with numpy.

A listener over object proposals, as in Yu et al. 2017 (arXiv 1612.09542), with
attention between objects biased by how they stand to each other.

It is small (some 220,000 parameters), so it needs neither runtime. The words are those
of the text encoder's word table, without its layers: a sentence that says which object
is meant is short, and its few words are learned better from sentences about layouts
than from texts (decision 0193). `scripts/weights/recipe/matching` trains it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

HEADS = 4
"""Of every attention."""


class MatchingNetwork:
    """Scores objects against the words of a sentence."""

    def __init__(self, tensors: Mapping[str, Array]) -> None:
        """Take the tensors, under the names that the recipe's network gives them."""
        self._tensors = tensors
        prefixes = {name.split(".")[1] for name in tensors if name.startswith("blocks")}
        self._blocks = len(prefixes)

    def __call__(self, words: Array, objects: Array, pairs: Array) -> Array:
        """Log odds that each object is meant.

        Args:
            words: (T, D) of the word table.
            objects: (N, FEATURES), see `object_layout`.
            pairs: (N, N, PAIR_FEATURES).

        Returns:
            (N,)
        """
        text = self._norm("words.norm", self._linear("words.project", words))  # (T, d)
        text = self._encode(text)
        sentence = text.mean(axis=0)  # (d,)
        hidden = np.maximum(self._linear("objects.inner", objects), 0)
        # the first row stands for the sentence itself
        first = self._tensors["sentence"] + sentence
        x = np.concatenate([first[None], self._linear("objects.outer", hidden)])
        bias = np.pad(pairs, ((1, 0), (1, 0), (0, 0)))  # (N + 1, N + 1, P)
        for number in range(self._blocks):
            x = self._block(f"blocks.{number}", x, bias, text, sentence)
        odds = self._linear("odds", self._norm("norm", x))  # (N + 1, 1)
        return np.asarray(odds[1:, 0])

    def _encode(self, x: Array) -> Array:
        """One layer over the words, (T, d)."""
        y = self._norm("encode.norm_words", x)
        x = x + self._attend("encode.words", y, y)
        y = self._norm("encode.norm_inner", x)
        return x + self._feed("encode", y)

    def _block(
        self, name: str, x: Array, pairs: Array, text: Array, sentence: Array
    ) -> Array:
        """Objects look at the words, then at each other, (N + 1, d)."""
        x = x + self._attend(f"{name}.words", self._norm(f"{name}.norm_words", x), text)
        asked = self._linear(f"{name}.pairs.asked", sentence)
        seen = np.maximum(self._linear(f"{name}.pairs.inner", pairs) + asked, 0)
        bias = self._linear(f"{name}.pairs.outer", seen).transpose(2, 0, 1)
        y = self._norm(f"{name}.norm_others", x)
        x = x + self._attend(f"{name}.others", y, y, bias)
        return x + self._feed(name, self._norm(f"{name}.norm_inner", x))

    def _attend(
        self, name: str, x: Array, other: Array, bias: Array | float = 0.0
    ) -> Array:
        """Attention of each row of x (N, d) to the rows of another (M, d)."""
        query = _by_head(self._linear(f"{name}.query", x))  # (heads, N, d / heads)
        key = _by_head(self._linear(f"{name}.key", other))  # (heads, M, d / heads)
        value = _by_head(self._linear(f"{name}.value", other))
        scores = query @ key.transpose(0, 2, 1) / np.float32(query.shape[2] ** 0.5)
        scores = scores + bias
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        scores /= scores.sum(axis=2, keepdims=True)
        joined = (scores @ value).transpose(1, 0, 2).reshape(len(x), -1)
        return self._linear(f"{name}.out", joined)

    def _feed(self, name: str, x: Array) -> Array:
        return self._linear(
            f"{name}.outer", np.maximum(self._linear(f"{name}.inner", x), 0)
        )

    def _linear(self, name: str, x: Array) -> Array:
        weight = self._tensors[f"{name}.weight"]
        product: Array = x @ weight.T + self._tensors[f"{name}.bias"]
        return product

    def _norm(self, name: str, x: Array) -> Array:
        """Layer norm with torch's epsilon."""
        centred: NDArray[Any] = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
        scaled: Array = centred / deviation * self._tensors[f"{name}.weight"]
        return scaled + self._tensors[f"{name}.bias"]


def _by_head(x: Array) -> Array:
    """(N, d) as (heads, N, d / heads)."""
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)
