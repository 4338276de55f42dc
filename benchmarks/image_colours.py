"""Colours of outlines on an image in memory, as a run measures them on its scene."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.matching.mean_colours import ColoursOf, mean_colours
from rrsis_geo.matching.outline_pixels import outlines_in_pixels
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Patch


def colours_on(pixels: NDArray[np.uint8], grid: Grid) -> ColoursOf:
    """Measure colours of outlines in the CRS of a grid on (3, H, W) pixels under it."""
    _, height, width = pixels.shape
    patch = Patch(
        window=Window(0, 0, width, height),
        pixels=pixels,
        valid=np.ones((height, width), np.bool_),
    )
    factor = np.array([width / grid.width, height / grid.height])

    def colours_of(outlines: NDArray[np.object_]) -> NDArray[np.float64]:
        moved = outlines_in_pixels(outlines, grid)
        return mean_colours(shapely.transform(moved, lambda xy: xy * factor), [patch])

    return colours_of
