"""On how many sides of a thing others stand."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import box_distance, chunks, expanded
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Values

CORNERS = ((0, 1), (2, 1), (2, 3), (0, 3))
"""Of a box, around it."""


def occupied_sectors(
    rows: Rows, anchors: Rows, reach: Values, candidates: Candidates
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
    occupied = np.zeros((len(rows), 8), np.bool_)
    if not len(rows) or not len(anchors):
        return np.zeros(len(rows))
    tree = shapely.STRtree(candidates.outlines[anchors])
    point = np.hstack([candidates.centroids[rows], candidates.centroids[rows]])
    theirs = candidates.bounds[anchors]
    for part in chunks(np.arange(len(rows)), point, theirs, reach):
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
    """Marks the eighths in which the anchors of pairs lie."""
    centre, box = candidates.centroids[rows[one]], candidates.bounds[other]
    possible = _possible_sectors(box, centre)
    ends = np.maximum(np.abs(box[:, :2] - centre), np.abs(box[:, 2:] - centre))
    clipped = np.hypot(*ends.T) > 0.99 * reach[one]  # others lie in the disc as a whole
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
    """(P, 8) eighths around a centre that a box may reach into."""
    corners = np.stack([box[:, pair] for pair in CORNERS], axis=1) - centre[:, None]
    centroids = corners.mean(axis=1)
    towards = np.arctan2(centroids[:, 1], centroids[:, 0])
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
    low, high = _sector(angle - 1e-9), _sector(angle + 1e-9)
    sure = near & (low == high)
    for start in range(4):
        end = (start + 1) % 4
        on = sure[:, start] & sure[:, end] & (low[:, start] == low[:, end])
        occupied[one[on], low[on, start] % 8] = True


def _sector(angle: Values) -> Rows:
    """(P,) number of the eighth that an angle lies in, not wrapped around."""
    return np.floor((angle + np.pi) / (np.pi / 4)).astype(np.intp)


def _mark_by_vertices(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """By corners alone, those that no cut takes away."""
    places, pair = shapely.get_coordinates(
        candidates.outlines[other], return_index=True
    )
    way = places - candidates.centroids[rows[one[pair]]]
    within = np.hypot(*way.T) < 0.998 * reach[one[pair]]
    _mark(one[pair[within]], way[within], occupied)


def _mark_by_outline(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """By points all around the outlines."""
    _mark_along(candidates.outlines[other], one, rows, reach, occupied, candidates)


def _mark_by_clipped_outline(
    one: Rows,
    other: Rows,
    rows: Rows,
    reach: Values,
    occupied: NDArray[np.bool_],
    candidates: Candidates,
) -> None:
    """By points all around what lies within reach."""
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


def _mark(one: Rows, way: Values, occupied: NDArray[np.bool_]) -> None:
    occupied[one, _sector(np.arctan2(way[:, 1], way[:, 0])) % 8] = True
