"""Metrics of referring segmentation: oIoU, mIoU and P@X.

The conventions are those of the test scripts of LAVT, RMSIN, MAFN and FIANet, so that
numbers are comparable: IoU is 0 where the union is empty, oIoU pools integer pixel
counts over all pairs, mIoU is the mean over pairs, P@X counts IoU >= X. Pairs without a
target are scored apart, by `NoTargetScores`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PRECISIONS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""The X of P@X."""


@dataclass
class Scores:
    """Running totals over (image, expression) pairs; scores are shares in [0, 1]."""

    intersection: int = 0
    """Pixels, over all pairs."""
    union: int = 0
    ious: list[float] = field(default_factory=list)
    """One per pair, in the order of adding."""

    def add(self, predicted: NDArray[np.bool_], target: NDArray[np.bool_]) -> None:
        """Add one pair of masks of one shape, True on the target."""
        if predicted.shape != target.shape:
            raise ValueError(
                f"masks of one shape are needed, got {predicted.shape} and "
                f"{target.shape}"
            )
        intersection = int(np.count_nonzero(predicted & target))
        union = int(np.count_nonzero(predicted | target))
        self.intersection += intersection
        self.union += union
        self.ious.append(intersection / union if union else 0.0)

    def __add__(self, other: Scores) -> Scores:
        """Merge the totals, as if all pairs had been added to one."""
        return Scores(
            self.intersection + other.intersection,
            self.union + other.union,
            self.ious + other.ious,
        )

    def __len__(self) -> int:
        return len(self.ious)

    @property
    def oiou(self) -> float:
        """Pooled intersection over pooled union."""
        return self.intersection / self.union if self.union else 0.0

    @property
    def miou(self) -> float:
        """Mean IoU over the pairs."""
        return float(np.mean(self.ious)) if self.ious else 0.0

    def precision_at(self, threshold: float) -> float:
        """Share of pairs with an IoU of at least the threshold."""
        return float(np.mean(np.array(self.ious) >= threshold)) if self.ious else 0.0


@dataclass
class NoTargetScores:
    """How often a network rightly predicts next to nothing."""

    quiet: int = 0
    """Pairs with a predicted area under 0.1 % of the image."""
    pairs: int = 0

    def add(self, predicted: NDArray[np.bool_]) -> None:
        """Add one prediction for an expression without a target in the image."""
        self.pairs += 1
        self.quiet += int(np.count_nonzero(predicted) < predicted.size / 1000)

    def __add__(self, other: NoTargetScores) -> NoTargetScores:
        """Merge the totals."""
        return NoTargetScores(self.quiet + other.quiet, self.pairs + other.pairs)

    @property
    def accuracy(self) -> float:
        """Share of quiet pairs."""
        return self.quiet / self.pairs if self.pairs else 0.0
