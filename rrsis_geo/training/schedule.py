"""Learning rate schedule and moving average of the weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def learning_rate(
    step: int, *, peak: float, steps: int, warmup: int, power: float = 0.9
) -> float:
    """Return the rate of a step: linear warm-up times polynomial decay to zero."""
    ramp = min(1.0, (step + 1) / max(warmup, 1))
    return float(peak * ramp * (1 - step / steps) ** power)


class Average:
    """Exponential moving average of a network's floating-point state."""

    def __init__(self, network: nn.Module, *, decay: float) -> None:
        self.decay = decay
        self.state = {name: value.clone() for name, value in _averaged_tensors(network)}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network's state; faster during the first steps."""
        decay = min(self.decay, (1 + step) / (10 + step))
        current = dict(_averaged_tensors(network))
        # By name, as a loaded checkpoint has another order.
        averages = [self.state[name] for name in current]
        torch._foreach_lerp_(averages, list(current.values()), 1 - decay)

    @torch.no_grad()
    def copy_to(self, network: nn.Module) -> None:
        """Overwrite the network's state with the average."""
        for name, value in _averaged_tensors(network):
            value.copy_(self.state[name])


def _averaged_tensors(network: nn.Module) -> list[tuple[str, Tensor]]:
    """Return trained parameters and floating-point buffers with their names."""
    trained = {
        name for name, value in network.named_parameters() if value.requires_grad
    }
    buffers = {name for name, value in network.named_buffers()}
    return [
        (name, value)
        for name, value in network.state_dict().items()
        if name in trained | buffers and value.is_floating_point()
    ]
