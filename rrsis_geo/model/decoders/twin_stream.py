"""T-BTD, the target-background twin-stream decoder.

Re-implemented from the published description (arXiv 2502.08486).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.config import Four


class TwinDecoder(nn.Module):
    """Two streams, one after the target and one after all else, that may talk."""

    def __init__(
        self, *, level_dims: Four, dims: Four, join_kernel: int, exchange: bool
    ) -> None:
        super().__init__()
        self.target = Stream(level_dims, dims, join_kernel)
        self.background = Stream(level_dims, dims, join_kernel)
        self.exchange = nn.ModuleList(Exchange(dim) for dim in dims if exchange)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Levels (N, C, h, w), fine to coarse, to two logit maps (N, h1, w1)."""
        target = background = None
        for level in reversed(range(4)):
            target = self.target.step(level, levels[level], target)
            background = self.background.step(level, levels[level], background)
            if self.exchange:
                target, background = self.exchange[level](target, background)
        assert target is not None  # noqa: S101 - the loop ran
        assert background is not None  # noqa: S101
        return self.target.score(target), self.background.score(background)


class Stream(nn.Module):
    """One decoder from coarse to fine."""

    def __init__(self, level_dims: Four, dims: Four, join_kernel: int) -> None:
        super().__init__()
        self.enter = nn.ModuleList(
            conv_norm_relu(channels, dim, 1)
            for channels, dim in zip(level_dims, dims, strict=True)
        )
        self.join = nn.ModuleList(
            conv_norm_relu(coarse + dim, dim, join_kernel)
            for dim, coarse in pairwise(dims)
        )
        self.refine = nn.ModuleList(conv_norm_relu(dim, dim, 3) for dim in dims[:3])
        self.head = nn.Conv2d(dims[0], 1, 1)

    def step(self, level: int, features: Tensor, coarser: Tensor | None) -> Tensor:
        """Features (N, C, h, w) of a level joined with what came before it."""
        entered: Tensor = self.enter[level](features)
        if coarser is None:
            return entered
        joined = torch.cat([upsample(coarser, entered.shape[-2:]), entered], dim=1)
        out: Tensor = self.refine[level](self.join[level](joined))
        return out

    def score(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to logits (N, h, w)."""
        scores: Tensor = self.head(x)
        return scores[:, 0]


class Exchange(nn.Module):
    """Each stream hears where it differs from the other; silent at the start."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.to_target = Message(dim)
        self.to_background = Message(dim)

    def forward(self, target: Tensor, background: Tensor) -> tuple[Tensor, Tensor]:
        """Two (N, C, h, w) to the same."""
        difference = target - background
        return (
            target + self.to_target(target, difference),
            background + self.to_background(background, -difference),
        )


class Message(nn.Module):
    """What one stream is told."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.around = nn.Conv2d(dim, dim, 3, padding=1, groups=dim, bias=False)
        self.phi = nn.Conv2d(2 * dim, dim, 1, bias=False)
        self.norm = nn.BatchNorm2d(dim)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x: Tensor, difference: Tensor) -> Tensor:
        """Two (N, C, h, w) to one."""
        told: Tensor = self.norm(
            self.phi(torch.cat([self.around(x), difference], dim=1))
        )
        return told


def conv_norm_relu(channels: int, width: int, kernel: int) -> nn.Sequential:
    """Convolution that keeps the size, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, width, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


def upsample(x: Tensor, size: Sequence[int]) -> Tensor:
    """(N, C, h, w) to (N, C, *size), bilinear with aligned corners."""
    return functional.interpolate(
        x, size=tuple(size), mode="bilinear", align_corners=True
    )
