"""T-BTD, the paper's target-background twin-stream decoder.

Two streams of the same form decode target and background; `Exchange` couples them after
every level. Re-implemented from the published description (arXiv 2502.08486). For
stream s and level i, with CBR = convolution, batch norm, ReLU:

    E_i = CBR(Y_i);  D_4 = E_4;  D_i = CBR(CBR([up(D_{i+1}), E_i])) for i = 3, 2, 1
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from rrsis_geo.model.config import Four


class TwinDecoder(nn.Module):
    """Decode target and background in two streams."""

    def __init__(
        self, *, level_dims: Four, dims: Four, join_kernel: int, exchange: bool
    ) -> None:
        super().__init__()
        self.target = Stream(level_dims, dims, join_kernel)
        self.background = Stream(level_dims, dims, join_kernel)
        self.exchange = nn.ModuleList(Exchange(dim) for dim in dims if exchange)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Decode the levels from coarse to fine.

        Args:
            levels: (N, C1, H1, W1) to (N, C4, H4, W4), Y_1 to Y_4.

        Returns:
            (N, H1, W1) logits z_t and (N, H1, W1) logits z_b.
        """
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
    """One stream of the decoder."""

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
        """Compute D_i of one level.

        Args:
            level: 0 (finest) to 3 (coarsest).
            features: (N, C, H, W), Y_i.
            coarser: D_{i+1}, at half the size; None at the coarsest level.

        Returns:
            (N, dim, H, W), where dim is the decoder's width at this level.
        """
        entered: Tensor = self.enter[level](features)  # (N, dim, H, W)
        if coarser is None:
            return entered
        joined = torch.cat([upsample(coarser, entered.shape[-2:]), entered], dim=1)
        out: Tensor = self.refine[level](self.join[level](joined))  # (N, dim, H, W)
        return out

    def score(self, x: Tensor) -> Tensor:
        """(N, C, H1, W1) to logits (N, H1, W1)."""
        scores: Tensor = self.head(x)  # (N, 1, H1, W1)
        return scores[:, 0]


class Exchange(nn.Module):
    """Exchange between the streams at one level, with d = D^t - D^b:

    D^t += phi_t([DW3(D^t), d]);  D^b += phi_b([DW3(D^b), -d])
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.to_target = ExchangeUpdate(dim)
        self.to_background = ExchangeUpdate(dim)

    def forward(self, target: Tensor, background: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) of each stream to the same."""
        difference = target - background  # (N, C, H, W)
        return (
            target + self.to_target(target, difference),
            background + self.to_background(background, -difference),
        )


class ExchangeUpdate(nn.Module):
    """phi: the residual update of one stream; 0 at the start of training."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.around = nn.Conv2d(dim, dim, 3, padding=1, groups=dim, bias=False)  # DW3
        self.phi = nn.Conv2d(2 * dim, dim, 1, bias=False)
        self.norm = nn.BatchNorm2d(dim)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x: Tensor, difference: Tensor) -> Tensor:
        """Update of a stream x from its difference to the other; all (N, C, H, W)."""
        update: Tensor = self.norm(
            self.phi(torch.cat([self.around(x), difference], dim=1))
        )
        return update


def conv_norm_relu(channels: int, dim: int, kernel: int) -> nn.Sequential:
    """CBR: a convolution that keeps height and width, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, dim, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(dim),
        nn.ReLU(inplace=True),
    )


def upsample(x: Tensor, size: Sequence[int]) -> Tensor:
    """(N, C, H, W) to (N, C, *size), bilinear with aligned corners."""
    return functional.interpolate(
        x, size=tuple(size), mode="bilinear", align_corners=True
    )
