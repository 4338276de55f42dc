"""Images with labelled objects, from which training and validation draw samples."""

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
class WrittenExpression:
    """A referring expression that a person wrote about a whole image."""

    text: str
    targets: tuple[int, ...]
    """Indices of objects of the layout; empty: nothing in the image is meant."""
    type: str
    """category, synonym, location, size, relation, attribute, no-target, ..."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelledImage:
    """An image, its objects and the expressions that people wrote about it."""

    name: str
    path: Path
    layout: Layout
    place: str
    """Images of one place are never split between training and validation."""
    written: tuple[WrittenExpression, ...] = ()
    rows: tuple[int, int] | None = None
    """Rows [top, bottom) of the file that are the image; None: all."""
    mistakes: tuple[tuple[float, float], ...] = ()
    """(x, y) in pixels of objects that a network predicted by mistake; see
    `training.data.hard_negatives`."""

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB, read at first use and cached."""
        return read_rgb(self.path, rows=self.rows)


def read_rgb(path: Path, *, rows: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Read a JPEG, PNG or 8-bit GeoTIFF as (3, H, W) uint8; georeference is ignored.

    Args:
        path: The file.
        rows: Rows [top, bottom) to return; None: all.

    Raises:
        DataError: The file is missing, broken or not 8 bits deep.
    """
    try:
        if path.suffix.lower() in {".tif", ".tiff"}:
            with rasterio.open(path) as dataset:
                if dataset.dtypes[0] != "uint8" or dataset.count < 3:
                    raise DataError(
                        f"{path}: has {dataset.count} bands of {dataset.dtypes[0]}; "
                        "three bands of uint8 are needed (gdal_translate -ot Byte)"
                    )
                pixels = np.asarray(dataset.read((1, 2, 3)))
        else:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
    except (OSError, rasterio.errors.RasterioError) as error:
        raise DataError(f"{path}: cannot be read as an image ({error})") from error
    top, bottom = rows or (0, pixels.shape[1])
    return np.ascontiguousarray(pixels[:, top:bottom])
