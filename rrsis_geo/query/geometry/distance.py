"""Distances between outlines: found with an STRtree, measured on the ellipsoid."""

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
from rrsis_geo.query.geometry.overlaps import shared_areas

SAME_OBJECT_IOU = 0.5
"""Intersection over union from which on polygons of two phrases are the same object."""

BRUTE_FORCE_ANCHORS = 64
"""Number of anchors up to which all are compared with each candidate."""

MAX_PAIRS_PER_ROW = 12
"""Anchors per candidate; above that, the STRtree's own nearest query is faster."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """P pairs of candidates and anchors to compare."""

    one: Rows
    """(P,) candidate indices, ascending."""

    other: Rows
    """(P,) anchor indices."""

    def filter(self, keep: NDArray[np.bool_]) -> Pairs:
        """The pairs under a mask."""
        return Pairs(one=self.one[keep], other=self.other[keep])


def nearest_distance(rows: Rows, anchors: Rows, candidates: Candidates) -> Values:
    """(R,) metres to the nearest anchor; infinite without any.

    Distances run from outline to outline and are 0 where they touch or overlap. No
    candidate is its own anchor.
    """
    distance = np.full(len(rows), np.inf)
    if not len(rows) or not len(anchors):
        return distance
    guess = approximate_nearest(
        candidates.centroids[rows], candidates.centroids[anchors], rows, anchors
    )
    has = np.flatnonzero(guess >= 0)
    known, start, stop = guess, np.zeros((len(rows), 2)), np.zeros((len(rows), 2))
    start[has], stop[has] = _closest_points(rows[has], anchors[guess[has]], candidates)
    best_distance = np.full(len(rows), np.inf)
    best_distance[has] = np.hypot(*(stop[has] - start[has]).T)
    one, other = _closer_pairs(rows, anchors, best_distance, known, candidates)
    start[one], stop[one] = _closest_points(rows[one], anchors[other], candidates)
    measured = np.union1d(has, one)
    metres = candidates.projection.distance(start[measured], stop[measured])
    same = (start[measured] == stop[measured]).all(axis=1)
    distance[measured] = np.where(same, 0.0, metres)
    return distance


def _closer_pairs(
    rows: Rows,
    anchors: Rows,
    best_distance: Values,
    known: Rows,
    candidates: Candidates,
) -> tuple[Rows, Rows]:
    """Pairs that are closer than the best known distance.

    Only anchors whose box intersects the row's box, expanded by that distance, can be
    closer. Long anchors, and anchors that are all far off, intersect too many boxes;
    for these the STRtree's own nearest query is used.

    Args:
        rows: (R,) candidates.
        anchors: (A,) candidates.
        best_distance: (R,) metres to the best known anchor.
        known: (R,) index of that anchor in `anchors`.
        candidates: All candidates.

    Returns:
        Indices in `rows`, each once, and the index in `anchors` of the nearest.
    """
    tree = shapely.STRtree(candidates.outlines[anchors])
    bounds, boxes = candidates.bounds[rows], candidates.bounds[anchors]
    found: list[tuple[Rows, Rows]] = []
    order = np.argsort(best_distance, kind="stable")
    order = order[best_distance[order] > 0]
    for part in chunks(order, bounds, boxes, best_distance):
        frame = expanded(bounds[part], best_distance[part])
        place, other = tree.query(shapely.box(*frame.T))
        one = part[place]
        keep = (rows[one] != anchors[other]) & (known[one] != other)
        keep &= box_distance(bounds[one], boxes[other]) < best_distance[one]
        one, other = one[keep], other[keep]
        if len(one) > MAX_PAIRS_PER_ROW * len(part):
            rest = order[
                np.searchsorted(best_distance[order], best_distance[part[0]]) :
            ]
            place, other = tree.query_nearest(
                candidates.outlines[rows[rest]], exclusive=True, all_matches=False
            )
            found.append(
                _closest_per_row(
                    rest[place], other, best_distance, rows, anchors, candidates
                )
            )
            break
        found.append(
            _closest_per_row(one, other, best_distance, rows, anchors, candidates)
        )
    nothing = np.zeros(0, np.intp)
    ones = np.concatenate([nothing, *(one for one, _ in found)])
    others = np.concatenate([nothing, *(other for _, other in found)])
    last = len(ones) - 1 - np.unique(ones[::-1], return_index=True)[1]
    return ones[last], others[last]


def _closest_per_row(
    one: Rows,
    other: Rows,
    best_distance: Values,
    rows: Rows,
    anchors: Rows,
    candidates: Candidates,
) -> tuple[Rows, Rows]:
    """Nearest anchor of each row, where it is closer than the best known distance."""
    gap = shapely.distance(
        candidates.outlines[rows[one]], candidates.outlines[anchors[other]]
    )
    nearer = gap < best_distance[one]
    one, other, gap = one[nearer], other[nearer], gap[nearer]
    order = np.lexsort((other, gap, one))
    first = order[np.flatnonzero(np.diff(one[order], prepend=-1))]
    return one[first], other[first]


def pair_distance(one: Rows, other: Rows, candidates: Candidates) -> Values:
    """(P,) geodesic metres from outline to outline."""
    start, stop = _closest_points(one, other, candidates)
    metres = candidates.projection.distance(start, stop)
    return np.where((start == stop).all(axis=1), 0.0, metres)


def min_pair_distance(pairs: Pairs, candidates: Candidates) -> Values:
    """(P,) lower bound of the metres from outline to outline."""
    box = candidates.bounds
    # 2 % less, because projected metres are not geodesic ones
    return 0.98 * box_distance(box[pairs.one], box[pairs.other])


def offsets_from_anchors(
    one: Rows, other: Rows, candidates: Candidates
) -> NDArray[np.float64]:
    """(P, 2) metres from the anchors' nearest points to the candidates' centroids."""
    order = np.argsort(candidates.morton_codes[one], kind="stable")
    anchors, which = np.unique(other[order], return_inverse=True)
    offset = np.empty((len(one), 2))
    offset[order] = -nearest_point_offsets(
        candidates.centroids[one[order]], candidates.outlines[anchors], which
    )
    return offset


def pairs_within(
    rows: Rows, anchors: Rows, within: float, candidates: Candidates
) -> Pairs:
    """Pairs whose boxes are at most `within` metres apart; all pairs of few anchors."""
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
    """Pairs of a candidate and the index of a shape that it intersects."""
    if not len(rows) or not len(shapes):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    tree = shapely.STRtree(shapes)
    one, other = tree.query(candidates.outlines[rows], predicate="intersects")
    order = np.lexsort((other, one))
    return Pairs(one=rows[one[order]], other=other[order])


def duplicate_pairs(rows: Rows, others: Rows, candidates: Candidates) -> Pairs:
    """Pairs that are one object found for two phrases, or the same polygon."""
    if not len(rows) or not len(others):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    a, b = candidates.outlines[rows], candidates.outlines[others]
    tree = shapely.STRtree(b)
    place, other = tree.query(a)
    area, other_area = shapely.area(a)[place], shapely.area(b)[other]
    box = shared_area(candidates.bounds[rows[place]], candidates.bounds[others[other]])
    upper_bound = np.minimum(box, np.minimum(area, other_area)) * (1 + 1e-9)
    keep = upper_bound >= SAME_OBJECT_IOU * (area + other_area - upper_bound)
    keep |= rows[place] == others[other]
    order = np.flatnonzero(keep)
    order = order[np.lexsort((other[order], place[order]))]
    place, other = place[order], other[order]
    area, other_area = area[order], other_area[order]
    differ = rows[place] != others[other]
    shared = np.ones(len(place))
    both = shared_areas(a[place[differ]], b[other[differ]])
    whole = area[differ] + other_area[differ] - both
    shared[differ] = both / np.maximum(whole, 1e-12)
    same = shared >= SAME_OBJECT_IOU
    return Pairs(one=rows[place[same]], other=others[other[same]])


def separate_anchors(
    units: Selection,
    anchors: Selection,
    candidates: Candidates,
    more_specific: NDArray[np.bool_],
) -> tuple[Rows, Rows]:
    """Candidate indices of anchors and of units, each object on one side only.

    A network may find the same object for two phrases, such as tanks and buildings; it
    belongs to the phrase of the higher confidence. An object found for ships and for
    red ships belongs to the more specific phrase, which is the anchor.

    Args:
        units: Selection that is measured.
        anchors: Selection that it is measured against.
        candidates: All candidates.
        more_specific: (Q, Q) for the phrases of a unit and an anchor, whether the
            anchor's is more specific.

    Returns:
        (A,) anchors and (K,) unit members, ascending.
    """
    count = len(candidates)
    is_anchor, is_own = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    is_anchor[anchors.rows] = is_own[units.rows] = True
    rows, own = np.flatnonzero(is_anchor), np.flatnonzero(is_own)
    other = np.flatnonzero(is_anchor & ~is_own)
    if not len(other) or not len(own):
        return rows, own
    pairs = duplicate_pairs(own, other, candidates)
    certain = candidates.certain
    # features of two layers of the user are two things, however they lie
    pairs = pairs.filter(~(certain[pairs.one] & certain[pairs.other]))
    keeps_unit = candidates.confidence[pairs.one] >= candidates.confidence[pairs.other]
    keeps_unit &= ~more_specific[
        candidates.phrase[pairs.one], candidates.phrase[pairs.other]
    ]
    # the thing that is asked for may be among the features of the user's layer
    keeps_unit |= certain[pairs.other]
    is_anchor[pairs.other[keeps_unit]] = False
    is_own[pairs.one[~keeps_unit]] = False
    return np.flatnonzero(is_anchor), np.flatnonzero(is_own)


def _closest_points(
    one: Rows, other: Rows, candidates: Candidates
) -> tuple[Points, Points]:
    """(P, 2) nearest points of two outlines, in metres."""
    order = np.argsort(candidates.morton_codes[one], kind="stable")
    lines = shapely.shortest_line(
        candidates.outlines[one[order]], candidates.outlines[other[order]]
    )
    ends = np.empty((len(one), 2, 2))
    ends[order] = shapely.get_coordinates(lines).reshape(-1, 2, 2)
    return ends[:, 0], ends[:, 1]
