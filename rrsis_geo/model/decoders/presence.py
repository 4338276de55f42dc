"""Is the described target there at all? Beyond the paper, and switchable."""

from __future__ import annotations

import torch
from torch import Tensor, nn

HIDDEN = 128


class Presence(nn.Module):
    """One logit per (image, expression)."""

    def __init__(self, *, image_dim: int, word_dim: int) -> None:
        super().__init__()
        self.image_norm = nn.LayerNorm(2 * image_dim)
        self.word_norm = nn.LayerNorm(word_dim)
        self.judge = nn.Sequential(
            nn.Linear(2 * image_dim + word_dim + 1, HIDDEN),
            nn.GELU(),
            nn.Linear(HIDDEN, 1),
        )

    def forward(
        self, deepest: Tensor, words: Tensor, mask: Tensor, score: Tensor
    ) -> Tensor:
        """The logits, (N,).

        Args:
            deepest: (N, C, h, w) fused features.
            words: (N, T, D).
            mask: (N, T), True on a token.
            score: (N, h1, w1) logits of the decoder; only their peak is read, and no
                gradient goes back, so that the map is not bent to please this head.
        """
        pixels = deepest.flatten(2)  # (N, C, P)
        seen = torch.cat([pixels.mean(dim=2), pixels.amax(dim=2)], dim=1)
        weight = mask[..., None].to(words.dtype)
        text = (words * weight).sum(dim=1) / weight.sum(dim=1)
        peak = score.detach().flatten(1).amax(dim=1, keepdim=True).float().sigmoid()
        joined = [self.image_norm(seen), self.word_norm(text), peak.to(seen.dtype)]
        out: Tensor = self.judge(torch.cat(joined, dim=1))
        return out[:, 0]
