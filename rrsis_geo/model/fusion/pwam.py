"""PWAM, the pixel-word attention of LAVT (arXiv 2112.02244): the baseline."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.fusion.bsc import Look, correlate
from rrsis_geo.model.layers import (
    as_map,
    as_tokens,
    join_heads,
    position_norm,
    split_heads,
)


class PWAM(nn.Module):
    """Pixels read words; words stay as they are."""

    def __init__(self, *, image_dim: int, word_dim: int, heads: int) -> None:
        super().__init__()
        if image_dim % heads:
            raise ValueError(f"{image_dim} channels do not split into {heads} heads")
        self.heads = heads
        self.vision = nn.Linear(image_dim, image_dim)
        self.query = nn.Linear(image_dim, image_dim)
        self.key = nn.Linear(word_dim, image_dim)
        self.told = nn.Linear(word_dim, image_dim)
        self.out = nn.Linear(image_dim, image_dim)
        self.mix = nn.Linear(image_dim, image_dim)

    def look(self, x: Tensor) -> Look:
        """The text-free half, from (B, C, H, W)."""
        pixels = as_tokens(x)  # (B, P, C)
        return Look(
            query=position_norm(self.query(pixels)),
            value=pixels,
            vision=functional.gelu(self.vision(pixels)),
        )

    def align(self, look: Look, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """As `BSC.align`: (N, P, C) fused features and the words unchanged."""
        told = split_heads(self.heads, self.told(words) * mask[..., None])
        scores = correlate(
            split_heads(self.heads, look.query),
            split_heads(self.heads, self.key(words)),
            mask,
        )
        heard = join_heads(scores.softmax(dim=3).to(told.dtype) @ told)
        heard = position_norm(self.out(heard))
        return functional.gelu(self.mix(look.vision * heard)), words

    def forward(self, x: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) and (N, T, D) to the same."""
        fused, words = self.align(self.look(x), words, mask)
        return as_map(fused, x.shape[-2:]), words
