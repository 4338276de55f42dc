"""What a scene shows, against rasterio on the whole array."""

import threading

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling
from rasterio.shutil import copy
from rasterio.warp import reproject
from rasterio.windows import Window

from rrsis_geo.aoi import Aoi
from rrsis_geo.errors import SceneError
from rrsis_geo.resample import resample, taps
from rrsis_geo.scene import Scene
from rrsis_geo.stretch import unchanged

RNG = np.random.default_rng(7)
NOISE = RNG.integers(1, 256, (3, 90, 130)).astype(np.uint8)


def whole(scene, grid=None, margin=0):
    """The scene through one window, optionally reaching over its edges."""
    grid = grid or scene.grid()
    window = Window(0, 0, grid.width + margin, grid.height + margin)
    patches = list(scene.patches(grid, [window]))
    if not patches:
        blank = np.zeros((3, window.height, window.width), np.uint8)
        return blank, np.zeros(blank.shape[1:], bool)
    return patches[0].pixels, patches[0].valid


def tiles(grid, size, step):
    return [
        Window(col, row, size, size)
        for row in range(0, grid.height, step)
        for col in range(0, grid.width, step)
    ]


def shown(path, **options):
    with Scene.open(path, **options) as scene:
        return whole(scene)


# --- what is shown ---------------------------------------------------------------


def test_imagery_comes_through_as_it_is(make_scene):
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


def test_radar_with_phases_is_shown_by_its_strength(make_scene):
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


def test_narrow_8_bit_scenes_are_stretched_and_say_so(make_scene):
    with Scene.open(make_scene(NOISE % 9 + 40)) as scene:
        pixels, _ = whole(scene)
        assert "so they are stretched" in " ".join(scene.advice)
    assert np.ptp(pixels) == 255


# --- what is valid ---------------------------------------------------------------


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


def test_values_that_are_no_numbers_are_not_valid(make_scene):
    values = RNG.normal(5, 1, (3, 20, 30)).astype(np.float32)
    values[0, 3, 4], values[1, 5, 6], values[2, 7, 8] = np.nan, np.inf, -np.inf
    pixels, valid = shown(make_scene(values))
    assert sorted(zip(*np.nonzero(~valid), strict=True)) == [(3, 4), (5, 6), (7, 8)]
    assert not pixels[:, ~valid].any()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_alpha_is_respected_and_no_colour(make_scene, dtype):
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


def test_all_that_a_file_says_about_validity_counts_together(make_scene):
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


def test_a_scene_without_data_gives_no_patch_and_says_so(make_scene):
    with Scene.open(make_scene(NOISE * 0, nodata=0)) as scene:
        assert not list(scene.patches(scene.grid(), tiles(scene.grid(), 32, 32)))
        assert "no valid pixel" in scene.advice[0]
        assert not scene.thumbnail(50)[1].any()


# --- other pixel sizes -----------------------------------------------------------


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


def test_rotation_is_kept_and_the_ground_shows_through(make_scene):
    place = Affine(0.5, 0, 5e5, 0, -0.5, 5e6) @ Affine.rotation(30)
    smooth = np.broadcast_to(np.mgrid[:90, :130].sum(0), (3, 90, 130)).astype("u1")
    with Scene.open(make_scene(smooth, transform=place)) as scene:
        grid = scene.grid(1.1)
        pixels, _ = whole(scene, grid)
    back = np.zeros((90, 130), np.uint8)
    reproject(
        pixels[0],
        back,
        src_transform=grid.transform,
        src_crs=grid.crs,
        dst_transform=place,
        dst_crs=grid.crs,
        resampling=Resampling.bilinear,
    )
    inner = np.s_[5:-5, 5:-5]
    assert np.abs(back[inner].astype(int) - smooth[0][inner]).max() <= 2


def test_south_up_scenes_keep_their_transform(make_scene):
    path = make_scene(NOISE, transform=Affine(0.5, 0, 5e5, 0, 0.5, 5e6))
    with Scene.open(path) as scene:
        assert scene.grid(1.0).transform.e == pytest.approx(1, rel=0.01)
        np.testing.assert_array_equal(whole(scene)[0], NOISE)


