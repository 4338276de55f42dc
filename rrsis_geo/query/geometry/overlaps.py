"""Areas that polygons share, for many pairs at once.

Most pairs of what a network predicted for two texts, or at two thresholds, are the same
polygon twice or one inside the other. Their shared area needs no intersection, which
is what takes time where there are thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.geometry.known_areas import KnownAreas

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


class Shapes:
    """N polygons, each measured once for all pairs that it is in."""

    def __init__(
        self, geometry: NDArray[np.object_], known: KnownAreas | None = None
    ) -> None:
        """Start with nothing measured.

        Args:
            geometry: (N,) polygons.
            known: What polygons of the scene share, as far as it was measured; None:
                nothing is known or remembered.
        """
        self.geometry = geometry
        self.known = known

    def __len__(self) -> int:
        return len(self.geometry)

    def take(self, rows: Rows) -> Shapes:
        """Those at some rows, each once."""
        if len(rows) == len(self):
            return self
        return Shapes(self.geometry[rows], self.known)

    @cached_property
    def numbers(self) -> Rows:
        """(N,) rows of `known`."""
        if self.known is None:
            return np.full(len(self), -1, np.intp)
        return self.known.rows.find(self.geometry)

    @cached_property
    def area(self) -> Values:
        """(N,)"""
        return np.asarray(shapely.area(self.geometry), np.float64)

    @cached_property
    def bounds(self) -> Values:
        """(N, 4) least x and y, greatest x and y."""
        return np.asarray(shapely.bounds(self.geometry), np.float64)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Of the boxes."""
        return shapely.STRtree(self.geometry)


