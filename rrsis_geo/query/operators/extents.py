"""Length and width of things: the sides of the tightest rectangle around each.

Boxes that stand upright say how long a side is at least and at most, and for most
things that is enough.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import considered_count
from rrsis_geo.query.candidates.selection import Selection, Values
from rrsis_geo.query.plan.nodes import Sized

FIRST_BATCH = 256
"""Things that are measured at first, to see how long the longest are."""

TIE_TOLERANCE = 0.03
"""Share by which sides may differ and are measured all the same: whoever asks for the
longest is told of those that are about as long."""

DIRECTIONS = 8
"""Directions in which things are measured to see how long they are at most."""

ROUNDING = 1e-9
"""Share by which a measured side may miss its limits."""


def side_lengths(units: Selection, what: str, candidates: Candidates) -> Values:
    """(U,) metres of the longer side, the length, or of the shorter one."""
    if not len(units):
        return np.zeros(0)
    frames = shapely.minimum_rotated_rectangle(units.hull(candidates))
    corners = shapely.get_coordinates(frames).reshape(len(units), 5, 2)
    steps = corners[:, 1:3] - corners[:, :2]
    both = np.hypot(steps[..., 0], steps[..., 1])
    return np.asarray(
        both.max(axis=1) if what == "length" else both.min(axis=1), np.float64
    )


def side_length_limits(
    units: Selection, what: str, candidates: Candidates
) -> tuple[Values, Values]:
    """(U,) metres that a side has at least, and at most."""
    bounds = candidates.bounds[units.rows]
    low = units.reduce(bounds[:, :2], np.minimum)
    span = units.reduce(bounds[:, 2:], np.maximum) - low
    # no side is longer than the thing is across, nor the diagonal shorter; the
    # rectangle holds the thing and is no larger than the upright one
    across = np.hypot(*span.T)
    if what == "length":
        least, most = span.max(axis=1) / np.sqrt(2), across
    else:
        area = units.reduce(shapely.area(candidates.outlines[units.rows]), np.maximum)
        least = area / np.maximum(across, 1e-12)
        most = np.minimum(np.sqrt(span.prod(axis=1)), across)
    return least * (1 - ROUNDING), most * (1 + ROUNDING)


def side_length_within(
    units: Selection, what: str, low: float, high: float, candidates: Candidates
) -> NDArray[np.bool_]:
    """(U,) whether the side has so many metres."""
    least, most = side_length_limits(units, what, candidates)
    inside = (least >= low) & (most <= high)
    unsure = np.flatnonzero(~inside & (most >= low) & (least <= high))
    value = side_lengths(units.take(unsure), what, candidates)
    inside[unsure] = (value >= low) & (value <= high)
    return inside


def side_lengths_of_foremost(
    node: Sized, units: Selection, candidates: Candidates
) -> Values:
    """(U,) metres of the side, for those that a run by size can take.

    Of the others only a limit, which puts them further behind than they are near.
    """
    least, most = side_length_limits(units, node.measure, candidates)
    value, sign = (least, 1) if node.order == "smallest" else (most, -1)
    known = np.zeros(len(units), np.bool_)
    weight = units.weight(candidates)
    now = np.sort(np.argsort(sign * value, kind="stable")[:FIRST_BATCH])
    while len(now):
        value[now] = side_lengths(units.take(now), node.measure, candidates)
        known[now] = True
        order = np.argsort(sign * value, kind="stable")
        order = order[known[order]]
        number = considered_count(order, weight, rank=node.rank, count=node.count)
        last = value[order[number - 1]]
        worst = sign * last + TIE_TOLERANCE * last if number < len(order) else np.inf
        now = np.flatnonzero((sign * value <= worst) & ~known)
        if node.measure == "length" and node.order == "largest":
            value[now] = np.minimum(
                value[now], _max_diameter(units.take(now), candidates)
            )
            now = now[sign * value[now] <= worst]
    return value


def _max_diameter(units: Selection, candidates: Candidates) -> Values:
    """(U,) metres that no two corners are farther apart than; a fiftieth too much."""
    corners, thing = shapely.get_coordinates(
        candidates.outlines[units.rows], return_index=True
    )
    first = np.flatnonzero(np.diff(thing, prepend=-1))
    widest = np.zeros(len(units))
    for turn in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        along = corners @ np.array([np.cos(turn), np.sin(turn)])
        low = units.reduce(np.minimum.reduceat(along, first), np.minimum)
        high = units.reduce(np.maximum.reduceat(along, first), np.maximum)
        widest = np.maximum(widest, high - low)
    most = widest / np.cos(np.pi / DIRECTIONS / 2) * (1 + ROUNDING)
    return np.asarray(most, np.float64)