def test_the_smallest_overview_that_is_fine_enough_is_read(make_scene):
    with Scene.open(make_scene(NOISE, overviews=[2, 4])) as scene:
        levels = {
            size: scene._level(scene.native.resized(*size))
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
    (slow, seen), (fast, seen_fast) = shots
    np.testing.assert_array_equal(seen, seen_fast)
    assert seen.sum() == 40 * 32
    assert np.abs(slow.astype(int) - fast).max() <= 2


SCALES = st.sampled_from([0.23, 0.5, 0.61, 1.0, 1.9, 7.0])


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SCALES, st.integers(5, 70), st.integers(3, 50), st.booleans(), st.booleans())
def test_what_a_pixel_shows_does_not_depend_on_the_window(
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


def test_a_very_coarse_window_is_read_piece_by_piece(make_scene, monkeypatch):
    path = make_scene(NOISE, nodata=0)
    with Scene.open(path) as scene:
        grid = scene.grid(3.0)
        at_once, _ = whole(scene, grid)
        monkeypatch.setattr("rrsis_geo.patches.CHUNK", 1)
        np.testing.assert_array_equal(whole(scene, grid)[0], at_once)


# --- ground control points -------------------------------------------------------


def gcps(width, height):
    """Corners of a scene turned by 20 degrees, with pixels of half a metre."""
    turn = Affine(0.5, 0, 5e5, 0, -0.5, 5e6) @ Affine.rotation(20)
    return turn, [
        GroundControlPoint(row, col, *(turn @ (col, row)))
        for row in (0, height / 2, height)
        for col in (0, width / 2, width)
    ]


@pytest.mark.parametrize("kind", ["plain", "nodata", "alpha", "mask", "uint16"])
def test_ground_control_points_place_a_scene(make_scene, kind):
    smooth = np.broadcast_to(50 + np.mgrid[:90, :130].sum(0) / 2, (3, 90, 130))
    values = smooth.astype("u2" if kind == "uint16" else "u1")
    turn, points = gcps(130, 90)
    hole = np.zeros((90, 130), bool)
    options = {}
    if kind != "plain":
        hole[30:50, 40:80] = True
    if kind == "nodata":
        values = np.where(hole, 0, values)
        options["nodata"] = 0
    if kind in ("alpha", "uint16"):
        options["alpha"] = np.where(hole, 0, np.iinfo(values.dtype).max)
    if kind == "mask":
        options["mask"] = ~hole
    with Scene.open(make_scene(values, gcps=points, **options)) as scene:
        assert scene.gsd == pytest.approx(0.5, rel=0.02)
        pixels, valid = whole(scene)
        x, y = np.meshgrid(np.arange(valid.shape[1]), np.arange(valid.shape[0]))
        col, row = ~turn @ scene.native.place(x + 0.5, y + 0.5)
        margin = 1.5
        outside = (col < -margin) | (col > 130 + margin)
        outside |= (row < -margin) | (row > 90 + margin)
        inside = (col > margin) & (col < 130 - margin)
        inside &= (row > margin) & (row < 90 - margin)
        deep = (abs(col - 60) < 18) & (abs(row - 40) < 8)
        near = (abs(col - 60) < 22) & (abs(row - 40) < 12)
        assert not valid[outside].any()
        if kind == "plain":
            assert valid[inside].all()
        else:
            assert not valid[deep].any()
            assert valid[inside & ~near].all()
        if kind != "uint16":
            wanted = 50 + (col + row - 1) / 2
            check = valid & inside & (~near if kind != "plain" else True)
            assert np.abs(pixels[0] - wanted)[check].max() < 2


def test_warped_pixels_do_not_depend_on_the_window_either(make_scene):
    _, points = gcps(700, 300)
    values = RNG.integers(0, 256, (3, 300, 700)).astype(np.uint8)
    with Scene.open(make_scene(values, gcps=points)) as scene:
        for grid in (scene.grid(), scene.grid(1.3)):
            full, seen = whole(scene, grid)
            for patch in scene.patches(grid, tiles(grid, 190, 130)):
                rows, cols = patch.window.toslices()
                valid = seen[rows, cols]
                inside = np.s_[: valid.shape[0], : valid.shape[1]]
                np.testing.assert_array_equal(
                    patch.pixels[(slice(None), *inside)], full[:, rows, cols]
                )
                np.testing.assert_array_equal(patch.valid[inside], valid)


# --- where to look ---------------------------------------------------------------


class Counting:
    """A dataset that notes what is read of it."""

    def __init__(self, dataset):
        self._dataset = dataset
        self.reads = []

    def __getattr__(self, name):
        return getattr(self._dataset, name)

    def read(self, *args, **kwargs):
        self.reads.append(kwargs.get("window"))
        return self._dataset.read(*args, **kwargs)


def test_only_windows_that_touch_the_area_are_read(make_scene, monkeypatch):
    path = make_scene(NOISE)
    area = Aoi(shapely.box(70, 10, 90, 25))
    with Scene.open(path) as scene:
        full, _ = whole(scene)
        counted = watch(monkeypatch)
        windows = tiles(scene.grid(), 32, 32)
        found = list(scene.patches(scene.grid(), windows, aoi=area))
    assert [(p.window.col_off, p.window.row_off) for p in found] == [(64, 0)]
    assert counted() == [Window(64, 0, 32, 32)]
    # The network sees what is around the area; only the area is searched.
    np.testing.assert_array_equal(found[0].pixels, full[:, :32, 64:96])
    np.testing.assert_array_equal(found[0].valid, area.mask(found[0].window))


def test_windows_without_data_are_not_read_beyond_their_mask(make_scene, monkeypatch):
    alpha = np.full((90, 130), 255)
    alpha[:, 64:] = 0
    with Scene.open(make_scene(NOISE, alpha=alpha)) as scene:
        grid = scene.grid()
        _ = scene.stretch
        counted = watch(monkeypatch)
        found = list(scene.patches(grid, [Window(64, 0, 32, 32), Window(0, 0, 32, 32)]))
    assert [patch.window.col_off for patch in found] == [0]
    # alpha of both windows, colours of one
    assert [window.col_off for window in counted()] == [64, 0, 0]


def watch(monkeypatch):
    """Count reads of datasets opened from here on."""
    import rrsis_geo.scene as room

    opened = []
    source = room.Source

    def counting(dataset, **options):
        opened.append(Counting(dataset))
        return source(opened[-1], **options)

    monkeypatch.setattr(room, "Source", counting)
    return lambda: [window for dataset in opened for window in dataset.reads]


def test_closing_early_stops_the_reading(make_scene):
    with Scene.open(make_scene(NOISE)) as scene:
        patches = scene.patches(scene.grid(), tiles(scene.grid(), 8, 4))
        next(patches)
        patches.close()
    assert not [t for t in threading.enumerate() if t.name == "run-ahead"]


def test_two_readings_do_not_disturb_each_other(make_scene):
    with Scene.open(make_scene(NOISE)) as scene:
        windows = tiles(scene.grid(), 32, 32)
        one, two = (scene.patches(scene.grid(), windows) for _ in "12")
        for first, second in zip(one, two, strict=True):
            scene.thumbnail(20)
            np.testing.assert_array_equal(first.pixels, second.pixels)


def test_a_grid_of_another_scene_is_refused(make_scene):
    with (
        Scene.open(make_scene(NOISE)) as scene,
        Scene.open(make_scene(NOISE, gsd=0.7)) as other,
        pytest.raises(ValueError, match="is no grid of"),
    ):
        next(scene.patches(other.grid(1.0), [Window(0, 0, 8, 8)]))


# --- thumbnail and advice --------------------------------------------------------


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


def test_slow_ways_to_read_are_mentioned_where_they_matter(make_scene, monkeypatch):
    monkeypatch.setattr("rrsis_geo.scene.BIG", 90 * 130 - 1)
    path = make_scene(NOISE, blockysize=4)
    with Scene.open(path) as scene:
        scene.grid()
        scene.grid(0.6)
        assert scene.advice == ()
        scene.grid(2.0)
        assert "no overviews" in scene.advice[0]
        assert "16 times" in scene.advice[0]
    with monkeypatch.context() as patched, Scene.open(path) as scene:
        patched.setattr("rrsis_geo.scene.CACHE", (1, 1000))  # too little for a row
        scene.grid(0.6)
        assert "strips" in scene.advice[0]
    with Scene.open(make_scene(NOISE, tiled=True, overviews=[2, 4])) as scene:
        scene.grid(2.0)
        assert scene.advice == ()
    monkeypatch.setattr("rrsis_geo.scene.BIG", 90 * 130)
    with Scene.open(make_scene(NOISE, blockysize=4)) as scene:
        scene.grid(2.0)
        assert scene.advice == ()


def test_gdals_cache_is_given_back(make_scene):
    config = rasterio._env.get_gdal_config
    before = config("GDAL_CACHEMAX")
    with Scene.open(make_scene(NOISE)) as scene:
        list(scene.patches(scene.grid(), tiles(scene.grid(), 64, 64)))
        assert config("GDAL_CACHEMAX") < before
    assert config("GDAL_CACHEMAX") == before


def test_scenes_open_at_their_own_pixel_size_and_place(make_scene):
    with Scene.open(make_scene(NOISE, gsd=0.3)) as scene:
        assert scene.gsd == pytest.approx(0.3, rel=1e-3)
        assert scene.grid().bounds() == (5e5, 5e6 - 27, 5e5 + 39, 5e6)
        assert scene.stretch == unchanged(3)


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
        scene.__dict__["stretch"] = unchanged(3)
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
