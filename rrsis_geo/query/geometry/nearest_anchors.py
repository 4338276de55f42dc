"""The nearest of many anchors for each candidate."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import box_distance, chunks, expanded
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Values
from rrsis_geo.query.geometry.distance import Pairs

NEAREST_COUNT = 8
"""Anchors per candidate, by the distance to their boxes."""

FIRST_REACH = 0.7
"""Half side of the first search box, as a share of the side of a square that would hold
`NEAREST_COUNT` anchors if they were spread evenly."""


def nearest_anchors(rows: Rows, anchors: Rows, candidates: Candidates) -> Pairs:
    """Pair each row with the `NEAREST_COUNT` anchors nearest to its centroid.

    Distances run from the centroid to the anchors' bounding boxes. The search box is
    doubled until it holds enough of them.
    """
    if not len(rows) or not len(anchors):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    centroids, boxes = candidates.centroids[rows], candidates.bounds[anchors]
    if len(anchors) <= NEAREST_COUNT:
        one, other = np.divmod(np.arange(len(rows) * len(anchors)), len(anchors))
        return _keep_nearest(one, other, rows, anchors, centroids, boxes)
    tree = shapely.STRtree(np.asarray(shapely.box(*boxes.T), np.object_))
    span = np.ptp(boxes.reshape(-1, 2), axis=0).max()
    every = np.concatenate([boxes.reshape(-1, 2), centroids])
    farthest = 2 * np.ptp(every, axis=0).max()
    reach = max(
        FIRST_REACH * span / np.sqrt(len(anchors)) * np.sqrt(NEAREST_COUNT), 1e-9
    )
    left, parts = np.arange(len(rows)), []
    while len(left):
        limit = np.full(len(left), reach)
        point = np.hstack([centroids[left], centroids[left]])
        again = []
        for part in chunks(np.arange(len(left)), point, boxes, limit):
            own = left[part]
            place, other = tree.query(
                shapely.box(*expanded(point[part], limit[part]).T)
            )
            one = own[place]
            gap = box_distance(
                np.hstack([centroids[one], centroids[one]]), boxes[other]
            )
            good = (gap <= reach) & (rows[one] != anchors[other])
            one, other = one[good], other[good]
            full = np.bincount(one, minlength=len(rows))[own] >= NEAREST_COUNT
            full |= reach > farthest
            again.append(own[~full])
            done = np.isin(one, own[full])
            parts.append(
                _keep_nearest(one[done], other[done], rows, anchors, centroids, boxes)
            )
        left, reach = np.concatenate(again), 2 * reach
    one = np.concatenate([part.one for part in parts])
    other = np.concatenate([part.other for part in parts])
    order = np.argsort(one, kind="stable")
    return Pairs(one=one[order], other=other[order])


def _keep_nearest(
    one: Rows,
    other: Rows,
    rows: Rows,
    anchors: Rows,
    centroids: NDArray[np.float64],
    boxes: Values,
) -> Pairs:
    different = rows[one] != anchors[other]
    one, other = one[different], other[different]
    # by index, then by distance, so that the first of equally near ones are taken
    one, other = np.divmod(np.sort(one * len(anchors) + other), len(anchors))
    gap = box_distance(np.hstack([centroids[one], centroids[one]]), boxes[other])
    first = np.flatnonzero(np.diff(one, prepend=-1))
    count = np.diff(first, append=len(one))
    most = int(count.max(initial=0))
    if len(first) * most > 4 * len(one):  # a few rows have many
        order = np.lexsort((gap, one))
        rank = np.arange(len(one)) - np.repeat(first, count)
        order = order[rank < NEAREST_COUNT]
    else:
        table = np.full((len(first), most), np.inf)
        place = np.arange(len(one)) - np.repeat(first, count)
        table[np.repeat(np.arange(len(first)), count), place] = gap
        nearest = np.argsort(table, axis=1, kind="stable")[:, :NEAREST_COUNT]
        order = (nearest + first[:, None])[nearest < count[:, None]]
    return Pairs(one=rows[one[order]], other=anchors[other[order]])
