"""Where labelled objects touch: lines that keep neighbours apart in a mask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize

from rrsis_geo.labels import Layout

REACH = 2
"""Pixels on either side of a border that belong to the seam."""

LEAST = 256.0
"""Square pixels; a seam would eat a good part of a smaller object."""


def draw_seams(layout: Layout, targets: Sequence[int]) -> NDArray[np.bool_]:
    """(H, W) True where two of the targets meet.

    A network that is shown one mask of many objects learns to paint over the gap
    between neighbours. Taken out of the mask, the seam teaches it to leave a dip there,
    by which the vectorizer tells touching objects apart.

    Args:
        layout: holds the objects.
        targets: indices of the objects in the mask.
    """
    shape = (layout.height, layout.width)
    large = [
        layout.objects[index].polygon
        for index in targets
        if layout.objects[index].polygon.area >= LEAST
    ]
    if len(large) < 2:
        return np.zeros(shape, bool)
    names = rasterize(
        [(polygon, number) for number, polygon in enumerate(large, start=1)],
        out_shape=shape,
        dtype="int32",
    )
    nobody = np.iinfo(np.int32).max
    high = _spread(names, np.maximum)
    low = _spread(np.where(names > 0, names, nobody), np.minimum)
    seam: NDArray[np.bool_] = (names > 0) & (low != high)
    return seam


def _spread(values: NDArray[np.int32], pick: np.ufunc) -> NDArray[np.int32]:
    """The largest or smallest value within `REACH` pixels, along rows, then columns."""
    for axis in (0, 1):
        found = values.copy()
        for shift in range(1, REACH + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(shift, None), slice(None, -shift)
            one, other = tuple(ahead), tuple(behind)
            found[one] = pick(found[one], values[other])
            found[other] = pick(found[other], values[one])
        values = found
    return values
