"""Presence head: whether the described target is in the image at all.

Not in the paper, which has no answer for absent targets.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

HIDDEN = 128


class PresenceHead(nn.Module):
    """One logit per image and expression."""

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
        self, deepest: Tensor, words: Tensor, mask: Tensor, logits: Tensor
    ) -> Tensor:
        """Pool image, words and mask logits, and classify.

        Args:
            deepest: (N, C, H4, W4) fused features.
            words: (N, T, D).
            mask: (N, T), True on a token.
            logits: (N, H1, W1), z_t - z_b of the decoder. Only the maximum is used, and
                no gradient flows back, so that this head does not change the masks.

        Returns:
            (N,) logits.
        """
        pixels = deepest.flatten(2)  # (N, C, P)
        image = torch.cat([pixels.mean(dim=2), pixels.amax(dim=2)], dim=1)  # (N, 2 C)
        weight = mask[..., None].to(words.dtype)  # (N, T, 1)
        text = (words * weight).sum(dim=1) / weight.sum(dim=1)  # (N, D)
        peak = logits.detach().flatten(1).amax(dim=1, keepdim=True).float().sigmoid()
        features = [self.image_norm(image), self.word_norm(text), peak.to(image.dtype)]
        out: Tensor = self.judge(torch.cat(features, dim=1))  # (N, 1)
        return out[:, 0]