def overlaps(shapes: Shapes, others: Shapes, *, apart: bool = False) -> Overlaps:
    """Pairs of polygons that overlap, with the shared area.

    Args:
        shapes: N polygons.
        others: M polygons.
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
        area = _shared(shapes, others, one, other)
    keep = area > 0
    return Overlaps(one=one[keep], other=other[keep], area=area[keep])


def pairs_sharing(share: float, shapes: Shapes, others: Shapes) -> tuple[Rows, Rows]:
    """Pairs that have more than a share of the smaller one's area in common.

    Of most pairs the boxes tell.

    Args:
        share: Between 0 and 1.
        shapes: N polygons.
        others: M polygons that share no area with each other.

    Returns:
        (P,) rows of the first and (P,) of the second.
    """
    one, other = _pairs_of_boxes(shapes, others)
    asked = share * np.minimum(shapes.area[one], others.area[other])
    least, most = _bounds_of_shared(shapes, others, one, other)
    sure = least > asked
    unsure = ~sure & (most >= asked)
    pairs = one[unsure], other[unsure]
    first, second, area = _shared_with_apart(shapes, others, *pairs)
    if shapes.known is not None:
        shapes.known.keep(shapes.numbers[first], others.numbers[second], area)
    smaller = np.minimum(shapes.area[first], others.area[second])
    # exact halves are common along pixels; one way to measure decides of all of them
    even = np.flatnonzero(np.abs(area - share * smaller) <= ROUNDING * smaller)
    both = shapely.intersection(
        shapes.geometry[first[even]], others.geometry[second[even]]
    )
    area[even] = shapely.area(both)
    more = area > share * smaller
    return (
        np.concatenate([one[sure], first[more]]),
        np.concatenate([other[sure], second[more]]),
    )


def shared_areas(shapes: NDArray[np.object_], others: NDArray[np.object_]) -> Values:
    """(P,) area that each of some polygons shares with the other at its place."""
    each = np.arange(len(shapes))
    return _shared(Shapes(shapes), Shapes(others), each, each)


def _pairs_of_boxes(shapes: Shapes, others: Shapes) -> tuple[Rows, Rows]:
    """(P,) rows of polygons whose boxes share area; sorted by the first array."""
    if len(others) <= len(shapes):
        one, other = others.tree.query(shapes.geometry)
    else:  # to build a tree takes longer than to ask it
        other, one = shapes.tree.query(others.geometry)
    bounds, other_bounds = shapes.bounds[one], others.bounds[other]
    low = np.maximum(bounds[:, :2], other_bounds[:, :2])
    high = np.minimum(bounds[:, 2:], other_bounds[:, 2:])
    meet = (low < high).all(axis=1)
    one, other = one[meet], other[meet]
    order = np.lexsort((other, one))
    return one[order], other[order]


def _shared_with_apart(
    shapes: Shapes, others: Shapes, one: Rows, other: Rows
) -> tuple[Rows, Rows, Values]:
    """Pairs and shared areas where the other polygons share no area with each other."""
    inside = _covered(shapes, others, one, other)
    settled = np.zeros(len(shapes), np.bool_)
    settled[one[inside]] = True
    keep = inside | ~settled[one]
    one, other, inside = one[keep], other[keep], inside[keep]
    area = shapes.area[one]
    area[~inside] = _shared_by_part(shapes, others, one[~inside], other[~inside])
    return one, other, area


def _shared(shapes: Shapes, others: Shapes, one: Rows, other: Rows) -> Values:
    """(P,) area that pairs of polygons share."""
    inside = _covered(shapes, others, one, other)
    area = shapes.area[one]
    area[~inside] = _shared_by_part(shapes, others, one[~inside], other[~inside])
    return area


def _shared_by_part(shapes: Shapes, others: Shapes, one: Rows, other: Rows) -> Values:
    """(P,) area that pairs share; the first of none lies in the second."""
    area = np.zeros(len(one))
    known = np.zeros(len(one), np.bool_)
    if shapes.known is not None:
        known, areas = shapes.known.read(shapes.numbers[one], others.numbers[other])
        area[known] = areas
    rest = np.flatnonzero(~known)
    holds = _covered(others, shapes, other[rest], one[rest])
    area[rest[holds]] = others.area[other[rest[holds]]]
    rest = rest[~holds]
    one, other = one[rest], other[rest]
    # neighbours that only touch are many, as outlines follow pixels
    meet = _bounds_of_shared(shapes, others, one, other)[0] > 0
    maybe = np.flatnonzero(~meet)
    meet[maybe] = _interiors_meet(
        shapes.geometry[one[maybe]], others.geometry[other[maybe]]
    )
    both = shapely.intersection(
        shapes.geometry[one[meet]], others.geometry[other[meet]]
    )
    area[rest[meet]] = shapely.area(both)
    return area


def _covered(
    shapes: Shapes, others: Shapes, one: Rows, other: Rows
) -> NDArray[np.bool_]:
    """(P,) whether the first of a pair is the same as the second, or lies in it."""
    bounds, other_bounds = shapes.bounds[one], others.bounds[other]
    low = (bounds[:, :2] >= other_bounds[:, :2]).all(axis=1)
    high = (bounds[:, 2:] <= other_bounds[:, 2:]).all(axis=1)
    covered: NDArray[np.bool_] = np.logical_and(low, high)
    pairs = np.flatnonzero(covered)
    inner, outer = shapes.geometry[one[pairs]], others.geometry[other[pairs]]
    left = ~shapely.equals_exact(inner, outer, 0)
    inner, outer = inner[left], outer[left]
    _prepare_large(outer)
    covered[pairs[left]] = shapely.relate_pattern(outer, inner, COVERED)
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


def _bounds_of_shared(
    shapes: Shapes, others: Shapes, one: Rows, other: Rows
) -> tuple[Values, Values]:
    """(P,) least and most area that pairs share, as their areas and boxes tell.

    No more than their boxes do, and no less than areas of that size must within the two
    boxes.
    """
    bounds, other_bounds = shapes.bounds[one], others.bounds[other]
    most = _shared_bounds(bounds, other_bounds)
    around = _shared_bounds(bounds, bounds) + _shared_bounds(other_bounds, other_bounds)
    least = shapes.area[one] + others.area[other] - (around - most)
    return least - ROUNDING * around, most + ROUNDING * around


def _shared_bounds(one: Values, other: Values) -> Values:
    """(P,) area that bounds (P, 4) have in common."""
    low = np.maximum(one[:, :2], other[:, :2])
    high = np.minimum(one[:, 2:], other[:, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0.0), axis=1), np.float64)
