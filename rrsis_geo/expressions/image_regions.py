"""Where in the image: parts of it, its edges, and order along its sides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import SIDES, Measured
from rrsis_geo.expressions.region_bands import ROW

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

_ROWS = [(place, ROW[across], ROW[down]) for place, (across, down) in PLACES.items()]

EDGE_CLEAR = 0.03
"""From this share of the image on, nobody says that the edge cuts an object."""


def in_place(
    measured: Measured, place: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(N,) surely there, (N,) surely not there."""
    (across_yes, across_no), (down_yes, down_no) = measured.bands
    across, down = (ROW[band] for band in PLACES[place])
    return (
        across_yes[across] & down_yes[down],
        across_no[across] | down_no[down],
    )


def places_of(measured: Measured, row: int) -> list[str]:
    """The places where one object surely is, in the order of `PLACES`."""
    (across, _), (down, _) = measured.bands
    is_across, is_down = across[:, row].tolist(), down[:, row].tolist()
    return [place for place, x, y in _ROWS if is_across[x] and is_down[y]]


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
    if last > len(rows) or count == len(rows):
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
