"""Valid pixels: nodata, alpha, masks and finite values."""

import numpy as np
import pytest
import rasterio
from scene_reading import NOISE, RNG, shown, tiles, whole

from rrsis_geo.scene.scene import Scene


def test_nodata_counts_per_pixel_and_only_in_the_bands_shown(make_scene):
    values = np.concatenate([NOISE, NOISE[:1]])
    values[:3, 10:20] = 0  # a hole, although the fourth band has something there
    values[0, 30:40] = 0  # a dark colour
    pixels, valid = shown(make_scene(values, nodata=0), bands=(1, 2, 3))
    assert not valid[10:20].any()
    assert valid.sum() == 80 * 130
    np.testing.assert_array_equal(pixels, values[:3])


def test_nodata_agrees_with_rasterio(make_scene):
    values = RNG.integers(0, 3, (3, 40, 50)).astype(np.int16) - 1
    path = make_scene(values, nodata=-1)
    with rasterio.open(path) as dataset:
        np.testing.assert_array_equal(shown(path)[1], dataset.dataset_mask() > 0)


@pytest.mark.parametrize("nodata", [-9999.0, -3.4028234663852886e38, np.nan, 0.1])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_have_nodata_too(make_scene, nodata, dtype):
    values = RNG.normal(5, 1, (1, 20, 30)).astype(dtype)
    values[0, :5] = nodata
    _, valid = shown(make_scene(values, nodata=nodata))
    np.testing.assert_array_equal(valid, np.arange(20)[:, None].repeat(30, 1) >= 5)


def test_a_nodata_value_that_no_pixel_can_have_hides_none(make_scene, tmp_path):
    make_scene(NOISE, name="inner.tif")
    (tmp_path / "outer.vrt").write_text(
        """<VRTDataset rasterXSize="130" rasterYSize="90"><SRS>EPSG:32631</SRS>
        <GeoTransform>500000, 0.5, 0, 5000000, 0, -0.5</GeoTransform>
        <VRTRasterBand dataType="Byte" band="1"><NoDataValue>-9999</NoDataValue>
        <SimpleSource><SourceFilename relativeToVRT="1">inner.tif</SourceFilename>
        <SourceBand>2</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"""
    )
    pixels, valid = shown(tmp_path / "outer.vrt")
    np.testing.assert_array_equal(pixels, NOISE[[1, 1, 1]])
    assert valid.all()


def test_values_that_are_not_finite_are_invalid(make_scene):
    values = RNG.normal(5, 1, (3, 20, 30)).astype(np.float32)
    values[0, 3, 4], values[1, 5, 6], values[2, 7, 8] = np.nan, np.inf, -np.inf
    pixels, valid = shown(make_scene(values))
    assert sorted(zip(*np.nonzero(~valid), strict=True)) == [(3, 4), (5, 6), (7, 8)]
    assert not pixels[:, ~valid].any()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_alpha_defines_validity_and_is_no_colour(make_scene, dtype):
    alpha = np.full((90, 130), np.iinfo(dtype).max)
    alpha[:, :50] = 0
    alpha[5] = 1
    with Scene.open(make_scene(NOISE.astype(dtype), alpha=alpha)) as scene:
        assert scene.bands == (1, 2, 3)
        _, valid = whole(scene)
    np.testing.assert_array_equal(valid, alpha > 0)


def test_grey_with_alpha_is_grey(make_scene):
    alpha = np.full((90, 130), 255)
    alpha[:9] = 0
    pixels, valid = shown(make_scene(NOISE[:1], alpha=alpha))
    np.testing.assert_array_equal(valid, alpha > 0)
    np.testing.assert_array_equal(pixels, NOISE[[0, 0, 0]] * valid)


@pytest.mark.parametrize("external", [False, True])
def test_mask_bands_are_respected(make_scene, external):
    mask = RNG.random((90, 130)) < 0.7
    pixels, valid = shown(make_scene(NOISE, mask=mask, external_mask=external))
    np.testing.assert_array_equal(valid, mask)
    np.testing.assert_array_equal(pixels, NOISE * mask)


def test_all_masks_of_a_file_are_combined(make_scene):
    values = NOISE.copy()
    values[:, :10] = 0
    mask = np.ones((90, 130), bool)
    mask[:, :20] = False
    alpha = np.full((90, 130), 255)
    alpha[-10:] = 0
    path = make_scene(values, nodata=0, mask=mask, alpha=alpha)
    _, valid = shown(path)
    wanted = mask & (alpha > 0)
    wanted[:10] = False
    np.testing.assert_array_equal(valid, wanted)


def test_a_scene_without_data_yields_no_patches_and_a_note(make_scene):
    with Scene.open(make_scene(NOISE * 0, nodata=0)) as scene:
        assert not list(scene.patches(scene.grid(), tiles(scene.grid(), 32, 32)))
        assert "no valid pixel" in scene.advice[0]
        assert not scene.thumbnail(50)[1].any()
