"""Relations among objects: near, on one side, between, in groups.

Distances are measured from outline to outline and judged by the sizes of the objects.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.region_bands import Verdicts
from rrsis_geo.language.directions import Side

Rows = NDArray[np.int64]
Form: TypeAlias = Literal["row", "column", "cluster"]


def near(measured: Measurements, rows: Rows, anchors: Rows) -> Verdicts:
    """(R,) surely near one of the anchors, (R,) surely near none.

    Near is within the object's own size or 6 % of the image's longer side, whichever is
    less; more than three times that is not near.
    """
    gap = measured.nearest(rows, anchors)
    reach = np.minimum(
        1.0 * measured.size[rows], 0.06 * max(measured.width, measured.height)
    )
    return gap <= reach, gap > 3 * np.maximum(reach, 4.0)


def beside(measured: Measurements, rows: Rows, side: Side, anchor: int) -> Verdicts:
    """(R,) surely on that side of the anchor, (R,) surely not.

    A slanting or winding anchor has no sides, so everything is in doubt. Surely there
    is a box that ends before the anchor's begins, within 45 degrees of the axis; surely
    not there is a centroid on the other side or level with the anchor's.
    """
    spanned = np.prod(measured.box[anchor, 2:] - measured.box[anchor, :2])
    if measured.area[anchor] < 0.45 * spanned:
        return np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    if " " in side:
        return _off_corner(measured, rows, side, anchor)
    axis = 0 if side in ("left", "right") else 1
    sign = -1.0 if side in ("left", "top") else 1.0
    offset = measured.centre[rows] - measured.centre[anchor]
    along = sign * offset[:, axis]
    other = 1 - axis
    # An object beside any part of a long anchor is beside it, so only the distance
    # beyond its ends counts.
    extent = measured.box[anchor, other + 2] - measured.box[anchor, other]
    across = np.maximum(np.abs(offset[:, other]) - 0.3 * extent, 0.0)
    low, high = measured.box[:, axis], measured.box[:, axis + 2]
    free = low[rows] - high[anchor] if sign > 0 else low[anchor] - high[rows]
    slack = 0.15 * np.minimum(measured.size[rows], measured.size[anchor])
    margin = 0.1 * np.minimum(measured.size[rows], measured.size[anchor])
    yes = (free >= -slack) & (along > margin) & (across <= along)
    return yes, along < -margin


def _off_corner(
    measured: Measurements, rows: Rows, corner: Side, anchor: int
) -> Verdicts:
    """Surely there is 25 to 65 degrees off the axes, with boxes apart along both."""
    down, across = corner.split()
    signs = np.array([-1 if across == "left" else 1, -1 if down == "top" else 1])
    offset = signs * (measured.centre[rows] - measured.centre[anchor])
    box, other = measured.box[rows], measured.box[anchor]
    apart = np.maximum(box[:, :2] - other[2:], other[:2] - box[:, 2:])
    usual = np.minimum(measured.size[rows], measured.size[anchor])
    steep = np.degrees(np.arctan2(offset[:, 1], offset[:, 0]))
    yes = (steep >= 25) & (steep <= 65) & (apart >= -0.15 * usual[:, None]).all(axis=1)
    return yes, (offset < -0.1 * usual[:, None]).any(axis=1)


def between(measured: Measurements, rows: Rows, first: int, second: int) -> Verdicts:
    """(R,) surely between the two, (R,) surely not."""
    start, stop = measured.centre[first], measured.centre[second]
    way = stop - start
    length = max(float(np.hypot(*way)), 1e-9)
    offset = measured.centre[rows] - start
    along = offset @ way / length**2
    across = np.abs(offset @ np.array([-way[1], way[0]])) / length**2
    box = measured.box[rows]
    apart = np.ones(len(rows), dtype=bool)
    for anchor in (first, second):
        other = measured.box[anchor]
        apart &= (box[:, :2] >= other[2:]).any(axis=1) | (box[:, 2:] <= other[:2]).any(
            axis=1
        )
    yes = (along >= 0.25) & (along <= 0.75) & (across <= 0.15) & apart
    no = (along < -0.1) | (along > 1.1) | (across > 0.5)
    return yes, no


def closest_or_farthest(
    measured: Measurements, rows: Rows, order: str, anchors: Rows
) -> Rows | None:
    """Row of the closest to, or farthest from, the anchors; None if in doubt."""
    if len(rows) < 2:
        return None
    gap = measured.nearest(rows, anchors)
    by_gap = np.argsort(gap if order == "closest" else -gap, kind="stable")
    best, next_best = by_gap[0], by_gap[1]
    margin = max(
        0.25 * min(gap[best], gap[next_best]),
        0.3 * float(np.median(measured.size[rows])),
        0.015 * max(measured.width, measured.height),
    )
    if abs(gap[next_best] - gap[best]) < margin or measured.sliver[rows[best]]:
        return None
    # People compare centres as well as outlines; both must agree.
    middle = np.hypot(
        *(measured.centre[rows][:, None] - measured.centre[anchors][None]).T
    ).min(axis=0)
    rest = np.delete(middle, best)
    ahead = (
        rest.min() - middle[best] if order == "closest" else (middle[best] - rest.max())
    )
    return rows[[best]] if ahead >= 0.3 * margin else None


def groups(measured: Measurements, rows: Rows) -> list[Rows]:
    """Clusters of objects by single linkage, each clearly apart from all others.

    Two objects are linked when the gap between them is at most 1.2 median sizes. Empty
    when any gap between clusters is under 2.5 sizes, because people would then draw
    their borders differently.
    """
    if len(rows) < 2 or len(rows) > 80 or measured.sliver[rows].any():
        return []
    size = float(np.median(measured.size[rows]))
    gap = measured.linked(rows, within=2.5 * size)
    np.fill_diagonal(gap, 0.0)
    linked = gap <= 1.2 * size
    label = np.arange(len(rows))
    for _ in range(len(rows)):
        spread = np.where(linked, label[None, :], len(rows)).min(axis=1)
        if (spread == label).all():
            break
        label = spread
    apart = label[:, None] != label[None, :]
    if apart.any() and gap[apart].min() < 2.5 * size:
        return []
    return [rows[label == one] for one in np.unique(label)]


def form_of(measured: Measurements, rows: Rows) -> Form:
    """Whether a group of objects forms a row, a column, or only a cluster."""
    if len(rows) < 3:
        return "cluster"
    middle = measured.centre[rows]
    spread = np.ptp(middle, axis=0)
    forms: tuple[Form, Form] = ("row", "column")
    for axis, name in enumerate(forms):
        if spread[axis] < 1e-9:
            continue
        slope, at_zero = np.polyfit(middle[:, axis], middle[:, 1 - axis], 1)
        off = np.abs(middle[:, 1 - axis] - slope * middle[:, axis] - at_zero)
        steps = np.diff(np.sort(middle[:, axis]))
        typical = float(np.median(measured.size[rows]))
        if (
            abs(slope) <= 0.3
            and off.max() <= 0.3 * typical
            and (steps.min() >= 0.4 * steps.max())
        ):
            return name
    return "cluster"


def isolated(measured: Measurements, rows: Rows) -> Rows | None:
    """Row of the one clearly farther off than any other; None if none is."""
    if len(rows) < 3 or measured.sliver[rows].any():
        return None
    lonely = measured.nearest(rows, rows)
    order = np.argsort(-lonely)
    first, second = lonely[order[0]], lonely[order[1]]
    enough = 3 * float(np.median(measured.size[rows]))
    return rows[order[:1]] if first >= max(2.5 * second, enough) else None
