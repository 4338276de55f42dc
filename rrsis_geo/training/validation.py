"""Scores on held-out images by the published rule, by type of expression."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import (
    Crop,
    crop_layout,
    crop_pixels,
    draw_mask,
    full_crop,
)
from rrsis_geo.evaluation.metrics import NoTargetScores, Scores
from rrsis_geo.expressions.generate import generate_expressions
from rrsis_geo.training.data.batch import Sample
from rrsis_geo.training.data.mixture import Source, written_masks

SIDE = 480
"""Pixels; masks are compared at 480 x 480, without keeping the aspect ratio."""

Predict = Callable[[NDArray[np.uint8], Sequence[str]], NDArray[np.float32]]
"""(3, S, S) pixels and E texts to (E, S, S) probabilities."""


@dataclass
class Report:
    """Scores of a validation."""

    all: Scores = field(default_factory=Scores)
    by_type: dict[str, Scores] = field(default_factory=lambda: defaultdict(Scores))
    no_target: NoTargetScores = field(default_factory=NoTargetScores)

    @property
    def score(self) -> float:
        """gIoU of GRES, in [0, 1]: mean over all expressions of the IoU; without a
        target, 1 for a (nearly) empty prediction and 0 otherwise."""
        count = len(self.all) + self.no_target.pairs
        return (sum(self.all.ious) + self.no_target.quiet) / count if count else 0.0

    def __add__(self, other: Report) -> Report:
        """Pool two reports."""
        by_type: dict[str, Scores] = defaultdict(Scores)
        for part in (self, other):
            for kind, scores in part.by_type.items():
                by_type[kind] += scores
        return Report(self.all + other.all, by_type, self.no_target + other.no_target)

    def metrics(self) -> dict[str, float]:
        """Return the values for the log; shares are in [0, 1]."""
        return {
            "score": self.score,
            "miou": self.all.miou,
            "oiou": self.all.oiou,
            "p50": self.all.precision_at(0.5),
            "pairs": len(self.all),
            "quiet": self.no_target.accuracy,
            "no_target_pairs": self.no_target.pairs,
        }

    def lines(self) -> Iterator[str]:
        """Yield lines for people."""
        yield (
            f"mIoU {100 * self.all.miou:.1f}  oIoU {100 * self.all.oiou:.1f}  "
            f"P@0.5 {100 * self.all.precision_at(0.5):.1f}  ({len(self.all)} with a "
            f"target); no target: {100 * self.no_target.accuracy:.1f} % quiet "
            f"({self.no_target.pairs})"
        )
        yield "  ".join(
            f"{name} {100 * scores.miou:.1f} ({len(scores)})"
            for name, scores in sorted(self.by_type.items())
        )


def validate(samples: Iterable[Sample], predict: Predict) -> Report:
    """Score every expression of every sample, at a threshold of 0.5."""
    report = Report()
    for sample in samples:
        probabilities = predict(sample.pixels, sample.texts)
        for predicted, mask, kind in zip(
            probabilities > 0.5, sample.masks, sample.types, strict=True
        ):
            if mask.any():
                report.all.add(predicted, mask)
                report.by_type[kind].add(predicted, mask)
            else:
                report.no_target.add(predicted)
    return report


def written_samples(images: Iterable[LabelledImage]) -> Iterator[Sample]:
    """Yield whole images at 480 x 480 with all their hand-written expressions."""
    for image in images:
        if image.written:
            piece = full_crop(image.layout, SIDE)
            yield Sample(
                pixels=crop_pixels(image.pixels, piece),
                masks=written_masks(image.layout, piece, image.written),
                texts=tuple(item.text for item in image.written),
                types=tuple(item.type for item in image.written),
            )


def made_samples(source: Source, *, count: int, seed: int) -> Iterator[Sample]:
    """Yield random crops at 480 x 480 with up to six generated expressions each."""
    rng = np.random.default_rng((seed, len(source.images)))
    for _ in range(count):
        image = source.images[rng.integers(len(source.images))]
        scale = float(np.sqrt(source.scale[0] * source.scale[1]))
        side = min(SIDE / scale, max(image.layout.width, image.layout.height))
        spare_x = max(image.layout.width - side, 0)
        spare_y = max(image.layout.height - side, 0)
        piece = Crop(
            left=float(rng.uniform(0, spare_x + 1e-9)),
            top=float(rng.uniform(0, spare_y + 1e-9)),
            width=side,
            height=side,
            size=(SIDE, SIDE),
        )
        layout, _ = crop_layout(image.layout, piece)
        expressions = generate_expressions(layout, rng=rng, count=6)
        if expressions:
            yield Sample(
                pixels=crop_pixels(image.pixels, piece),
                masks=np.stack(
                    [draw_mask(layout, item.targets) for item in expressions]
                ),
                texts=tuple(item.text for item in expressions),
                types=tuple(item.type for item in expressions),
            )
