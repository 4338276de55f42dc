"""Probability rasters: written ones are readable by any GDAL, others' are read."""

from itertools import pairwise

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.errors import NotGeoreferencedWarning

from rrsis_geo.errors import EngineError, OutputError, SceneError
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import ProbabilityRaster, write_probability
from rrsis_geo.types import Strip

UTM = CRS.from_epsg(32631)
NORTH_UP = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
PLACES = {
    "projected": (NORTH_UP, UTM),
    "geographic": (Affine(1e-5, 0, 10, 0, -1e-5, 50), CRS.from_epsg(4326)),
    "rotated": (Affine(0.4, 0.3, 500_000, 0.3, -0.4, 5_000_000), UTM),
    "south-up": (Affine(0.5, 0, 500_000, 0, 0.5, 5_000_000), UTM),
    "pixels": (Affine.identity(), None),
}


def random_levels(channels, height, width, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (channels, height, width), dtype=np.uint8)


def cut(levels, cuts=()):
    edges = [0, *cuts, levels.shape[1]]
    return [Strip(top=a, levels=levels[:, a:b]) for a, b in pairwise(edges)]


def grid_for(levels, transform=NORTH_UP, crs=UTM):
    return Grid(transform, crs, levels.shape[2], levels.shape[1])


def write(path, levels, cuts=(), grid=None, tags=None):
    write_probability(
        cut(levels, cuts),
        path,
        grid=grid or grid_for(levels),
        expressions=[f"dach «{n}»" for n in range(len(levels))],
        tags=tags or {},
    )


def read_all(raster):
    strips = list(raster.strips())
    tops = np.cumsum([0, *(strip.levels.shape[1] for strip in strips)])
    assert [strip.top for strip in strips] == tops[:-1].tolist()
    return np.concatenate([strip.levels for strip in strips], axis=1)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
