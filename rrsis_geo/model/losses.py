"""The training objective, kept in parts by the paper's names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from rrsis_geo.model.btdnet import Output
from rrsis_geo.model.decoders.twin_stream import upsample
from rrsis_geo.model.distributed_mean import Joined, alone, masked_mean


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """What each part counts; chosen on validation only."""

    ce: float = 0.9
    dice: float = 1.0
    stream: float = 0.5
    cons: float = 0.05
    text: float = 0.1
    visual: float = 0.1
    presence: float = 0.2


class Losses(NamedTuple):
    """Scalar parts, unweighted, so that logs can show each."""

    ce: Tensor
    dice: Tensor
    stream: Tensor
    cons: Tensor
    text: Tensor
    visual: Tensor
    presence: Tensor

    def total(self, weights: LossWeights | None = None) -> Tensor:
        """The number to descend."""
        chosen = weights or LossWeights()
        parts = [getattr(chosen, name) * part for name, part in self._asdict().items()]
        return torch.stack(parts).sum()


def joint_loss(
    out: Output,
    mask: Tensor,
    *,
    text: Tensor | None = None,
    visual: Tensor | None = None,
    background_weight: float = 0.9,
    target_weight: float = 1.1,
    joined: Joined = alone,
) -> Losses:
    """All parts, on logits at the mask's size.

    Args:
        out: of the network.
        mask: (B, E, H, W), 1 on the target; all 0 where the target is not there.
        text: reconstruction loss of the words, where D-MOLS ran.
        visual: reconstruction loss of the object, where D-MOLS ran.
        background_weight: of background pixels in the cross entropy.
        target_weight: of target pixels in the cross entropy.
        joined: counts over the processes that share the batch; see `counting`.
    """
    size = (mask.shape[-2], mask.shape[-1])
    mask = mask.flatten(0, 1).float()  # (N, H, W)
    target = _resized(out.target, size)
    background = _resized(out.background, size)
    joint = target - background
    zero = joint.new_zeros(())
    weight = background_weight + (target_weight - background_weight) * mask
    return Losses(
        ce=weighted_cross_entropy(joint, mask, weight, joined=joined),
        dice=dice_loss(joint, mask, joined=joined),
        stream=stream_loss(target, background, mask, joined=joined),
        cons=(target.sigmoid() + background.sigmoid() - 1).abs().mean(),
        text=zero if text is None else text,
        visual=zero if visual is None else visual,
        presence=zero if out.presence is None else presence_loss(out.presence, mask),
    )


def weighted_cross_entropy(
    logits: Tensor, mask: Tensor, weight: Tensor, *, joined: Joined = alone
) -> Tensor:
    """Two-class cross entropy, divided by the sum of weights; all (N, H, W).

    The softmax over [z_b, z_t] is the sigmoid of their difference, so this is
    `cross_entropy` with class weights in half the memory.
    """
    loss = functional.binary_cross_entropy_with_logits(
        logits, mask, weight, reduction="sum"
    )
    return loss / joined(weight.sum())


def dice_loss(
    logits: Tensor, mask: Tensor, *, smooth: float = 1.0, joined: Joined = alone
) -> Tensor:
    """Mean of 1 - Dice over the maps that have something to find; (N, H, W) each.

    A map with an empty mask has no overlap to speak of: its Dice is 0 whatever the
    network does, so only the cross entropy teaches it.
    """
    probability = logits.sigmoid().flatten(1)
    mask = mask.flatten(1)
    overlap = (probability * mask).sum(dim=1)
    total = probability.sum(dim=1) + mask.sum(dim=1)
    loss = 1 - (2 * overlap + smooth) / (total + smooth)
    return masked_mean(loss, mask.sum(dim=1) > 0, joined=joined)


def stream_loss(
    target: Tensor, background: Tensor, mask: Tensor, *, joined: Joined = alone
) -> Tensor:
    """Each stream answers for its own half of the picture; all (N, H, W)."""
    bce = functional.binary_cross_entropy_with_logits
    return 0.5 * (
        bce(target, mask)
        + dice_loss(target, mask, joined=joined)
        + bce(background, 1 - mask)
        + dice_loss(background, 1 - mask, joined=joined)
    )


def presence_loss(presence: Tensor, mask: Tensor) -> Tensor:
    """Whether there is a target at all: (B, E) logits against (N, H, W)."""
    there = mask.flatten(1).amax(dim=1) > 0
    logits = presence.flatten().float()
    return functional.binary_cross_entropy_with_logits(logits, there.to(logits.dtype))


def _resized(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, E, h, w) to (N, *size) in float32."""
    flat = logits.float().flatten(0, 1)
    return upsample(flat[:, None], size)[:, 0]
