"""What is taken for probabilities, and what is refused."""

import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

from rrsis_geo.errors import SceneError
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import LEVELS, NODATA


def write(path, pixels, colors=None, colormap=None, scale=None, **profile):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        dataset = rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=pixels.shape[1],
            width=pixels.shape[2],
            count=len(pixels),
            dtype=pixels.dtype,
            crs="EPSG:32632",
            transform=Affine(1, 0, 5e5, 0, -1, 5e6),
            **profile,
        )
    with dataset:
        if colors is not None:
            dataset.colorinterp = [ColorInterp[name] for name in colors]
        dataset.write(pixels)
        if colormap is not None:
            dataset.write_colormap(1, colormap)
        if scale is not None:
            dataset.scales = (scale,) * len(pixels)
    return path


def blank(value=0, bands=1, dtype=np.uint8):
    return np.full((bands, 40, 50), value, dtype)


def levels(path):
    with ProbabilityRaster.open(path) as raster:
        read = np.concatenate([strip.levels for strip in raster.strips()], axis=1)
        return read, " ".join(raster.notes)


@pytest.mark.parametrize(
    ("largest", "level", "note"),
    [
        (1, LEVELS, "taken for a mask"),
        (100, LEVELS, "taken for percent"),
        (5, 5, "if they are classes"),
        (87, 87, "if the numbers are percent"),
        (200, 200, ""),
        (254, 254, ""),
        (0, 0, ""),
    ],
)
@pytest.mark.parametrize("nodata", [None, 255])
def test_the_largest_byte_tells_what_bytes_mean(tmp_path, largest, level, note, nodata):
    pixels = blank()
    pixels[0, 30, 40] = largest
    if nodata is not None:
        pixels[0, :, :5] = nodata
    read, said = levels(write(tmp_path / "p.tif", pixels, nodata=nodata))
    assert read[0, 30, 40] == level
    assert read[0, 0, 0] == (0 if nodata is None else NODATA)
    assert note in said
    assert bool(note) == bool(said)


def test_half_percent_and_several_bands_share_one_reading(tmp_path):
    pixels = blank(bands=2)
    pixels[0, 3, 3], pixels[1, 5, 5] = 50, 100
    read, _ = levels(write(tmp_path / "p.tif", pixels, photometric="minisblack"))
    assert read[0, 3, 3] == LEVELS // 2
    assert read[1, 5, 5] == LEVELS


def test_a_scale_in_the_file_is_believed(tmp_path):
    read, said = levels(write(tmp_path / "p.tif", blank(50), scale=0.01))
    assert (read == LEVELS // 2).all()
    assert said == ""


def test_a_mask_of_255_and_a_float_mask_are_what_they_are(tmp_path):
    pixels = blank()
    pixels[0, 3, 3] = 255
    assert levels(write(tmp_path / "p.tif", pixels))[0][0, 3, 3] == LEVELS
    floats = pixels.astype(np.float32) / 255
    assert levels(write(tmp_path / "f.tif", floats))[0][0, 3, 3] == LEVELS


@pytest.mark.parametrize(
    ("bands", "options", "reason"),
    [
        (3, {"photometric": "RGB"}, "is a picture in red, green and blue"),
        (4, {"photometric": "RGB"}, "is a picture in red, green and blue"),
        (3, {"colors": ["blue", "green", "red"]}, "is a picture"),
        (1, {"colormap": {0: (0, 0, 0), 1: (9, 9, 9)}}, "numbers of a colour table"),
        (2, {"colors": ["gray", "alpha"]}, "band 2 is an alpha channel"),
    ],
)
def test_pictures_are_refused(tmp_path, bands, options, reason):
    path = write(tmp_path / "p.tif", blank(1, bands), **options)
    with pytest.raises(SceneError, match=reason), ProbabilityRaster.open(path):
        pass


def test_a_jpeg_photograph_is_refused(tmp_path):
    path = write(tmp_path / "p.tif", blank(90, 3), photometric="YCBCR", compress="jpeg")
    with pytest.raises(SceneError, match="is a picture"), ProbabilityRaster.open(path):
        pass
