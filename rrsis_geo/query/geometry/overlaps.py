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

MANY_CORNERS = 128
"""Corners from which on a polygon is prepared for comparisons."""

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
    shapes: NDArray[np.object_], others: NDArray[np.object_], *, apart: bool = False
) -> Overlaps:
    """Pairs of polygons that overlap, with the shared area.

    Args:
        shapes: (N,) polygons.
        others: (M,) polygons.
        apart: The other polygons share no area with each other, as those of one text
            at one level. Then one that lies inside another needs no comparison with
            the neighbours of that, which are many in a dense town.

    Returns:
        Sorted by `one`, then `other`.
    """
    one, other = _pairs_of_boxes(shapes, others)
    if apart:
        one, other, area = _shared_with_apart(shapes, others, one, other)
    else:
        area = shared_areas(shapes[one], others[other])
    keep = area > 0
    return Overlaps(one=one[keep], other=other[keep], area=area[keep])


def pairs_sharing(
    share: float, shapes: NDArray[np.object_], others: NDArray[np.object_]
) -> tuple[Rows, Rows]:
    """Pairs that have more than a share of the smaller one's area in common.

    Of most pairs the boxes tell: polygons share no more than their boxes do, and no
    less than areas of that size must within the two boxes.

    Args:
        share: Between 0 and 1.
        shapes: (N,) polygons.
        others: (M,) polygons that share no area with each other.

    Returns:
        (P,) rows of the first array and (P,) of the second.
    """
    one, other = _pairs_of_boxes(shapes, others)
    bounds, other_bounds = shapely.bounds(shapes[one]), shapely.bounds(others[other])
    areas, other_areas = shapely.area(shapes[one]), shapely.area(others[other])
    asked = share * np.minimum(areas, other_areas)
    most = _shared_bounds(bounds, other_bounds)
    around = _shared_bounds(bounds, bounds) + _shared_bounds(other_bounds, other_bounds)
    least = areas + other_areas - (around - most)
    sure = least > asked + ROUNDING * around
    unsure = ~sure & (most >= asked - ROUNDING * around)
    pairs = one[unsure], other[unsure]
    first, second, area = _shared_with_apart(shapes, others, *pairs)
    smaller = np.minimum(shapely.area(shapes[first]), shapely.area(others[second]))
    # exact halves are common along pixels; one way to measure decides of all of them
    even = np.flatnonzero(np.abs(area - share * smaller) <= ROUNDING * smaller)
    both = shapely.intersection(shapes[first[even]], others[second[even]])
    area[even] = shapely.area(both)
    more = area > share * smaller
    return (
        np.concatenate([one[sure], first[more]]),
        np.concatenate([other[sure], second[more]]),
    )


def _pairs_of_boxes(
    shapes: NDArray[np.object_], others: NDArray[np.object_]
) -> tuple[Rows, Rows]:
    """(P,) rows of polygons whose boxes share area; sorted by the first array."""
    if len(others) <= len(shapes):
        one, other = shapely.STRtree(others).query(shapes)
    else:  # to build a tree takes longer than to ask it
        other, one = shapely.STRtree(shapes).query(others)
    bounds, other_bounds = shapely.bounds(shapes), shapely.bounds(others)
    low = np.maximum(bounds[one, :2], other_bounds[other, :2])
    high = np.minimum(bounds[one, 2:], other_bounds[other, 2:])
    meet = (low < high).all(axis=1)
    one, other = one[meet], other[meet]
    order = np.lexsort((other, one))
    return one[order], other[order]


def _shared_with_apart(
    shapes: NDArray[np.object_], others: NDArray[np.object_], one: Rows, other: Rows
) -> tuple[Rows, Rows, Values]:
    """Pairs and shared areas where the other polygons share no area with each other."""
    inside = _covered(shapes[one], others[other])
    settled = np.zeros(len(shapes), np.bool_)
    settled[one[inside]] = True
    keep = inside | ~settled[one]
    one, other, inside = one[keep], other[keep], inside[keep]
    area = shapely.area(shapes[one])
    area[~inside] = shared_areas(shapes[one[~inside]], others[other[~inside]])
    return one, other, area


def shared_areas(shapes: NDArray[np.object_], others: NDArray[np.object_]) -> Values:
    """(P,) area that each of some polygons shares with the other at its place."""
    areas, other_areas = shapely.area(shapes), shapely.area(others)
    within = areas <= other_areas
    inner, outer = np.where(within, (shapes, others), (others, shapes))
    inside = _covered(inner, outer)
    shared = np.where(inside, np.minimum(areas, other_areas), 0.0)
    rest = np.flatnonzero(~inside)
    # neighbours that only touch are many, as outlines follow pixels
    rest = rest[_interiors_meet(shapes[rest], others[rest])]
    shared[rest] = shapely.area(shapely.intersection(shapes[rest], others[rest]))
    return shared


def _covered(
    shapes: NDArray[np.object_], others: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """(P,) whether polygons are the same as the others, or lie in them."""
    bounds, other_bounds = shapely.bounds(shapes), shapely.bounds(others)
    low = (bounds[:, :2] >= other_bounds[:, :2]).all(axis=1)
    high = (bounds[:, 2:] <= other_bounds[:, 2:]).all(axis=1)
    covered: NDArray[np.bool_] = np.logical_and(low, high)
    pairs = np.flatnonzero(covered)
    same = shapely.equals_exact(shapes[pairs], others[pairs], 0)
    pairs = pairs[~same]
    _prepare_large(others[pairs])
    covered[pairs] = shapely.relate_pattern(others[pairs], shapes[pairs], COVERED)
    return covered


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
    _prepare_large(larger)
    return np.asarray(shapely.relate_pattern(larger, smaller, INTERIORS_MEET), np.bool_)


def _prepare_large(shapes: NDArray[np.object_]) -> None:
    """Index the edges of polygons, where that takes less time than it saves."""
    shapely.prepare(shapes[shapely.get_num_coordinates(shapes) > MANY_CORNERS])


def _shared_bounds(one: Values, other: Values) -> Values:
    """(P,) area that bounds (P, 4) have in common."""
    low = np.maximum(one[:, :2], other[:, :2])
    high = np.minimum(one[:, 2:], other[:, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0.0), axis=1), np.float64)
