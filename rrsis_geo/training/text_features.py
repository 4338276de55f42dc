"""Expressions as token tensors and as features of the text encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from rrsis_geo.model.encoders.text_encoder import TextEncoder
from rrsis_geo.model.encoders.tokenizer import Tokens
from rrsis_geo.model.object_tokens import object_tokens


class Tokenize(Protocol):
    """The part of a tokenizer that training uses."""

    mask: int
    """Id of the [MASK] token."""

    def __call__(self, texts: Sequence[str], /) -> Tokens:
        """Tokenize N texts to ids (N, T) and mask (N, T)."""
        ...


class TokenBatch(NamedTuple):
    """Tokens of B rows of E texts; N = B * E."""

    ids: Tensor  # (N, T)
    mask: Tensor  # (N, T), True on a token
    object_mask: Tensor | None  # (N, T), True on the object's tokens; None: not needed


class TextFeatures:
    """Computes features of expressions without gradients, on the encoder's device."""

    def __init__(self, tokenize: Tokenize, encoder: TextEncoder) -> None:
        self._tokenize = tokenize
        self._encoder = encoder

    @torch.no_grad()
    def __call__(self, texts: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """Encode B rows of E texts to features (B, E, T, D) and mask (B, E, T)."""
        device = next(self._encoder.parameters()).device
        tokens = tokenize_rows(texts, self._tokenize, device=device)
        features = self._encoder(tokens.ids, tokens.mask)  # (B E, T, D)
        rows = len(texts)
        return features.unflatten(0, (rows, -1)), tokens.mask.unflatten(0, (rows, -1))


def tokenize_rows(
    texts: Sequence[Sequence[str]],
    tokenize: Tokenize,
    *,
    device: torch.device,
    phrases: Sequence[str] | None = None,
) -> TokenBatch:
    """Tokenize rows of texts and move the tensors to a device.

    Args:
        texts: B rows of E texts.
        tokenize: of the network's vocabulary.
        device: of the tensors.
        phrases: names of things, by which the object's tokens are found; None: not
            needed. In a text without any, random tokens are chosen by torch's
            generator.
    """
    flat = [text for row in texts for text in row]
    tokens = tokenize(flat)
    object_mask = None
    if phrases is not None:
        rng = np.random.default_rng(int(torch.randint(2**31, ())))
        object_mask = np.zeros(tokens.mask.shape, bool)
        for row, text, offsets in zip(object_mask, flat, tokens.offsets, strict=True):
            row[: len(offsets)] = object_tokens(text, offsets, phrases, rng=rng)
    return TokenBatch(
        torch.from_numpy(tokens.ids).to(device, non_blocking=True),
        torch.from_numpy(tokens.mask).to(device, non_blocking=True),
        None
        if object_mask is None
        else torch.from_numpy(object_mask).to(device, non_blocking=True),
    )
