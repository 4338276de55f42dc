"""Things that stand together: lines, rows, columns, clusters; and those that do not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Grouped
from rrsis_geo.query.candidates.bounding_boxes import grown, portions
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import (
    Rows,
    Selection,
    Values,
    grouped,
    singles,
)
from rrsis_geo.query.geometry import distance as gaps

LINKED = 1.2
"""Usual sizes; a smaller gap links two things of a group."""

STEP = 4.0
"""Usual sizes between the middles of neighbours in a line, at most."""

BEND = 35.0
"""Degrees by which a line may turn from one thing to the next."""

STRAIGHT = 0.35
"""Sizes by which a thing may stand off its line."""

ASIDE = 1.5 * STRAIGHT
"""Likewise while the line is not known yet; it is measured when it is done."""

UNEVEN = 1.55
"""Ratio of two steps that follow each other in a line, at most."""

ALIKE = 2.5
"""Ratio of areas of neighbours in a line, at most."""

ACROSS = 35.0
"""Degrees by which a row may slant on the screen, or a column lean."""

LONELY = 3.0
"""Usual sizes to the next of its kind; one farther off stands alone."""

PORTION = 65_536
"""Threes looked at together, so that memory does not grow with them."""

WIDER = 1 + 1e-9
"""Factor on limits where more is let through than what is measured later."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Links:
    """N things and who may stand next to each in a line, in plain numbers."""

    other: Rows
    """(L,) neighbours, those of the first thing first."""

    ends: list[int]
    """N + 1: where the neighbours of each begin, and where the last ones end."""

    x: list[float]
    """N: middles in metres."""

    y: list[float]
    """N: likewise."""

    def of(self, thing: int) -> list[int]:
        """The neighbours of one."""
        return list(self.other[self.ends[thing] : self.ends[thing + 1]].tolist())

    def place(self, thing: int) -> tuple[float, float]:
        """Its middle."""
        return self.x[thing], self.y[thing]


def gather(node: Grouped, units: Selection, seen: Candidates) -> Selection:
    """Groups of that form; the more the count is missed, the worse they fit."""
    rows = np.sort(units.sure().rows)
    if not len(rows):
        return grouped([], [])
    if node.form == "cluster":
        groups = _clusters(rows, seen)
    else:
        groups = _lines(rows, node.form, seen)
    least = 2
    groups = [group for group in groups if len(group) >= least]
    if node.or_more:
        groups = [group for group in groups if len(group) >= (node.count or least)]
        return grouped(groups, [1.0] * len(groups))
    if node.count is not None and node.form != "cluster":
        groups = _of_length(groups, node.count)
    fits = [_fit(len(group), node.count) for group in groups]
    return grouped(groups, fits)


def isolated(units: Selection, seen: Candidates) -> Values:
    """(U,) how far they stand from all others of their set."""
    if len(units) < 2:
        return np.ones(len(units))
    rows = units.rows
    away = gaps.nearest(rows, rows, seen)
    alone = units.over(away, np.minimum)
    size = float(np.median(seen.size[rows]))
    usual = max(float(np.median(alone)), size)
    far = np.minimum(alone / (LONELY * size), alone / (2 * usual))
    return np.asarray(far**2 / (1 + far**2), np.float64)


def apart(units: Selection) -> Selection:
    """Every member a unit, as well fitting as its group."""
    if units.single:
        return units
    members = singles(units.rows)
    return members.fitting(units.fit[units.owner])


def _fit(size: int, count: int | None) -> float:
    return 1.0 if count is None or size == count else 0.45 / abs(size - count)


def _clusters(rows: Rows, seen: Candidates) -> list[Rows]:
    """Single linkage."""
    within = LINKED * float(np.median(seen.size[rows]))
    one, other = _close(rows, within, seen)
    label = np.arange(len(rows))
    while True:
        spread = label.copy()
        np.minimum.at(spread, one, label[other])
        np.minimum.at(spread, other, label[one])
        spread = spread[spread]  # labels are places, so this halves the ways
        if (spread == label).all():
            break
        label = spread
    order = np.argsort(label, kind="stable")
    order = order[np.bincount(label)[label[order]] > 1]  # most stand alone
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [rows[part] for part in np.split(order, cuts)]


