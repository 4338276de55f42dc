"""Distances between outlines, found through a tree and measured on the ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import (
    approximate_nearest,
    box_distance,
    chunks,
    expanded,
    shared_area,
)
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.local_metric import Points
from rrsis_geo.query.candidates.selection import Rows, Selection, Values
from rrsis_geo.query.geometry.nearest_points import nearest_point_offsets

SAME_OBJECT_IOU = 0.5
"""Intersection over union from which on two polygons are the same thing, found for
two phrases."""

BRUTE_FORCE_ANCHORS = 64
"""Anchors; up to here all of them are compared with each candidate."""

MAX_PAIRS_PER_ROW = 12
"""Anchors for each candidate; measuring more is left to the tree."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Candidates and the anchors they are worth comparing with."""

    one: Rows
    """(P,) candidates, by row, ascending."""

    other: Rows
    """(P,) anchors, by row."""

    def filter(self, keep: NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(one=self.one[keep], other=self.other[keep])


def nearest_distance(rows: Rows, anchors: Rows, candidates: Candidates) -> Values:
    """(R,) metres to the nearest anchor; infinite for none.

    From outline to outline, 0 where they touch or overlap. Nothing is its own anchor.
    """
    distance = np.full(len(rows), np.inf)
    if not len(rows) or not len(anchors):
        return distance
    guess = approximate_nearest(
        candidates.centroids[rows], candidates.centroids[anchors], rows, anchors
    )
    has = np.flatnonzero(guess >= 0)
    which, start, stop = guess, np.zeros((len(rows), 2)), np.zeros((len(rows), 2))
    start[has], stop[has] = _closest_points(rows[has], anchors[guess[has]], candidates)
    away = np.full(len(rows), np.inf)
    away[has] = np.hypot(*(stop[has] - start[has]).T)
    one, other = _closer_pairs(rows, anchors, away, which, candidates)
    start[one], stop[one] = _closest_points(rows[one], anchors[other], candidates)
    known = np.union1d(has, one)
    metres = candidates.projection.distance(start[known], stop[known])
    same = (start[known] == stop[known]).all(axis=1)
    distance[known] = np.where(same, 0.0, metres)
    return distance


def _closer_pairs(
    rows: Rows, anchors: Rows, away: Values, which: Rows, candidates: Candidates
) -> tuple[Rows, Rows]:
    """Places of rows to which an anchor is nearer than known so far, and its place.

    Only anchors whose box reaches into the row's box, grown by what is known, can be.
    Long anchors, and such that stand far off together, reach into too many; these the
    tree measures on its own.
    """
    tree = shapely.STRtree(candidates.outlines[anchors])
    bounds, theirs = candidates.bounds[rows], candidates.bounds[anchors]
    found: list[tuple[Rows, Rows]] = []
    order = np.argsort(away, kind="stable")
    order = order[away[order] > 0]
    for part in chunks(order, bounds, theirs, away):
        frame = expanded(bounds[part], away[part])
        place, other = tree.query(shapely.box(*frame.T))
        one = part[place]
        worth = (rows[one] != anchors[other]) & (which[one] != other)
        worth &= box_distance(bounds[one], theirs[other]) < away[one]
        one, other = one[worth], other[worth]
        if len(one) > MAX_PAIRS_PER_ROW * len(part):
            rest = order[np.searchsorted(away[order], away[part[0]]) :]
            place, other = tree.query_nearest(
                candidates.outlines[rows[rest]], exclusive=True, all_matches=False
            )
            found.append(
                _closest_per_row(rest[place], other, away, rows, anchors, candidates)
            )
            break
        found.append(_closest_per_row(one, other, away, rows, anchors, candidates))
    nothing = np.zeros(0, np.intp)
    ones = np.concatenate([nothing, *(one for one, _ in found)])
    others = np.concatenate([nothing, *(other for _, other in found)])
    last = len(ones) - 1 - np.unique(ones[::-1], return_index=True)[1]
    return ones[last], others[last]


def _closest_per_row(
    one: Rows,
    other: Rows,
    away: Values,
    rows: Rows,
    anchors: Rows,
    candidates: Candidates,
) -> tuple[Rows, Rows]:
    """Of pairs the nearest for each row, where it is nearer than known so far."""
    gap = shapely.distance(
        candidates.outlines[rows[one]], candidates.outlines[anchors[other]]
    )
    nearer = gap < away[one]
    one, other, gap = one[nearer], other[nearer], gap[nearer]
    order = np.lexsort((other, gap, one))
    first = order[np.flatnonzero(np.diff(one[order], prepend=-1))]
    return one[first], other[first]


def pair_distance(one: Rows, other: Rows, candidates: Candidates) -> Values:
    """(P,) metres from outline to outline, pair by pair, along the geodesic."""
    start, stop = _closest_points(one, other, candidates)
    metres = candidates.projection.distance(start, stop)
    return np.where((start == stop).all(axis=1), 0.0, metres)


def min_pair_distance(pairs: Pairs, candidates: Candidates) -> Values:
    """(P,) metres that no way from outline to outline falls short of, pair by pair."""
    box = candidates.bounds
    # the plane is not the ellipsoid, so a little less
    return 0.98 * box_distance(box[pairs.one], box[pairs.other])


def offsets_from_anchors(
    one: Rows, other: Rows, candidates: Candidates
) -> NDArray[np.float64]:
    """(P, 2) from the anchors' nearest points to the candidates' centroids, metres."""
    order = np.argsort(candidates.morton_codes[one], kind="stable")
    anchors, which = np.unique(other[order], return_inverse=True)
    way = np.empty((len(one), 2))
    way[order] = -nearest_point_offsets(
        candidates.centroids[one[order]], candidates.outlines[anchors], which
    )
    return way


def pairs_within(
    rows: Rows, anchors: Rows, within: float, candidates: Candidates
) -> Pairs:
    """Pairs whose boxes are at most so many metres apart; all of few anchors."""
    if not len(rows) or not len(anchors):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    if len(anchors) <= BRUTE_FORCE_ANCHORS:
        one, other = np.repeat(rows, len(anchors)), np.tile(anchors, len(rows))
    else:
        tree = shapely.STRtree(candidates.outlines[anchors])
        bounds = candidates.bounds[rows]
        frame = expanded(bounds, np.full(len(rows), within))
        found = tree.query(shapely.box(*frame.T))
        one, other = rows[found[0]], anchors[found[1]]
    return Pairs(one=one, other=other).filter(one != other)


def intersecting_pairs(
    rows: Rows, shapes: NDArray[np.object_], candidates: Candidates
) -> Pairs:
    """Candidates and the numbers of the shapes that they share a point with."""
    if not len(rows) or not len(shapes):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(candidates.outlines[rows], predicate="intersects")
    order = np.lexsort((other, one))
    return Pairs(one=rows[one[order]], other=other[order])


def duplicate_pairs(rows: Rows, others: Rows, candidates: Candidates) -> Pairs:
    """Pairs that are one thing found for two phrases, or the very same polygon."""
    if not len(rows) or not len(others):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    a, b = candidates.outlines[rows], candidates.outlines[others]
    tree = shapely.STRtree(b)
    place, other = tree.query(a)
    area, theirs = shapely.area(a)[place], shapely.area(b)[other]
    box = shared_area(candidates.bounds[rows[place]], candidates.bounds[others[other]])
    upper_bound = np.minimum(box, np.minimum(area, theirs)) * (1 + 1e-9)
    worth = upper_bound >= SAME_OBJECT_IOU * (area + theirs - upper_bound)
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
    same = shared >= SAME_OBJECT_IOU
    return Pairs(one=rows[place[same]], other=others[other[same]])


def separate_anchors(
    units: Selection,
    anchors: Selection,
    candidates: Candidates,
    more_specific: NDArray[np.bool_],
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
    pairs = duplicate_pairs(own, other, candidates)
    rather = candidates.confidence[pairs.one] >= candidates.confidence[pairs.other]
    rather &= ~more_specific[
        candidates.phrase[pairs.one], candidates.phrase[pairs.other]
    ]
    return (
        np.setdiff1d(rows, pairs.other[rather]),
        np.setdiff1d(own, pairs.one[~rather]),
    )


def _closest_points(
    one: Rows, other: Rows, candidates: Candidates
) -> tuple[Points, Points]:
    """(P, 2) where two outlines are nearest, pair by pair."""
    order = np.argsort(candidates.morton_codes[one], kind="stable")
    lines = shapely.shortest_line(
        candidates.outlines[one[order]], candidates.outlines[other[order]]
    )
    ends = np.empty((len(one), 2, 2))
    ends[order] = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return ends[:, 0], ends[:, 1]
