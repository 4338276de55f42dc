"""Texts as the network reads them; the text encoder is frozen while training."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from rrsis_geo.model.text_encoder import TextEncoder
from rrsis_geo.model.tokenizer import Tokens

Tokenize = Callable[[Sequence[str]], Tokens]
"""Texts to ids (N, T) and mask (N, T)."""


class Words:
    """Texts to features, wherever the encoder lies."""

    def __init__(self, tokenize: Tokenize, encoder: TextEncoder) -> None:
        self._tokenize = tokenize
        self._encoder = encoder

    @torch.no_grad()
    def __call__(self, texts: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """(B, E, T, D) features and (B, E, T) mask of B rows of E texts."""
        tokens = self._tokenize([text for row in texts for text in row])
        place = next(self._encoder.parameters()).device
        mask = torch.from_numpy(tokens.mask).to(place)  # (B E, T)
        features = self._encoder(torch.from_numpy(tokens.ids).to(place), mask)
        shape = (len(texts), -1, mask.shape[1])  # B, E, T
        return features.reshape(*shape, features.shape[2]), mask.reshape(shape)