def _close(rows: Rows, within: float, seen: Candidates) -> tuple[Rows, Rows]:
    """Places of two, the lower one first, whose outlines are so near each other."""
    tree = shapely.STRtree(seen.shape[rows])
    bounds = seen.bounds[rows]
    limit = np.full(len(rows), within)
    found = []
    for part in portions(np.arange(len(rows)), bounds, bounds, limit):
        frame = grown(bounds[part], limit[part])
        place, other = tree.query(shapely.box(*frame.T))
        one = part[place]
        one, other = one[one < other], other[one < other]
        gap = shapely.distance(seen.shape[rows[one]], seen.shape[rows[other]])
        found.append((one[gap <= within], other[gap <= within]))
    return (
        np.concatenate([one for one, _ in found]),
        np.concatenate([other for _, other in found]),
    )


def _lines(rows: Rows, form: str, seen: Candidates) -> list[Rows]:
    """Longest straight runs of neighbours first; each thing is in one of them."""
    # from left to right, so that it does not matter in which order things were found
    rows = rows[np.lexsort(seen.middle[rows].T[::-1])]
    middle, size = seen.middle[rows], seen.size[rows].tolist()
    usual = float(np.median(size))
    one, other = _links(rows, form, usual, seen)
    ends = np.searchsorted(one, np.arange(len(rows) + 1))
    links = _Links(
        other=other,
        ends=ends.tolist(),
        x=middle[:, 0].tolist(),
        y=middle[:, 1].tolist(),
    )
    goes_on = _goes_on(one, other, ends, middle, usual)
    begun, pair = goes_on & (one < other), ~goes_on & (one < other)
    found_runs = {
        tuple(_run(a, b, links, usual))
        for a, b in zip(one[begun].tolist(), other[begun].tolist(), strict=True)
    }
    runs = {tuple(sorted(_straight(list(run), middle, size))) for run in found_runs}
    taken: set[int] = set()
    found = []
    for run in sorted(
        (run for run in runs if len(run) >= 3),
        key=lambda run: (-len(run), _spread(middle[list(run)]), run),
    ):
        if len(taken.intersection(run)) <= len(run) // 4:
            taken.update(run)
            found.append(rows[list(run)])
    pairs = {run for run in runs if len(run) == 2}
    pairs.update(zip(one[pair].tolist(), other[pair].tolist(), strict=True))
    left = []
    for run in sorted(pairs):  # of what is left
        if not taken.intersection(run):
            taken.update(run)
            left.append(run)
    return [*found, *rows[np.array(left, np.intp).reshape(-1, 2)]]


def _links(rows: Rows, form: str, usual: float, seen: Candidates) -> tuple[Rows, Rows]:
    """Places of neighbours that may follow each other, those of the first ascending."""
    middle = seen.middle[rows]
    points = np.asarray(shapely.points(middle), np.object_)
    tree = shapely.STRtree(points)
    one, other = tree.query(points, predicate="dwithin", distance=STEP * usual)
    ratio = seen.area[rows][one] / np.maximum(seen.area[rows][other], 1e-9)
    keep = (one != other) & (ratio <= ALIKE) & (ratio >= 1 / ALIKE)
    if form in ("row", "column"):
        way = (middle[other] - middle[one]) @ seen.to_picture.T
        axis = 0 if form == "row" else 1
        steep = np.degrees(np.arctan2(np.abs(way[:, 1 - axis]), np.abs(way[:, axis])))
        keep &= steep <= ACROSS
    return one[keep], other[keep]


