"""How surely a polygon is the thing that was asked for, and order among unsure ones.

The largest of a set is the one that is there while all larger ones are not. With a
chance for each, that is a product, so a doubtful big blob loses against a sure tank,
and among sure ones only the size counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

STEEPNESS = 1.5
"""Odds of being a whole thing grow with this power of the odds of its pixels."""

SHIFT = -0.7
"""Added to the log odds: half of the blobs with a mean probability of 0.61 are fine."""

FRAGMENT = 0.2
"""Share of the usual area below which a blob is taken for a piece of something."""

MIN_PIXELS = 8
"""Pixels; smaller blobs are rarely anything."""

FALLOFF = 1.5
"""Power with which the odds fall below `FRAGMENT` and `MIN_PIXELS`."""

EPSILON = 1e-12
"""No probability is nearer to 0 or 1."""

NEGLIGIBLE = 1e-9
"""Of a chance that so many sure ones came before."""

MIN_PROBABILITY = 0.02
"""Chance below which nothing is taken for the one that was asked for."""


def confidences(score: Values, area: Values, *, pixel_area: float) -> Values:
    """(N,) chance of each of one phrase's polygons to be one whole thing.

    Args:
        score: (N,) mean probability over the polygon's pixels.
        area: (N,) square metres.
        pixel_area: Square metres.
    """
    if not len(score):
        return np.zeros(0)
    p = np.clip(score, EPSILON, 1 - EPSILON)
    odds = STEEPNESS * np.log(p / (1 - p)) + SHIFT
    usual = _weighted_median(area, 1 / (1 + np.exp(-odds)))
    for least in (FRAGMENT * usual, MIN_PIXELS * pixel_area):
        odds -= FALLOFF * np.log(np.maximum(least / np.maximum(area, 1e-12), 1.0))
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def _weighted_median(area: Values, chance: Values) -> float:
    """Median of the areas, weighed by chance and size, so that crumbs count little."""
    order = np.argsort(area, kind="stable")
    weight = np.cumsum(chance[order] * np.sqrt(area[order]))
    return float(area[order][np.searchsorted(weight, weight[-1] / 2)])


def ranked(
    order: NDArray[np.intp], chance: Values, *, rank: int, count: int
) -> NDArray[np.intp]:
    """Places of the `rank`-th and the next, `count` in all, in the given order.

    Args:
        order: (N,) places, the first in size, distance or position first.
        chance: (N,) of each place to belong to the set.
        rank: From 1.
        count: How many.

    Returns:
        At most `count` places in that order; fewer where the set has no more.
    """
    fit = np.array(_rank_probabilities(order, chance, rank=rank, count=count))
    best = np.argsort(-fit, kind="stable")[:count]
    return order[np.sort(best[fit[best] >= MIN_PROBABILITY])]


def considered_count(
    order: NDArray[np.intp], chance: Values, *, rank: int, count: int
) -> int:
    """How many of the first in the order `ranked` looks at."""
    return len(_rank_probabilities(order, chance, rank=rank, count=count))


def _rank_probabilities(
    order: NDArray[np.intp], chance: Values, *, rank: int, count: int
) -> list[float]:
    """Chance to be one of those asked for, of the first in the order."""
    # before[k]: the chance that exactly k of those so far are real
    before = np.zeros(rank + count)
    before[0] = 1.0
    fits: list[float] = []
    for place in order:
        own = chance[place]
        fits.append(own * before[rank - 1 : rank + count - 1].sum())
        moved = before[:-1] * own
        before *= 1 - own
        before[1:] += moved
        if before[: rank + count - 1].sum() < NEGLIGIBLE:
            break
    return fits
