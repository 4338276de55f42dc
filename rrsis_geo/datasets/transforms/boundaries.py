"""Boundaries between touching objects, which keep them apart in a mask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.transforms.polygon_fill import layout_runs

BOUNDARY_REACH = 2
"""Pixels on either side of a border that belong to the boundary."""

MIN_AREA = 256.0
"""Square pixels; the boundary would be a good part of a smaller object."""

MAX_INT16 = np.iinfo(np.int16).max
"""Objects that can be numbered with two bytes."""


def draw_boundaries(layout: Layout, targets: Sequence[int]) -> NDArray[np.bool_]:
    """Draw (H, W) True where two of the targets meet.

    A network trained on one mask of many objects learns to paint over the gap between
    neighbours. With boundaries removed from the mask, it learns to leave a dip there,
    by which instances are split.

    Args:
        layout: Holds the objects.
        targets: Indices of the objects in the mask.
    """
    shape = (layout.height, layout.width)
    boundary = np.zeros(shape, bool)
    large = [index for index in targets if layout.areas[index] >= MIN_AREA]
    where = _meeting_area(layout.bounds[large], shape)
    if where is None:
        return boundary
    labels = layout_runs(layout).label_map(large)[where]
    if len(large) < MAX_INT16:
        labels = labels.astype(np.int16)  # half the bytes, twice the speed
    high = _filter(labels, np.maximum)
    background = np.iinfo(labels.dtype).max
    low = _filter(np.where(labels > 0, labels, background), np.minimum)
    boundary[where] = (labels > 0) & (low != high)
    return boundary


def _meeting_area(
    boxes: NDArray[np.float64], shape: tuple[int, int]
) -> tuple[slice, slice] | None:
    """Rows and columns of one rectangle around all places where two objects may meet.

    With the margin on which boundaries there depend; None where no two come near.
    """
    grown = boxes + np.array([-1, -1, 1, 1]) * (BOUNDARY_REACH + 1)
    one, other = np.triu_indices(len(grown), 1)
    low = np.maximum(grown[one, :2], grown[other, :2])
    high = np.minimum(grown[one, 2:], grown[other, 2:])
    meet = (low <= high).all(axis=1)
    if not meet.any():
        return None
    # A pixel within reach of two objects lies in both of their grown boxes.
    left, top = np.maximum(
        np.floor(low[meet].min(axis=0)).astype(int) - BOUNDARY_REACH, 0
    )
    right, bottom = np.ceil(high[meet].max(axis=0)).astype(int) + BOUNDARY_REACH
    if left >= shape[1] or top >= shape[0] or right <= 0 or bottom <= 0:
        return None
    return slice(top, bottom), slice(left, right)


def _filter(values: NDArray[np.signedinteger], extreme: np.ufunc) -> NDArray[Any]:
    """Maximum or minimum filter over `BOUNDARY_REACH` pixels to every side."""
    for axis in (0, 1):
        result = values.copy()
        for shift in range(1, BOUNDARY_REACH + 1):
            ahead, behind = [slice(None)] * 2, [slice(None)] * 2
            ahead[axis], behind[axis] = slice(shift, None), slice(None, -shift)
            one, other = result[tuple(ahead)], result[tuple(behind)]
            extreme(one, values[tuple(behind)], out=one)
            extreme(other, values[tuple(ahead)], out=other)
        values = result
    return values
