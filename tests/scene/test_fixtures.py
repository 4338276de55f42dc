"""Real files of other projects, compared with rasterio on the whole array."""

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.windows import plan_windows


def assembled(scene, grid):
    """Read the whole scene in overlapping windows."""
    pixels = np.zeros((3, grid.height, grid.width), np.uint8)
    valid = np.zeros((grid.height, grid.width), bool)
    windows = plan_windows(grid.width, grid.height, size=256, overlap=32)
    for patch in scene.patches(grid, windows):
        rows, cols = patch.window.toslices()
        part = valid[rows, cols]
        seen = np.s_[: part.shape[0], : part.shape[1]]
        part |= patch.valid[seen]
        pixels[:, rows, cols] = patch.pixels[(slice(None), *seen)]
    return pixels, valid


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.filterwarnings("ignore::rasterio.errors.NodataShadowWarning")
def test_every_file_is_read_correctly_or_refused(shared_data):
    paths = sorted((shared_data / "geotiff-fixtures").rglob("*.tif*"))
    refused = {}
    for path in paths:
        dataset = rasterio.open(path)
        try:
            with Scene.open(path) as scene, dataset:
                pixels, valid = assembled(scene, scene.grid())
                if not dataset.gcps[0]:
                    assert_same(dataset, scene, pixels, valid)
                assert_coarse_windows_agree(scene)
        except SceneError as error:
            refused[path.name] = str(error)
    assert len(paths) >= 40
    assert {name: text.partition(": ")[2][:18] for name, text in refused.items()} == {
        "corrupt.tif": "cannot be read at ",
        "float_nan.tif": "has no CRS, so pol",
        "rotated.tif": "has no CRS, so pol",
    }


def assert_same(dataset, scene, pixels, valid):
    """Compare with the whole array, read by rasterio and stretched at once."""
    values = dataset.read(scene.bands)
    seen = (dataset.dataset_mask() > 0) & np.isfinite(values).all(axis=0)
    np.testing.assert_array_equal(valid, seen, dataset.name)
    low = np.array(scene.stretch.low)[:, None, None]
    high = np.array(scene.stretch.high)[:, None, None]
    shown = np.clip((np.nan_to_num(values) - low) / (high - low), 0, 1) * 255 * seen
    assert np.abs(pixels - shown).max() < 0.51, dataset.name


def assert_coarse_windows_agree(scene):
    """Compare one window with many at a coarse pixel size, with any overviews."""
    grid = scene.grid(scene.gsd * 2.7)
    pixels, valid = assembled(scene, grid)
    at_once = list(scene.patches(grid, [Window(0, 0, grid.width, grid.height)]))
    if at_once:
        np.testing.assert_array_equal(at_once[0].valid, valid, scene.path)
        np.testing.assert_array_equal(at_once[0].pixels, pixels, scene.path)
    else:
        assert not valid.any()


def test_pixels_of_the_banepa_mosaic_are_measured_on_the_ground(shared_data):
    path = shared_data / "oam-banepa" / "banepa_train.tif"
    if not path.is_file():
        pytest.skip("no Banepa mosaic in ../shared/data")
    with Scene.open(path) as scene:
        assert scene.gsd == pytest.approx(0.132, abs=0.001)
        grid = scene.grid(0.5)
        across, down = grid.pixel_size
        assert (across, down) == pytest.approx((0.5, 0.5), rel=2e-3)
        assert grid.bounds() == pytest.approx(scene.grid().bounds())
