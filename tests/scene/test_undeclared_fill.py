"""Fill values that a file does not declare stay out of the stretch and of the data."""

import numpy as np
import pytest
from scene_reading import whole

from rrsis_geo.scene.scene import Scene
from rrsis_geo.scene.stretch import find_fill

RNG = np.random.default_rng(0)
BORDER = np.s_[:, :, :8]

FILLED = [
    ("float32", -3.4028235e38, (0, 1)),
    ("float32", 1e20, (0, 1)),
    ("float32", 9.96921e36, (0, 10_000)),
    ("float64", -1.7976931348623157e308, (-1, 1)),
    ("float32", -9999, (0, 1)),
    ("float32", -32768, (0, 3000)),
    ("float64", -99999, (0, 1)),
    ("int16", -32768, (0, 3000)),
    ("int16", -9999, (0, 3000)),
    ("int16", -32767, (-500, 500)),
    ("int32", -(2**31), (0, 3000)),
    ("uint16", 65535, (200, 3000)),
    ("uint16", 55537, (200, 3000)),
]


def filled(dtype, value, limits, bands=3):
    pixels = RNG.uniform(*limits, (bands, 60, 80)).astype(dtype)
    pixels[BORDER] = value
    return pixels


@pytest.mark.parametrize(("dtype", "value", "limits"), FILLED)
@pytest.mark.parametrize("bands", [1, 3])
def test_undeclared_fill_is_no_data_and_said(make_scene, dtype, value, limits, bands):
    pixels = filled(dtype, value, limits, bands)
    with Scene.open(make_scene(pixels)) as scene:
        shown, valid = whole(scene)
        note = " ".join(scene.advice)
        thumbnail = scene.thumbnail(40)[1]
    assert not valid[:, :8].any()
    assert valid[:, 8:].all()
    assert shown[:, :, 8:].std() > 50
    assert not thumbnail[:, :3].any()
    assert "nodata" in note
    assert "-a_nodata" in note


@pytest.mark.parametrize(("dtype", "value", "limits"), FILLED[:8])
def test_declared_it_needs_no_note(make_scene, dtype, value, limits):
    path = make_scene(filled(dtype, value, limits), nodata=value)
    with Scene.open(path) as scene:
        assert not whole(scene)[1][:, :8].any()
        assert scene.advice == ()


def test_fill_beside_an_alpha_band_and_beside_zeros(make_scene):
    pixels = filled("uint16", 65535, (200, 3000))
    pixels[:, :, 8:20] = 0
    alpha = np.full((60, 80), 65535, np.uint16)
    alpha[:30] = 0
    with Scene.open(make_scene(pixels, alpha=alpha)) as scene:
        _, valid = whole(scene)
        assert max(scene.stretch.high) < 3001
    assert not valid[:30].any()
    assert not valid[:, :8].any()
    assert valid[30:, 20:].all()


def test_a_fill_in_one_band_only_spoils_no_stretch(make_scene):
    pixels = RNG.integers(200, 3000, (3, 60, 80)).astype(np.int16)
    pixels[1, :, :20] = -9999
    with Scene.open(make_scene(pixels)) as scene:
        assert min(scene.stretch.low) > 0
        assert whole(scene)[1].all()


@pytest.mark.parametrize(
    "samples",
    [
        # saturated clouds reach up to the last number without a gap
        np.linspace(0, 70_000, 5000)[None].clip(0, 65535).astype(np.uint16),
        # depths and temperatures that happen to contain such a number
        np.linspace(-12_000, 0, 12_001)[None].astype(np.int32),
        np.linspace(-1000, 1000, 2001)[None].astype(np.float32),
        RNG.integers(0, 256, (3, 1000)).astype(np.uint8),
        np.full((1, 100), -9999, np.int16),
        np.zeros((3, 0), np.int16),
    ],
    ids=["saturated", "depths", "numbers", "bytes", "constant", "none"],
)
def test_numbers_among_others_are_data(samples):
    assert find_fill(samples) is None


@pytest.mark.parametrize("bits", [8, 16, 12])
def test_white_is_zero_is_shown_as_on_the_ground(make_scene, bits):
    dtype = np.uint8 if bits == 8 else np.uint16
    top = 2**bits - 1
    ground = (RNG.uniform(0.15, 0.3, (1, 60, 80)) * top).astype(dtype)
    ground[:, 20:40, 20:40] = int(0.95 * top)
    options = {"NBITS": bits} if bits == 12 else {}
    stored = (top - ground.astype(np.int64)).astype(dtype)
    negative = make_scene(stored, photometric="MINISWHITE", **options)
    with Scene.open(negative) as scene, Scene.open(make_scene(ground)) as plain:
        for one, other in zip(whole(scene), whole(plain), strict=True):
            assert np.abs(one.astype(int) - other.astype(int)).max() <= 1
        assert scene.thumbnail(30)[0].max() > 200


def test_white_is_zero_with_nodata_and_overviews(make_scene):
    stored = np.full((1, 128, 128), 200, np.uint8)
    stored[:, :64] = 10
    stored[:, :, :16] = 255
    path = make_scene(stored, photometric="MINISWHITE", nodata=255, overviews=(2,))
    with Scene.open(path) as scene:
        shown, valid = whole(scene, scene.grid(1.0))
    assert not valid[:, :8].any()
    assert (shown[:, :30, 10:] == 245).all()
    assert (shown[:, 34:, 10:] == 55).all()
