"""Comparisons of size, and the shapes of outlines.

The area of an object that the frame cuts lies between its visible area and the area
that it may have beyond the frame. Comparisons hold for every area in between, or are
left in doubt.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.region_bands import Verdicts
from rrsis_geo.language.nodes import Shape

CLEARLY_LARGER = 1.25
"""Least ratio of areas at which one object is clearly larger than another."""

TWO_SIZES = 1.8
"""Least ratio of areas that splits a set into big and small objects."""


def run_by_size(
    measured: Measurements, rows: NDArray[np.int64], order: str, rank: int, count: int
) -> NDArray[np.int64] | None:
    """Rows of the run that starts at the rank-th by size; None if in doubt."""
    low, high = measured.area[rows], measured.area_limit[rows]
    by_size = np.argsort(low if order == "smallest" else -low, kind="stable")
    first, last = rank - 1, rank - 1 + count
    if last > len(rows) or count == len(rows):
        return None
    chosen = by_size[first:last]
    for before, after in ((by_size[:first], chosen), (chosen, by_size[last:])):
        if not (before.size and after.size):
            continue
        smaller, larger = (before, after) if order == "smallest" else (after, before)
        if low[larger].min() < CLEARLY_LARGER * high[smaller].max():
            return None
    picked = rows[chosen]
    return None if measured.sliver[picked].any() else picked


def size_class(
    measured: Measurements, rows: NDArray[np.int64], kind: str
) -> NDArray[np.int64] | None:
    """Rows of the big or small ones of a set of two sizes; None if it isn't one.

    The step between the two sizes must be clear, and much larger than the spread within
    either, so that neither contains a third size.
    """
    if len(rows) < 2 or measured.sliver[rows].any():
        return None
    low, high = measured.area[rows], measured.area_limit[rows]
    if not np.isfinite(high).all():
        return None
    order = np.argsort(low, kind="stable")
    step = low[order][1:] / high[order][:-1]
    split = int(np.argmax(step)) + 1
    small, big = order[:split], order[split:]
    ratio = low[big].min() / high[small].max()
    spread = max(high[one].max() / low[one].min() for one in (big, small))
    if ratio < TWO_SIZES or spread > ratio**0.6:
        return None
    return rows[big if kind == "big" else small]


def has_shape(
    measured: Measurements, rows: NDArray[np.int64], shape: Shape
) -> Verdicts:
    """(R,) surely of that shape, (R,) surely not; a cut outline is neither."""
    polygon = measured.polygon[rows]
    frame = shapely.minimum_rotated_rectangle(polygon)
    ring = shapely.get_exterior_ring(frame)
    corner = [shapely.get_coordinates(shapely.get_point(ring, at)) for at in range(3)]
    first, second = corner[1] - corner[0], corner[2] - corner[1]
    length = np.hypot(*first.T), np.hypot(*second.T)
    long = np.where((length[0] >= length[1])[:, None], first, second)
    ratio = np.maximum(*length) / np.maximum(np.minimum(*length), 1e-9)
    area = measured.area[rows]
    fill = area / np.maximum(length[0] * length[1], 1e-9)
    roundness = 4 * np.pi * area / shapely.length(polygon) ** 2
    whole = ~measured.cut[rows].any(axis=1) & (area >= 40)
    if shape == "elongated":
        yes, no = ratio >= 3.0, ratio <= 2.0
    elif shape == "round":
        yes, no = (roundness >= 0.88) & (ratio <= 1.15), roundness <= 0.80
    elif shape == "square":
        yes = (ratio <= 1.12) & (fill >= 0.93)
        no = (ratio >= 1.35) | (fill <= 0.75)
    else:
        steep = np.degrees(np.arctan2(np.abs(long[:, 1]), np.abs(long[:, 0])))
        turn = steep if shape == "horizontal" else 90 - steep
        yes = (ratio >= 1.8) & (turn <= 15)
        no = (ratio >= 1.8) & (turn >= 35)
    return yes & whole, no & whole
