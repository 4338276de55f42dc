"""Parameters that no loss reaches, found by asking rather than by knowing.

A network can have some: the last gate of LAVT when nothing reads the deepest map, the
words after the last alignment when no presence head reads them. Distributed training
waits for every gradient, and averaging what never moves is waste, so they are frozen.
"""

from __future__ import annotations

import torch

from rrsis_geo.model.losses import LossWeights
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.objective import Objective

SIDE = 64


def freeze_unused(objective: Objective) -> tuple[str, ...]:
    """Freeze every parameter that gets no gradient from a small batch.

    Returns:
        Their names in the network.
    """
    network = objective.network
    training = network.training
    network.eval()  # statistics of batch norms must not see this batch
    half = torch.zeros(1, 1, SIDE, SIDE, dtype=torch.bool)
    half[..., : SIDE // 2] = True
    batch = Batch(
        images=torch.zeros(1, 3, SIDE, SIDE, dtype=torch.uint8),
        masks=half,
        texts=(("the storage tank on the left",),),
    )
    with torch.random.fork_rng(_devices(objective)):
        objective(batch).total(LossWeights()).backward()
    found = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad and parameter.grad is None:
            parameter.requires_grad_(False)
            found.append(name)
        parameter.grad = None
    network.train(training)
    return tuple(found)


def _devices(objective: Objective) -> list[torch.device]:
    """GPUs whose random numbers the forward pass would move on."""
    return [objective.place] if objective.place.type == "cuda" else []
