"""Pixels of patches, compared with rasterio on the whole array."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scene_reading import NOISE, RNG, shown, tiles, whole

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.scene import Scene


def test_8_bit_imagery_is_unchanged(make_scene):
    pixels, valid = shown(make_scene(NOISE))
    np.testing.assert_array_equal(pixels, NOISE)
    assert valid.all()


def test_a_window_over_the_edge_is_padded(make_scene):
    with Scene.open(make_scene(NOISE)) as scene:
        pixels, valid = whole(scene, margin=40)
    np.testing.assert_array_equal(pixels[:, :90, :130], NOISE)
    assert not pixels[:, 90:].any()
    assert not pixels[:, :, 130:].any()
    assert valid.sum() == 90 * 130


def test_grey_is_repeated(make_scene):
    pixels, _ = shown(make_scene(NOISE[:1]))
    np.testing.assert_array_equal(pixels, NOISE[[0, 0, 0]])


def test_bands_go_where_their_colours_say(make_scene):
    path = make_scene(NOISE, colors=["blue", "green", "red"])
    np.testing.assert_array_equal(shown(path)[0], NOISE[::-1])


def test_chosen_bands_are_shown(make_scene):
    many = RNG.integers(1, 256, (6, 20, 30)).astype(np.uint8)
    path = make_scene(many)
    np.testing.assert_array_equal(shown(path, bands=(6, 1, 4))[0], many[[5, 0, 3]])
    np.testing.assert_array_equal(shown(path, bands=[2])[0], many[[1, 1, 1]])


def test_palettes_are_expanded_and_their_clear_colour_is_no_data(tmp_path):
    numbers = RNG.integers(0, 3, (20, 30)).astype(np.uint8)
    table = np.array([(10, 20, 30), (250, 0, 5), (1, 2, 3)], np.uint8)
    image = Image.fromarray(numbers, mode="P")
    image.putpalette(table.tobytes())
    image.save(tmp_path / "map.png", transparency=2)
    (tmp_path / "map.pgw").write_text("0.5\n0\n0\n-0.5\n500000\n5000000\n")
    pixels, valid = shown(tmp_path / "map.png", crs="EPSG:32631")
    np.testing.assert_array_equal(valid, numbers != 2)
    np.testing.assert_array_equal(pixels, np.moveaxis(table[numbers], 2, 0) * valid)


def test_a_palette_without_its_table_is_refused(make_scene, tmp_path):
    plain = Path(make_scene(np.zeros((1, 8, 9), np.uint8)))
    path = tmp_path / "careless.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="9" rasterYSize="8"><SRS>EPSG:32631</SRS>'
        "<GeoTransform>500000, 0.5, 0, 5000000, 0, -0.5</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"><ColorInterp>Palette</ColorInterp>'
        f'<SimpleSource><SourceFilename relativeToVRT="1">{plain.name}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    said = r"careless.vrt: band 1 .*-colorinterp gray"
    with pytest.raises(SceneError, match=said), Scene.open(str(path)):
        pass


def test_palettes_of_geotiffs_are_expanded_and_have_nodata(make_scene):
    numbers = RNG.integers(0, 3, (1, 20, 30)).astype(np.uint8)
    table = {0: (10, 20, 30), 1: (250, 0, 5), 2: (1, 2, 3)}
    path = make_scene(numbers, photometric="palette", colormap=table, nodata=2)
    pixels, valid = shown(path)
    np.testing.assert_array_equal(valid, numbers[0] != 2)
    colours = np.array(list(table.values()))[numbers[0]]
    np.testing.assert_array_equal(pixels, np.moveaxis(colours, 2, 0) * valid)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "int32", "float32", "float64"])
def test_other_numbers_are_stretched_once_for_the_whole_scene(make_scene, dtype):
    values = RNG.normal(1000, 300, (3, 90, 130)).astype(dtype)
    pixels, valid = shown(make_scene(values))
    low, high = np.percentile(values.reshape(3, -1), (2, 98), axis=1)[..., None, None]
    wanted = np.clip((values - low) / (high - low), 0, 1) * 255
    assert np.abs(pixels - wanted).max() < 0.51
    assert valid.all()


def test_complex_pixels_are_shown_by_magnitude(make_scene):
    strength = np.linspace(1, 100, 600).reshape(1, 20, 30)
    phases = np.exp(1j * RNG.uniform(0, 7, strength.shape))
    pixels, _ = shown(make_scene((strength * phases).astype(np.complex64)))
    assert (np.diff(pixels[0].ravel().astype(int)) >= 0).all()


def test_the_stretch_is_that_of_the_scene_and_not_of_a_window(make_scene):
    ramp = np.broadcast_to(np.arange(200, dtype=np.uint16) * 30, (3, 50, 200)).copy()
    with Scene.open(make_scene(ramp)) as scene:
        full, _ = whole(scene)
        for patch in scene.patches(scene.grid(), tiles(scene.grid(), 32, 32)):
            rows, cols = patch.window.toslices()
            np.testing.assert_array_equal(
                patch.pixels[:, : 50 - rows.start, : 200 - cols.start],
                full[:, rows, cols],
            )


def test_the_stretch_of_a_big_scene_is_close_to_the_exact_one(make_scene):
    rows, cols = np.mgrid[:1500, :1500]
    values = (1000 + rows + cols + RNG.normal(0, 50, rows.shape))[None].astype("u2")
    with Scene.open(make_scene(values, tiled=True)) as scene:
        stretch = scene.stretch
    low, high = np.percentile(values, (2, 98))
    spread = high - low
    assert abs(stretch.low[0] - low) < 0.03 * spread
    assert abs(stretch.high[0] - high) < 0.03 * spread


def test_data_in_a_far_corner_of_a_big_scene_still_decides_the_stretch(make_scene):
    values = np.zeros((1, 1500, 1500), np.uint16)
    values[0, -150:, -150:] = RNG.integers(400, 600, (150, 150))
    with Scene.open(make_scene(values, nodata=0, tiled=True)) as scene:
        assert 400 <= scene.stretch.low[0] < scene.stretch.high[0] <= 600


def test_narrow_8_bit_scenes_are_stretched_with_a_note(make_scene):
    with Scene.open(make_scene(NOISE % 9 + 40)) as scene:
        pixels, _ = whole(scene)
        assert "so they are stretched" in " ".join(scene.advice)
    assert np.ptp(pixels) == 255
