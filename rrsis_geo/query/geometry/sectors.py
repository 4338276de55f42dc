"""On how many sides of a thing others stand."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import apart, grown, portions
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Values

CORNERS = ((0, 1), (2, 1), (2, 3), (0, 3))
"""Of a box, around it."""


def occupied_sectors(
    rows: Rows, anchors: Rows, reach: Values, seen: Candidates
) -> NDArray[np.float64]:
    """(R,) eighths of the circle around a thing in which anchors lie.

    Outlines count up to the reach, from the thing's middle, cut off where they go on.
    Most of them are not looked at: an anchor whose box lies in one eighth stands there,
    and one that can stand only where others do adds nothing.

    Args:
        rows: Things; none is its own anchor.
        anchors: Others.
        reach: (R,) metres.
        seen: Candidates.
    """
    found = np.zeros((len(rows), 8), np.bool_)
    if not len(rows) or not len(anchors):
        return np.zeros(len(rows))
    tree = shapely.STRtree(seen.shape[anchors])
    point = np.hstack([seen.middle[rows], seen.middle[rows]])
    theirs = seen.bounds[anchors]
    for part in portions(np.arange(len(rows)), point, theirs, reach):
        frame = grown(point[part], reach[part])
        place, other = tree.query(shapely.box(*frame.T))
        one, other = part[place], anchors[other]
        near = apart(point[one], seen.bounds[other]) <= reach[one]
        near &= rows[one] != other
        _look(one[near], other[near], rows, reach, found, seen)
    return np.asarray(found.sum(axis=1), np.float64)


def _look(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    found: NDArray[np.bool_],
    seen: Candidates,
) -> None:
    """Marks the eighths in which the anchors of pairs lie."""
    centre, box = seen.middle[rows[one]], seen.bounds[other]
    may = _may(box, centre)
    ends = np.maximum(np.abs(box[:, :2] - centre), np.abs(box[:, 2:] - centre))
    cut = np.hypot(*ends.T) > 0.99 * reach[one]  # others lie in the disc as a whole
    sure = ~cut & (may.sum(axis=1) == 1)
    found[one[sure], may[sure].argmax(axis=1)] = True
    others = (may & ~found[one]).any(axis=1)
    one, other, may, cut = one[others], other[others], may[others], cut[others]
    _touched(one, box[others] - np.tile(centre[others], 2), reach, found)
    for stage in (_corners, _whole, _cut):
        new = (may & ~found[one]).any(axis=1)
        one, other, may, cut = one[new], other[new], may[new], cut[new]
        some = np.full(len(one), True)
        if stage is not _corners:
            some = cut if stage is _cut else ~cut
        if some.any():
            stage(one[some], other[some], rows, reach, found, seen)


def _may(box: Values, centre: Values) -> NDArray[np.bool_]:
    """(P, 8) eighths around a centre that a box may reach into."""
    corners = np.stack([box[:, pair] for pair in CORNERS], axis=1) - centre[:, None]
    middle = corners.mean(axis=1)
    towards = np.arctan2(middle[:, 1], middle[:, 0])
    cos, sin = np.cos(towards)[:, None], np.sin(towards)[:, None]
    along = corners[..., 0] * cos + corners[..., 1] * sin
    off = np.arctan2(corners[..., 1] * cos - corners[..., 0] * sin, along)
    low = _eighth(towards + off.min(axis=1) - 1e-9)
    high = _eighth(towards + off.max(axis=1) + 1e-9)
    step = np.arange(8) - low[:, None]
    outside = (box[:, :2] > centre).any(axis=1) | (box[:, 2:] < centre).any(axis=1)
    wide = np.where(outside, high - low, 8)
    return np.asarray(step % 8 <= wide[:, None], np.bool_)


def _touched(one: Rows, box: Values, reach: Values, found: NDArray[np.bool_]) -> None:
    """By the sides of boxes, on each of which the outline has a corner.

    Args:
        one: (P,) row of each pair.
        box: (P, 4) seen from the row's middle.
        reach: (R,) metres.
        found: (R, 8) marked where a side lies within reach in one eighth.
    """
    corners = np.stack([box[:, pair] for pair in CORNERS], axis=1)
    angle = np.arctan2(corners[..., 1], corners[..., 0])
    near = np.hypot(corners[..., 0], corners[..., 1]) < 0.99 * reach[one][:, None]
    low, high = _eighth(angle - 1e-9), _eighth(angle + 1e-9)
    sure = near & (low == high)
    for start in range(4):
        end = (start + 1) % 4
        on = sure[:, start] & sure[:, end] & (low[:, start] == low[:, end])
        found[one[on], low[on, start] % 8] = True


def _eighth(angle: Values) -> Rows:
    """(P,) number of the eighth that an angle lies in, not wrapped around."""
    return np.floor((angle + np.pi) / (np.pi / 4)).astype(np.intp)


def _corners(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    found: NDArray[np.bool_],
    seen: Candidates,
) -> None:
    """By corners alone, those that no cut takes away."""
    places, pair = shapely.get_coordinates(seen.shape[other], return_index=True)
    way = places - seen.middle[rows[one[pair]]]
    within = np.hypot(*way.T) < 0.998 * reach[one[pair]]
    _note(one[pair[within]], way[within], found)


def _whole(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    found: NDArray[np.bool_],
    seen: Candidates,
) -> None:
    """By points all around the outlines."""
    _trace(seen.shape[other], one, rows, reach, found, seen)


def _cut(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    found: NDArray[np.bool_],
    seen: Candidates,
) -> None:
    """By points all around what lies within reach."""
    point = seen.point[rows[one]]
    near = shapely.distance(point, seen.shape[other]) <= reach[one]
    one, other, point = one[near], other[near], point[near]
    disc = shapely.buffer(point, reach[one], quad_segs=16)
    _trace(shapely.intersection(seen.shape[other], disc), one, rows, reach, found, seen)


def _trace(
    shapes: NDArray[np.object_],
    one: Rows,
    rows: Rows,
    reach: Values,
    found: NDArray[np.bool_],
    seen: Candidates,
) -> None:
    shapes = shapely.segmentize(shapes, reach[one] / 16)
    places, pair = shapely.get_coordinates(shapes, return_index=True)
    _note(one[pair], places - seen.middle[rows[one[pair]]], found)


def _note(one: Rows, way: Values, found: NDArray[np.bool_]) -> None:
    found[one, _eighth(np.arctan2(way[:, 1], way[:, 0])) % 8] = True
