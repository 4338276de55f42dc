"""Do probabilities mean what they say? Reliability, and the fit that makes them.

Nothing here needs pictures: of every pair only histograms of logits are kept, over the
target's pixels and over the others, from which every threshold, temperature and weight
of presence can be tried at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.model.serialization.header import Calibration

Values = NDArray[np.float64]

LIMIT, PER_UNIT = 16.0, 32
"""Logits are counted between -16 and 16, 32 cells to a unit; beyond, at the ends."""

CENTRES = (np.arange(2 * int(LIMIT) * PER_UNIT) + 0.5) / PER_UNIT - LIMIT

BINS = 15
"""Of a reliability table, equally wide."""

QUIET = 1 / 1000
"""Share of an image under which next to nothing is painted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What a network said of N pairs."""

    target: NDArray[np.int64]
    """(N, cells) pixels of the target by logit."""
    other: NDArray[np.int64]
    """(N, cells) all other pixels."""
    presence: Values
    """(N,) logits that the target is there; NaN without such a head."""
    source: NDArray[np.str_]
    """(N,) where the pair comes from."""

    @property
    def there(self) -> NDArray[np.bool_]:
        """(N,) whether something in the image fits."""
        return np.asarray(self.target.sum(axis=1) > 0, np.bool_)


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Pixels or pairs of about one probability."""

    low: float
    high: float
    share: float
    """Of all."""
    said: float
    """Mean probability."""
    true: float
    """Share that is the target."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """Scores at one threshold and weight of presence."""

    threshold: float
    gate: float
    miou: float
    """Of the pairs with a target."""
    quiet: float
    """Share of the pairs without one that paint next to nothing."""


def histogram(
    logits: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Logits of one pair counted over the target and over the rest, (cells,) each."""
    cell = np.floor((logits + LIMIT) * PER_UNIT).astype(np.int64)
    cell = np.clip(cell, 0, len(CENTRES) - 1)
    inside = np.bincount(cell[mask], minlength=len(CENTRES))
    return inside, np.bincount(cell[~mask], minlength=len(CENTRES))


def fit_logistic(
    logits: Values, hits: Values, misses: Values, *, ridge: float = 1e-3
) -> tuple[float, float]:
    """Temperature and bias of the most likely sigmoid(logit / temperature + bias).

    Newton's method on the weighted log-likelihood (Platt 2000), with a slight pull
    towards no change, so that data which are parted perfectly have an answer.

    Args:
        logits: (K,)
        hits: (K,) weight of the targets at each logit.
        misses: (K,) weight of the others.
        ridge: Strength of the pull, by share of the whole weight.
    """
    total = hits.sum() + misses.sum()
    weight, wins = (hits + misses) / total, hits / total
    slope, bias = 1.0, 0.0
    for _ in range(100):
        chance = _sigmoid(slope * logits + bias)
        error = weight * chance - wins
        gradient = np.array(
            [
                (error * logits).sum() + ridge * (slope - 1),
                error.sum() + ridge * bias,
            ]
        )
        spread = weight * chance * (1 - chance)
        cross = (spread * logits).sum()
        hessian = np.array(
            [
                [(spread * logits**2).sum() + ridge, cross],
                [cross, spread.sum() + ridge],
            ]
        )
        step = np.linalg.solve(hessian, gradient)
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        slope, bias = max(slope - step[0], 0.02), bias - step[1]
        if np.abs(step).max() < 1e-9:
            break
    return float(1.0 / slope), float(bias)


def fit_isotonic(hits: Values, misses: Values) -> Values:
    """(K,) never falling probabilities closest to the shares of hits, cell by cell.

    Pool adjacent violators (Ayer et al. 1955). Cells without weight take the value of
    the pool before them.
    """
    pools: list[list[float]] = []  # share, weight, cells
    for hit, weight in zip(hits, hits + misses, strict=True):
        pools.append([hit / weight if weight else -1.0, weight, 1])
        if not weight and len(pools) > 1:
            pools[-1][0] = pools[-2][0]
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            share, mass, cells = pools.pop()
            last = pools[-1]
            if mass + last[1]:
                last[0] = (last[0] * last[1] + share * mass) / (last[1] + mass)
            last[1] += mass
            last[2] += cells
    shares = np.concatenate([np.full(int(p[2]), max(p[0], 0.0)) for p in pools])
    return np.asarray(shares, np.float64)


