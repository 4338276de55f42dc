"""Images with labelled objects: what training and evaluation draw samples from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Written:
    """A referring expression that a person wrote for a whole image."""

    text: str
    targets: tuple[int, ...]
    """Indices into the layout's objects; empty = nothing in the image fits."""
    type: str
    """category, synonym, location, size, relation, attribute, no-target, ..."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledImage:
    """One image, its objects and what was written about them."""

    name: str
    path: Path
    layout: Layout
    place: str
    """Images of one place are never split between training and validation."""
    written: tuple[Written, ...] = ()
    rows: tuple[int, int] | None = None
    """Only these rows [top, bottom) of the file belong to the image."""
    mistakes: tuple[tuple[float, float], ...] = ()
    """Places (x, y) in pixels where a network was wrong; see `training.mistakes`."""

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB, read at first use and kept."""
        return read_rgb(self.path, rows=self.rows)


def read_rgb(path: Path, *, rows: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """(3, H, W) uint8 of a JPEG, PNG or 8-bit GeoTIFF, georeference ignored.

    Raises:
        DataError: the file is missing, broken or not 8 bits deep.
    """
    try:
        if path.suffix.lower() in {".tif", ".tiff"}:
            with rasterio.open(path) as dataset:
                if dataset.dtypes[0] != "uint8" or dataset.count < 3:
                    raise DataError(f"{path}: wanted three 8-bit bands")
                pixels = np.asarray(dataset.read((1, 2, 3)))
        else:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    except (OSError, rasterio.errors.RasterioError) as error:
        raise DataError(f"{path}: cannot be read as an image ({error})") from error
    top, bottom = rows or (0, pixels.shape[1])
    return np.ascontiguousarray(pixels[:, top:bottom])
