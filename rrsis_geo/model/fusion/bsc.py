"""BSC, the paper's bidirectional spatial correlation.

One correlation of pixels and words is normalised over the words, so that pixels attend
to words, and over the pixels, so that words attend to pixels. Re-implemented from the
published description (arXiv 2502.08486). With X the image features and L the words:

    S   = X + DWConv_3(X) + DWConv_5(X) + DWConv_7(X),  s = 1x1(S)
    Q   = IN(W_q s),  K = W_k L,  U = W_u L,  V = W_z s
    A   = Q K^T / sqrt(c)
    R   = IN(W_o(softmax_words(A) U)),  F = GELU(W_m(GELU(W_x s) * R))
    L_i = L_{i-1} + g_i * LN(W_b(softmax_pixels(A^T) V)),  g_i = 0 at the start

DWConv_k is a depthwise convolution, IN an instance norm over positions, LN a layer
norm, c the channels per head.
The gate g_i is ours: it leaves pretrained text features as they are at the start.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.layers import (
    as_map,
    as_tokens,
    instance_norm,
    join_heads,
    split_heads,
)

KERNELS = (3, 5, 7)


class ImageProjections(NamedTuple):
    """Projections of image features; independent of the text, so computed once."""

    query: Tensor  # (B, P, C), Q
    value: Tensor  # (B, P, C), V
    vision: Tensor  # (B, P, C), GELU(W_x s)


class BSC(nn.Module):
    """Bidirectional spatial correlation at one level.

    With `words_learn` off only pixels attend to words, which are returned unchanged.
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
        self.told = nn.Linear(word_dim, image_dim)  # W_u
        self.words_learn = words_learn
        if words_learn:
            self.value = nn.Linear(image_dim, image_dim)
        self.out = nn.Linear(image_dim, image_dim)
        self.vision = nn.Linear(image_dim, image_dim)
        self.mix = nn.Linear(image_dim, image_dim)
        if words_learn:
            self.back = nn.Linear(image_dim, word_dim)
            self.back_norm = nn.LayerNorm(word_dim)
            self.back_gate = nn.Parameter(torch.zeros(()))  # g_i

    def project_image(self, x: Tensor) -> ImageProjections:
        """Compute all that needs no text, from (B, C, H, W)."""
        merged = self.merge(as_tokens(self._sum_scales(x)))  # (B, P, C)
        return ImageProjections(
            query=instance_norm(self.query(merged)),
            value=self.value(merged) if self.words_learn else merged,
            vision=functional.gelu(self.vision(merged)),
        )

    def align(
        self, image: ImageProjections, words: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Align image and words in both directions.

        Args:
            image: fields (N, P, C).
            words: (N, T, D), L_{i-1}.
            mask: (N, T), True on a token.

        Returns:
            (N, P, C) fused features F and (N, T, D) words L_i.
        """
        text = self.told(words) * mask[..., None]  # (N, T, C)
        text = split_heads(self.heads, text)  # (N, h, T, c)
        scores = correlate(
            split_heads(self.heads, image.query),
            split_heads(self.heads, self.key(words)),
            mask,
        )  # (N, h, P, T)
        gathered = join_heads(scores.softmax(dim=3).to(text.dtype) @ text)  # (N, P, C)
        gathered = instance_norm(self.out(gathered))
        fused = functional.gelu(self.mix(image.vision * gathered))  # (N, P, C)
        if not self.words_learn:
            return fused, words
        value = split_heads(self.heads, image.value)  # (N, h, P, c)
        attention = scores.softmax(dim=2).to(value.dtype)  # (N, h, P, T)
        pooled = join_heads(attention.transpose(2, 3) @ value)  # (N, T, C)
        update = self.back_norm(self.back(pooled)) * mask[..., None]  # (N, T, D)
        return fused, words + self.back_gate * update

    def forward(self, x: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Project the image, then align.

        Args:
            x: (N, C, H, W).
            words: (N, T, D).
            mask: (N, T), True on a token.

        Returns:
            (N, C, H, W) fused features and (N, T, D) words.
        """
        fused, words = self.align(self.project_image(x), words, mask)
        return as_map(fused, x.shape[-2:]), words

    def _sum_scales(self, x: Tensor) -> Tensor:
        """S: (B, C, H, W) plus its three depthwise convolutions, same shape.

        All four terms are linear and act per channel, so their kernels are summed and
        applied in one convolution.
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
    """Scaled dot products of pixels and words, in float32 even under autocast.

    Args:
        query: (N, h, P, c) of the pixels.
        key: (N, h, T, c) of the words.
        mask: (N, T), True on a token.

    Returns:
        (N, h, P, T); the lowest finite value on padding.
    """
    with torch.autocast(query.device.type, enabled=False):
        scale = query.shape[-1] ** -0.5
        scores = (query.float() * scale) @ key.float().transpose(2, 3)  # (N, h, P, T)
        lowest = torch.finfo(scores.dtype).min
        filled: Tensor = scores.masked_fill(~mask[:, None, None, :], lowest)
        return filled
