"""One step after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.distributed_mean import ProcessMean
from rrsis_geo.model.losses import Losses, LossWeights
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.schedule import Average

NAMES = ("loss", "norm", *Losses._fields)
"""What is known of a step, in the order of `Step.values`."""

SPREAD = 1_000_003
"""Between the random seeds of one part of a step and the next."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One step done."""

    number: int
    """From 0."""
    values: Tensor
    """(len(NAMES),) on the network's device, so that reading it later costs no wait."""
    rate: float
    """Learning rate."""
    seconds: float
    """From the end of the step before to the end of this one, on the host's clock."""
    waited: float
    """Seconds of those in which there was no batch to work on."""

    def numbers(self) -> dict[str, float]:
        """Loss, norm of the gradient and parts of the loss by name; waits for them."""
        return dict(zip(NAMES, self.values.tolist(), strict=True))


def train(
    objective: nn.Module,
    network: BTDNet,
    batches: Iterator[Batch],
    optimizer: Optimizer,
    average: Average,
    *,
    first: int,
    steps: int,
    accumulate: int,
    rate: Callable[[int], float],
    max_norm: float,
    weights: LossWeights,
    seed: int,
    joined: ProcessMean,
    on_step: Callable[[Step], None],
) -> None:
    """Train from step `first` to step `steps`.

    What is random in a step depends on its number alone, so that a run that goes on
    does what it would have done: torch's generators are seeded anew in every step.

    Args:
        objective: batch -> Losses; wrapped for distributed training where that is on.
        network: the one inside the objective.
        batches: `accumulate` of them make a step, whose gradient is their mean.
        rate: step -> learning rate; every parameter group's `scale` multiplies it.
        seed: of this process; another one for each that shares the steps.
        joined: values to their mean over the processes that share the steps.
        on_step: told each step.
    """
    objective.train()
    mark = time.perf_counter()
    for step in range(first, steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step) * group["scale"]
        values = torch.zeros(len(NAMES), device=next(network.parameters()).device)
        waited = 0.0
        for part in range(accumulate):
            asked = time.perf_counter()
            batch = next(batches)
            waited += time.perf_counter() - asked
            torch.manual_seed(seed + SPREAD * (step * accumulate + part))
            last = part == accumulate - 1
            with nullcontext() if last else _unsynced(objective):
                losses: Losses = objective(batch)
                loss = losses.total(weights)
                (loss / accumulate).backward()
            values += _values(loss, losses) / accumulate
        values[1] = clip_grad_norm_(network.parameters(), max_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(network, step)
        now = time.perf_counter()
        on_step(
            Step(
                number=step,
                values=joined(values),
                rate=rate(step),
                seconds=now - mark,
                waited=waited,
            )
        )
        mark = now


def _values(loss: Tensor, losses: Losses) -> Tensor:
    """In the order of NAMES; the norm is filled in later."""
    return torch.stack([loss, torch.zeros_like(loss), *losses]).detach()


def _unsynced(objective: nn.Module) -> AbstractContextManager[None]:
    """No talk between processes about a gradient that is not complete."""
    if isinstance(objective, DistributedDataParallel):
        held: AbstractContextManager[None] = objective.no_sync()
        return held
    return nullcontext()
