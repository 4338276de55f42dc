"""From samples to outcomes: every expression asked and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import DataError
from rrsis_geo.evaluation.protocols import RULES, Network, Pixels, judge

TOGETHER = 8
"""Expressions of one image asked at once; bounds memory."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One sample, asked and counted."""

    image: str
    """File name; what a resample of the bootstrap takes or leaves as a whole."""
    expression: str
    type: str
    category: str
    same_class: int | None
    target: bool
    """Something in the image fits; False for a no-target one."""
    pixels: Mapping[str, Pixels]
    """Rule -> counts."""
    presence: float | None
    """Probability that the target is there, by the presence head."""
    seconds: float
    """The image's time shared by the expressions asked together."""


def evaluate(
    samples: Iterable[Sample],
    network: Network,
    *,
    threshold: float = 0.5,
    report: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Ask a network about every sample, in their order.

    Args:
        samples: Whose neighbours of one image are asked in one look.
        network: Who is asked.
        threshold: Of the rule `product`.
        report: Called with every outcome.

    Raises:
        DataError: there are none; an image or mask cannot be read or they differ in
            size.
    """
    outcomes: list[Outcome] = []
    for group in _by_image(samples):
        pixels = group[0].read_pixels()
        size = (pixels.shape[1], pixels.shape[2])
        masks = [sample.read_mask(size) for sample in group]
        began = time.perf_counter()
        counted, answer = judge(
            network,
            pixels,
            [sample.expression for sample in group],
            masks,
            threshold=threshold,
        )
        seconds = (time.perf_counter() - began) / len(group)
        for sample, mask, counts, presence in zip(
            group, masks, counted, answer.presence, strict=True
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
            report(outcome)
            outcomes.append(outcome)
    if not outcomes:
        raise DataError("nothing to evaluate: no sample was given")
    return outcomes


def _by_image(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    """Neighbouring samples of one image, at most `TOGETHER`."""
    for _, group in groupby(samples, key=lambda sample: sample.image):
        waiting = list(group)
        for start in range(0, len(waiting), TOGETHER):
            yield waiting[start : start + TOGETHER]


def to_values(outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON values."""
    return asdict(outcome)


def from_values(values: Mapping[str, Any]) -> Outcome:
    """The outcome that `to_values` wrote.

    Raises:
        DataError: it is none.
    """
    try:
        pixels = {rule: Pixels(**values["pixels"][rule]) for rule in RULES}
        return Outcome(**{**values, "pixels": pixels})
    except (KeyError, TypeError) as error:
        raise DataError(f"not an outcome of an evaluation: {error!r}") from error
