"""Areas that polygons share, for many pairs at once.

Most pairs of what a network painted for two texts, or at two thresholds, are the same
polygon twice or one inside the other. Their shared area needs no intersection, which
is what takes time where there are thousands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Values = NDArray[np.float64]

INTERIORS_MEET = "T********"
"""Pattern of the DE-9IM."""

COVERED = "T*****FF*"
"""The second lies in the first. `shapely.covers` says the same, but not by the prepared
one where the boundaries touch."""

ROUNDING = 1e-9
"""Relative error of an area."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Overlaps:
    """Pairs of polygons that share some area."""

    one: Rows
    """(P,) rows of the first array."""
    other: Rows
    """(P,) rows of the second array."""
    area: Values
    """(P,) shared area, above 0."""


def overlaps(
    shapes: NDArray[np.object_],
    others: NDArray[np.object_],
    *,
    share: float = 0.0,
    later: bool = False,
) -> Overlaps:
    """Pairs of polygons that overlap, with the shared area.

    Args:
        shapes: (N,) polygons.
        others: (M,) polygons.
        share: Pairs whose bounds show that less than this share of the smaller area is
            common may be left out.
        later: Only pairs whose first row is the larger number: each pair once, for an
            array with itself.

    Returns:
        Sorted by `one`, then `other`.
    """
    if not len(shapes) or not len(others):
        return Overlaps(one=_no_rows(), other=_no_rows(), area=np.zeros(0))
    one, other = shapely.STRtree(others).query(shapes)
    if later:
        keep = one > other
        one, other = one[keep], other[keep]
    smaller = np.minimum(shapely.area(shapes)[one], shapely.area(others)[other])
    common = _shared_bounds(shapely.bounds(shapes)[one], shapely.bounds(others)[other])
    keep = (common > 0) & (common >= share * smaller * (1 - ROUNDING))
    one, other = one[keep], other[keep]
    order = np.lexsort((other, one))
    one, other = one[order], other[order]
    area = shared_areas(shapes[one], others[other])
    keep = area > 0
    return Overlaps(one=one[keep], other=other[keep], area=area[keep])


def shared_areas(shapes: NDArray[np.object_], others: NDArray[np.object_]) -> Values:
    """(P,) area that each of some polygons shares with the other at its place."""
    areas, other_areas = shapely.area(shapes), shapely.area(others)
    same = (areas == other_areas) & shapely.equals_exact(shapes, others, 0)
    shared = np.where(same, areas, 0.0)
    rest = np.flatnonzero(~same)
    # neighbours that only touch are many, as outlines follow pixels
    rest = rest[_interiors_meet(shapes[rest], others[rest])]
    within = areas[rest] <= other_areas[rest]
    outer = np.where(within, others[rest], shapes[rest])
    inner = np.where(within, shapes[rest], others[rest])
    shapely.prepare(outer)
    inside = shapely.relate_pattern(outer, inner, COVERED)
    shared[rest[inside]] = np.minimum(areas, other_areas)[rest[inside]]
    rest = rest[~inside]
    shared[rest] = shapely.area(shapely.intersection(shapes[rest], others[rest]))
    return shared


def _interiors_meet(
    shapes: NDArray[np.object_], others: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """(P,) whether the interiors of polygons have a point in common.

    Of each pair the one with more corners is prepared, which is done once for each
    object: a block of a dense town has some ten thousand, and thousands of neighbours.
    """
    swap = shapely.get_num_coordinates(shapes) > shapely.get_num_coordinates(others)
    larger = np.where(swap, shapes, others)
    smaller = np.where(swap, others, shapes)
    shapely.prepare(larger)
    return np.asarray(shapely.relate_pattern(larger, smaller, INTERIORS_MEET), np.bool_)


def _shared_bounds(one: Values, other: Values) -> Values:
    """(P,) area that bounds (P, 4) have in common."""
    low = np.maximum(one[:, :2], other[:, :2])
    high = np.minimum(one[:, 2:], other[:, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0.0), axis=1), np.float64)


def _no_rows() -> Rows:
    return np.zeros(0, np.intp)
