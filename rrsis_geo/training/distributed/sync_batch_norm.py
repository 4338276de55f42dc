"""Batch norms whose statistics cover the batch of all processes."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.distributed.nn.functional import all_reduce


class CpuSyncBatchNorm(nn.BatchNorm2d):
    """`nn.SyncBatchNorm` for the CPU, where torch has none.

    Every process must bring the same number of pixels.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalize (N, C, h, w); the shape stays."""
        if not self.training:
            return super().forward(x)
        x32, world_size = x.float(), dist.get_world_size()
        mean = all_reduce(x32.mean(dim=(0, 2, 3))) / world_size
        centred = x32 - mean[:, None, None]
        variance = all_reduce(centred.square().mean(dim=(0, 2, 3))) / world_size
        self._update_running_stats(
            mean.detach(), variance.detach(), world_size * x[:, 0].numel()
        )
        scale = self.weight * (variance + self.eps).rsqrt()
        out: Tensor = centred * scale[:, None, None] + self.bias[:, None, None]
        return out.to(x.dtype)

    @torch.no_grad()
    def _update_running_stats(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Update the statistics for inference as `nn.BatchNorm2d` does: unbiased."""
        momentum = 0.1 if self.momentum is None else self.momentum
        cast(Tensor, self.num_batches_tracked).add_(1)
        cast(Tensor, self.running_mean).lerp_(mean, momentum)
        unbiased = variance * count / max(count - 1, 1)
        cast(Tensor, self.running_var).lerp_(unbiased, momentum)


def sync_batch_norms(module: nn.Module, device: torch.device) -> None:
    """Make every batch norm in a module a synchronized one; tensor names stay."""
    if device.type == "cuda":
        nn.SyncBatchNorm.convert_sync_batchnorm(module)
        return
    for part in module.modules():
        if type(part) is nn.BatchNorm2d:
            part.__class__ = CpuSyncBatchNorm
