"""One step after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.losses import LossWeights, joint_loss
from rrsis_geo.training.mix import Sample
from rrsis_geo.training.schedule import Average
from rrsis_geo.training.words import Words


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """B images with E expressions each."""

    images: Tensor
    """(B, 3, S, S) uint8."""
    masks: Tensor
    """(B, E, S, S) bool."""
    texts: tuple[tuple[str, ...], ...]


def collate(samples: list[Sample]) -> Batch:
    """Samples side by side."""
    return Batch(
        images=torch.from_numpy(np.stack([sample.pixels for sample in samples])),
        masks=torch.from_numpy(np.stack([sample.masks for sample in samples])),
        texts=tuple(sample.texts for sample in samples),
    )


def train(
    network: BTDNet,
    batches: Iterable[Batch],
    words: Words,
    optimizer: Optimizer,
    average: Average,
    *,
    first: int,
    rate: Callable[[int], float],
    max_norm: float,
    weights: LossWeights,
    bfloat16: bool,
    on_step: Callable[[int, dict[str, float]], None],
) -> None:
    """Train on the batches in order; stop when they end.

    Args:
        first: number of the first step; later than 0 when a run goes on.
        rate: step -> learning rate; every parameter group's `scale` multiplies it.
        on_step: told the step and its losses by name.
    """
    network.train()
    network.text.eval()
    place = next(network.parameters()).device
    for step, batch in enumerate(batches, start=first):
        for group in optimizer.param_groups:
            group["lr"] = rate(step) * group["scale"]
        features, mask = words(batch.texts)  # (B, E, T, D), (B, E, T)
        images = batch.images.to(place, non_blocking=True).float()
        masks = batch.masks.to(place, non_blocking=True).float()
        with torch.autocast(place.type, torch.bfloat16, enabled=bfloat16):
            output = network(images, features, mask)
        losses = joint_loss(output, masks)
        loss = losses.total(weights)
        loss.backward()
        norm = clip_grad_norm_(network.parameters(), max_norm)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(network, step)
        on_step(step, _numbers(loss, norm, losses._asdict()))


def _numbers(loss: Tensor, norm: Tensor, parts: dict[str, Tensor]) -> dict[str, float]:
    found = {"loss": loss, "norm": norm, **parts}
    return {name: float(value.detach()) for name, value in found.items()}
