"""Scenes at other pixel sizes, with and without overviews."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.warp import reproject
from scene_reading import NOISE, tiles, whole

from rrsis_geo.scene.resample import resample, taps
from rrsis_geo.scene.scene import Scene


@pytest.mark.parametrize("turn", [0, 25])
@pytest.mark.parametrize("gsd", [0.21, 0.5, 0.8, 1.7, 40.0])
def test_a_scene_is_shown_at_the_wanted_pixel_size(make_scene, gsd, turn):
    place = Affine(0.5, 0, 5e5, 0, -0.5, 5e6) @ Affine.rotation(turn)
    with Scene.open(make_scene(NOISE, transform=place)) as scene:
        grid = scene.grid(gsd)
        pixels, valid = whole(scene, grid)
    axes = (
        taps(0, grid.height, source=90, target=grid.height),
        taps(0, grid.width, source=130, target=grid.width),
    )
    wanted, _ = resample(NOISE, np.ones((90, 130), bool), *axes)
    np.testing.assert_array_equal(pixels, wanted)
    assert valid.all()


def test_halving_agrees_with_gdals_average(make_scene):
    path = make_scene(NOISE)
    with Scene.open(path) as scene:
        pixels, _ = whole(scene, scene.native.resized(65, 45))
    with rasterio.open(path) as dataset:
        wanted = dataset.read(out_shape=(3, 45, 65), resampling=Resampling.average)
    assert np.abs(pixels.astype(int) - wanted).max() <= 1


def test_rotated_scenes_agree_with_gdals_warping(make_scene):
    place = Affine(0.5, 0, 5e5, 0, -0.5, 5e6) @ Affine.rotation(30)
    smooth = np.broadcast_to(np.mgrid[:90, :130].sum(0), (3, 90, 130)).astype("u1")
    with Scene.open(make_scene(smooth, transform=place)) as scene:
        grid = scene.grid(1.1)
        pixels, _ = whole(scene, grid)
    warped = np.zeros((90, 130), np.uint8)
    reproject(
        pixels[0],
        warped,
        src_transform=grid.transform,
        src_crs=grid.crs,
        dst_transform=place,
        dst_crs=grid.crs,
        resampling=Resampling.bilinear,
    )
    inner = np.s_[5:-5, 5:-5]
    assert np.abs(warped[inner].astype(int) - smooth[0][inner]).max() <= 2


def test_south_up_scenes_keep_their_transform(make_scene):
    path = make_scene(NOISE, transform=Affine(0.5, 0, 5e5, 0, 0.5, 5e6))
    with Scene.open(path) as scene:
        assert scene.grid(1.0).transform.e == pytest.approx(1, rel=0.01)
        np.testing.assert_array_equal(whole(scene)[0], NOISE)


def test_the_smallest_overview_that_is_fine_enough_is_read(make_scene):
    with Scene.open(make_scene(NOISE, overviews=[2, 4])) as scene:
        levels = {
            size: scene._overview_for(scene.native.resized(*size))
            for size in [(130, 90), (66, 46), (65, 45), (40, 30), (33, 23), (10, 5)]
        }
    assert levels == {
        (130, 90): None,
        (66, 46): None,
        (65, 45): 0,
        (40, 30): 0,
        (33, 23): 1,
        (10, 5): 1,
    }


@pytest.mark.parametrize("external", [False, True])
def test_overviews_keep_colours_and_masks(make_scene, external):
    smooth = np.broadcast_to(np.mgrid[:200, :300].sum(0) // 2, (3, 200, 300))
    mask = np.ones((200, 300), bool)
    mask[:, 160:] = False
    options = {"mask": mask, "external_mask": external}
    plain = make_scene(smooth.astype(np.uint8), **options)
    quick = make_scene(smooth.astype(np.uint8), overviews=[2, 4], **options)
    shots = []
    for path in (plain, quick):
        with Scene.open(path) as scene:
            shots.append(whole(scene, scene.native.resized(60, 40)))
    (slow, seen), (fast, valid_fast) = shots
    np.testing.assert_array_equal(seen, valid_fast)
    assert seen.sum() == 40 * 32
    assert np.abs(slow.astype(int) - fast).max() <= 2


SCALES = st.sampled_from([0.23, 0.5, 0.61, 1.0, 1.9, 7.0])


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SCALES, st.integers(5, 70), st.integers(3, 50), st.booleans(), st.booleans())
def test_a_pixel_does_not_depend_on_the_window(
    make_scene, gsd, size, step, overviews, holes
):
    values = NOISE.copy()
    if holes:
        values[:, 20:40, 30:60] = 0
    path = make_scene(
        values,
        name="any.tif",
        nodata=0 if holes else None,
        overviews=[2, 4] if overviews else [],
    )
    with Scene.open(path) as scene:
        grid = scene.grid(gsd)
        full, seen = whole(scene, grid)
        for patch in scene.patches(grid, tiles(grid, size, max(step, grid.width // 6))):
            rows, cols = patch.window.toslices()
            part, valid = full[:, rows, cols], seen[rows, cols]
            inside = np.s_[: valid.shape[0], : valid.shape[1]]
            np.testing.assert_array_equal(patch.pixels[(slice(None), *inside)], part)
            np.testing.assert_array_equal(patch.valid[inside], valid)


def test_a_very_coarse_window_is_read_in_chunks(make_scene, monkeypatch):
    path = make_scene(NOISE, nodata=0)
    with Scene.open(path) as scene:
        grid = scene.grid(3.0)
        at_once, _ = whole(scene, grid)
        monkeypatch.setattr("rrsis_geo.scene.patches.CHUNK", 1)
        np.testing.assert_array_equal(whole(scene, grid)[0], at_once)
