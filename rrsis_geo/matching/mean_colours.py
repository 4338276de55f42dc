"""The mean colours of objects, from the pixels inside their outlines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize

from rrsis_geo.scene.grid import window_box
from rrsis_geo.types import Patch

Values = NDArray[np.float64]

ColoursOf = Callable[[NDArray[np.object_]], Values]
"""(N,) outlines in the CRS of a scene -> their (N, 3) mean colours; see
`mean_colours`."""


def mean_colours(outlines: NDArray[np.object_], patches: Iterable[Patch]) -> Values:
    """Mean colours of objects over the valid pixels whose centres lie inside.

    Where outlines overlap, a pixel belongs to the smallest.

    Args:
        outlines: (N,) in pixels of the patches' grid.
        patches: Parts of the image, without overlap.

    Returns:
        (N, 3) red, green and blue, 0 to 1; NaN where no pixel is valid.
    """
    total, count = np.zeros((len(outlines), 3)), np.zeros(len(outlines))
    tree = shapely.STRtree(outlines)
    area = shapely.area(outlines)
    for patch in patches:
        window = patch.window
        rows = tree.query(window_box(window))
        if not len(rows):
            continue
        rows = rows[np.argsort(-area[rows], kind="stable")]  # the last one drawn stays
        number = rasterize(
            zip(outlines[rows], range(1, len(rows) + 1), strict=True),
            out_shape=patch.valid.shape,
            transform=Affine.translation(window.col_off, window.row_off),
            dtype="int32",
        )
        inside = (number > 0) & patch.valid
        at = rows[number[inside] - 1]
        count += np.bincount(at, minlength=len(outlines))
        for band in range(3):
            values = patch.pixels[band][inside]
            total[:, band] += np.bincount(at, values, minlength=len(outlines))
    with np.errstate(invalid="ignore"):
        mean: Values = total / count[:, None] / 255
    return mean
