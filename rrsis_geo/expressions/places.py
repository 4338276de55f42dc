"""Where in the image: parts of it, its edges, and order along its sides.

Place words are fuzzy, so each has a zone that everybody would call so and a wider
one outside of which nobody would; an object in between makes the words doubtful.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.geometry import SIDES, Measured

_BAND = {
    # name: where it surely holds, where it surely doesn't outside of (shares)
    "first": ((0.0, 0.34), (0.0, 0.50)),
    "middle": ((0.40, 0.60), (0.29, 0.71)),
    "last": ((0.66, 1.0), (0.50, 1.0)),
    "first half": ((0.0, 0.44), (0.0, 0.56)),
    "last half": ((0.56, 1.0), (0.44, 1.0)),
    "first corner": ((0.0, 0.26), (0.0, 0.40)),
    "last corner": ((0.74, 1.0), (0.60, 1.0)),
    "any": ((0.0, 1.0), (0.0, 1.0)),
}

PLACES: dict[str, tuple[str, str]] = {
    "left": ("first", "any"),
    "right": ("last", "any"),
    "top": ("any", "first"),
    "bottom": ("any", "last"),
    "centre": ("middle", "middle"),
    "top left": ("first", "first"),
    "top right": ("last", "first"),
    "bottom left": ("first", "last"),
    "bottom right": ("last", "last"),
    "middle left": ("first", "middle"),
    "middle right": ("last", "middle"),
    "top centre": ("middle", "first"),
    "bottom centre": ("middle", "last"),
    "left half": ("first half", "any"),
    "right half": ("last half", "any"),
    "top half": ("any", "first half"),
    "bottom half": ("any", "last half"),
    "top left corner": ("first corner", "first corner"),
    "top right corner": ("last corner", "first corner"),
    "bottom left corner": ("first corner", "last corner"),
    "bottom right corner": ("last corner", "last corner"),
}
"""Place -> bands of x and of y, as shares of width and height."""

SPILL = 0.14
"""How far, as a share of the image, an object may reach beyond a wide zone."""

EDGE_CLEAR = 0.03
"""From this share of the image on, nobody says that the edge cuts an object."""


def in_place(
    measured: Measured, place: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(N,) surely there, (N,) surely not there."""
    extent = np.array([measured.width, measured.height])
    centre = measured.centre / extent
    low, high = measured.box[:, :2] / extent, measured.box[:, 2:] / extent
    yes = np.ones(len(measured), dtype=bool)
    no = np.zeros(len(measured), dtype=bool)
    for axis, band in enumerate(PLACES[place]):
        (start, stop), (wide_start, wide_stop) = _BAND[band]
        at = centre[:, axis]
        yes &= (at >= start) & (at <= stop)
        yes &= (low[:, axis] >= wide_start - SPILL) & (
            high[:, axis] <= wide_stop + SPILL
        )
        # A large object may reach into the zone although its centre is elsewhere.
        reach = np.minimum(high[:, axis], stop) - np.maximum(low[:, axis], start)
        deep = reach > 0.25 * (stop - start)
        no |= ((at < wide_start) | (at > wide_stop)) & ~deep
    return yes, no & ~yes


def at_edge(
    measured: Measured, side: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(N,) surely cut by that edge, (N,) surely not."""
    column = SIDES.index(side)
    length = measured.width if column % 2 == 0 else measured.height
    limit = 0.0 if column < 2 else length
    away = np.abs(measured.box[:, column] - limit) > EDGE_CLEAR * length
    return measured.cut[:, column], away


def run_from(
    measured: Measured, rows: NDArray[np.int64], side: str, rank: int, count: int
) -> NDArray[np.int64] | None:
    """Rows of the run that starts at the rank-th from a side; None when unclear.

    Clear means a gap on both ends of the run, in centroids and in leading edges.
    """
    axis = 0 if side in ("left", "right") else 1
    sign = 1.0 if side in ("left", "top") else -1.0
    centre = sign * measured.centre[rows, axis]
    edge = sign * measured.box[rows, axis if sign > 0 else axis + 2]
    order = np.argsort(centre, kind="stable")
    first, last = rank - 1, rank - 1 + count
    if last > len(rows):
        return None
    extent = measured.width if axis == 0 else measured.height
    margin = max(0.02 * extent, 0.25 * float(np.median(measured.size[rows])))
    chosen = order[first:last]
    for before, after in ((order[:first], chosen), (chosen, order[last:])):
        if not (before.size and after.size):
            continue
        if centre[after].min() - centre[before].max() < margin:
            return None
        if edge[after].min() - edge[before].max() < 0.5 * margin:
            return None
    picked = rows[chosen]
    return None if measured.sliver[picked].any() else picked