def test_bands_are_bands_not_colours(tmp_path, channels):
    levels = random_levels(channels, 40, 30)
    write(tmp_path / "p.tif", levels, tags={"TIFFTAG_SOFTWARE": "rrsis-geo 9"})
    with rasterio.open(tmp_path / "p.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(), levels)
        assert dataset.nodatavals == (255,) * channels
        assert dataset.descriptions == tuple(f"dach «{n}»" for n in range(channels))
        assert dataset.scales == pytest.approx((1 / 254,) * channels)
        assert dataset.tags()["TIFFTAG_SOFTWARE"] == "rrsis-geo 9"
        assert {c.name for c in dataset.colorinterp} <= {"gray", "undefined"}
        assert (dataset.crs, dataset.transform) == (UTM, NORTH_UP)


@pytest.mark.parametrize("place", PLACES)
def test_comes_back_from_any_place(tmp_path, place):
    levels = random_levels(2, 33, 21)
    grid = grid_for(levels, *PLACES[place])
    write(tmp_path / "p.tif", levels, grid=grid, tags={"WEIGHTS": "abc"})
    with ProbabilityRaster.open(tmp_path / "p.tif") as raster:
        assert raster.grid == grid
        assert raster.expressions == ("dach «0»", "dach «1»")
        assert raster.tags["WEIGHTS"] == "abc"
        np.testing.assert_array_equal(read_all(raster), levels)


@pytest.mark.parametrize("size", [(1, 1), (513, 1), (1, 513), (1025, 700), (1300, 530)])
def test_is_cloud_optimised_with_overviews(tmp_path, size):
    levels = random_levels(1, *size)
    write(tmp_path / "p.tif", levels, cuts=[c for c in (3, 600) if c < size[0]])
    with rasterio.open(tmp_path / "p.tif") as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.block_shapes == [(512, 512)]
        assert bool(dataset.overviews(1)) == (max(size) > 512)
        np.testing.assert_array_equal(dataset.read(1), levels[0])


def test_overviews_do_not_average_nodata_in(tmp_path):
    levels = np.full((1, 1024, 1024), 255, np.uint8)
    levels[0, :, 1::2] = 200
    write(tmp_path / "p.tif", levels)
    with rasterio.open(tmp_path / "p.tif", overview_level=0) as overview:
        assert set(np.unique(overview.read())) == {200}


def test_file_does_not_depend_on_how_rows_were_cut(tmp_path):
    levels = random_levels(2, 1200, 40)
    write(tmp_path / "one.tif", levels)
    write(tmp_path / "other.tif", levels, cuts=[1, 511, 512, 514, 1100])
    one, other = (tmp_path / "one.tif").read_bytes(), (tmp_path / "other.tif")
    assert one == other.read_bytes()


def test_missing_rows_are_an_error_and_leave_nothing(tmp_path):
    levels = random_levels(1, 50, 20)
    for strips in (cut(levels, [10])[1:], cut(levels, [10])[:1]):
        with pytest.raises(EngineError, match="missing"):
            write_probability(
                strips,
                tmp_path / "p.tif",
                grid=grid_for(levels),
                expressions=["x"],
                tags={},
            )
    assert list(tmp_path.iterdir()) == []


def test_stopped_run_leaves_the_old_raster(tmp_path):
    levels = random_levels(1, 1200, 600)
    path = tmp_path / "p.tif"
    path.write_bytes(b"old")

    def strips():
        yield cut(levels, [700])[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_probability(
            strips(), path, grid=grid_for(levels), expressions=["x"], tags={}
        )
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["p.tif"]


@pytest.mark.parametrize("missing", [1, 3_000, 20_000, 300_000, 1_000_000])
def test_full_disk_is_noticed_wherever_it_strikes(tmp_path, missing, limit_file_size):
    levels = random_levels(1, 900, 900)
    path = tmp_path / "p.tif"
    write(path, levels)
    size = path.stat().st_size
    path.write_bytes(b"old")
    with limit_file_size(size - missing), pytest.raises(OutputError) as caught:
        write(path, levels)
    assert str(caught.value).startswith(f"{path}: ")
    assert "written" in str(caught.value)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["p.tif"]


# rasters of other tools


def foreign(path, bands, **profile):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(bands),
        height=bands.shape[1],
        width=bands.shape[2],
        dtype=bands.dtype,
        crs=UTM,
        transform=NORTH_UP,
        **profile,
    ) as dataset:
        dataset.write(bands)
    return path


def levels_of(path):
    with ProbabilityRaster.open(path) as raster:
        return read_all(raster)


def test_float_probabilities_with_nan_and_nodata(tmp_path):
    values = np.array([[[0, 0.5, 1, np.nan, -9999]]], np.float32)
    path = foreign(tmp_path / "p.tif", values, nodata=-9999)
    assert levels_of(path).tolist() == [[[0, 127, 254, 255, 255]]]
    with ProbabilityRaster.open(path) as raster:
        assert raster.expressions == ("band 1",)


def test_bytes_without_nodata_keep_255_as_certain(tmp_path):
    values = np.array([[[0, 127, 254, 255]]], np.uint8)
    path = foreign(tmp_path / "p.tif", values)
    assert levels_of(path).tolist() == [[[0, 127, 254, 254]]]


def test_bytes_with_another_nodata(tmp_path):
    values = np.array([[[0, 127, 254, 255]]], np.uint8)
    path = foreign(tmp_path / "p.tif", values, nodata=0)
    assert levels_of(path).tolist() == [[[255, 127, 254, 254]]]


def test_scale_of_another_tool_is_applied(tmp_path):
    path = foreign(tmp_path / "p.tif", np.array([[[0, 50, 100]]], np.uint8))
    with rasterio.open(path, "r+") as dataset:
        dataset.scales = (0.01,)
    assert levels_of(path).tolist() == [[[0, 127, 254]]]


def test_striped_raster_is_read_in_bounded_pieces(tmp_path):
    values = random_levels(1, 5000, 6)
    path = foreign(tmp_path / "p.tif", values, blockysize=5000, nodata=255)
    with ProbabilityRaster.open(path) as raster:
        assert max(strip.levels.shape[1] for strip in raster.strips()) <= 2048
        np.testing.assert_array_equal(read_all(raster), values)


@pytest.mark.parametrize("value", [-0.5, 1.5, np.inf])
def test_numbers_that_are_no_probabilities_are_refused(tmp_path, value):
    values = np.array([[[0, value]]], np.float32)
    path = foreign(tmp_path / "p.tif", values)
    with pytest.raises(SceneError, match=f"band 1 holds {value:g}"):
        levels_of(path)


def test_other_types_are_refused(tmp_path):
    path = foreign(tmp_path / "p.tif", np.array([[[0, 7]]], np.uint16))
    with pytest.raises(SceneError, match="holds uint16"):
        levels_of(path)


def test_a_raster_of_very_many_bands_is_refused(tmp_path):
    path = tmp_path / "many.tif"
    profile = {"driver": "GTiff", "width": 1, "height": 1, "dtype": "uint8"}
    place = {"crs": "EPSG:32632", "transform": Affine(1, 0, 5, 0, -1, 5)}
    with rasterio.open(path, "w", count=1001, **profile, **place):
        pass
    with pytest.raises(SceneError, match=r"many.tif: has 1,001 bands"):
        levels_of(path)


def test_what_is_no_raster_is_refused(tmp_path):
    (tmp_path / "p.tif").write_text("hello")
    for path in (tmp_path / "p.tif", tmp_path / "none.tif"):
        with pytest.raises(SceneError, match=r"not a raster that GDAL|no such file"):
            levels_of(path)


def test_cut_off_raster_is_an_error(tmp_path):
    path = foreign(tmp_path / "p.tif", random_levels(1, 300, 300), nodata=255)
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(SceneError, match=r"cut off|cannot be opened"):
        levels_of(path)


def test_raster_without_place_opens_without_a_warning(tmp_path):
    levels = random_levels(1, 5, 5)
    profile = {"driver": "GTiff", "count": 1, "width": 5, "height": 5, "nodata": 255}
    path = tmp_path / "p.tif"
    with (
        pytest.warns(NotGeoreferencedWarning),
        rasterio.open(path, "w", dtype="uint8", **profile) as dataset,
    ):
        dataset.write(levels)
    with ProbabilityRaster.open(path) as raster:
        assert raster.grid == grid_for(levels, *PLACES["pixels"])
    np.testing.assert_array_equal(levels_of(path), levels)
