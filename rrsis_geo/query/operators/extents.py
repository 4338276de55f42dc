"""Length and width of objects: the sides of the minimum rotated rectangle.

Axis-aligned boxes bound both sides from below and above, which settles most cases.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Sized
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import considered_count
from rrsis_geo.query.candidates.selection import Rows, Selection, Values

FIRST_BATCH = 256
"""Objects measured first, to know about how long the longest are."""

TIE_TOLERANCE = 0.03
"""Relative difference up to which sides count as tied, so that ties can be reported."""

DIRECTIONS = 8
"""Directions in which widths are measured for an upper bound of the diameter."""

ROUNDING = 1e-9
"""Relative tolerance of the bounds."""


def side_lengths(units: Selection, what: str, candidates: Candidates) -> Values:
    """(U,) metres of the longer side (length) or of the shorter one (width).

    A line is as long as it runs, and has no width; a point has neither.
    """
    if not len(units):
        return np.zeros(0)
    shapes = units.hull(candidates)
    area = shapely.get_dimensions(shapes) == 2
    frames = shapely.minimum_rotated_rectangle(shapes[area])
    corners = shapely.get_coordinates(frames).reshape(len(frames), 5, 2)
    steps = corners[:, 1:3] - corners[:, :2]
    both = np.hypot(steps[..., 0], steps[..., 1])
    sides = shapely.length(shapes) if what == "length" else np.zeros(len(units))
    sides[area] = both.max(axis=1) if what == "length" else both.min(axis=1)
    return np.asarray(sides, np.float64)


def side_length_limits(
    units: Selection, what: str, candidates: Candidates
) -> tuple[Values, Values]:
    """(U,) lower and upper bounds of a side in metres."""
    bounds = candidates.bounds[units.rows]
    low = units.reduce(bounds[:, :2], np.minimum)
    span = units.reduce(bounds[:, 2:], np.maximum) - low
    # No side is longer than the box's diagonal, and the rectangle's diagonal is at
    # least the box's longer side. The rectangle has at most the area of the box.
    across = np.hypot(*span.T)
    if what == "length":
        least, most = span.max(axis=1) / np.sqrt(2), across
    else:
        area = units.reduce(shapely.area(candidates.outlines[units.rows]), np.maximum)
        least = area / np.maximum(across, 1e-12)
        most = np.minimum(np.sqrt(span.prod(axis=1)), across)
    if units.ungrouped and len(thin := _thin(units, candidates)):
        least[thin] = most[thin] = side_lengths(units.take(thin), what, candidates)
    return least * (1 - ROUNDING), most * (1 + ROUNDING)


def side_length_within(
    units: Selection, what: str, low: float, high: float, candidates: Candidates
) -> NDArray[np.bool_]:
    """(U,) whether the side lies in a range of metres."""
    least, most = side_length_limits(units, what, candidates)
    in_range = (least >= low) & (most <= high)
    undecided = np.flatnonzero(~in_range & (most >= low) & (least <= high))
    value = side_lengths(units.take(undecided), what, candidates)
    in_range[undecided] = (value >= low) & (value <= high)
    return in_range


def side_lengths_of_foremost(
    node: Sized, units: Selection, candidates: Candidates
) -> Values:
    """(U,) metres of the side, measured for units that may be ranked.

    The others get a bound that sorts them behind the measured ones.
    """
    least, most = side_length_limits(units, node.measure, candidates)
    value, sign = (least, 1) if node.order == "smallest" else (most, -1)
    measured = np.zeros(len(units), np.bool_)
    weight = units.weight(candidates)
    batch = np.sort(np.argsort(sign * value, kind="stable")[:FIRST_BATCH])
    while len(batch):
        value[batch] = side_lengths(units.take(batch), node.measure, candidates)
        measured[batch] = True
        order = np.argsort(sign * value, kind="stable")
        order = order[measured[order]]
        number = considered_count(order, weight, rank=node.rank, count=node.count)
        last = value[order[number - 1]]
        worst = sign * last + TIE_TOLERANCE * last if number < len(order) else np.inf
        batch = np.flatnonzero((sign * value <= worst) & ~measured)
        if node.measure == "length" and node.order == "largest":
            areas = np.setdiff1d(batch, _thin(units, candidates))
            value[areas] = np.minimum(
                value[areas], _max_diameter(units.take(areas), candidates)
            )
            batch = batch[sign * value[batch] <= worst]
    return value


def _thin(units: Selection, candidates: Candidates) -> Rows:
    """(K,) units that are lines or points, whose sides are known at once."""
    if not units.ungrouped or not candidates.certain.any():
        return np.zeros(0, np.intp)
    shapes = candidates.outlines[units.rows]
    return np.flatnonzero(shapely.get_dimensions(shapes) < 2)


def _max_diameter(units: Selection, candidates: Candidates) -> Values:
    """(U,) upper bound of the distance between two vertices, at most 2 % too large."""
    vertices, unit = shapely.get_coordinates(
        candidates.outlines[units.rows], return_index=True
    )
    first = np.flatnonzero(np.diff(unit, prepend=-1))
    widest = np.zeros(len(units))
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        along = vertices @ np.array([np.cos(angle), np.sin(angle)])
        low = units.reduce(np.minimum.reduceat(along, first), np.minimum)
        high = units.reduce(np.maximum.reduceat(along, first), np.maximum)
        widest = np.maximum(widest, high - low)
    most = widest / np.cos(np.pi / DIRECTIONS / 2) * (1 + ROUNDING)
    return np.asarray(most, np.float64)
