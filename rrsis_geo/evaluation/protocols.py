"""How a prediction is compared with a mask.

`reference` is the rule of the test scripts of LAVT, RMSIN, MAFN and FIANet: image and
mask are squeezed to 480 x 480 (Pillow, bilinear and nearest), logits are upsampled to
that with aligned corners, a tie is background. `native` asks the same question, but
its logits are upsampled to the mask's own size and compared there. `product` is what
a user gets: calibrated, weighed by presence, above the threshold; at 480 x 480, so
that it differs from `reference` in that alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 480
"""Pixels; aspect is not kept."""

RULES = ("reference", "native", "product")


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a network says about E expressions in one image."""

    margins: tuple[NDArray[np.float32], ...]
    """(E, h, w) for each size asked for: the target's logit less the background's,
    upsampled with aligned corners; neither calibrated nor weighed by presence."""
    chances: NDArray[np.float32]
    """(E, h, w) at the first size: probabilities as the product uses them."""
    presence: tuple[float | None, ...]
    """E probabilities that the target is there; None where the network has no such
    head."""


class Network(Protocol):
    """Weights that can be evaluated."""

    def ask(
        self,
        pixels: NDArray[np.uint8],
        texts: Sequence[str],
        sizes: Sequence[tuple[int, int]],
    ) -> Answer:
        """(3, H, W) pixels, E texts, (height, width) of the maps wanted."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """Counts of one pair by one rule."""

    intersection: int
    union: int
    predicted: int
    """Pixels said to be the target."""
    total: int
    """Pixels of the image."""

    @property
    def iou(self) -> float:
        """0 where the union is empty."""
        return self.intersection / self.union if self.union else 0.0

    @property
    def quiet(self) -> bool:
        """Next to nothing is painted: under 0.1 % of the image."""
        return self.predicted < self.total / 1000


def squeeze_image(pixels: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """(3, H, W) to (3, side, side), Pillow's bilinear."""
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    small = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))


def squeeze_mask(mask: NDArray[np.bool_], side: int = SIDE) -> NDArray[np.bool_]:
    """(H, W) to (side, side), Pillow's nearest."""
    image = Image.fromarray(mask.astype(np.uint8))
    return np.asarray(image.resize((side, side), Image.Resampling.NEAREST)) > 0


def compare(predicted: NDArray[np.bool_], mask: NDArray[np.bool_]) -> Pixels:
    """Count two masks of one shape."""
    if predicted.shape != mask.shape:
        raise ValueError(f"masks of {predicted.shape} and {mask.shape}")
    return Pixels(
        intersection=int(np.count_nonzero(predicted & mask)),
        union=int(np.count_nonzero(predicted | mask)),
        predicted=int(np.count_nonzero(predicted)),
        total=predicted.size,
    )


def judge(
    network: Network,
    pixels: NDArray[np.uint8],
    texts: Sequence[str],
    masks: Sequence[NDArray[np.bool_]],
    *,
    threshold: float,
) -> tuple[list[Mapping[str, Pixels]], Answer]:
    """Ask about one image and count by every rule.

    Args:
        network: Who is asked.
        pixels: (3, H, W) RGB of the whole image.
        texts: E expressions.
        masks: E of (H, W).
        threshold: Of `product`.

    Returns:
        For each expression rule -> counts, and the answer itself.
    """
    answer = network.ask(squeeze_image(pixels), texts, [(SIDE, SIDE), masks[0].shape])
    counted: list[Mapping[str, Pixels]] = []
    for index, mask in enumerate(masks):
        small = squeeze_mask(mask)
        counted.append(
            {
                "reference": compare(answer.margins[0][index] > 0, small),
                "native": compare(answer.margins[1][index] > 0, mask),
                "product": compare(answer.chances[index] > threshold, small),
            }
        )
    return counted, answer
