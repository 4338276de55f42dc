"""Scores on kept-back images by the reference rule, by type of expression."""

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
"""Pixels: images and masks are compared at 480 x 480, aspect not kept."""

Probabilities = Callable[[NDArray[np.uint8], Sequence[str]], NDArray[np.float32]]
"""(3, S, S) pixels and E texts to (E, S, S) probabilities."""


@dataclass
class Report:
    """What validation found."""

    all: Scores = field(default_factory=Scores)
    by_type: dict[str, Scores] = field(default_factory=lambda: defaultdict(Scores))
    no_target: NoTargetScores = field(default_factory=NoTargetScores)

    @property
    def score(self) -> float:
        """Mean over all expressions, in [0, 1]: IoU where there is a target, else 1
        for painting next to nothing and 0 for more (gIoU of GRES)."""
        count = len(self.all) + self.no_target.pairs
        return (sum(self.all.ious) + self.no_target.quiet) / count if count else 0.0

    def __add__(self, other: Report) -> Report:
        """Both together."""
        by_type: dict[str, Scores] = defaultdict(Scores)
        for part in (self, other):
            for kind, scores in part.by_type.items():
                by_type[kind] += scores
        return Report(self.all + other.all, by_type, self.no_target + other.no_target)

    def numbers(self) -> dict[str, float]:
        """For a log; shares in [0, 1]."""
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
        """Ready to print."""
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


def validate(samples: Iterable[Sample], predict: Probabilities) -> Report:
    """Score every expression of every sample; above one half is the target."""
    report = Report()
    for sample in samples:
        probabilities = predict(sample.pixels, sample.texts)
        for found, mask, kind in zip(
            probabilities > 0.5, sample.masks, sample.types, strict=True
        ):
            if mask.any():
                report.all.add(found, mask)
                report.by_type[kind].add(found, mask)
            else:
                report.no_target.add(found)
    return report


def written_samples(images: Iterable[LabelledImage]) -> Iterator[Sample]:
    """Whole images at 480 x 480 with all the words written for them."""
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
    """Pieces at 480 x 480 with up to six made expressions each."""
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
        made = generate_expressions(layout, rng=rng, count=6)
        if made:
            yield Sample(
                pixels=crop_pixels(image.pixels, piece),
                masks=np.stack([draw_mask(layout, item.targets) for item in made]),
                texts=tuple(item.text for item in made),
                types=tuple(item.type for item in made),
            )
