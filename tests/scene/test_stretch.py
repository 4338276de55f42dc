import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rrsis_geo.scene.stretch import Stretch, estimate_stretch, identity_stretch


def show(stretch, pixels, valid=None):
    pixels = np.asarray(pixels)
    if valid is None:
        valid = np.ones(pixels.shape[1:], bool)
    return stretch.apply(pixels, valid)


def test_8_bit_imagery_is_unchanged():
    values = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    stretch = estimate_stretch(values.reshape(1, -1))
    assert stretch.identity
    np.testing.assert_array_equal(show(stretch, values), values)


def test_8_bits_that_use_few_levels_are_stretched_alike_in_all_bands():
    rng = np.random.default_rng(0)
    samples = rng.integers(50, 60, (3, 5000)).astype(np.uint8)
    stretch = estimate_stretch(samples)
    assert not stretch.identity
    assert len(set(stretch.low)) == len(set(stretch.high)) == 1
    assert np.ptp(show(stretch, samples[:, None])) > 200


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32", "float64", "int32"])
def test_other_numbers_go_from_the_2nd_to_the_98th_percentile_per_band(dtype):
    rng = np.random.default_rng(0)
    samples = np.stack([rng.integers(0, 3000, 5000), rng.integers(500, 700, 5000)])
    samples = samples.astype(dtype)

    stretch = estimate_stretch(samples)

    np.testing.assert_allclose(stretch.low, np.percentile(samples, 2, axis=1))
    np.testing.assert_allclose(stretch.high, np.percentile(samples, 98, axis=1))
    shown = show(stretch, samples[:, None])[:, 0]
    low, high = np.array(stretch.low)[:, None], np.array(stretch.high)[:, None]
    exact = np.clip((samples.astype(float) - low) / (high - low), 0, 1) * 255
    assert np.abs(shown - exact).max() < 0.51


@pytest.mark.parametrize("value", [0, 7, -30000, 1e12, 1e-12])
def test_a_constant_band_becomes_middle_grey(value):
    samples = np.full((1, 100), value, np.float64)
    assert set(show(estimate_stretch(samples), samples[:, None]).ravel()) <= {127, 128}


def test_a_band_that_is_nearly_constant_keeps_its_rare_values_apart():
    samples = np.zeros((1, 1000), np.uint16)
    samples[0, :5] = 900
    shown = show(estimate_stretch(samples), samples[:, None]).ravel()
    assert (shown[0], shown[-1]) == (255, 0)


def test_a_collar_of_zeros_is_ignored():
    inside = np.random.default_rng(0).integers(5000, 6000, (2, 1000)).astype(np.uint16)
    collar = np.zeros((2, 3000), np.uint16)
    assert estimate_stretch(np.hstack([inside, collar])) == estimate_stretch(inside)


def test_outliers_do_not_darken_the_scene():
    samples = np.random.default_rng(0).normal(1000, 100, (1, 10_000))
    samples[0, :20] = 1e9
    assert show(estimate_stretch(samples), samples[:, None]).std() > 50


def test_invalid_pixels_are_black_even_if_not_finite():
    pixels = np.array([[[np.nan, 5.0, np.inf, 10.0]]])
    valid = np.array([[False, True, False, True]])
    stretch = Stretch(low=(0.0,), high=(10.0,))
    assert show(stretch, pixels, valid).ravel().tolist() == [0, 128, 0, 255]
    grey = np.full((1, 1, 4), 9, np.uint8)
    assert show(identity_stretch(1), grey, valid).ravel().tolist() == [0, 9, 0, 9]


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50),
    st.sampled_from(["float32", "float64"]),
)
def test_brighter_stays_brighter(values, dtype):
    samples = np.sort(np.array(values, dtype))[None]
    shown = show(estimate_stretch(samples), samples[:, None]).ravel().astype(int)
    assert (np.diff(shown) >= 0).all()


def test_no_valid_pixel_at_all_changes_nothing():
    assert estimate_stretch(np.empty((3, 0), np.uint16)) == identity_stretch(3)


def test_the_stretch_round_trips_through_json():
    stretch = estimate_stretch(np.random.default_rng(1).normal(size=(3, 100)))
    assert Stretch.from_mapping(json.loads(json.dumps(stretch.to_mapping()))) == stretch
