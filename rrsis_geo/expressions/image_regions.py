"""Positions in the image: its regions, its edges, and order from its sides."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import SIDES, Measurements
from rrsis_geo.expressions.region_bands import ROW, Verdicts
from rrsis_geo.language.directions import Place, Side
from rrsis_geo.language.nodes import Extent
from rrsis_geo.language.region_shares import EDGE_CLEAR

Region: TypeAlias = tuple[Place, Extent]

REGIONS: dict[Region, tuple[str, str]] = {
    ("left", "part"): ("first part", "any"),
    ("right", "part"): ("last part", "any"),
    ("top", "part"): ("any", "first part"),
    ("bottom", "part"): ("any", "last part"),
    ("centre", "part"): ("middle", "middle"),
    ("top left", "part"): ("first part", "first part"),
    ("top right", "part"): ("last part", "first part"),
    ("bottom left", "part"): ("first part", "last part"),
    ("bottom right", "part"): ("last part", "last part"),
    ("middle left", "part"): ("first part", "middle"),
    ("middle right", "part"): ("last part", "middle"),
    ("top centre", "part"): ("middle", "first part"),
    ("bottom centre", "part"): ("middle", "last part"),
    ("left", "half"): ("first half", "any"),
    ("right", "half"): ("last half", "any"),
    ("top", "half"): ("any", "first half"),
    ("bottom", "half"): ("any", "last half"),
    ("top left", "corner"): ("first corner", "first corner"),
    ("top right", "corner"): ("last corner", "first corner"),
    ("bottom left", "corner"): ("first corner", "last corner"),
    ("bottom right", "corner"): ("last corner", "last corner"),
}
"""Regions that training expressions name -> bands of x and of y."""

_ROWS = [(region, ROW[across], ROW[down]) for region, (across, down) in REGIONS.items()]


def in_region(measured: Measurements, region: Region) -> Verdicts:
    """(N,) surely in the region, (N,) surely not."""
    (across_yes, across_no), (down_yes, down_no) = measured.bands
    across, down = (ROW[band] for band in REGIONS[region])
    return (
        across_yes[across] & down_yes[down],
        across_no[across] | down_no[down],
    )


def regions_of(measured: Measurements, row: int) -> list[Region]:
    """The regions where one object surely is, in the order of `REGIONS`."""
    (across, _), (down, _) = measured.bands
    is_across, is_down = across[:, row].tolist(), down[:, row].tolist()
    return [region for region, x, y in _ROWS if is_across[x] and is_down[y]]


def cut_by_edge(measured: Measurements, side: Side) -> Verdicts:
    """(N,) surely cut by that edge of the image, (N,) surely not."""
    column = SIDES.index(side)
    length = measured.width if column % 2 == 0 else measured.height
    limit = 0.0 if column < 2 else length
    away = np.abs(measured.box[:, column] - limit) > EDGE_CLEAR * length
    return measured.cut[:, column], away


def run_from_side(
    measured: Measurements, rows: NDArray[np.int64], side: Side, rank: int, count: int
) -> NDArray[np.int64] | None:
    """Rows of the run that starts at the rank-th from a side; None if in doubt.

    Without doubt means a gap at both ends of the run, in centroids and in leading
    edges.
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
