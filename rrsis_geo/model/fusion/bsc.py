"""BSC, bidirectional spatial correlation: pixels read words, words read pixels.

Re-implemented from the published description (arXiv 2502.08486); where the paper is
silent the choices are ours.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.layers import (
    as_map,
    as_tokens,
    join_heads,
    position_norm,
    split_heads,
)

KERNELS = (3, 5, 7)


class Look(NamedTuple):
    """What an alignment takes from the image alone; shared by all expressions."""

    query: Tensor  # (B, P, C) asked of the words, P = H * W positions
    value: Tensor  # (B, P, C) told to the words
    vision: Tensor  # (B, P, C) joined with what the words say


class BSC(nn.Module):
    """One correlation of pixels and words, read in both directions.

    With `words_learn` off it is read in one: the words stay as they are.
    """

    def __init__(
        self, *, image_dim: int, word_dim: int, heads: int, words_learn: bool = True
    ) -> None:
        super().__init__()
        if image_dim % heads:
            raise ValueError(f"{image_dim} channels do not split into {heads} heads")
        self.heads = heads
        self.scales = nn.ModuleList(
            nn.Conv2d(image_dim, image_dim, k, padding=k // 2, groups=image_dim)
            for k in KERNELS
        )
        self.merge = nn.Linear(image_dim, image_dim)
        self.query = nn.Linear(image_dim, image_dim)
        self.key = nn.Linear(word_dim, image_dim)
        self.told = nn.Linear(word_dim, image_dim)
        self.words_learn = words_learn
        if words_learn:
            self.value = nn.Linear(image_dim, image_dim)
        self.out = nn.Linear(image_dim, image_dim)
        self.vision = nn.Linear(image_dim, image_dim)
        self.mix = nn.Linear(image_dim, image_dim)
        if words_learn:
            self.back = nn.Linear(image_dim, word_dim)
            self.back_norm = nn.LayerNorm(word_dim)
            self.back_gate = nn.Parameter(torch.zeros(()))  # words start as they came

    def look(self, x: Tensor) -> Look:
        """The text-free half, from (B, C, H, W)."""
        many = as_tokens(self._scales(x))  # (B, P, C)
        seen = self.merge(many)
        return Look(
            query=position_norm(self.query(seen)),
            value=self.value(seen) if self.words_learn else seen,
            vision=functional.gelu(self.vision(seen)),
        )

    def align(self, look: Look, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The other half, for as many texts as there are looks.

        Args:
            look: fields (N, P, C).
            words: (N, T, D).
            mask: (N, T), True on a token.

        Returns:
            (N, P, C) fused features and (N, T, D) words.
        """
        told = split_heads(
            self.heads, self.told(words) * mask[..., None]
        )  # (N, h, T, C/h)
        scores = correlate(
            split_heads(self.heads, look.query),
            split_heads(self.heads, self.key(words)),
            mask,
        )
        heard = join_heads(scores.softmax(dim=3).to(told.dtype) @ told)  # (N, P, C)
        heard = position_norm(self.out(heard))
        fused = functional.gelu(self.mix(look.vision * heard))
        if not self.words_learn:
            return fused, words
        value = split_heads(self.heads, look.value)
        reading = scores.softmax(dim=2).to(value.dtype).transpose(2, 3)
        read = join_heads(reading @ value)  # (N, T, C)
        learned = self.back_norm(self.back(read)) * mask[..., None]
        return fused, words + self.back_gate * learned

    def forward(self, x: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) and (N, T, D) to the same, each knowing the other."""
        fused, words = self.align(self.look(x), words, mask)
        return as_map(fused, x.shape[-2:]), words

    def _scales(self, x: Tensor) -> Tensor:
        """x plus its three depthwise convolutions, (B, C, H, W).

        All four are linear and act per channel, so their kernels are summed first
        and the map is read once.
        """
        reach = KERNELS[-1] // 2
        weight = self.merge.weight.new_zeros(x.shape[1], 1, KERNELS[-1], KERNELS[-1])
        weight[:, :, reach, reach] = 1  # x itself
        bias = weight.new_zeros(x.shape[1])
        for kernel, conv in zip(KERNELS, self.scales, strict=True):
            margin = reach - kernel // 2
            weight = weight + functional.pad(cast(Tensor, conv.weight), [margin] * 4)
            bias = bias + cast(Tensor, conv.bias)
        return functional.conv2d(x, weight, bias, padding=reach, groups=x.shape[1])


def correlate(query: Tensor, key: Tensor, mask: Tensor) -> Tensor:
    """How well each pixel fits each word, in float32 whatever the autocast.

    Args:
        query: (N, heads, P, C) of the pixels.
        key: (N, heads, T, C) of the words.
        mask: (N, T), True on a token.

    Returns:
        (N, heads, P, T), the lowest finite value where there is no token.
    """
    with torch.autocast(query.device.type, enabled=False):
        scale = query.shape[-1] ** -0.5
        scores = (query.float() * scale) @ key.float().transpose(2, 3)
        lowest = torch.finfo(scores.dtype).min
        filled: Tensor = scores.masked_fill(~mask[:, None, None, :], lowest)
        return filled
