"""Images in which it is unsure what some pixels show; those are black in training."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from rrsis_geo.datasets.labelled_image import LabelledImage, read_rgb


@dataclass(frozen=True, kw_only=True, eq=False)
class UnsureImage(LabelledImage):
    """An image with black pixels where the labels are unsure."""

    unsure: tuple[BaseGeometry, ...] = ()
    """In pixels."""

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB, read at first use and cached."""
        pixels = self.read()
        if self.unsure:
            pixels[:, rasterize(self.unsure, out_shape=pixels.shape[1:]) > 0] = 0
        return pixels

    def read(self) -> NDArray[np.uint8]:
        """Return (3, H, W), an array of its own."""
        return read_rgb(self.path, rows=self.rows)
