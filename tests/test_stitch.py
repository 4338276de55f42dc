"""Stitching against a twin in float64 that holds the whole raster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.windows import Window

import rrsis_geo.stitch as room
from rrsis_geo.errors import EngineError
from rrsis_geo.stitch import stitch
from rrsis_geo.types import Prediction
from rrsis_geo.windows import plan_windows, shards, taper, touching


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


def whole(settled, channels, width):
    """Probability and valid of all rows; checks that they follow each other."""
    probability = [np.zeros((channels, 0, width), np.float32)]
    valid = [np.zeros((0, width), bool)]
    row = None
    for piece in settled:
        assert piece.window.col_off == 0
        assert (piece.window.width, piece.window.height) == piece.valid.shape[::-1]
        assert row is None or piece.window.row_off == row
        row = piece.window.row_off + piece.window.height
        probability.append(piece.probability)
        valid.append(piece.valid)
    return np.concatenate(probability, axis=1), np.concatenate(valid)


def twin(predictions, channels, width, height, weight):
    total = np.zeros((channels, height + len(weight), width + len(weight)))
    mass = np.zeros(total.shape[1:])
    for prediction in predictions:
        rows, columns = prediction.window.toslices()
        seen = weight.astype(float) * prediction.valid
        total[:, rows, columns] += seen * prediction.probability
        mass[rows, columns] += seen
    mean = np.divide(total, mass, out=np.zeros_like(total), where=mass > 0)
    return mean[:, :height, :width], mass[:height, :width] > 0


@settings(deadline=None)
@given(mosaics())
def test_equals_the_twin(mosaic):
    width, height, channels, size, overlap, predictions = mosaic
    weight = taper(size, overlap)
    settled = stitch(
        predictions, expressions=channels, width=width, height=height, weight=weight
    )
    probability, valid = whole(settled, channels, width)
    expected, expected_valid = twin(predictions, channels, width, height, weight)
    np.testing.assert_array_equal(valid, expected_valid)
    np.testing.assert_allclose(probability, expected, atol=3e-6)
    assert probability.dtype == np.float32
    assert probability.max(initial=0) <= 1
    assert not probability[:, ~valid].any()


@settings(deadline=None)
@given(mosaics(), st.integers(1, 5), st.data())
def test_rows_of_a_part_have_the_bits_of_the_whole(mosaic, count, data):
    width, height, channels, size, overlap, predictions = mosaic
    options = {
        "expressions": channels,
        "width": width,
        "height": height,
        "weight": taper(size, overlap),
    }
    full, full_valid = whole(stitch(predictions, **options), channels, width)
    parts = shards(height, size=size, overlap=overlap, count=count)
    start = data.draw(st.integers(0, height - 1))
    parts.append(range(start, data.draw(st.integers(start, height))))
    for rows in parts:
        windows = touching([p.window for p in predictions], rows.start, rows.stop)
        needed = [p for p in predictions if p.window in windows]
        for given_ in (needed, predictions):
            settled = stitch(given_, rows=rows, **options)
            probability, valid = whole(settled, channels, width)
            inside = slice(rows.start, rows.stop)
            np.testing.assert_array_equal(probability, full[:, inside])
            np.testing.assert_array_equal(valid, full_valid[inside])


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
    weight = taper(size, overlap)
    settled = stitch(
        predictions, expressions=1, width=width, height=height, weight=weight
    )
    probability, valid = whole(settled, 1, width)
    assert valid.all()
    np.testing.assert_allclose(probability, level, rtol=1e-5)


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
    settled = stitch(
        predictions, expressions=1, width=width, height=height, weight=taper(16, 5)
    )
    probability, valid = whole(settled, 1, width)
    assert valid.all()
    np.testing.assert_allclose(probability[0], picture, rtol=1e-6)


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

    settled = stitch(
        predictions(), expressions=1, width=16, height=400, weight=taper(16, 4)
    )
    for piece in settled:
        assert taken[-1] <= piece.window.row_off + piece.window.height
        assert piece.window.height <= 16


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
        return list(stitch(predictions, weight=taper(16, 5), **options))

    expected, _ = whole(stitched(), 2, 30)
    for piece in (1, 61, 200):
        monkeypatch.setattr(room, "PIECE", piece)
        pieces = stitched()
        highest = max(p.probability.size for p in pieces)
        assert highest <= max(piece, 2 * 30)
        np.testing.assert_array_equal(whole(pieces, 2, 30)[0], expected)


def test_nothing_at_all_is_invalid_everywhere():
    settled = stitch([], expressions=2, width=9, height=50, weight=taper(16, 4))
    probability, valid = whole(settled, 2, 9)
    assert probability.shape == (2, 50, 9)
    assert not valid.any()


def test_window_out_of_order_is_an_error():
    ones = np.ones((1, 4, 4), np.float32)
    predictions = [
        Prediction(
            window=Window(0, row, 4, 4), probability=ones, valid=ones[0].astype(bool)
        )
        for row in (4, 0)
    ]
    settled = stitch(predictions, expressions=1, width=4, height=8, weight=taper(4, 0))
    with pytest.raises(EngineError, match="row 0 came after one at row 4"):
        list(settled)
