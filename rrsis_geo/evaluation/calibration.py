"""Calibration of probabilities: reliability, Platt scaling and operating points.

Of every (image, expression) pair only histograms of logits are kept, over the pixels of
the target and over the others. They are enough to try every threshold, temperature and
weight of presence without predicting again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.model.serialization.probability_calibration import Calibration

Values = NDArray[np.float64]

LIMIT, PER_UNIT = 16.0, 32
"""Histograms reach from -16 to 16, with 32 cells to a unit; the rest is clipped."""

CENTRES = (np.arange(2 * int(LIMIT) * PER_UNIT) + 0.5) / PER_UNIT - LIMIT
"""(cells,) logit at the middle of each cell."""

BINS = 15
"""Bins of a reliability table, equally wide."""

QUIET = 1 / 1000
"""Share of an image; a prediction with less area counts as quiet."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LogitHistograms:
    """Predictions for N pairs, as histograms of logits."""

    target: NDArray[np.int64]
    """(N, cells) pixels of the target in each cell."""
    other: NDArray[np.int64]
    """(N, cells) all other pixels in each cell."""
    presence: Values
    """(N,) logits of presence; NaN without a presence head."""
    source: NDArray[np.str_]
    """(N,) name of the data that the pair is from."""

    @property
    def has_target(self) -> NDArray[np.bool_]:
        """(N,) whether the pair has a target."""
        return np.asarray(self.target.sum(axis=1) > 0, np.bool_)


@dataclass(frozen=True, kw_only=True)
class Bin:
    """A bin of a reliability table: pixels or pairs of similar probability."""

    low: float
    high: float
    share: float
    """Share of all pixels or pairs."""
    confidence: float
    """Mean probability."""
    accuracy: float
    """Share that is the target, or has one."""


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """Scores at one threshold and weight of presence (gate)."""

    threshold: float
    gate: float
    miou: float
    """Over the pairs with a target."""
    quiet: float
    """Share of the pairs without a target for which next to nothing is predicted."""


def histogram(
    logits: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Histograms (cells,) of the logits of one pair, over the target and the rest."""
    cell = np.floor((logits + LIMIT) * PER_UNIT).astype(np.int64)
    cell = np.clip(cell, 0, len(CENTRES) - 1)
    inside = np.bincount(cell[mask], minlength=len(CENTRES))
    return inside, np.bincount(cell[~mask], minlength=len(CENTRES))


def fit_logistic(
    logits: Values, hits: Values, misses: Values, *, ridge: float = 1e-3
) -> tuple[float, float]:
    """Fit sigmoid(logit / temperature + bias) by maximum likelihood (Platt 2000).

    Newton's method, with a ridge penalty towards no change, so that perfectly separable
    data have a solution.

    Args:
        logits: (K,) logits.
        hits: (K,) weight of the targets at each logit.
        misses: (K,) weight of the others.
        ridge: Strength of the penalty, as a share of the total weight.

    Returns:
        Temperature and bias.
    """
    total = hits.sum() + misses.sum()
    weight, targets = (hits + misses) / total, hits / total
    slope, bias = 1.0, 0.0
    for _ in range(100):
        probability = _sigmoid(slope * logits + bias)
        error = weight * probability - targets
        gradient = np.array(
            [
                (error * logits).sum() + ridge * (slope - 1),
                error.sum() + ridge * bias,
            ]
        )
        variance = weight * probability * (1 - probability)
        cross = (variance * logits).sum()
        hessian = np.array(
            [
                [(variance * logits**2).sum() + ridge, cross],
                [cross, variance.sum() + ridge],
            ]
        )
        step = np.linalg.solve(hessian, gradient)
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        slope, bias = max(slope - step[0], 0.02), bias - step[1]
        if np.abs(step).max() < 1e-9:
            break
    return float(1.0 / slope), float(bias)


def fit_isotonic(hits: Values, misses: Values) -> Values:
    """Isotonic regression: (K,) non-decreasing probabilities closest to the hits.

    Pool adjacent violators (Ayer et al. 1955). Cells without weight take the value of
    the pool before them.

    Args:
        hits: (K,) weight of the targets in each cell.
        misses: (K,) weight of the others.
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
    probabilities: Values, hits: Values, misses: Values, *, bins: int = BINS
) -> tuple[list[Bin], float]:
    """Compute the reliability table and the expected calibration error (ECE).

    Args:
        probabilities: (K,) predicted probabilities.
        hits: (K,) weight of the targets at each.
        misses: (K,) weight of the others.
        bins: Number of bins, equally wide.
    """
    bin_of = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    weight = np.bincount(bin_of, hits + misses, minlength=bins)
    confidence = np.bincount(bin_of, probabilities * (hits + misses), minlength=bins)
    accuracy = np.bincount(bin_of, hits, minlength=bins)
    total, table, error = weight.sum(), [], 0.0
    for k in np.flatnonzero(weight):
        error += abs(confidence[k] - accuracy[k]) / total
        table.append(
            Bin(
                low=k / bins,
                high=(k + 1) / bins,
                share=float(weight[k] / total),
                confidence=float(confidence[k] / weight[k]),
                accuracy=float(accuracy[k] / weight[k]),
            )
        )
    return table, float(error)


