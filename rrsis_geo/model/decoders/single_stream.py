"""The decoder of LAVT: one stream that ends in two channels. The baseline."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import Four
from rrsis_geo.model.decoders.twin_stream import conv_norm_relu, upsample


class SingleDecoder(nn.Module):
    """Join each level with the coarser one, at half the width of the deepest."""

    def __init__(self, *, level_dims: Four) -> None:
        super().__init__()
        hidden = level_dims[3] // 2
        coarse = (hidden, hidden, level_dims[3])
        self.join = nn.ModuleList(
            nn.Sequential(
                conv_norm_relu(wide + dim, hidden, 3),
                conv_norm_relu(hidden, hidden, 3),
            )
            for dim, wide in zip(level_dims, coarse, strict=False)
        )
        self.head = nn.Conv2d(hidden, 2, 1)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """As `TwinDecoder.forward`: target and background logits (N, h1, w1)."""
        x = levels[3]
        for level in reversed(range(3)):
            fine = levels[level]
            x = self.join[level](torch.cat([upsample(x, fine.shape[-2:]), fine], dim=1))
        background, target = self.head(x).unbind(dim=1)
        return target, background
