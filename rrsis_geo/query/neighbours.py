"""Of many anchors those around a thing."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.boxes import apart, grown, portions
from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.gaps import Pairs
from rrsis_geo.query.units import Rows, Values

FEW = 8
"""Anchors whose boxes are nearest: where only the nearer ones count, these do."""


def few(rows: Rows, anchors: Rows, seen: Candidates) -> Pairs:
    """Each row with the `FEW` anchors whose boxes are nearest to its middle."""
    if not len(rows) or not len(anchors):
        return Pairs(one=np.zeros(0, np.intp), other=np.zeros(0, np.intp))
    middle, boxes = seen.middle[rows], shapely.bounds(seen.shape[anchors])
    if len(anchors) <= FEW:
        one, other = np.divmod(np.arange(len(rows) * len(anchors)), len(anchors))
        return _fewest(one, other, rows, anchors, middle, boxes)
    tree = shapely.STRtree(np.asarray(shapely.box(*boxes.T), np.object_))
    span = np.ptp(boxes.reshape(-1, 2), axis=0).max()
    every = np.concatenate([boxes.reshape(-1, 2), middle])
    farthest = 2 * np.ptp(every, axis=0).max()
    reach = max(span / np.sqrt(len(anchors)) * np.sqrt(FEW), 1e-9)
    left, parts = np.arange(len(rows)), []
    while len(left):
        limit = np.full(len(left), reach)
        point = np.hstack([middle[left], middle[left]])
        again = []
        for part in portions(np.arange(len(left)), point, boxes, limit):
            own = left[part]
            place, other = tree.query(shapely.box(*grown(point[part], limit[part]).T))
            one = own[place]
            gap = apart(np.hstack([middle[one], middle[one]]), boxes[other])
            good = (gap <= reach) & (rows[one] != anchors[other])
            one, other = one[good], other[good]
            full = np.bincount(one, minlength=len(rows))[own] >= FEW
            full |= reach > farthest
            again.append(own[~full])
            done = np.isin(one, own[full])
            parts.append(_fewest(one[done], other[done], rows, anchors, middle, boxes))
        left, reach = np.concatenate(again), 2 * reach
    one = np.concatenate([part.one for part in parts])
    other = np.concatenate([part.other for part in parts])
    order = np.argsort(one, kind="stable")
    return Pairs(one=one[order], other=other[order])


def _fewest(
    one: Rows,
    other: Rows,
    rows: Rows,
    anchors: Rows,
    middle: NDArray[np.float64],
    boxes: Values,
) -> Pairs:
    different = rows[one] != anchors[other]
    one, other = one[different], other[different]
    gap = apart(np.hstack([middle[one], middle[one]]), boxes[other])
    order = np.lexsort((other, gap, one))
    one, other = one[order], other[order]
    rank = np.arange(len(one)) - np.searchsorted(one, one)
    kept = rank < FEW
    return Pairs(one=rows[one[kept]], other=anchors[other[kept]])
