"""Stitching against references that hold the whole raster."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.windows import Window

import rrsis_geo.tiling.stitch as stitch_module
from rrsis_geo.errors import EngineError, WeightsError
from rrsis_geo.tiling.stitch import quantise, stitch
from rrsis_geo.tiling.windows import plan_windows, shard_rows, taper, windows_in_rows
from rrsis_geo.types import Prediction


@st.composite
def mosaics(draw):
    """(width, height, weight, predictions): random, some windows left out."""
    size = draw(st.integers(1, 12))
    overlap = draw(st.integers(0, size - 1))
    width, height = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    channels = draw(st.integers(1, 3))
    coverage = draw(st.sampled_from([0.0, 0.5, 1.0]))
    scene = rng.random((height + size, width + size)) < coverage
    scene[height:], scene[:, width:] = False, False
    windows = plan_windows(width, height, size=size, overlap=overlap)
    kept = draw(st.sampled_from([0.3, 1.0]))
    predictions = []
    for window in windows:
        valid = scene[window.toslices()]
        probability = rng.random((channels, size, size), np.float32) * valid
        if rng.random() < kept:
            predictions.append(
                Prediction(window=window, probability=probability, valid=valid)
            )
    return width, height, channels, size, overlap, predictions


def whole(strips, channels, width):
    """Levels of all rows; checks that they follow each other."""
    levels = [np.zeros((channels, 0, width), np.uint8)]
    row = None
    for strip in strips:
        assert row is None or strip.top == row
        row = strip.top + strip.levels.shape[1]
        levels.append(strip.levels)
    return np.concatenate(levels, axis=1)


def reference(predictions, channels, width, height, weight, dtype):
    """Means (E, height, width), and where there are any."""
    total = np.zeros((channels, height + len(weight), width + len(weight)), dtype)
    total_weight = np.zeros(total.shape[1:], dtype)
    for prediction in predictions:
        rows, columns = prediction.window.toslices()
        weights = weight.astype(dtype) * prediction.valid
        total[:, rows, columns] += weights * prediction.probability
        total_weight[rows, columns] += weights
    mean = np.divide(
        total, total_weight, out=np.zeros_like(total), where=total_weight > 0
    )
    return mean[:, :height, :width], total_weight[:height, :width] > 0


@settings(deadline=None)
@given(mosaics())
def test_has_the_bits_of_sums_over_the_whole_raster(mosaic):
    width, height, channels, size, overlap, predictions = mosaic
    strips = stitch(
        predictions,
        expressions=channels,
        width=width,
        height=height,
        size=size,
        overlap=overlap,
    )
    levels = whole(strips, channels, width)
    weight = taper(size, overlap)
    mean, valid = reference(predictions, channels, width, height, weight, np.float32)
    expected = np.where(valid, np.rint(np.minimum(mean, 1) * np.float32(254)), 255)
    assert levels.dtype == np.uint8
    np.testing.assert_array_equal(levels, expected)
    exact, _ = reference(predictions, channels, width, height, weight, np.float64)
    np.testing.assert_allclose(mean, exact, atol=3e-6)  # so float32 will do


@settings(deadline=None)
@given(mosaics(), st.integers(1, 5), st.data())
def test_rows_of_a_part_have_the_bits_of_the_whole(mosaic, count, data):
    width, height, channels, size, overlap, predictions = mosaic
    options = {
        "expressions": channels,
        "width": width,
        "height": height,
        "size": size,
        "overlap": overlap,
    }
    full = whole(stitch(predictions, **options), channels, width)
    parts = shard_rows(height, size=size, overlap=overlap, count=count)
    start = data.draw(st.integers(0, height - 1))
    parts.append(range(start, data.draw(st.integers(start, height))))
    for rows in parts:
        windows = windows_in_rows(
            [p.window for p in predictions], rows.start, rows.stop
        )
        needed = [p for p in predictions if p.window in windows]
        for given_ in (needed, predictions):
            strips = stitch(given_, rows=rows, **options)
            part = whole(strips, channels, width)
            np.testing.assert_array_equal(part, full[:, rows.start : rows.stop])


@settings(deadline=None)
@given(mosaics(), st.floats(0, 1, width=32))
def test_constant_predictions_give_a_constant_raster(mosaic, level):
    width, height, _, size, overlap, _ = mosaic
    predictions = [
        Prediction(
            window=window,
            probability=np.full((1, size, size), level, np.float32),
            valid=np.ones((size, size), bool),
        )
        for window in plan_windows(width, height, size=size, overlap=overlap)
    ]
    strips = stitch(
        predictions,
        expressions=1,
        width=width,
        height=height,
        size=size,
        overlap=overlap,
    )
    # a mean of equal numbers may be off by some units in the last place
    least, most = np.rint(254 * np.array([level - 1e-5, min(level + 1e-5, 1)]))
    levels = whole(strips, 1, width)
    assert levels.shape == (1, height, width)
    assert max(least, 0) <= levels.min() <= levels.max() <= most


@pytest.mark.parametrize(("width", "height"), [(100, 75), (7, 5), (16, 17), (1, 40)])
def test_windows_of_a_picture_give_the_picture(width, height):
    picture = np.random.default_rng(7).random((height, width), np.float32)
    padded = np.pad(picture, ((0, 16), (0, 16)))
    inside = np.pad(np.ones_like(picture, bool), ((0, 16), (0, 16)))
    predictions = [
        Prediction(
            window=window,
            probability=padded[window.toslices()][None],
            valid=inside[window.toslices()],
        )
        for window in plan_windows(width, height, size=16, overlap=5)
    ]
    strips = stitch(
        predictions, expressions=1, width=width, height=height, size=16, overlap=5
    )
    levels = whole(strips, 1, width)
    np.testing.assert_allclose(levels[0] / 254, picture, atol=0.51 / 254)


def test_rows_come_as_soon_as_no_window_can_touch_them():
    taken = []

    def predictions():
        for window in plan_windows(16, 400, size=16, overlap=4):
            taken.append(window.row_off)
            yield Prediction(
                window=window,
                probability=np.ones((1, 16, 16), np.float32),
                valid=np.ones((16, 16), bool),
            )

    strips = stitch(
        predictions(), expressions=1, width=16, height=400, size=16, overlap=4
    )
    for strip in strips:
        assert taken[-1] <= strip.top + strip.levels.shape[1]
        assert strip.levels.shape[1] <= 16


def test_pieces_of_any_size_give_the_same(monkeypatch):
    rng = np.random.default_rng(5)
    predictions = [
        Prediction(
            window=window,
            probability=rng.random((2, 16, 16), np.float32),
            valid=np.ones((16, 16), bool),
        )
        for window in plan_windows(30, 50, size=16, overlap=5)
    ]

    def stitched():
        options = {"expressions": 2, "width": 30, "height": 50}
        return list(stitch(predictions, size=16, overlap=5, **options))

    expected = whole(stitched(), 2, 30)
    for piece in (1, 61, 200):
        monkeypatch.setattr(stitch_module, "MAX_STRIP_BYTES", piece)
        pieces = stitched()
        assert max(strip.levels.size for strip in pieces) <= max(piece, 2 * 30)
        np.testing.assert_array_equal(whole(pieces, 2, 30), expected)


def test_nothing_at_all_is_invalid_everywhere():
    strips = stitch([], expressions=2, width=9, height=50, size=16, overlap=4)
    levels = whole(strips, 2, 9)
    assert levels.shape == (2, 50, 9)
    assert (levels == 255).all()


def traced_peak(width, windows):
    """Bytes that stitching takes at most."""
    ones = np.ones((1, 64, 64), np.float32)
    valid = np.ones((64, 64), bool)
    predictions = (
        Prediction(window=window, probability=ones, valid=valid) for window in windows
    )
    options = {"width": width, "height": 256, "size": 64, "overlap": 16}
    tracemalloc.start()
    for _ in stitch(predictions, expressions=1, **options):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_over_the_width_a_byte_a_pixel_and_sums_in_the_overlap_are_held():
    peaks = {
        width: traced_peak(width, plan_windows(width, 256, size=64, overlap=16))
        for width in (1024, 9216)
    }
    added = (peaks[9216] - peaks[1024]) / (9216 - 1024)
    sums, levels = 16 * 2 * 4, 64  # two float32 in the overlap; a row of windows
    # levels being computed, copied, and still referenced by the reader
    assert added <= sums + 3 * levels < 64 * 2 * 4


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ([(4, 0), (0, 0)], "row 0 came after the windows at row 4"),
        ([(0, 4), (0, 0)], "column 0 came after one at column 4"),
        ([(2, 0)], "row 2 came"),
    ],
)
def test_window_that_is_not_in_the_order_of_the_plan_is_an_error(corners, message):
    ones = np.ones((1, 4, 4), np.float32)
    predictions = [
        Prediction(
            window=Window(column, row, 4, 4),
            probability=ones,
            valid=ones[0].astype(bool),
        )
        for row, column in corners
    ]
    strips = stitch(predictions, expressions=1, width=8, height=8, size=4, overlap=0)
    with pytest.raises(EngineError, match=message):
        list(strips)


def test_levels_are_254ths_and_without_weight_255():
    weights = np.array([[1, 0.5, 2, 0.1, 0]], np.float32)
    means = np.array([[[0, 0.5, 1, 0.1, 0]]], np.float32)
    assert quantise(means * weights, weights).tolist() == [[[0, 127, 254, 25, 255]]]


def test_not_a_number_is_no_silent_hole():
    total = np.array([[[0.5, np.nan]]], np.float32)
    with pytest.raises(WeightsError, match="not a number"):
        quantise(total, np.ones((1, 2), np.float32))
