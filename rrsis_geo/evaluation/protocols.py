"""Evaluation protocols, called rules: how a prediction is compared with a mask.

`reference` is the rule of the test scripts of LAVT, RMSIN, MAFN and FIANet: image and
mask are resized to 480 x 480 (Pillow, bilinear and nearest), logits are upsampled to
that with aligned corners, and a tie is background. `native` uses the same prediction,
but upsamples its logits to the mask's own size and compares there. `product` is what a
user gets: probabilities, calibrated and weighted by presence, above the threshold; at
480 x 480, so that it differs from `reference` in nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 480
"""Pixels of a side in `reference` and `product`; the aspect is not kept."""

RULES = ("reference", "native", "product")


@dataclass(frozen=True, kw_only=True, eq=False)
class NetworkPrediction:
    """What a network predicts for E expressions about one image."""

    logits: tuple[NDArray[np.float32], ...]
    """(E, h, w) for each size: logit of the target less that of the background,
    upsampled with aligned corners; neither calibrated nor weighted by presence."""
    probabilities: NDArray[np.float32]
    """(E, h, w) at the first size, calibrated and weighted by presence."""
    presence: tuple[float | None, ...]
    """E probabilities that the image shows the target; None without a presence
    head."""


class Network(Protocol):
    """A network that can be evaluated."""

    def predict(
        self,
        pixels: NDArray[np.uint8],
        texts: Sequence[str],
        sizes: Sequence[tuple[int, int]],
    ) -> NetworkPrediction:
        """Predict the masks of E texts in one image.

        Args:
            pixels: (3, H, W) RGB.
            texts: E expressions.
            sizes: (height, width) of the maps to return.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class PixelCounts:
    """Pixels of one (image, expression) pair by one rule."""

    intersection: int
    union: int
    predicted: int
    """Pixels predicted as the target."""
    total: int
    """Pixels of the image."""

    @property
    def iou(self) -> float:
        """0 where the union is empty."""
        return self.intersection / self.union if self.union else 0.0

    @property
    def quiet(self) -> bool:
        """Whether less than 0.1 % of the image is predicted as the target."""
        return self.predicted < self.total / 1000


def resize_image_to_square(
    pixels: NDArray[np.uint8], side: int = SIDE
) -> NDArray[np.uint8]:
    """Resize (3, H, W) pixels to (3, side, side) by Pillow's bilinear."""
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    small = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))


def resize_mask_to_square(
    mask: NDArray[np.bool_], side: int = SIDE
) -> NDArray[np.bool_]:
    """Resize an (H, W) mask to (side, side) by Pillow's nearest."""
    image = Image.fromarray(mask.astype(np.uint8))
    return np.asarray(image.resize((side, side), Image.Resampling.NEAREST)) > 0


def count_pixels(predicted: NDArray[np.bool_], mask: NDArray[np.bool_]) -> PixelCounts:
    """Count the pixels of two masks of one shape."""
    if predicted.shape != mask.shape:
        raise ValueError(
            f"masks of one shape are needed, got {predicted.shape} and {mask.shape}"
        )
    return PixelCounts(
        intersection=int(np.count_nonzero(predicted & mask)),
        union=int(np.count_nonzero(predicted | mask)),
        predicted=int(np.count_nonzero(predicted)),
        total=predicted.size,
    )


def score_image(
    network: Network,
    pixels: NDArray[np.uint8],
    texts: Sequence[str],
    masks: Sequence[NDArray[np.bool_]],
    *,
    threshold: float,
) -> tuple[list[Mapping[str, PixelCounts]], NetworkPrediction]:
    """Predict all expressions about one image, and count by every rule.

    Args:
        network: Network to evaluate.
        pixels: (3, H, W) RGB of the whole image.
        texts: E expressions.
        masks: E masks of (H, W).
        threshold: Threshold of `product`, in (0, 1).

    Returns:
        For each expression, rule -> counts; and the prediction.
    """
    prediction = network.predict(
        resize_image_to_square(pixels), texts, [(SIDE, SIDE), masks[0].shape]
    )
    counted: list[Mapping[str, PixelCounts]] = []
    for index, mask in enumerate(masks):
        resized = resize_mask_to_square(mask)
        counted.append(
            {
                "reference": count_pixels(prediction.logits[0][index] > 0, resized),
                "native": count_pixels(prediction.logits[1][index] > 0, mask),
                "product": count_pixels(
                    prediction.probabilities[index] > threshold, resized
                ),
            }
        )
    return counted, prediction
