"""Where labelled objects touch: lines that keep neighbours apart in a mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.transforms.polygon_fill import fill_of

REACH = 2
"""Pixels on either side of a border that belong to the seam."""

LEAST = 256.0
"""Square pixels; a seam would eat a good part of a smaller object."""

MANY = np.iinfo(np.int16).max
"""Objects; fewer can be told apart with two bytes."""


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
    seam = np.zeros(shape, bool)
    large = [index for index in targets if layout.areas[index] >= LEAST]
    where = _meetings(layout.bounds[large], shape)
    if where is None:
        return seam
    names = fill_of(layout).names(large)[where]
    if len(large) < MANY:
        names = names.astype(np.int16)  # half the bytes, twice the speed
    high = _spread(names, np.maximum)
    low = _spread(np.where(names > 0, names, np.iinfo(names.dtype).max), np.minimum)
    seam[where] = (names > 0) & (low != high)
    return seam


def _meetings(
    boxes: NDArray[np.float64], shape: tuple[int, int]
) -> tuple[slice, slice] | None:
    """Rows and columns in which two objects come as near as a seam reaches.

    One rectangle around all such places, with what a seam there depends on.
    """
    grown = boxes + np.array([-1, -1, 1, 1]) * (REACH + 1)
    one, other = np.triu_indices(len(grown), 1)
    low = np.maximum(grown[one, :2], grown[other, :2])
    high = np.minimum(grown[one, 2:], grown[other, 2:])
    meet = (low <= high).all(axis=1)
    if not meet.any():
        return None
    # What is nearer to both than the reach lies in both grown boxes.
    left, top = np.maximum(np.floor(low[meet].min(axis=0)).astype(int) - REACH, 0)
    right, bottom = np.ceil(high[meet].max(axis=0)).astype(int) + REACH
    if left >= shape[1] or top >= shape[0] or right <= 0 or bottom <= 0:
        return None
    return slice(top, bottom), slice(left, right)


def _spread(values: NDArray[np.signedinteger], pick: np.ufunc) -> NDArray[Any]:
    """The largest or smallest value within `REACH` pixels, along rows, then columns."""
    for axis in (0, 1):
        found = values.copy()
        for shift in range(1, REACH + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(shift, None), slice(None, -shift)
            one, other = found[tuple(ahead)], found[tuple(behind)]
            pick(one, values[tuple(behind)], out=one)
            pick(other, values[tuple(ahead)], out=other)
        values = found
    return values