def reliability(
    chances: Values, hits: Values, misses: Values, *, bins: int = BINS
) -> tuple[list[Bin], float]:
    """A table, and the expected calibration error: how far, on average, it is off.

    Args:
        chances: (K,) probabilities.
        hits: (K,) weight of the targets at each.
        misses: (K,) weight of the others.
        bins: Equally wide ones.
    """
    place = np.minimum((chances * bins).astype(np.int64), bins - 1)
    weight = np.bincount(place, hits + misses, minlength=bins)
    said = np.bincount(place, chances * (hits + misses), minlength=bins)
    true = np.bincount(place, hits, minlength=bins)
    total, table, error = weight.sum(), [], 0.0
    for k in np.flatnonzero(weight):
        error += abs(said[k] - true[k]) / total
        table.append(
            Bin(
                low=k / bins,
                high=(k + 1) / bins,
                share=float(weight[k] / total),
                said=float(said[k] / weight[k]),
                true=float(true[k] / weight[k]),
            )
        )
    return table, float(error)


def pixels_of(seen: Seen) -> tuple[Values, Values]:
    """(cells,) weights of target and other pixels over the pairs with a target, each
    pair counting the same."""
    there = seen.there
    size = (seen.target + seen.other).sum(axis=1)[there, None]
    return (
        (seen.target[there] / size).sum(axis=0),
        (seen.other[there] / size).sum(axis=0),
    )


def fit(seen: Seen, *, gate: float) -> Calibration:
    """The calibration that makes pixels, given that there is a target, and presence
    most likely.

    Args:
        seen: Pairs kept out of training.
        gate: How far presence weighs the pixels, in [0, 1].
    """
    temperature, bias = fit_logistic(CENTRES, *pixels_of(seen))
    presence_temperature, presence_bias = 1.0, 0.0
    known = np.isfinite(seen.presence)
    if known.any():
        there = seen.there[known].astype(np.float64)
        presence_temperature, presence_bias = fit_logistic(
            seen.presence[known], there, 1 - there
        )
    return Calibration(
        temperature=temperature,
        bias=bias,
        presence_temperature=presence_temperature,
        presence_bias=presence_bias,
        presence_gate=gate if known.any() else 0.0,
    )


def presence_chances(seen: Seen, calibration: Calibration) -> Values:
    """(N,) probabilities that the target is there; NaN without such a head."""
    scaled = seen.presence / calibration.presence_temperature
    return _sigmoid(scaled + calibration.presence_bias)


def pixel_chances(calibration: Calibration) -> Values:
    """(cells,) probabilities of the logits, before presence weighs them."""
    return _sigmoid(CENTRES / calibration.temperature + calibration.bias)


def scores_at(
    seen: Seen,
    calibration: Calibration,
    *,
    thresholds: Sequence[float],
    gates: Sequence[float],
) -> list[Point]:
    """mIoU and quiet share at every threshold and weight of presence.

    Pixels count at the middle of their cell, 1/64 of a logit off at most.
    """
    chances = pixel_chances(calibration)
    presence = np.nan_to_num(presence_chances(seen, calibration), nan=1.0)
    # pixels at a cell or above
    inside = np.cumsum(seen.target[:, ::-1], axis=1)[:, ::-1]
    outside = np.cumsum(seen.other[:, ::-1], axis=1)[:, ::-1]
    none = np.zeros((len(inside), 1), np.int64)
    inside, outside = np.hstack([inside, none]), np.hstack([outside, none])
    size, there = inside[:, 0] + outside[:, 0], seen.there
    rows = np.arange(len(size))
    points = []
    for gate in gates:
        weight = 1 - gate + gate * presence
        for threshold in thresholds:
            # the first cell whose weighed probability is above the threshold
            cut = np.searchsorted(
                chances, threshold / np.maximum(weight, 1e-9), side="right"
            )
            hit, miss = inside[rows, cut], outside[rows, cut]
            iou = hit / np.maximum(inside[:, 0] + miss, 1)
            quiet = hit + miss < QUIET * size
            points.append(
                Point(
                    threshold=threshold,
                    gate=gate,
                    miou=float(iou[there].mean()) if there.any() else 0.0,
                    quiet=float(quiet[~there].mean()) if not there.all() else 0.0,
                )
            )
    return points


def choose(points: Sequence[Point], *, loss: float) -> tuple[Point, Point]:
    """The best mIoU, and the quietest point that loses at most `loss` of it.

    Of equally quiet points the one with the higher mIoU.
    """
    best = max(points, key=lambda point: (point.miou, point.quiet))
    near = [point for point in points if point.miou >= best.miou - loss]
    return best, max(near, key=lambda point: (point.quiet, point.miou))


def centred(calibration: Calibration, threshold: float) -> Calibration:
    """The same order of pixels, moved so that `threshold` becomes one half.

    Exact where presence does not weigh; probabilities are then no longer calibrated.
    """
    shift = float(np.log(threshold / (1 - threshold)))
    return Calibration(
        temperature=calibration.temperature,
        bias=calibration.bias - shift,
        presence_temperature=calibration.presence_temperature,
        presence_bias=calibration.presence_bias,
        presence_gate=calibration.presence_gate,
    )


def _sigmoid(values: Values) -> Values:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), np.float64)
