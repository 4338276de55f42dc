"""Sectors around an object in which other objects lie."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import box_distance, chunks, expanded
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Values

CORNERS = ((0, 1), (2, 1), (2, 3), (0, 3))
"""Columns of x and y of a box's corners, in order around it."""


def occupied_sectors(
    rows: Rows, anchors: Rows, reach: Values, candidates: Candidates
) -> NDArray[np.float64]:
    """(R,) number of 45 degree sectors around each row in which anchors lie.

    Outlines count within the reach from the row's centroid and are clipped there. Most
    outlines are not traced: an anchor whose box lies in one sector occupies it, and one
    whose possible sectors are all occupied adds nothing.

    Args:
        rows: (R,) candidates; none is its own anchor.
        anchors: (A,) candidates.
        reach: (R,) metres.
        candidates: All candidates.
    """
    occupied = np.zeros((len(rows), 8), np.bool_)
    if not len(rows) or not len(anchors):
        return np.zeros(len(rows))
    tree = shapely.STRtree(candidates.outlines[anchors])
    point = np.hstack([candidates.centroids[rows], candidates.centroids[rows]])
    boxes = candidates.bounds[anchors]
    for part in chunks(np.arange(len(rows)), point, boxes, reach):
        frame = expanded(point[part], reach[part])
        place, other = tree.query(shapely.box(*frame.T))
        one, other = part[place], anchors[other]
        near = box_distance(point[one], candidates.bounds[other]) <= reach[one]
        near &= rows[one] != other
        _mark_occupied(one[near], other[near], rows, reach, occupied, candidates)
    return np.asarray(occupied.sum(axis=1), np.float64)


def _mark_occupied(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """Mark the sectors that the anchors of pairs occupy, cheapest tests first."""
    centre, box = candidates.centroids[rows[one]], candidates.bounds[other]
    possible = _possible_sectors(box, centre)
    ends = np.maximum(np.abs(box[:, :2] - centre), np.abs(box[:, 2:] - centre))
    # the others are within reach as a whole
    clipped = np.hypot(*ends.T) > 0.99 * reach[one]
    sure = ~clipped & (possible.sum(axis=1) == 1)
    occupied[one[sure], possible[sure].argmax(axis=1)] = True
    others = (possible & ~occupied[one]).any(axis=1)
    one, other, possible, clipped = (
        one[others],
        other[others],
        possible[others],
        clipped[others],
    )
    _mark_by_box_sides(one, box[others] - np.tile(centre[others], 2), reach, occupied)
    for stage in (_mark_by_vertices, _mark_by_outline, _mark_by_clipped_outline):
        new = (possible & ~occupied[one]).any(axis=1)
        one, other, possible, clipped = (
            one[new],
            other[new],
            possible[new],
            clipped[new],
        )
        some = np.full(len(one), True)
        if stage is not _mark_by_vertices:
            some = clipped if stage is _mark_by_clipped_outline else ~clipped
        if some.any():
            stage(one[some], other[some], rows, reach, occupied, candidates)


def _possible_sectors(box: Values, centre: Values) -> NDArray[np.bool_]:
    """(P, 8) sectors around a centre that a box may extend into."""
    corners = np.stack([box[:, pair] for pair in CORNERS], axis=1) - centre[:, None]
    middle = corners.mean(axis=1)
    towards = np.arctan2(middle[:, 1], middle[:, 0])
    cos, sin = np.cos(towards)[:, None], np.sin(towards)[:, None]
    along = corners[..., 0] * cos + corners[..., 1] * sin
    off = np.arctan2(corners[..., 1] * cos - corners[..., 0] * sin, along)
    low = _sector(towards + off.min(axis=1) - 1e-9)
    high = _sector(towards + off.max(axis=1) + 1e-9)
    step = np.arange(8) - low[:, None]
    outside = (box[:, :2] > centre).any(axis=1) | (box[:, 2:] < centre).any(axis=1)
    wide = np.where(outside, high - low, 8)
    return np.asarray(step % 8 <= wide[:, None], np.bool_)


def _mark_by_box_sides(
    one: Rows, box: Values, reach: Values, occupied: NDArray[np.bool_]
) -> None:
    """Mark sectors by sides of boxes, each of which holds a vertex of the outline.

    Args:
        one: (P,) row of each pair.
        box: (P, 4) boxes, relative to the row's centroid.
        reach: (R,) metres.
        occupied: (R, 8) marked where a side lies within reach in one sector.
    """
    corners = np.stack([box[:, pair] for pair in CORNERS], axis=1)
    angle = np.arctan2(corners[..., 1], corners[..., 0])
    near = np.hypot(corners[..., 0], corners[..., 1]) < 0.99 * reach[one][:, None]
    low, high = _sector(angle - 1e-9), _sector(angle + 1e-9)
    sure = near & (low == high)
    for start in range(4):
        end = (start + 1) % 4
        on = sure[:, start] & sure[:, end] & (low[:, start] == low[:, end])
        occupied[one[on], low[on, start] % 8] = True


def _sector(angle: Values) -> Rows:
    """(P,) number of the sector of an angle, not wrapped around."""
    return np.floor((angle + np.pi) / (np.pi / 4)).astype(np.intp)


def _mark_by_vertices(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """Mark sectors by vertices within reach, which clipping keeps."""
    places, pair = shapely.get_coordinates(
        candidates.outlines[other], return_index=True
    )
    offset = places - candidates.centroids[rows[one[pair]]]
    within = np.hypot(*offset.T) < 0.998 * reach[one[pair]]
    _mark(one[pair[within]], offset[within], occupied)


def _mark_by_outline(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """Mark sectors by points along the outlines."""
    _mark_along(candidates.outlines[other], one, rows, reach, occupied, candidates)


def _mark_by_clipped_outline(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """Mark sectors by points along the outlines, clipped at the reach."""
    point = candidates.centroid_points[rows[one]]
    near = shapely.distance(point, candidates.outlines[other]) <= reach[one]
    one, other, point = one[near], other[near], point[near]
    disc = shapely.buffer(point, reach[one], quad_segs=16)
    _mark_along(
        shapely.intersection(candidates.outlines[other], disc),
        one,
        rows,
        reach,
        occupied,
        candidates,
    )


def _mark_along(
    shapes: NDArray[np.object_],
    one: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    shapes = shapely.segmentize(shapes, reach[one] / 16)
    places, pair = shapely.get_coordinates(shapes, return_index=True)
    _mark(one[pair], places - candidates.centroids[rows[one[pair]]], occupied)


def _mark(one: Rows, offset: Values, occupied: NDArray[np.bool_]) -> None:
    occupied[one, _sector(np.arctan2(offset[:, 1], offset[:, 0])) % 8] = True
