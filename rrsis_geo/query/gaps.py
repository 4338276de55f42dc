"""Distances between outlines, found through a tree and measured on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.units import Rows, Units, Values

SAME = 0.5
"""Intersection over union from which on two polygons are the same thing, found for
two phrases."""

EVERY = 64
"""Anchors; up to here all of them are compared with each candidate."""


MANY = 12
"""Anchors for each candidate; measuring more is left to the tree."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Candidates and the anchors they are worth comparing with."""

    one: Rows
    """(P,) candidates, by row, ascending."""

    other: Rows
    """(P,) anchors, by row."""


def nearest(rows: Rows, anchors: Rows, seen: Candidates) -> tuple[Values, Rows]:
    """(R,) metres to the nearest anchor, and (R,) which; infinite and -1 for none.

    From outline to outline, 0 where they touch or overlap. Nothing is its own anchor.
    """
    distance, which = np.full(len(rows), np.inf), np.full(len(rows), -1, np.intp)
    if len(rows) and len(anchors):
        one, other = _next_to(rows, anchors, seen)
        distance[one] = between(rows[one], anchors[other], seen)
        which[one] = anchors[other]
    return distance, which


def _next_to(rows: Rows, anchors: Rows, seen: Candidates) -> tuple[Rows, Rows]:
    """Places of rows that have an anchor, and the places of their nearest ones.

    No outline is farther than the nearest middle, so only anchors whose box reaches
    into a box grown by that are measured. Long anchors reach into too many; these the
    tree measures on its own.
    """
    own, theirs = seen.middle[rows], seen.middle[anchors]
    middles = shapely.STRtree(np.asarray(shapely.points(theirs), np.object_))
    (one, _), away = middles.query_nearest(
        shapely.points(own), exclusive=True, return_distance=True, all_matches=False
    )
    limit = np.full(len(rows), np.inf)
    limit[one] = away
    tree = shapely.STRtree(seen.shape[anchors])
    box = shapely.bounds(seen.shape[rows])
    limit = np.where(np.isfinite(limit), limit * (1 + 1e-9), 4 * seen.reach)[:, None]
    grown = shapely.box(*np.hstack([box[:, :2] - limit, box[:, 2:] + limit]).T)
    one, other = tree.query(grown)
    different = rows[one] != anchors[other]
    one, other = one[different], other[different]
    if len(one) > MANY * len(rows):
        one, other = tree.query_nearest(
            seen.shape[rows], exclusive=True, all_matches=False
        )
        return one, other
    away = shapely.distance(seen.shape[rows[one]], seen.shape[anchors[other]])
    order = np.lexsort((other, away, one))
    one, other = one[order], other[order]
    first = np.flatnonzero(np.diff(one, prepend=-1))
    return one[first], other[first]


def between(one: Rows, other: Rows, seen: Candidates) -> Values:
    """(P,) metres from outline to outline, pair by pair, along the geodesic."""
    start, stop = _closest(one, other, seen)
    metres = seen.ground.distance(start, stop)
    return np.where((start == stop).all(axis=1), 0.0, metres)


def steps(one: Rows, other: Rows, seen: Candidates) -> NDArray[np.float64]:
    """(P, 2) from the anchors' nearest points to the candidates' centroids, metres."""
    lines = shapely.shortest_line(shapely.points(seen.middle[one]), seen.shape[other])
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return np.asarray(ends[:, 0] - ends[:, 1], np.float64)


def close(rows: Rows, anchors: Rows, within: float, seen: Candidates) -> Pairs:
    """Pairs at most so many metres apart; all where there are few anchors."""
    if not len(rows) or not len(anchors):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    if len(anchors) <= EVERY:
        one, other = np.repeat(rows, len(anchors)), np.tile(anchors, len(rows))
    else:
        tree = shapely.STRtree(seen.shape[anchors])
        found = tree.query(seen.shape[rows], predicate="dwithin", distance=within)
        order = np.lexsort(found[::-1])
        one, other = rows[found[0][order]], anchors[found[1][order]]
    different = one != other
    return Pairs(one=one[different], other=other[different])


def touching(rows: Rows, shapes: NDArray[np.object_], seen: Candidates) -> Pairs:
    """Candidates and the numbers of the shapes that they share a point with."""
    if not len(rows) or not len(shapes):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(seen.shape[rows], predicate="intersects")
    order = np.lexsort((other, one))
    return Pairs(one=rows[one[order]], other=other[order])


def doubles(rows: Rows, others: Rows, seen: Candidates) -> Pairs:
    """Pairs that are one thing found for two phrases, or the very same polygon."""
    pairs = touching(rows, seen.shape[others], seen)
    one, other = pairs.one, others[pairs.other]
    a, b = seen.shape[one], seen.shape[other]
    differ = one != other
    shared = np.ones(len(one))
    both = shapely.area(shapely.intersection(a[differ], b[differ]))
    whole = shapely.area(a[differ]) + shapely.area(b[differ]) - both
    shared[differ] = both / np.maximum(whole, 1e-12)
    same = shared >= SAME
    return Pairs(one=one[same], other=other[same])


def anchors_of(units: Units, anchors: Units, seen: Candidates) -> Rows:
    """Rows of the anchors, without those that are rather one of the units.

    A network asked for tanks and for buildings may answer with the same blob to both;
    it is what it answered more surely.
    """
    rows = np.unique(anchors.rows)
    other = rows[~np.isin(rows, units.rows)]
    own = np.unique(units.rows)
    if not len(other) or not len(own):
        return rows
    pairs = doubles(own, other, seen)
    rather = seen.chance[pairs.one] >= seen.chance[pairs.other]
    return np.setdiff1d(rows, pairs.other[rather])


def _closest(
    one: Rows, other: Rows, seen: Candidates
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lines = shapely.shortest_line(seen.shape[one], seen.shape[other])
    ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return ends[:, 0], ends[:, 1]
