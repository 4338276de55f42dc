"""Learning rate and averaged weights: how the numbers move over the steps."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def learning_rate(
    step: int, *, peak: float, steps: int, warmup: int, power: float = 0.9
) -> float:
    """Linear rise over the warm-up, then polynomial decay from peak to zero."""
    rise = min(1.0, (step + 1) / max(warmup, 1))
    return float(peak * rise * (1 - step / steps) ** power)


class Average:
    """Exponential moving average of a network's floating-point state."""

    def __init__(self, network: nn.Module, *, decay: float) -> None:
        self.decay = decay
        self.state = {name: value.clone() for name, value in _floats(network)}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network; faster at the start, when it has learned little."""
        decay = min(self.decay, (1 + step) / (10 + step))
        current = dict(_floats(network))
        # By name: a checkpoint brings the state back in another order.
        averages = [self.state[name] for name in current]
        torch._foreach_lerp_(averages, list(current.values()), 1 - decay)

    @torch.no_grad()
    def copy_to(self, network: nn.Module) -> None:
        """Overwrite the network's state with the average."""
        for name, value in _floats(network):
            value.copy_(self.state[name])


def _floats(network: nn.Module) -> list[tuple[str, Tensor]]:
    """What is worth averaging: trained parameters and statistics of batch norms."""
    trained = {
        name for name, value in network.named_parameters() if value.requires_grad
    }
    statistics = {name for name, value in network.named_buffers()}
    return [
        (name, value)
        for name, value in network.state_dict().items()
        if name in trained | statistics and value.is_floating_point()
    ]
