"""Freeze parameters that no loss depends on, found by a backward pass.

Some networks have them: the last gate of LAVT if nothing reads the deepest feature map,
the words after the last alignment if there is no presence head. Distributed training
would wait for their gradients for ever.
"""

from __future__ import annotations

import torch

from rrsis_geo.model.losses import LossWeights
from rrsis_geo.training.data.batch import Batch
from rrsis_geo.training.objective import Objective

SIDE = 64
"""Pixels of the image of that pass."""


def freeze_unused(objective: Objective) -> tuple[str, ...]:
    """Freeze every parameter that gets no gradient from a small batch.

    Returns:
        Names of the frozen parameters in the network.
    """
    network = objective.network
    training = network.training
    network.eval()  # keeps the batch out of the statistics of batch norms
    half = torch.zeros(1, 1, SIDE, SIDE, dtype=torch.bool)
    half[..., : SIDE // 2] = True
    batch = Batch(
        images=torch.zeros(1, 3, SIDE, SIDE, dtype=torch.uint8),
        masks=half,
        texts=(("the storage tank on the left",),),
    )
    with torch.random.fork_rng(_devices(objective)):
        objective(batch).total(LossWeights()).backward()
    frozen = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad and parameter.grad is None:
            parameter.requires_grad_(False)
            frozen.append(name)
        parameter.grad = None
    network.train(training)
    return tuple(frozen)


def _devices(objective: Objective) -> list[torch.device]:
    """GPUs whose random generators the forward pass advances."""
    return [objective.device] if objective.device.type == "cuda" else []
