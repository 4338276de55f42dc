"""The training objective; its terms have the names of the description.

    L = 0.9 ce + 1.0 dice + 0.5 stream + 0.05 cons + 0.1 text + 0.1 visual
        + 0.2 presence

`presence` is not in the paper; the weights are ours, chosen on validation only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from rrsis_geo.model.btdnet import Output
from rrsis_geo.model.decoders.twin_stream import upsample
from rrsis_geo.model.distributed_mean import ProcessMean, masked_mean, single_process


@dataclass(frozen=True, kw_only=True)
class LossWeights:
    """Weight of each term."""

    ce: float = 0.9
    dice: float = 1.0
    stream: float = 0.5
    cons: float = 0.05
    text: float = 0.1
    visual: float = 0.1
    presence: float = 0.2


class Losses(NamedTuple):
    """Terms of the objective, each (), unweighted, so that logs can show each."""

    ce: Tensor
    """Weighted cross entropy of z_t - z_b."""
    dice: Tensor
    """Dice loss of z_t - z_b."""
    stream: Tensor
    """L_stream: cross entropy and Dice of each stream against its own mask."""
    cons: Tensor
    """L_cons = mean |sigmoid(z_t) + sigmoid(z_b) - 1|."""
    text: Tensor
    """L_text of D-MOLS."""
    visual: Tensor
    """L_visual of D-MOLS."""
    presence: Tensor
    """Cross entropy of the presence head."""

    def total(self, weights: LossWeights | None = None) -> Tensor:
        """The weighted sum, (), that training minimises."""
        chosen = weights or LossWeights()
        terms = [getattr(chosen, name) * term for name, term in self._asdict().items()]
        return torch.stack(terms).sum()


def joint_loss(
    out: Output,
    mask: Tensor,
    *,
    text: Tensor | None = None,
    visual: Tensor | None = None,
    background_weight: float = 0.9,
    target_weight: float = 1.1,
    process_mean: ProcessMean = single_process,
) -> Losses:
    """Compute all terms, on logits at the mask's size.

    Args:
        out: output of the network.
        mask: (B, E, H, W), 1 on the target; all 0 where the target is absent.
        text: (), L_text where D-MOLS ran.
        visual: (), L_visual where D-MOLS ran.
        background_weight: of background pixels in the cross entropy.
        target_weight: of target pixels in the cross entropy.
        process_mean: averages counts over the processes that share the batch; see
            `distributed_mean`.
    """
    size = (mask.shape[-2], mask.shape[-1])
    mask = mask.flatten(0, 1).float()  # (N, H, W)
    target = _resize(out.target, size)  # (N, H, W)
    background = _resize(out.background, size)  # (N, H, W)
    joint = target - background
    zero = joint.new_zeros(())
    weight = background_weight + (target_weight - background_weight) * mask
    return Losses(
        ce=weighted_cross_entropy(joint, mask, weight, process_mean=process_mean),
        dice=dice_loss(joint, mask, process_mean=process_mean),
        stream=stream_loss(target, background, mask, process_mean=process_mean),
        cons=(target.sigmoid() + background.sigmoid() - 1).abs().mean(),
        text=zero if text is None else text,
        visual=zero if visual is None else visual,
        presence=zero if out.presence is None else presence_loss(out.presence, mask),
    )


def weighted_cross_entropy(
    logits: Tensor,
    mask: Tensor,
    weight: Tensor,
    *,
    process_mean: ProcessMean = single_process,
) -> Tensor:
    """Two-class cross entropy, divided by the sum of the weights.

    The softmax over [z_b, z_t] is the sigmoid of their difference, so this equals
    `cross_entropy` with class weights and takes half the memory.

    Args:
        logits: (N, H, W), z_t - z_b.
        mask: (N, H, W), 1 on the target.
        weight: (N, H, W) of each pixel.
        process_mean: see `joint_loss`.
    """
    loss = functional.binary_cross_entropy_with_logits(
        logits, mask, weight, reduction="sum"
    )
    return loss / process_mean(weight.sum())


def dice_loss(
    logits: Tensor,
    mask: Tensor,
    *,
    smooth: float = 1.0,
    process_mean: ProcessMean = single_process,
) -> Tensor:
    """Mean of 1 - Dice over the maps whose mask is not empty.

    Without a target the overlap is 0 whatever the network predicts, so such maps are
    left to the cross entropy.

    Args:
        logits: (N, H, W).
        mask: (N, H, W), 1 on the target.
        smooth: added to numerator and denominator.
        process_mean: see `joint_loss`.
    """
    probability = logits.sigmoid().flatten(1)  # (N, P)
    mask = mask.flatten(1)  # (N, P)
    overlap = (probability * mask).sum(dim=1)  # (N,)
    total = probability.sum(dim=1) + mask.sum(dim=1)
    loss = 1 - (2 * overlap + smooth) / (total + smooth)
    return masked_mean(loss, mask.sum(dim=1) > 0, process_mean=process_mean)


def stream_loss(
    target: Tensor,
    background: Tensor,
    mask: Tensor,
    *,
    process_mean: ProcessMean = single_process,
) -> Tensor:
    """L_stream: supervise the target stream by the mask, the other by 1 - mask.

    Args:
        target: (N, H, W) logits z_t.
        background: (N, H, W) logits z_b.
        mask: (N, H, W), 1 on the target.
        process_mean: see `joint_loss`.
    """
    bce = functional.binary_cross_entropy_with_logits
    return 0.5 * (
        bce(target, mask)
        + dice_loss(target, mask, process_mean=process_mean)
        + bce(background, 1 - mask)
        + dice_loss(background, 1 - mask, process_mean=process_mean)
    )


def presence_loss(presence: Tensor, mask: Tensor) -> Tensor:
    """Cross entropy of whether there is any target. Not in the paper.

    Args:
        presence: (B, E) logits.
        mask: (N, H, W), 1 on the target.
    """
    present = mask.flatten(1).amax(dim=1) > 0  # (N,)
    logits = presence.flatten().float()  # (N,)
    return functional.binary_cross_entropy_with_logits(logits, present.to(logits.dtype))


def _resize(logits: Tensor, size: tuple[int, int]) -> Tensor:
    """(B, E, H1, W1) to (N, *size) in float32."""
    flat = logits.float().flatten(0, 1)  # (N, H1, W1)
    return upsample(flat[:, None], size)[:, 0]
