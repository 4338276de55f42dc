"""Confidence intervals of scores: a percentile bootstrap over images.

The unit is the image, not the (image, expression) pair (a cluster bootstrap):
expressions about one image succeed and fail together, and intervals would be too narrow
if they counted as independent. Two weights are compared on the same resamples (paired).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.evaluation.evaluate import Outcome
from rrsis_geo.evaluation.metrics import PRECISIONS
from rrsis_geo.evaluation.protocols import PixelCounts

ROUNDS = 2000
"""Resamples."""

COVERAGE = 0.95
"""Share of the resamples inside an interval."""

MEASURES = ("miou", "oiou", *(f"p{round(10 * x)}" for x in PRECISIONS), "quiet")
"""Names of the measures, in the order of columns: mIoU, oIoU, P@0.5 to P@0.9, and the
share of pairs with less than 0.1 % of the image predicted."""

_CHUNK = 200
"""Resamples drawn at once; bounds memory."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A score and the interval of 95 % of its resamples; shares in [0, 1]."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Difference(Interval):
    """A score of the second weights less that of the first, and its significance."""

    p: float
    """Two-sided p-value: twice the smaller share of resamples on a side of zero."""


def intervals(
    outcomes: Sequence[Outcome], *, rule: str, rounds: int = ROUNDS, seed: int = 0
) -> dict[str, Interval]:
    """Compute measure -> interval over outcomes, by one rule.

    Raises:
        ValueError: There are no outcomes.
    """
    sums = _sums(outcomes, _images(outcomes), rule)
    resampled = _resample([sums], rounds=rounds, seed=seed)[0]
    return {
        name: Interval(value=float(value), low=float(low), high=float(high))
        for name, value, (low, high) in zip(
            MEASURES, _measures(sums.sum(axis=0)), _percentiles(resampled), strict=True
        )
    }


def differences(
    first: Sequence[Outcome],
    second: Sequence[Outcome],
    *,
    rule: str,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> dict[str, Difference]:
    """Compute measure -> second less first, over the same pairs in the same order."""
    images = _images(first)
    sums = [_sums(outcomes, images, rule) for outcomes in (first, second)]
    before, after = _resample(sums, rounds=rounds, seed=seed)
    change = after - before
    values = _measures(sums[1].sum(axis=0)) - _measures(sums[0].sum(axis=0))
    # The data themselves count as one resample, so that p is never 0.
    below, above = (
        (1 + side.sum(axis=0)) / (1 + rounds) for side in (change <= 0, change >= 0)
    )
    p_values = np.minimum(2 * np.minimum(below, above), 1.0)
    return {
        name: Difference(value=float(v), low=float(low), high=float(high), p=float(p))
        for name, v, (low, high), p in zip(
            MEASURES, values, _percentiles(change), p_values, strict=True
        )
    }


def _images(outcomes: Sequence[Outcome]) -> NDArray[np.int64]:
    """(N,) index of the image of each outcome, by first appearance."""
    if not outcomes:
        raise ValueError("no outcomes")
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(o.image, len(numbers)) for o in outcomes])


def _sums(
    outcomes: Sequence[Outcome], images: NDArray[np.int64], rule: str
) -> NDArray[np.float64]:
    """(images, 10) sums: pairs, IoU, intersection, union, hits at 5 X of P@X, quiet."""
    rows = np.array([_row(outcome.pixels[rule]) for outcome in outcomes])
    sums = np.zeros((int(images.max()) + 1, rows.shape[1]))
    np.add.at(sums, images, rows)
    return sums


def _row(pixels: PixelCounts) -> list[float]:
    hits = [float(pixels.iou >= x) for x in PRECISIONS]
    counts = [1.0, pixels.iou, float(pixels.intersection), float(pixels.union)]
    return [*counts, *hits, float(pixels.quiet)]


def _measures(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute (..., 8) measures from (..., 10) sums."""
    pairs, union = sums[..., 0], sums[..., 3]
    pooled = np.divide(sums[..., 2], union, out=np.zeros_like(union), where=union > 0)
    return np.stack(
        [
            sums[..., 1] / pairs,
            pooled,
            *(sums[..., 4 + k] / pairs for k in range(6)),
        ],
        axis=-1,
    )


def _resample(
    sums: Sequence[NDArray[np.float64]], *, rounds: int, seed: int
) -> list[NDArray[np.float64]]:
    """(rounds, 8) measures of each table, all over the same resampled images."""
    count = len(sums[0])
    rng = np.random.default_rng(seed)
    parts: list[list[NDArray[np.float64]]] = [[] for _ in sums]
    for start in range(0, rounds, _CHUNK):
        drawn = rng.multinomial(
            count, np.full(count, 1 / count), size=min(_CHUNK, rounds - start)
        )
        for part, table in zip(parts, sums, strict=True):
            part.append(_measures(drawn @ table))
    return [np.concatenate(part) for part in parts]


def _percentiles(resampled: NDArray[np.float64]) -> NDArray[np.float64]:
    """(8, 2) lower and upper ends of the intervals."""
    tail = 50 * (1 - COVERAGE)
    return np.percentile(resampled, [tail, 100 - tail], axis=0).T
