"""Texts as the network reads them."""

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
    """A tokenizer, as far as training knows it."""

    mask: int
    """Number of the token that hides another."""

    def __call__(self, texts: Sequence[str], /) -> Tokens:
        """Ids (N, T) and mask (N, T) of N texts."""
        ...


class Asked(NamedTuple):
    """B rows of E texts as tokens, N = B * E."""

    ids: Tensor  # (N, T)
    mask: Tensor  # (N, T), True on a token
    hidden: Tensor | None  # (N, T), True on the tokens of the object; None: not wanted


class Words:
    """Texts to features, without gradients, wherever the encoder lies."""

    def __init__(self, tokenize: Tokenize, encoder: TextEncoder) -> None:
        self._tokenize = tokenize
        self._encoder = encoder

    @torch.no_grad()
    def __call__(self, texts: Sequence[Sequence[str]]) -> tuple[Tensor, Tensor]:
        """(B, E, T, D) features and (B, E, T) mask of B rows of E texts."""
        place = next(self._encoder.parameters()).device
        asked = tokens_of(texts, self._tokenize, place=place)
        features = self._encoder(asked.ids, asked.mask)  # (B E, T, D)
        rows = len(texts)
        return features.unflatten(0, (rows, -1)), asked.mask.unflatten(0, (rows, -1))


def tokens_of(
    texts: Sequence[Sequence[str]],
    tokenize: Tokenize,
    *,
    place: torch.device,
    phrases: Sequence[str] | None = None,
) -> Asked:
    """Rows of texts as tokens on a device.

    Args:
        texts: B rows of E.
        tokenize: of the network.
        place: where the tensors are wanted.
        phrases: names of things, to find the object's tokens; None: not wanted. Where
            a text names none, random tokens stand in, drawn by torch's own numbers.
    """
    flat = [text for row in texts for text in row]
    tokens = tokenize(flat)
    hidden = None
    if phrases is not None:
        rng = np.random.default_rng(int(torch.randint(2**31, ())))
        hidden = np.zeros(tokens.mask.shape, bool)
        for row, text, offsets in zip(hidden, flat, tokens.offsets, strict=True):
            row[: len(offsets)] = object_tokens(text, offsets, phrases, rng=rng)
    return Asked(
        torch.from_numpy(tokens.ids).to(place, non_blocking=True),
        torch.from_numpy(tokens.mask).to(place, non_blocking=True),
        None
        if hidden is None
        else torch.from_numpy(hidden).to(place, non_blocking=True),
    )
