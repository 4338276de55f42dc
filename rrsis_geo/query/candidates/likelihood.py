"""Confidence that a polygon is one object, and ranks among uncertain objects.

The largest object of a set is the one that exists while all larger ones do not. With
independent confidences that probability is a product, so a doubtful large polygon
loses against a confident tank, and among confident ones only the size counts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

STEEPNESS = 1.5
"""Exponent that turns the odds of the pixels into the odds of a whole object."""

SHIFT = -0.7
"""Added to the log odds: half of the polygons with mean probability 0.61 are right."""

LARGE_SCENE_SHIFT = -2.1
"""The same on scenes of many windows, most of which hold no object of the class: half
of the polygons with mean probability 0.8 are right."""

FRAGMENT = 0.2
"""Share of the usual area below which a polygon is taken for a fragment."""

MIN_PIXELS = 8
"""Pixels; smaller polygons are rarely objects."""

FALLOFF = 1.5
"""Exponent with which the odds decrease below `FRAGMENT` and `MIN_PIXELS`."""

EPSILON = 1e-12
"""Distance that probabilities keep from 0 and 1."""

NEGLIGIBLE = 1e-9
"""Probability below which further objects cannot have the rank."""

MIN_PROBABILITY = 0.02
"""Probability below which no object is selected for a rank."""


def confidences(
    score: Values, area: Values, *, pixel_area: float, shift: float = SHIFT
) -> Values:
    """(N,) probability of each polygon of one phrase to be one whole object.

    Args:
        score: (N,) mean probability over the polygon's pixels.
        area: (N,) square metres.
        pixel_area: Square metres.
        shift: Added to the log odds.
    """
    if not len(score):
        return np.zeros(0)
    p = np.clip(score, EPSILON, 1 - EPSILON)
    odds = STEEPNESS * np.log(p / (1 - p)) + shift
    usual = _weighted_median(area, 1 / (1 + np.exp(-odds)))
    for least in (FRAGMENT * usual, MIN_PIXELS * pixel_area):
        odds -= FALLOFF * np.log(np.maximum(least / np.maximum(area, 1e-12), 1.0))
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def _weighted_median(area: Values, probability: Values) -> float:
    """Median area, weighted by probability and size, so that fragments count little."""
    order = np.argsort(area, kind="stable")
    weight = np.cumsum(probability[order] * np.sqrt(area[order]))
    return float(area[order][np.searchsorted(weight, weight[-1] / 2)])


def ranked(
    order: NDArray[np.intp], probability: Values, *, rank: int, count: int
) -> NDArray[np.intp]:
    """Indices of the `rank`-th and following objects, `count` in all.

    Args:
        order: (N,) indices, the first in size, distance or position first.
        probability: (N,) of each object to belong to the set.
        rank: From 1.
        count: Number of objects.

    Returns:
        At most `count` indices in that order; fewer where the set has no more.
    """
    rank_probability = np.array(
        _rank_probabilities(order, probability, rank=rank, count=count)
    )
    best = np.argsort(-rank_probability, kind="stable")[:count]
    return order[np.sort(best[rank_probability[best] >= MIN_PROBABILITY])]


def rank_fits(
    order: NDArray[np.intp], probability: Values, *, rank: int, count: int
) -> Values:
    """(N,) probability of each object to have one of the ranks, the likeliest at 1.

    Args:
        order: (N,) indices, the first in size, distance or position first.
        probability: (N,) of each object to belong to the set.
        rank: From 1.
        count: Number of objects.
    """
    fits = np.zeros(len(order))
    found = _rank_probabilities(order, probability, rank=rank, count=count)
    fits[order[: len(found)]] = found
    best = float(fits.max(initial=0.0))
    return fits / best if best > 0 else fits


def considered_count(
    order: NDArray[np.intp], probability: Values, *, rank: int, count: int
) -> int:
    """Number of leading objects of the order that `ranked` considers."""
    return len(_rank_probabilities(order, probability, rank=rank, count=count))


def _rank_probabilities(
    order: NDArray[np.intp], probability: Values, *, rank: int, count: int
) -> list[float]:
    """Probability of each leading object of the order to have one of the ranks."""
    # exists[k]: probability that exactly k of the objects so far exist
    exists = np.zeros(rank + count)
    exists[0] = 1.0
    probabilities: list[float] = []
    for index in order:
        own = probability[index]
        probabilities.append(own * exists[rank - 1 : rank + count - 1].sum())
        moved = exists[:-1] * own
        exists *= 1 - own
        exists[1:] += moved
        if exists[: rank + count - 1].sum() < NEGLIGIBLE:
            break
    return probabilities
