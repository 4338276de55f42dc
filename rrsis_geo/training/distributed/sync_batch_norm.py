"""Batch norms that see the whole batch of all processes."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.distributed.nn.functional import all_reduce


class JoinedNorm(nn.BatchNorm2d):
    """What `nn.SyncBatchNorm` does, on a CPU too, where torch has none.

    Every process must bring as many pixels as the others.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) to the same."""
        if not self.training:
            return super().forward(x)
        wide, world = x.float(), dist.get_world_size()
        mean = all_reduce(wide.mean(dim=(0, 2, 3))) / world
        apart = wide - mean[:, None, None]
        variance = all_reduce(apart.square().mean(dim=(0, 2, 3))) / world
        self._remember(mean.detach(), variance.detach(), world * x[:, 0].numel())
        scale = self.weight * (variance + self.eps).rsqrt()
        out: Tensor = apart * scale[:, None, None] + self.bias[:, None, None]
        return out.to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """For inference, as a batch norm does: unbiased, moving."""
        pace = 0.1 if self.momentum is None else self.momentum
        cast(Tensor, self.num_batches_tracked).add_(1)
        cast(Tensor, self.running_mean).lerp_(mean, pace)
        unbiased = variance * count / max(count - 1, 1)
        cast(Tensor, self.running_var).lerp_(unbiased, pace)


def join_norms(module: nn.Module, device: torch.device) -> None:
    """Let every batch norm inside a module see all processes; names stay."""
    if device.type == "cuda":
        nn.SyncBatchNorm.convert_sync_batchnorm(module)
        return
    for part in module.modules():
        if type(part) is nn.BatchNorm2d:
            part.__class__ = JoinedNorm
