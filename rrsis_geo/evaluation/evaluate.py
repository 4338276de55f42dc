"""From samples to outcomes: predict every expression and count its pixels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.protocols import RULES, Network, PixelCounts, score_image

BATCH = 8
"""Expressions of one image in one prediction, at most; bounds memory."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Counts of one sample."""

    image: str
    """File name; the bootstrap resamples whole images."""
    expression: str
    type: str
    category: str
    same_class: int | None
    target: bool
    """Whether the expression has a target in the image."""
    pixels: Mapping[str, PixelCounts]
    """Rule -> counts."""
    presence: float | None
    """Probability of a target by the presence head; None without one."""
    seconds: float
    """Time of the prediction, divided by its number of expressions."""


def evaluate(
    samples: Iterable[Sample],
    network: Network,
    *,
    threshold: float = 0.5,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Evaluate a network on every sample, in their order.

    Args:
        samples: Consecutive samples of one image share its encoding.
        network: Network to evaluate.
        threshold: Threshold of the rule `product`.
        on_outcome: Called with every outcome.

    Raises:
        DataError: There are no samples, an image or mask cannot be read, or they differ
            in size.
    """
    outcomes: list[Outcome] = []
    for group in _by_image(samples):
        pixels = group[0].read_pixels()
        size = (pixels.shape[1], pixels.shape[2])
        masks = [sample.read_mask(size) for sample in group]
        start = time.perf_counter()
        counted, prediction = score_image(
            network,
            pixels,
            [sample.expression for sample in group],
            masks,
            threshold=threshold,
        )
        seconds = (time.perf_counter() - start) / len(group)
        for sample, mask, counts, presence in zip(
            group, masks, counted, prediction.presence, strict=True
        ):
            outcome = Outcome(
                image=sample.image.name,
                expression=sample.expression,
                type=sample.type,
                category=sample.category,
                same_class=sample.same_class,
                target=bool(mask.any()),
                pixels=counts,
                presence=presence,
                seconds=seconds,
            )
            on_outcome(outcome)
            outcomes.append(outcome)
    if not outcomes:
        raise DataError("nothing to evaluate: no sample was given")
    return outcomes


def _by_image(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    """Consecutive samples of one image, at most `BATCH`."""
    for _, group in groupby(samples, key=lambda sample: sample.image):
        of_image = list(group)
        for start in range(0, len(of_image), BATCH):
            yield of_image[start : start + BATCH]


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Convert an outcome to JSON values."""
    return asdict(outcome)


def outcome_from_json(values: Mapping[str, Any]) -> Outcome:
    """Read an outcome that `outcome_to_json` wrote.

    Raises:
        DataError: The values are no outcome.
    """
    try:
        pixels = {rule: PixelCounts(**values["pixels"][rule]) for rule in RULES}
        return Outcome(**{**values, "pixels": pixels})
    except (KeyError, TypeError) as error:
        raise DataError(f"not an outcome of an evaluation: {error!r}") from error
