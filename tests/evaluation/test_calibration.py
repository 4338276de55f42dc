"""Fits recover the parameters of the data; histograms give the scores of pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.evaluation.calibration import (
    CENTRES,
    LogitHistograms,
    OperatingPoint,
    choose_operating_points,
    fit_calibration,
    fit_isotonic,
    fit_logistic,
    histogram,
    pixel_probabilities,
    pixel_weights,
    presence_probabilities,
    reliability,
    score_grid,
    with_threshold_at_half,
)
from rrsis_geo.model.serialization.probability_calibration import Calibration


def make_pairs(seed=0, count=12, side=40):
    """Logits, masks and presence of pairs, the last third without a target."""
    rng = np.random.default_rng(seed)
    logits, masks = [], []
    for k in range(count):
        mask = np.zeros((side, side), bool)
        if k < 2 * count // 3:
            mask[5 : 15 + k, 8:30] = True
        noise = rng.normal(0, 2, (side, side))
        logits.append((np.where(mask, 2.0, -4.0) + noise).astype(np.float32))
        masks.append(mask)
    there = np.array([mask.any() for mask in masks])
    return logits, masks, np.where(there, 1.0, -1.0) + rng.normal(0, 1, count)


def histograms_of(logits, masks, presence):
    counted = [histogram(z, m) for z, m in zip(logits, masks, strict=True)]
    return LogitHistograms(
        target=np.array([inside for inside, _ in counted]),
        other=np.array([outside for _, outside in counted]),
        presence=np.asarray(presence, float),
        source=np.array(["a"] * len(logits)),
    )


@pytest.mark.parametrize(("temperature", "bias"), [(1.0, 0.0), (2.5, -1.0), (0.5, 0.7)])
def test_the_fit_finds_the_temperature_and_bias_that_made_the_data(temperature, bias):
    logits = np.linspace(-8, 8, 400)
    chance = 1 / (1 + np.exp(-(logits / temperature + bias)))
    found = fit_logistic(logits, chance, 1 - chance, ridge=0)
    assert found == pytest.approx((temperature, bias), abs=1e-5)


def test_separable_data_have_a_finite_fit():
    logits = np.array([-3.0, -1.0, 1.0, 3.0])
    temperature, bias = fit_logistic(logits, logits > 0, logits < 0)
    assert 0 < temperature < 1
    assert np.isfinite(bias)


def test_the_fit_is_a_local_maximum_of_the_likelihood():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, 300)
    wins = (rng.random(300) < 1 / (1 + np.exp(-(logits / 3 - 0.5)))).astype(float)
    best = fit_logistic(logits, wins, 1 - wins, ridge=0)

    def loss(temperature, bias):
        chance = 1 / (1 + np.exp(-(logits / temperature + bias)))
        return -(wins * np.log(chance) + (1 - wins) * np.log(1 - chance)).sum()

    for change in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)):
        assert loss(best[0] + change[0], best[1] + change[1]) > loss(*best)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)
)
def test_isotonic_never_falls_and_is_closest(cells):
    hits, misses = np.array(cells, float).T
    found = fit_isotonic(hits, misses)
    assert len(found) == len(cells)
    assert (np.diff(found) >= -1e-12).all()
    weight = hits + misses
    full = weight > 0
    share = np.divide(hits, weight, out=np.zeros_like(hits), where=full)

    def off(values):
        return float((weight * (share - values) ** 2).sum())

    # the min-max formula is the least-squares answer
    places = np.flatnonzero(full)
    for i in places:
        best = max(
            min(
                hits[a : b + 1].sum() / weight[a : b + 1].sum()
                for b in places[places >= i]
            )
            for a in places[places <= i]
        )
        assert found[i] == pytest.approx(best, abs=1e-9)
    assert (
        off(found) <= off(np.full(len(cells), hits.sum() / max(weight.sum(), 1))) + 1e-9
    )


def test_reliable_probabilities_have_no_calibration_error():
    chances = np.linspace(0.01, 0.99, 99)
    table, error = reliability(chances, chances, 1 - chances)
    assert error == pytest.approx(0, abs=1e-12)
    assert sum(row.share for row in table) == pytest.approx(1)
    _, error = reliability(np.full(10, 0.9), np.full(10, 0.4), np.full(10, 0.6))
    assert error == pytest.approx(0.5)


def test_certain_probabilities_have_a_bin():
    table, error = reliability(np.array([0.0, 1.0]), np.array([0, 1]), np.array([1, 0]))
    assert [(row.low, row.high) for row in table] == [(0, 1 / 15), (14 / 15, 1)]
    assert error == 0


def test_a_fit_makes_pixels_and_presence_reliable():
    histograms = histograms_of(*make_pairs(count=60))
    calibration = fit_calibration(histograms, gate=0.5)
    assert calibration.presence_gate == 0.5
    before, after = (
        reliability(pixel_probabilities(c), *pixel_weights(histograms))[1]
        for c in (Calibration(), calibration)
    )
    assert after < before
    there = histograms.has_target.astype(float)
    before, after = (
        reliability(presence_probabilities(histograms, c), there, 1 - there, bins=5)[1]
        for c in (Calibration(presence_bias=2.0), calibration)
    )
    assert after < before


def test_without_a_presence_head_nothing_is_weighted():
    logits, masks, _ = make_pairs()
    histograms = histograms_of(logits, masks, [np.nan] * 12)
    assert fit_calibration(histograms, gate=0.9).presence_gate == 0
    (point,) = score_grid(histograms, Calibration(), thresholds=[0.5], gates=[1.0])
    assert point.miou > 0.3


@pytest.mark.parametrize("gate", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_scores_from_histograms_are_those_of_the_pixels(gate, threshold):
    logits, masks, presence = make_pairs(seed=4)
    histograms = histograms_of(logits, masks, presence)
    calibration = Calibration(temperature=1.5, bias=0.3, presence_temperature=2.0)
    (point,) = score_grid(histograms, calibration, thresholds=[threshold], gates=[gate])
    there = 1 / (1 + np.exp(-presence / 2))
    ious, quiet = [], []
    for z, mask, sure in zip(logits, masks, there, strict=True):
        cell = np.clip(np.floor((z + 16) * 32), 0, len(CENTRES) - 1).astype(int)
        chance = 1 / (1 + np.exp(-(CENTRES[cell] / 1.5 + 0.3)))
        found = chance * (1 - gate + gate * sure) > threshold
        if mask.any():
            ious.append((found & mask).sum() / (found | mask).sum())
        else:
            quiet.append(found.sum() < found.size / 1000)
    assert point.miou == pytest.approx(np.mean(ious))
    assert point.quiet == pytest.approx(np.mean(quiet))


def test_a_moved_threshold_takes_the_same_pixels():
    logits, masks, presence = make_pairs(seed=2)
    histograms = histograms_of(logits, masks, presence)
    fitted = fit_calibration(histograms, gate=0.0)
    (one,) = score_grid(histograms, fitted, thresholds=[0.3], gates=[0.0])
    moved = with_threshold_at_half(fitted, 0.3)
    (other,) = score_grid(histograms, moved, thresholds=[0.5], gates=[0.0])
    assert (one.miou, one.quiet) == (other.miou, other.quiet)


def test_the_quietest_point_may_lose_only_so_much():
    points = [
        OperatingPoint(threshold=0.5, gate=0.0, miou=0.60, quiet=0.7),
        OperatingPoint(threshold=0.5, gate=0.5, miou=0.59, quiet=0.9),
        OperatingPoint(threshold=0.6, gate=0.5, miou=0.585, quiet=0.9),
        OperatingPoint(threshold=0.5, gate=1.0, miou=0.50, quiet=1.0),
    ]
    best, quiet = choose_operating_points(points, loss=0.02)
    assert best is points[0]
    assert quiet is points[1]