def pixel_weights(histograms: LogitHistograms) -> tuple[Values, Values]:
    """(cells,) weights of target and of other pixels over the pairs with a target.

    Every pair has the same total weight.
    """
    has_target = histograms.has_target
    size = (histograms.target + histograms.other).sum(axis=1)[has_target, None]
    return (
        (histograms.target[has_target] / size).sum(axis=0),
        (histograms.other[has_target] / size).sum(axis=0),
    )


def fit_calibration(histograms: LogitHistograms, *, gate: float) -> Calibration:
    """Fit the calibration of pixels, over pairs with a target, and of presence.

    Args:
        histograms: Pairs kept out of training.
        gate: How much presence weights the pixels, in [0, 1].
    """
    temperature, bias = fit_logistic(CENTRES, *pixel_weights(histograms))
    presence_temperature, presence_bias = 1.0, 0.0
    known = np.isfinite(histograms.presence)
    if known.any():
        has_target = histograms.has_target[known].astype(np.float64)
        presence_temperature, presence_bias = fit_logistic(
            histograms.presence[known], has_target, 1 - has_target
        )
    return Calibration(
        temperature=temperature,
        bias=bias,
        presence_temperature=presence_temperature,
        presence_bias=presence_bias,
        presence_gate=gate if known.any() else 0.0,
    )


def presence_probabilities(
    histograms: LogitHistograms, calibration: Calibration
) -> Values:
    """(N,) probabilities of presence; NaN without a presence head."""
    scaled = histograms.presence / calibration.presence_temperature
    return _sigmoid(scaled + calibration.presence_bias)


def pixel_probabilities(calibration: Calibration) -> Values:
    """(cells,) probabilities of the logits, before weighting by presence."""
    return _sigmoid(CENTRES / calibration.temperature + calibration.bias)


def score_grid(
    histograms: LogitHistograms,
    calibration: Calibration,
    *,
    thresholds: Sequence[float],
    gates: Sequence[float],
) -> list[OperatingPoint]:
    """Score every combination of threshold and weight of presence.

    Pixels count at the middle of their cell, at most 1/64 from their logit.
    """
    probabilities = pixel_probabilities(calibration)
    presence = np.nan_to_num(presence_probabilities(histograms, calibration), nan=1.0)
    # Pixels in a cell or above it.
    inside = np.cumsum(histograms.target[:, ::-1], axis=1)[:, ::-1]
    outside = np.cumsum(histograms.other[:, ::-1], axis=1)[:, ::-1]
    none = np.zeros((len(inside), 1), np.int64)
    inside, outside = np.hstack([inside, none]), np.hstack([outside, none])
    size, has_target = inside[:, 0] + outside[:, 0], histograms.has_target
    rows = np.arange(len(size))
    points = []
    for gate in gates:
        weight = 1 - gate + gate * presence
        for threshold in thresholds:
            # The first cell whose weighted probability is above the threshold.
            cut = np.searchsorted(
                probabilities, threshold / np.maximum(weight, 1e-9), side="right"
            )
            hit, miss = inside[rows, cut], outside[rows, cut]
            iou = hit / np.maximum(inside[:, 0] + miss, 1)
            quiet = hit + miss < QUIET * size
            points.append(
                OperatingPoint(
                    threshold=threshold,
                    gate=gate,
                    miou=float(iou[has_target].mean()) if has_target.any() else 0.0,
                    quiet=float(quiet[~has_target].mean())
                    if not has_target.all()
                    else 0.0,
                )
            )
    return points


def choose_operating_points(
    points: Sequence[OperatingPoint], *, loss: float
) -> tuple[OperatingPoint, OperatingPoint]:
    """Choose the point of best mIoU, and the quietest that loses at most `loss` of it.

    Of equally quiet points, the one with the higher mIoU is chosen.
    """
    best = max(points, key=lambda point: (point.miou, point.quiet))
    near = [point for point in points if point.miou >= best.miou - loss]
    return best, max(near, key=lambda point: (point.quiet, point.miou))


def with_threshold_at_half(calibration: Calibration, threshold: float) -> Calibration:
    """Shift the bias so that `threshold` becomes one half.

    The same pixels are above it, exactly so where presence does not weight them; the
    probabilities are then no longer calibrated.
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
