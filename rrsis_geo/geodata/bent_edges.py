"""Shapes moved to other coordinates, with more corners where an edge would bend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

MOST_HALVINGS = 24
"""An edge is cut into at most 2 to the power of this many."""

HALVINGS_AT_THE_RIM = 6
"""Likewise for an edge that leaves the domain of the target coordinates."""

MOST_CORNERS = 4_000_000
"""Corners of all polygons together, beyond which no edge is cut any more."""

Points = NDArray[np.float64]


def move_polygons(
    polygons: NDArray[np.object_],
    move: Callable[[Points], Points],
    *,
    tolerance: float,
    shortest: float,
    period: float = np.inf,
) -> NDArray[np.object_]:
    """Move polygons so that edges stay straight where they were drawn.

    A straight edge of one CRS is a curve in another. Edges are halved until the curve
    lies within `tolerance` of the moved edges. Corners outside the target's domain are
    left out.

    Args:
        polygons: (N,) polygons and multipolygons.
        move: (M, 2) points to (M, 2) points; not finite outside its domain.
        tolerance: In the target's units.
        shortest: Edges up to this length, in the source's units, are not halved.
        period: After which the target's first coordinate repeats itself: 360 where it
            is a longitude in degrees.

    Returns:
        (N,) polygons and multipolygons, not always valid; empty where nothing is left.
    """
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    moved, ring = _moved_corners(corners, ring, move, tolerance, shortest, period)
    kept = np.isfinite(moved).all(axis=1)
    moved, ring = moved[kept], ring[kept]
    enough = np.bincount(ring, minlength=len(rings)) >= 3
    moved, ring = moved[enough[ring]], ring[enough[ring]]
    moved, ring = _closed(moved, ring)
    left = np.flatnonzero(enough)
    new_rings: Any = shapely.linearrings(moved, indices=np.searchsorted(left, ring))
    result = np.full(len(polygons), shapely.Polygon(), np.object_)
    outer = np.zeros(len(rings), np.bool_)
    outer[np.flatnonzero(np.diff(part, prepend=-1) > 0)] = True
    has_shell = np.zeros(len(parts), np.bool_)
    has_shell[part[outer & enough]] = True
    usable = has_shell[part[left]]
    places, index = np.unique(part[left][usable], return_inverse=True)
    if not len(places):
        return result
    new_parts: Any = shapely.polygons(new_rings[usable], indices=index)
    owners = owner[places]
    first, counts = np.unique(owners, return_counts=True)
    grouped = shapely.multipolygons(
        new_parts, indices=np.repeat(range(len(first)), counts)
    )
    result[first] = grouped
    single = first[counts == 1]
    result[single] = new_parts[np.isin(owners, single)]
    return result


def move_lines(
    shapes: NDArray[np.object_],
    move: Callable[[Points], Points],
    *,
    tolerance: float,
    shortest: float,
) -> NDArray[np.object_]:
    """Move lines and points as `move_polygons` does polygons.

    Args:
        shapes: (N,) lines, points and collections of either.
        move: As in `move_polygons`, and so are the others.
        tolerance: In the target's units.
        shortest: In the source's units.

    Returns:
        (N,) shapes of the same kind, several parts as one collection; empty where
        nothing is left.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    corners, part = shapely.get_coordinates(parts, return_index=True)
    moved, part = _moved_corners(corners, part, move, tolerance, shortest, np.inf)
    kept = np.isfinite(moved).all(axis=1)
    moved, part = moved[kept], part[kept]
    line = shapely.get_dimensions(parts) == 1
    count = np.bincount(part, minlength=len(parts))
    result = np.full(len(shapes), shapely.Point(), np.object_)
    for is_line, make, gather in (
        (True, shapely.linestrings, shapely.multilinestrings),
        (False, shapely.points, shapely.multipoints),
    ):
        usable = np.flatnonzero((line == is_line) & (count >= (2 if is_line else 1)))
        rows = np.isin(part, usable)
        if not len(usable):
            continue
        index = np.searchsorted(usable, part[rows])
        made: Any = make(moved[rows], indices=index) if is_line else make(moved[rows])
        first, which, counts = np.unique(
            owner[usable], return_index=True, return_counts=True
        )
        whole: Any = gather(
            np.asarray(made), indices=np.repeat(range(len(first)), counts)
        )
        whole[counts == 1] = np.asarray(made)[which[counts == 1]]
        result[first] = whole
    return result


def _moved_corners(
    corners: Points,
    ring: NDArray[np.int64],
    move: Callable[[Points], Points],
    tolerance: float,
    shortest: float,
    period: float,
) -> tuple[Points, NDArray[np.int64]]:
    """Corners in the target, with new ones where edges bend, and the ring of each."""
    moved = move(corners)
    # whether the edge from a corner to the next may bend
    fresh = np.zeros(len(corners), np.bool_)
    if len(corners):
        fresh[:-1] = ring[1:] == ring[:-1]
        fresh[:-1] &= np.hypot(*np.diff(corners, axis=0).T) > shortest
    for halving in range(MOST_HALVINGS):
        at = np.flatnonzero(fresh)
        if not len(at) or len(corners) > MOST_CORNERS:
            break
        start, end = corners[at], corners[at + 1]
        between = np.stack(
            [move(start + share * (end - start)) for share in (0.25, 0.5, 0.75)]
        )
        apart = _distance(between, moved[at], moved[at + 1], period)
        finite = np.isfinite(apart).all(axis=0)
        bends = np.where(finite, (apart > tolerance).any(axis=0), False)
        if halving < HALVINGS_AT_THE_RIM:
            bends |= ~finite
        halved = at[bends]
        middle = (start + end)[bends] / 2
        fresh[at] = bends
        fresh = np.insert(fresh, halved + 1, True)
        corners = np.insert(corners, halved + 1, middle, axis=0)
        moved = np.insert(moved, halved + 1, between[1][bends], axis=0)
        ring = np.insert(ring, halved + 1, ring[halved])
    return moved, ring


def _distance(points: Points, start: Points, end: Points, period: float) -> Points:
    """(K, M) distances of (K, M, 2) points to M lines through start and end."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        along, across = end - start, points - start
        if np.isfinite(period):
            for steps in (along, across):
                steps[..., 0] -= period * np.round(steps[..., 0] / period)
        length = np.hypot(*along.T)
        cross = np.abs(across[..., 0] * along[:, 1] - across[..., 1] * along[:, 0])
        # an edge that comes back to where it began has no direction
        direct = np.hypot(across[..., 0], across[..., 1])
        return np.where(length > 0, cross / length, direct)


def _closed(
    corners: Points, ring: NDArray[np.int64]
) -> tuple[Points, NDArray[np.int64]]:
    """Repeat the first corner of rings that are not closed."""
    starts = np.flatnonzero(np.diff(ring, prepend=-1) != 0)
    ends = np.append(starts[1:], len(ring))
    open_ones = (corners[starts] != corners[ends - 1]).any(axis=1)
    return (
        np.insert(corners, ends[open_ones], corners[starts[open_ones]], axis=0),
        np.insert(ring, ends[open_ones], ring[starts[open_ones]]),
    )
