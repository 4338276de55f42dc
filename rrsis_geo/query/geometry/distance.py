"""Distances between outlines, found through a tree and measured on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import (
    apart,
    close_by,
    common,
    grown,
    portions,
)
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.local_metric import Points
from rrsis_geo.query.candidates.selection import Rows, Selection, Values
from rrsis_geo.query.geometry.nearest_points import nearest_points

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

    def only(self, keep: NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(one=self.one[keep], other=self.other[keep])


def nearest(rows: Rows, anchors: Rows, seen: Candidates) -> Values:
    """(R,) metres to the nearest anchor; infinite for none.

    From outline to outline, 0 where they touch or overlap. Nothing is its own anchor.
    """
    distance = np.full(len(rows), np.inf)
    if not len(rows) or not len(anchors):
        return distance
    guess = close_by(seen.middle[rows], seen.middle[anchors], rows, anchors)
    has = np.flatnonzero(guess >= 0)
    which, start, stop = guess, np.zeros((len(rows), 2)), np.zeros((len(rows), 2))
    start[has], stop[has] = _closest(rows[has], anchors[guess[has]], seen)
    away = np.full(len(rows), np.inf)
    away[has] = np.hypot(*(stop[has] - start[has]).T)
    one, other = _nearer(rows, anchors, away, which, seen)
    start[one], stop[one] = _closest(rows[one], anchors[other], seen)
    known = np.union1d(has, one)
    metres = seen.ground.distance(start[known], stop[known])
    same = (start[known] == stop[known]).all(axis=1)
    distance[known] = np.where(same, 0.0, metres)
    return distance


def _nearer(
    rows: Rows, anchors: Rows, away: Values, which: Rows, seen: Candidates
) -> tuple[Rows, Rows]:
    """Places of rows to which an anchor is nearer than known so far, and its place.

    Only anchors whose box reaches into the row's box, grown by what is known, can be.
    Long anchors, and such that stand far off together, reach into too many; these the
    tree measures on its own.
    """
    tree = shapely.STRtree(seen.shape[anchors])
    bounds, theirs = seen.bounds[rows], seen.bounds[anchors]
    found: list[tuple[Rows, Rows]] = []
    order = np.argsort(away, kind="stable")
    order = order[away[order] > 0]
    for part in portions(order, bounds, theirs, away):
        frame = grown(bounds[part], away[part])
        place, other = tree.query(shapely.box(*frame.T))
        one = part[place]
        worth = (rows[one] != anchors[other]) & (which[one] != other)
        worth &= apart(bounds[one], theirs[other]) < away[one]
        one, other = one[worth], other[worth]
        if len(one) > MANY * len(part):
            rest = order[np.searchsorted(away[order], away[part[0]]) :]
            place, other = tree.query_nearest(
                seen.shape[rows[rest]], exclusive=True, all_matches=False
            )
            found.append(_best(rest[place], other, away, rows, anchors, seen))
            break
        found.append(_best(one, other, away, rows, anchors, seen))
    nothing = np.zeros(0, np.intp)
    ones = np.concatenate([nothing, *(one for one, _ in found)])
    others = np.concatenate([nothing, *(other for _, other in found)])
    last = len(ones) - 1 - np.unique(ones[::-1], return_index=True)[1]
    return ones[last], others[last]


def _best(
    one: Rows,
    other: Rows,
    away: Values,
    rows: Rows,
    anchors: Rows,
    seen: Candidates,
) -> tuple[Rows, Rows]:
    """Of pairs the nearest for each row, where it is nearer than known so far."""
    gap = shapely.distance(seen.shape[rows[one]], seen.shape[anchors[other]])
    nearer = gap < away[one]
    one, other, gap = one[nearer], other[nearer], gap[nearer]
    order = np.lexsort((other, gap, one))
    first = order[np.flatnonzero(np.diff(one[order], prepend=-1))]
    return one[first], other[first]


def between(one: Rows, other: Rows, seen: Candidates) -> Values:
    """(P,) metres from outline to outline, pair by pair, along the geodesic."""
    start, stop = _closest(one, other, seen)
    metres = seen.ground.distance(start, stop)
    return np.where((start == stop).all(axis=1), 0.0, metres)


def at_least(pairs: Pairs, seen: Candidates) -> Values:
    """(P,) metres that no way from outline to outline falls short of, pair by pair."""
    box = seen.bounds
    # the plane is not the ellipsoid, so a little less
    return 0.98 * apart(box[pairs.one], box[pairs.other])


def steps(one: Rows, other: Rows, seen: Candidates) -> NDArray[np.float64]:
    """(P, 2) from the anchors' nearest points to the candidates' centroids, metres."""
    order = np.argsort(seen.winding[one], kind="stable")
    anchors, which = np.unique(other[order], return_inverse=True)
    way = np.empty((len(one), 2))
    way[order] = -nearest_points(seen.middle[one[order]], seen.shape[anchors], which)
    return way


def reachable(rows: Rows, anchors: Rows, within: float, seen: Candidates) -> Pairs:
    """Pairs whose boxes are at most so many metres apart; all of few anchors."""
    if not len(rows) or not len(anchors):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    if len(anchors) <= EVERY:
        one, other = np.repeat(rows, len(anchors)), np.tile(anchors, len(rows))
    else:
        tree = shapely.STRtree(seen.shape[anchors])
        bounds = seen.bounds[rows]
        frame = grown(bounds, np.full(len(rows), within))
        found = tree.query(shapely.box(*frame.T))
        one, other = rows[found[0]], anchors[found[1]]
    return Pairs(one=one, other=other).only(one != other)


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
    if not len(rows) or not len(others):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    a, b = seen.shape[rows], seen.shape[others]
    tree = shapely.STRtree(b)
    place, other = tree.query(a)
    area, theirs = shapely.area(a)[place], shapely.area(b)[other]
    box = common(seen.bounds[rows[place]], seen.bounds[others[other]])
    at_most = np.minimum(box, np.minimum(area, theirs)) * (1 + 1e-9)
    worth = at_most >= SAME * (area + theirs - at_most)
    worth |= rows[place] == others[other]
    order = np.flatnonzero(worth)
    order = order[np.lexsort((other[order], place[order]))]
    place, other = place[order], other[order]
    area, theirs = area[order], theirs[order]
    differ = rows[place] != others[other]
    shared = np.ones(len(place))
    both = shapely.area(shapely.intersection(a[place[differ]], b[other[differ]]))
    whole = area[differ] + theirs[differ] - both
    shared[differ] = both / np.maximum(whole, 1e-12)
    same = shared >= SAME
    return Pairs(one=rows[place[same]], other=others[other[same]])


def anchors_of(
    units: Selection, anchors: Selection, seen: Candidates, narrows: NDArray[np.bool_]
) -> tuple[Rows, Rows]:
    """Rows of the anchors and of the units, each thing on one side only.

    A network asked for tanks and for buildings may answer with the same blob to both;
    it is what it answered more surely. Asked for ships and for red ships it does so
    rightly: the red one is the anchor.

    Args:
        units: what is measured.
        anchors: what it is measured against.
        seen: both.
        narrows: (Q, Q) for the phrases of a unit and of an anchor, whether the anchor's
            says more of the same thing.
    """
    rows, own = np.unique(anchors.rows), np.unique(units.rows)
    other = rows[~np.isin(rows, own)]
    if not len(other) or not len(own):
        return rows, own
    pairs = doubles(own, other, seen)
    rather = seen.chance[pairs.one] >= seen.chance[pairs.other]
    rather &= ~narrows[seen.phrase[pairs.one], seen.phrase[pairs.other]]
    return (
        np.setdiff1d(rows, pairs.other[rather]),
        np.setdiff1d(own, pairs.one[~rather]),
    )


def _closest(one: Rows, other: Rows, seen: Candidates) -> tuple[Points, Points]:
    """(P, 2) where two outlines are nearest, pair by pair."""
    order = np.argsort(seen.winding[one], kind="stable")
    lines = shapely.shortest_line(seen.shape[one[order]], seen.shape[other[order]])
    ends = np.empty((len(one), 2, 2))
    ends[order] = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return ends[:, 0], ends[:, 1]
