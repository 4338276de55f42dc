"""Text features, encoded once per text: the text encoder is frozen while training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from rrsis_geo.model.tokenizer import Tokens

Tokenize = Callable[[Sequence[str]], Tokens]
"""Texts to ids (N, T) and mask (N, T)."""

Encode = Callable[[Tensor, Tensor], Tensor]
"""ids and mask to features (N, T, D)."""

KEPT = 50_000
"""Texts remembered; about 4 kB each."""


class WordBank:
    """Features of texts, remembered in half precision."""

    def __init__(self, tokenize: Tokenize, encode: Encode) -> None:
        self._tokenize = tokenize
        self._encode = encode
        self._known: dict[str, Tensor] = {}

    @torch.no_grad()
    def __call__(self, texts: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """(B, E, T, D) features and (B, E, T) mask of B x E texts."""
        flat = [text for row in texts for text in row]
        if len(self._known) > KEPT:
            self._known.clear()
        self._learn(sorted(set(flat) - self._known.keys()))
        found = [self._known[text] for text in flat]
        longest = max(len(item) for item in found)
        words = torch.zeros(len(flat), longest, found[0].shape[-1])
        mask = torch.zeros(len(flat), longest, dtype=torch.bool)
        for index, item in enumerate(found):
            words[index, : len(item)] = item
            mask[index, : len(item)] = True
        rows = len(texts)
        return words.unflatten(0, (rows, -1)), mask.unflatten(0, (rows, -1))

    def _learn(self, texts: Sequence[str]) -> None:
        if not texts:
            return
        tokens = self._tokenize(texts)
        mask = torch.from_numpy(tokens.mask)
        features = self._encode(torch.from_numpy(tokens.ids), mask)
        for text, feature, seen in zip(texts, features, mask, strict=True):
            self._known[text] = feature[seen].half()
