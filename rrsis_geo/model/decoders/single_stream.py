"""The single-stream decoder of LAVT (arXiv 2112.02244): baseline for T-BTD."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rrsis_geo.model.config import Four
from rrsis_geo.model.decoders.twin_stream import conv_norm_relu, upsample


class SingleDecoder(nn.Module):
    """One stream from coarse to fine, at half the width of the deepest level.

    It ends in two channels, background and target.
    """

    def __init__(self, *, level_dims: Four) -> None:
        super().__init__()
        hidden = level_dims[3] // 2
        coarse_dims = (hidden, hidden, level_dims[3])
        self.join = nn.ModuleList(
            nn.Sequential(
                conv_norm_relu(coarse + dim, hidden, 3),
                conv_norm_relu(hidden, hidden, 3),
            )
            for dim, coarse in zip(level_dims, coarse_dims, strict=False)
        )
        self.head = nn.Conv2d(hidden, 2, 1)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Decode the levels; arguments and results of `TwinDecoder.forward`."""
        x = levels[3]  # (N, C4, H4, W4)
        for level in reversed(range(3)):
            fine = levels[level]  # (N, C, H, W)
            joined = torch.cat([upsample(x, fine.shape[-2:]), fine], dim=1)
            x = self.join[level](joined)  # (N, hidden, H, W)
        background, target = self.head(x).unbind(dim=1)  # (N, H1, W1) each
        return target, background
