"""Operations on bounding boxes that keep most outlines from being measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Rows = NDArray[np.intp]

PAIRS_PER_CHUNK = 4_000_000
"""Box pairs compared in one step; bounds memory where many objects overlap."""


def approximate_nearest(
    points: Values, others: Values, ids: Rows, other_ids: Rows
) -> Rows:
    """(N,) index of a point of `others` that is near, not always the nearest; -1: none.

    The others are sorted by y within columns that hold equally many. Each point is
    compared with those at its y in its own column and the two next to it.

    Args:
        points: (N, 2) coordinates.
        others: (M, 2) coordinates.
        ids: (N,) object numbers; an object is not its own neighbour.
        other_ids: (M,) object numbers.
    """
    columns = max(int(np.sqrt(len(others) / 2)), 1)
    by_x = np.argsort(others[:, 0], kind="stable")
    cuts = others[by_x[len(by_x) * np.arange(1, columns) // columns], 0]
    low, span = others[:, 1].min(), max(float(np.ptp(others[:, 1])), 1e-9)
    height = 0.999 * np.clip((others[:, 1] - low) / span, 0, 1)
    key = np.searchsorted(cuts, others[:, 0], side="right") + height
    order = np.argsort(key, kind="stable")
    key = key[order]
    column = np.searchsorted(cuts, points[:, 0], side="right")
    level = 0.999 * np.clip((points[:, 1] - low) / span, 0, 1)
    best = np.full(len(points), -1, np.intp)
    least = np.full(len(points), np.inf)
    for shift in (0, -1, 1):
        place = np.searchsorted(key, np.clip(column + shift, 0, columns - 1) + level)
        for step in (-2, -1, 0, 1):
            other = order[np.clip(place + step, 0, len(order) - 1)]
            offset = points - others[other]
            squared = np.einsum("ij,ij->i", offset, offset)
            closer = (squared < least) & (ids != other_ids[other])
            best = np.where(closer, other, best)
            least = np.where(closer, squared, least)
    return best


def chunks(
    order: Rows, bounds: Values, others: Values, distance: Values
) -> Iterator[Rows]:
    """Split rows so that each part meets at most about `PAIRS_PER_CHUNK` boxes.

    Args:
        order: (R,) rows, in the order in which they are yielded.
        bounds: (N, 4) boxes of all rows.
        others: (M, 4) boxes that they are compared with.
        distance: (N,) by which the boxes of the rows are expanded.
    """
    most = np.full(len(order), len(others))
    frame = expanded(bounds[order], np.minimum(distance[order], 1e12))
    for axis in (0, 1):
        low, high = np.sort(others[:, axis]), np.sort(others[:, axis + 2])
        begun = np.searchsorted(low, frame[:, axis + 2], side="right")
        ended = np.searchsorted(high, frame[:, axis], side="left")
        most = np.minimum(most, begun - ended)
    chunk = np.cumsum(most) // PAIRS_PER_CHUNK
    yield from np.split(order, np.flatnonzero(np.diff(chunk)) + 1)


def expanded(bounds: Values, distance: Values) -> Values:
    """(N, 4) boxes with a margin on all sides, slightly enlarged for rounding."""
    margin = (np.minimum(distance, 1e12) * (1 + 1e-9) + 1e-9)[:, None]
    return np.hstack([bounds[:, :2] - margin, bounds[:, 2:] + margin])


def box_distance(one: Values, other: Values) -> Values:
    """(P,) distance between two boxes, a lower bound for outlines inside them."""
    gap = np.maximum(one[:, :2] - other[:, 2:], other[:, :2] - one[:, 2:])
    return np.asarray(np.hypot(*np.maximum(gap, 0).T), np.float64)


def shared_area(one: Values, other: Values) -> Values:
    """(P,) area that two boxes share, an upper bound for outlines inside them."""
    low = np.maximum(one[:, :2], other[:, :2])
    high = np.minimum(one[:, 2:], other[:, 2:])
    return np.asarray(np.maximum(high - low, 0).prod(axis=1), np.float64)


def morton_codes(points: Values) -> Rows:
    """(N,) positions along a Z-order curve (Morton 1966).

    Points that are near each other get similar codes, so that outlines visited in this
    order are still in the processor's cache.
    """
    if not len(points):
        return np.zeros(0, np.intp)
    low, span = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-9)
    cell = ((points - low) / span * 1023).astype(np.intp)
    for shift, mask in (
        (8, 0x00FF00FF),
        (4, 0x0F0F0F0F),
        (2, 0x33333333),
        (1, 0x55555555),
    ):
        cell = (cell | (cell << shift)) & mask
    return np.asarray(cell[:, 0] | (cell[:, 1] << 1), np.intp)
