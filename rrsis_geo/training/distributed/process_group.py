"""Data-parallel training in several processes, by torch's DistributedDataParallel.

`torchrun --nproc-per-node N -m rrsis_geo_cli train ...` starts the processes. Each
works on its part of a step's images. Gradients, loss denominators and batch statistics
are averaged over all processes, so that a step equals that of a single process with all
images.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel

from rrsis_geo.errors import OptionError
from rrsis_geo.model.device import choose_device
from rrsis_geo.training.distributed.sync_batch_norm import sync_batch_norms

TIMEOUT = timedelta(hours=6)
"""Of a collective operation: the other processes wait while the main one validates."""


@dataclass(frozen=True, kw_only=True)
class ProcessGroup:
    """This process and its place among those that share the steps."""

    device: torch.device
    rank: int = 0
    world_size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process validates, writes files and reports progress."""
        return self.rank == 0

    def all_reduce_mean(self, value: Tensor) -> Tensor:
        """Return the mean of a value over all processes, without gradient."""
        if self.world_size == 1:
            return value
        total = value.detach().clone()
        dist.all_reduce(total)
        return total / self.world_size

    def wrap(self, objective: nn.Module) -> nn.Module:
        """Wrap the objective so that its gradients are averaged over all processes.

        Every parameter that requires a gradient must get one in every step;
        `freeze_unused` ensures it.
        """
        if self.world_size == 1:
            return objective
        sync_batch_norms(objective, self.device)
        return DistributedDataParallel(objective, broadcast_buffers=False)

    def barrier(self) -> None:
        """Wait until all processes have reached this point."""
        if self.world_size > 1:
            dist.barrier()

    def images_per_process(self, images: int) -> int:
        """Return how many images of a step each process gets.

        Raises:
            OptionError: the images cannot be divided equally.
        """
        if images % self.world_size:
            raise OptionError(
                f"{images} images per step do not split over {self.world_size} "
                "processes"
            )
        return images // self.world_size


@contextmanager
def open_process_group(device: str) -> Iterator[ProcessGroup]:
    """Join the group that torchrun has started; without torchrun, a group of one.

    Raises:
        OptionError: there is no such device.
    """
    world_size = int(os.environ.get("WORLD_SIZE", "1"))
    if world_size == 1:
        yield ProcessGroup(device=choose_device(device))
        return
    rank, local_rank = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    chosen = choose_device(device)
    if chosen.type == "cuda":
        chosen = choose_device(f"cuda:{local_rank}")
        torch.cuda.set_device(chosen)
    backend = "nccl" if chosen.type == "cuda" else "gloo"
    dist.init_process_group(backend, timeout=TIMEOUT)
    try:
        yield ProcessGroup(device=chosen, rank=rank, world_size=world_size)
    finally:
        dist.destroy_process_group()
