"""Several processes that share every step: torch's distributed data parallel.

`torchrun --nproc-per-node N -m rrsis_geo_cli train ...` starts them. Each works on its
part of a step's images; gradients, counts and batch statistics are joined, so that the
step is the one that a single process would do with all of the images.
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
from rrsis_geo.training.distributed.sync_batch_norm import join_norms

PATIENCE = timedelta(hours=6)
"""The others wait while the first one validates."""


@dataclass(frozen=True, kw_only=True)
class ProcessGroup:
    """This process among those that share the steps."""

    device: torch.device
    rank: int = 0
    world: int = 1

    @property
    def leads(self) -> bool:
        """Whether this one validates, writes and speaks."""
        return self.rank == 0

    def joined(self, value: Tensor) -> Tensor:
        """The mean of a value over all processes; without gradient."""
        if self.world == 1:
            return value
        total = value.detach().clone()
        dist.all_reduce(total)
        return total / self.world

    def wrap(self, objective: nn.Module) -> nn.Module:
        """The objective, its gradients averaged over all processes.

        Every parameter that asks for a gradient must get one in every step;
        `freeze_unused` sees to that.
        """
        if self.world == 1:
            return objective
        join_norms(objective, self.device)
        return DistributedDataParallel(objective, broadcast_buffers=False)

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.world > 1:
            dist.barrier()

    def share(self, images: int) -> int:
        """Images of a step that are this process's.

        Raises:
            OptionError: they do not split into equal parts.
        """
        if images % self.world:
            raise OptionError(
                f"{images} images per step do not split over {self.world} processes"
            )
        return images // self.world


@contextmanager
def open_team(device: str) -> Iterator[ProcessGroup]:
    """The team that torchrun has called, or this process alone.

    Raises:
        OptionError: no such device.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield ProcessGroup(device=choose_device(device))
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    place = choose_device(device)
    if place.type == "cuda":
        place = choose_device(f"cuda:{local}")
        torch.cuda.set_device(place)
    backend = "nccl" if place.type == "cuda" else "gloo"
    dist.init_process_group(backend, timeout=PATIENCE)
    try:
        yield ProcessGroup(device=place, rank=rank, world=world)
    finally:
        dist.destroy_process_group()
