from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rrsis_geo.scene.resample import resample, taps

SIZES = st.tuples(st.integers(1, 60), st.integers(1, 60))


def area_mean(values, target):
    """Mean over each target pixel's area, by exact fractions."""
    scale = Fraction(len(values), target)
    means = []
    for pixel in range(target):
        low, high = pixel * scale, (pixel + 1) * scale
        shares = [
            max(Fraction(0), min(high, i + 1) - max(low, i)) for i in range(len(values))
        ]
        means.append(sum(s * int(v) for s, v in zip(shares, values, strict=True)))
    return np.array([float(mean / scale) for mean in means])


def whole(source, target):
    return taps(0, target, source=source, target=target)


def row_of(values):
    return np.asarray(values, np.uint8)[None, None, :]


@given(st.lists(st.integers(0, 255), min_size=1, max_size=40), st.integers(1, 40))
def test_shrinking_is_the_mean_over_the_area(values, target):
    target = min(target, len(values))
    source = row_of(values)
    valid = np.ones(source.shape[1:], bool)

    shrunk, kept = resample(source, valid, whole(1, 1), whole(len(values), target))

    assert kept.all()
    assert np.abs(shrunk[0, 0] - area_mean(values, target)).max() <= 0.501


@given(st.lists(st.integers(0, 255), min_size=1, max_size=20), st.integers(1, 60))
def test_enlarging_interpolates_between_centres(values, target):
    target = max(target, len(values))
    source = row_of(values)
    valid = np.ones(source.shape[1:], bool)

    large, _ = resample(source, valid, whole(1, 1), whole(len(values), target))

    places = (np.arange(target) + 0.5) * len(values) / target - 0.5
    wanted = np.interp(places, np.arange(len(values)), values)
    assert np.abs(large[0, 0] - wanted).max() <= 0.501


@settings(max_examples=200)
@given(SIZES, SIZES, st.data())
def test_any_window_gives_the_same_pixels(source, target, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    valid = rng.random(source) < data.draw(st.sampled_from([0.3, 0.9, 1.0]))
    pixels = rng.integers(0, 256, (3, *source), np.uint8) * valid
    axes = list(zip(source, target, strict=True))
    full, kept = resample(pixels, valid, *(whole(s, t) for s, t in axes))

    starts = [data.draw(st.integers(0, t - 1)) for t in target]
    stops = [
        data.draw(st.integers(a + 1, t)) for a, t in zip(starts, target, strict=True)
    ]
    rows, cols = (
        taps(a, b, source=s, target=t)
        for a, b, (s, t) in zip(starts, stops, axes, strict=True)
    )
    part = np.s_[rows.start : rows.stop, cols.start : cols.stop]
    piece, piece_kept = resample(pixels[(slice(None), *part)], valid[part], rows, cols)

    crop = np.s_[starts[0] : stops[0], starts[1] : stops[1]]
    np.testing.assert_array_equal(piece, full[(slice(None), *crop)])
    np.testing.assert_array_equal(piece_kept, kept[crop])


def test_invalid_pixels_have_no_weight():
    source = row_of([10, 99, 30, 99, 99, 99, 40, 40])
    valid = np.array([[True, False, True, False, False, False, True, True]])
    shown, kept = resample(source * valid, valid, whole(1, 1), whole(8, 4))
    assert shown.ravel().tolist() == [10, 30, 0, 40]
    assert kept.ravel().tolist() == [True, True, False, True]


def test_a_pixel_that_is_less_than_half_valid_is_invalid():
    source = row_of([10, 10, 10, 0, 0, 0, 0, 20])
    valid = source[0] > 0
    _, kept = resample(source, valid, whole(1, 1), whole(8, 2))
    assert kept.ravel().tolist() == [True, False]


@pytest.mark.parametrize("value", [0, 1, 127, 254, 255])
@pytest.mark.parametrize(("source", "target"), [(7, 3), (3, 7), (100, 99), (99, 100)])
def test_a_constant_stays_constant(value, source, target):
    pixels = np.full((1, source, source), value, np.uint8)
    axis = whole(source, target)
    same, _ = resample(pixels, np.ones((source, source), bool), axis, axis)
    assert set(same.ravel()) == {value}


def test_far_right_pixels_of_a_wide_scene_keep_their_place():
    source, target = 400_000, 123_457
    last = taps(target - 3, target, source=source, target=target)
    assert last.start + last.index[-1].max() == source - 1
    np.testing.assert_allclose(last.weight.sum(axis=1), 1, rtol=1e-6)
