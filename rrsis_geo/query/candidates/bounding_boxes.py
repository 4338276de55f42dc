"""Boxes and middles: what is worth measuring, found without measuring it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Rows = NDArray[np.intp]

PAIRS_PER_CHUNK = 4_000_000
"""Pairs held at a time, so that memory does not grow with crowds that lie together."""


def approximate_nearest(
    own: Values, theirs: Values, ids: Rows, their_ids: Rows
) -> Rows:
    """(N,) place of one of `theirs` that is close, not always the closest; -1: none.

    The others stand in columns of equally many, sorted by height; each point looks at
    those around its height in its own column and the two beside it.

    Args:
        own: (N, 2) points.
        theirs: (M, 2) points.
        ids: (N,) numbers; a point is not close to the one of its own number.
        their_ids: (M,) numbers.
    """
    columns = max(int(np.sqrt(len(theirs) / 2)), 1)
    across = np.argsort(theirs[:, 0], kind="stable")
    cuts = theirs[across[len(across) * np.arange(1, columns) // columns], 0]
    low, span = theirs[:, 1].min(), max(float(np.ptp(theirs[:, 1])), 1e-9)
    height = 0.999 * np.clip((theirs[:, 1] - low) / span, 0, 1)
    key = np.searchsorted(cuts, theirs[:, 0], side="right") + height
    order = np.argsort(key, kind="stable")
    key = key[order]
    column = np.searchsorted(cuts, own[:, 0], side="right")
    level = 0.999 * np.clip((own[:, 1] - low) / span, 0, 1)
    best = np.full(len(own), -1, np.intp)
    least = np.full(len(own), np.inf)
    for beside in (0, -1, 1):
        place = np.searchsorted(key, np.clip(column + beside, 0, columns - 1) + level)
        for step in (-2, -1, 0, 1):
            other = order[np.clip(place + step, 0, len(order) - 1)]
            way = own - theirs[other]
            far = np.einsum("ij,ij->i", way, way)
            closer = (far < least) & (ids != their_ids[other])
            best = np.where(closer, other, best)
            least = np.where(closer, far, least)
    return best


def chunks(order: Rows, bounds: Values, theirs: Values, away: Values) -> Iterator[Rows]:
    """The rows in parts that cannot meet more than `PAIRS_PER_CHUNK` boxes."""
    most = np.full(len(order), len(theirs))
    frame = expanded(bounds[order], np.minimum(away[order], 1e12))
    for axis in (0, 1):
        low, high = np.sort(theirs[:, axis]), np.sort(theirs[:, axis + 2])
        begun = np.searchsorted(low, frame[:, axis + 2], side="right")
        ended = np.searchsorted(high, frame[:, axis], side="left")
        most = np.minimum(most, begun - ended)
    chunk = np.cumsum(most) // PAIRS_PER_CHUNK
    yield from np.split(order, np.flatnonzero(np.diff(chunk)) + 1)


def expanded(bounds: Values, by: Values) -> Values:
    """(N, 4) boxes with that much around them, a little more for rounding."""
    more = (np.minimum(by, 1e12) * (1 + 1e-9) + 1e-9)[:, None]
    return np.hstack([bounds[:, :2] - more, bounds[:, 2:] + more])


def box_distance(one: Values, other: Values) -> Values:
    """(P,) between two boxes; no outlines in them are nearer."""
    gap = np.maximum(one[:, :2] - other[:, 2:], other[:, :2] - one[:, 2:])
    return np.asarray(np.hypot(*np.maximum(gap, 0).T), np.float64)


def shared_area(one: Values, other: Values) -> Values:
    """(P,) area that two boxes share; no outlines in them share more."""
    low = np.maximum(one[:, :2], other[:, :2])
    high = np.minimum(one[:, 2:], other[:, 2:])
    return np.asarray(np.maximum(high - low, 0).prod(axis=1), np.float64)


def morton_codes(points: Values) -> Rows:
    """(N,) numbers along a curve that winds through all points (Morton 1966).

    What is near each other there lies near each other: worked through in that order,
    the same outlines are still in the processor's cache.
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
