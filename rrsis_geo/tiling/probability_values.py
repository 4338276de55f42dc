"""What the numbers of a raster from elsewhere stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from rasterio.enums import ColorInterp

from rrsis_geo.errors import SceneError
from rrsis_geo.scene.dataset import GDAL_FAILURES
from rrsis_geo.scene.read_failures import gdal_message
from rrsis_geo.types import LEVELS

RGB = {ColorInterp.red, ColorInterp.green, ColorInterp.blue}

PERCENT = 100


@dataclass(frozen=True, kw_only=True)
class ValueReading:
    """How bytes become probabilities."""

    factor: float | None = None
    """Probability of the value 1; None: as the file says, or levels of `LEVELS`."""
    notes: tuple[str, ...] = ()


def refuse_pictures(dataset: Any) -> None:
    """Refuse rasters that look like probabilities by their data type only.

    Raises:
        SceneError: it is a picture, has a colour table or an alpha band.
    """
    kinds = list(dataset.colorinterp)
    if set(kinds) >= RGB:
        raise SceneError(
            f"{dataset.name}: is a picture in red, green and blue, not probabilities; "
            "search it with segment, or if its bands are probabilities, say so "
            "(gdal_translate -colorinterp undefined,undefined,undefined)"
        )
    if ColorInterp.palette in kinds:
        raise SceneError(
            f"{dataset.name}: holds numbers of a colour table, not probabilities; "
            "write the wanted one as 1 and the others as 0 (gdal_calc.py)"
        )
    if ColorInterp.alpha in kinds:
        band = kinds.index(ColorInterp.alpha) + 1
        raise SceneError(
            f"{dataset.name}: band {band} is an alpha channel, not probabilities; keep "
            "the others (gdal_translate -b 1)"
        )


def find_reading(dataset: Any) -> ValueReading:
    """Find out what bytes without a scale stand for, from the largest one.

    Reads all of the raster, since a mask may hold a single object.

    Raises:
        SceneError: it cannot be read.
    """
    byte_bands = [
        band
        for band in dataset.indexes
        if dataset.dtypes[band - 1] == "uint8"
        and dataset.scales[band - 1] == 1
        and dataset.offsets[band - 1] == 0
    ]
    if not byte_bands:
        return ValueReading()
    largest = 0
    try:
        for _, window in dataset.block_windows(byte_bands[0]):
            for band in byte_bands:
                values = dataset.read(band, window=window)
                valid = dataset.read_masks(band, window=window) > 0
                largest = max(largest, int(np.where(valid, values, 0).max()))
            if largest > PERCENT:
                return ValueReading()
    except GDAL_FAILURES as error:
        raise SceneError(
            f"{dataset.name}: cannot be read: {gdal_message(error)}"
        ) from error
    name = f"{dataset.name}: its largest value is {largest}"
    if largest == 0:
        return ValueReading()
    if largest == 1:
        return ValueReading(
            factor=1.0, notes=(f"{name}, so it is taken for a mask, 1 being certain",)
        )
    if largest == PERCENT:
        return ValueReading(
            factor=1 / PERCENT, notes=(f"{name}, so it is taken for percent",)
        )
    return ValueReading(
        notes=(
            f"{name} and is taken for a probability of {largest / LEVELS:.2g}, as "
            f"{LEVELS} is for 1; if the numbers are percent, say so (gdal_edit.py "
            "-scale 0.01), if they are classes, write the wanted one as 1",
        )
    )
