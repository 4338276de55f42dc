"""Thumbnails, advice, and files that GDAL opens."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from rasterio.shutil import copy
from scene_reading import NOISE, RNG, tiles, whole

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.scene import Scene
from rrsis_geo.scene.stretch import identity_stretch


@pytest.mark.parametrize("side", [1, 20, 64, 1000])
def test_a_thumbnail_shows_the_whole_scene_small(make_scene, side):
    smooth = np.broadcast_to(np.mgrid[:90, :130].sum(0), (3, 90, 130)).astype("u1")
    with Scene.open(make_scene(smooth)) as scene:
        pixels, valid, grid = scene.thumbnail(side)
        assert grid.bounds() == pytest.approx(scene.grid().bounds())
    assert pixels.shape == (3, grid.height, grid.width)
    assert max(pixels.shape[1:]) == min(side, 130)
    assert valid.all()
    x, y = np.meshgrid(np.arange(grid.width) + 0.5, np.arange(grid.height) + 0.5)
    wanted = x * 130 / grid.width + y * 90 / grid.height - 1
    assert np.abs(pixels[0] - wanted).max() <= 2


def test_a_thumbnail_of_nodata_shows_no_mixture(make_scene):
    values = np.full((3, 60, 60), 200, np.uint8)
    values[:, :, :25] = 0
    with Scene.open(make_scene(values, nodata=0)) as scene:
        pixels, valid, _ = scene.thumbnail(10)
    assert set(pixels[:, valid].ravel()) == {200}
    assert 0.5 < valid.mean() < 0.7


def test_slow_reads_of_large_scenes_give_advice(make_scene, monkeypatch):
    monkeypatch.setattr("rrsis_geo.scene.scene.LARGE_SCENE", 90 * 130 - 1)
    path = make_scene(NOISE, blockysize=4)
    with Scene.open(path) as scene:
        scene.grid()
        scene.grid(0.6)
        assert scene.advice == ()
        scene.grid(2.0)
        assert "no overviews" in scene.advice[0]
        assert "16 times" in scene.advice[0]
    with monkeypatch.context() as patched, Scene.open(path) as scene:
        patched.setattr(
            "rrsis_geo.scene.scene.CACHE_BYTES", (1, 1000)
        )  # too little for a row
        scene.grid(0.6)
        assert "strips" in scene.advice[0]
    with Scene.open(make_scene(NOISE, tiled=True, overviews=[2, 4])) as scene:
        scene.grid(2.0)
        assert scene.advice == ()
    monkeypatch.setattr("rrsis_geo.scene.scene.LARGE_SCENE", 90 * 130)
    with Scene.open(make_scene(NOISE, blockysize=4)) as scene:
        scene.grid(2.0)
        assert scene.advice == ()


def test_the_size_of_gdals_cache_is_restored(make_scene):
    config = rasterio._env.get_gdal_config
    before = config("GDAL_CACHEMAX")
    with Scene.open(make_scene(NOISE)) as scene:
        list(scene.patches(scene.grid(), tiles(scene.grid(), 64, 64)))
        assert config("GDAL_CACHEMAX") < before
    assert config("GDAL_CACHEMAX") == before


def test_the_size_is_restored_after_scenes_that_are_open_at_once(make_scene):
    config = rasterio._env.get_gdal_config
    before, path = config("GDAL_CACHEMAX"), make_scene(NOISE)
    opened, first_closed = threading.Barrier(2), threading.Event()
    sizes = []

    def hold(*, first):
        with Scene.open(path):
            opened.wait(60)
            if not first:
                assert first_closed.wait(60)
                sizes.append(config("GDAL_CACHEMAX"))
        if first:
            first_closed.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(hold, first=first) for first in (True, False)]:
            done.result()
    assert sizes[0] < before
    assert config("GDAL_CACHEMAX") == before


def test_scenes_open_at_their_own_pixel_size_and_place(make_scene):
    with Scene.open(make_scene(NOISE, gsd=0.3)) as scene:
        assert scene.gsd == pytest.approx(0.3, rel=1e-3)
        assert scene.grid().bounds() == (5e5, 5e6 - 27, 5e5 + 39, 5e6)
        assert scene.stretch == identity_stretch(3)


def test_a_damaged_file_fails_instead_of_leaving_a_hole(make_scene):
    path = make_scene(
        RNG.integers(1, 256, (3, 600, 500)).astype(np.uint8),
        tiled=True,
        blockysize=64,
        blockxsize=64,
    )
    size = 600 * 500 * 3
    with open(path, "r+b") as file:
        file.truncate(size // 2)
    with Scene.open(path) as scene:
        scene.__dict__["stretch"] = identity_stretch(3)
        patches = scene.patches(scene.grid(), tiles(scene.grid(), 64, 64))
        assert next(patches).valid.all()
        with pytest.raises(SceneError, match=r"scene.*rows \d+ to \d+.*cut off"):
            list(patches)


@pytest.mark.parametrize("driver", ["JP2OpenJPEG", "PNG", "COG", "GPKG"])
def test_whatever_gdal_opens_is_a_scene(make_scene, tmp_path, driver):
    path = str(tmp_path / {"COG": "c.tif", "GPKG": "c.gpkg"}.get(driver, "c.any"))
    options = {"JP2OpenJPEG": {"QUALITY": "100", "REVERSIBLE": "YES"}}
    options["GPKG"] = {"TILE_FORMAT": "PNG", "BLOCKSIZE": "256"}
    copy(make_scene(NOISE), path, driver=driver, **options.get(driver, {}))
    with Scene.open(path) as scene:
        pixels, valid = whole(scene)
        np.testing.assert_array_equal(
            pixels[:, valid][:, : NOISE[0].size], NOISE.reshape(3, -1)
        )
        assert scene.gsd == pytest.approx(0.5, rel=1e-3)