def _goes_on(
    one: Rows, other: Rows, ends: Rows, middle: NDArray[np.float64], usual: float
) -> NDArray[np.bool_]:
    """(L,) links that may have a follower at one of their ends.

    Most have none, and `_next` need not look for it. Limits are a little wider than
    there, for rounding.

    Args:
        one: (L,) ascending.
        other: (L,) who is linked to it.
        ends: (N + 1,) where the links of each begin, and where the last ones end.
        middle: (N, 2) places.
        usual: Usual size.
    """
    count = np.diff(ends)[other]
    follows = np.zeros(len(one), np.bool_)
    portion = np.cumsum(count) // PORTION
    for part in np.split(np.arange(len(one)), np.flatnonzero(np.diff(portion)) + 1):
        link = np.repeat(part, count[part])
        before = np.cumsum(count[part]) - count[part]
        nth = np.arange(len(link)) - np.repeat(before, count[part])
        third = other[ends[other[link]] + nth]
        start, end = middle[one[link]], middle[other[link]]
        (x, y), (next_x, next_y) = (end - start).T, (middle[third] - end).T
        length, far = np.hypot(x, y), np.hypot(next_x, next_y)
        even = np.maximum(length, far) <= WIDER * UNEVEN * np.minimum(length, far)
        cosine = (x * next_x + y * next_y) / np.maximum(length * far, 1e-300)
        off = np.abs(x * next_y - y * next_x) / np.maximum(length, 1e-300)
        may = even & (cosine >= math.cos(math.radians(BEND)) - (WIDER - 1))
        may &= (off <= WIDER * ASIDE * usual) & (third != one[link])
        follows[link[may]] = True
    number = one * len(middle) + other
    turned = other * len(middle) + one
    return follows | np.isin(turned, number[follows])


def _run(a: int, b: int, links: _Links, usual: float) -> list[int]:
    """The straight run through two neighbours, to both sides."""
    run = [a, b]
    for backwards in (False, True):
        if backwards:
            run.reverse()
        while (follower := _next(run, links, usual)) is not None:
            run.append(follower)
    return run


def _straight(
    run: list[int], middle: NDArray[np.float64], size: list[float]
) -> list[int]:
    """The run without the ends that stand off its line."""
    while len(run) > 2:
        places = middle[run]
        away = places - places.mean(axis=0)
        _, _, axes = np.linalg.svd(away, full_matrices=False)
        off = np.abs(away @ axes[1]) / median(size[place] for place in run)
        if off.max() <= STRAIGHT:
            break
        run = run[1:] if off[0] >= off[-1] else run[:-1]
    return run


def _next(run: list[int], links: _Links, usual: float) -> int | None:
    """Who continues a run at its end."""
    (x, y), (x0, y0), (x1, y1) = (links.place(run[nth]) for nth in (-1, -2, 0))
    step_x, step_y = x - x0, y - y0
    length = math.hypot(step_x, step_y)
    whole = max(math.hypot(x - x1, y - y1), 1e-9)
    along_x, along_y = (x - x1) / whole, (y - y1) / whole
    aside = ASIDE * usual
    best: tuple[float, int] | None = None
    for other in links.of(run[-1]):
        if other in run:
            continue
        way_x, way_y = links.x[other] - x, links.y[other] - y
        far = math.hypot(way_x, way_y)
        if not length / UNEVEN <= far <= length * UNEVEN:
            continue
        cosine = (way_x * step_x + way_y * step_y) / (far * length)
        turn = math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))
        off = abs(way_x * along_y - way_y * along_x)
        if turn <= BEND and off <= aside:
            cost = far * (1 + turn / 45)
            if best is None or cost < best[0]:
                best = cost, other
    return None if best is None else best[1]


def _of_length(groups: list[Rows], count: int) -> list[Rows]:
    """Those of just that length first, if there are any."""
    exact = [group for group in groups if len(group) == count]
    return exact or groups


def _spread(middle: NDArray[np.float64]) -> float:
    """How far points lie off their line."""
    if len(middle) < 3:
        return 0.0
    away = middle - middle.mean(axis=0)
    return float(np.linalg.svd(away, compute_uv=False)[-1])
