"""The optimization loop."""

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
from rrsis_geo.model.distributed_mean import ProcessMean, single_process
from rrsis_geo.model.losses import Losses, LossWeights
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.schedule import Average

METRICS = ("loss", "norm", *Losses._fields)
"""Names of the numbers in `Step.values`, in their order."""

SEED_STRIDE = 1_000_003
"""Difference between the random seeds of consecutive micro-batches."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """A finished step."""

    number: int
    """From 0."""
    values: Tensor
    """(len(METRICS),) on the network's device: reading it later does not block."""
    rate: float
    """Learning rate."""
    seconds: float
    """Wall-clock time since the end of the step before."""
    waited: float
    """Seconds of these spent waiting for a batch."""

    def metrics(self) -> dict[str, float]:
        """Return loss, gradient norm and parts of the loss by name; blocks for them."""
        return dict(zip(METRICS, self.values.tolist(), strict=True))


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """Settings of the loop."""

    first_step: int
    steps: int
    """Step to stop before."""
    accumulate: int
    """Micro-batches per step; their gradients are averaged."""
    learning_rate: Callable[[int], float]
    """Step -> learning rate; every parameter group's `scale` multiplies it."""
    max_norm: float
    """Of the gradient; larger ones are clipped."""
    loss_weights: LossWeights
    seed: int
    """Of this process; each process needs another one."""


def train(
    objective: nn.Module,
    network: BTDNet,
    batches: Iterator[Batch],
    optimizer: Optimizer,
    average: Average,
    config: LoopConfig,
    *,
    all_reduce_mean: ProcessMean = single_process,
    on_step: Callable[[Step], None],
) -> None:
    """Train from `config.first_step` up to `config.steps`.

    Randomness in a step depends on the step's number only, because torch's generators
    are seeded anew for every micro-batch. A resumed run therefore repeats exactly what
    an uninterrupted one does.

    Args:
        objective: batch -> Losses; may be wrapped for distributed training.
        network: the one inside the objective.
        batches: `config.accumulate` micro-batches per step.
        optimizer: over the network's parameters.
        average: of the weights; updated after every step.
        config: of the loop.
        all_reduce_mean: mean of a tensor over the processes that share the steps.
        on_step: called after every step.
    """
    objective.train()
    previous = time.perf_counter()
    for step in range(config.first_step, config.steps):
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate(step) * group["scale"]
        values = torch.zeros(len(METRICS), device=next(network.parameters()).device)
        waited = 0.0
        for part in range(config.accumulate):
            requested = time.perf_counter()
            batch = next(batches)
            waited += time.perf_counter() - requested
            micro_batch = step * config.accumulate + part
            torch.manual_seed(config.seed + SEED_STRIDE * micro_batch)
            last = part == config.accumulate - 1
            with nullcontext() if last else _no_sync(objective):
                losses: Losses = objective(batch)
                loss = losses.total(config.loss_weights)
                (loss / config.accumulate).backward()
            values += _step_values(loss, losses) / config.accumulate
        values[1] = clip_grad_norm_(network.parameters(), config.max_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(network, step)
        now = time.perf_counter()
        on_step(
            Step(
                number=step,
                values=all_reduce_mean(values),
                rate=config.learning_rate(step),
                seconds=now - previous,
                waited=waited,
            )
        )
        previous = now


def _step_values(loss: Tensor, losses: Losses) -> Tensor:
    """Stack the metrics in the order of METRICS; the norm is filled in later."""
    return torch.stack([loss, torch.zeros_like(loss), *losses]).detach()


def _no_sync(objective: nn.Module) -> AbstractContextManager[None]:
    """Keep distributed training from averaging an incomplete gradient."""
    if isinstance(objective, DistributedDataParallel):
        context: AbstractContextManager[None] = objective.no_sync()
        return context
    return nullcontext()
