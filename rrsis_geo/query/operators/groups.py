"""Things that stand together: lines, rows, columns, clusters; and those that do not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query.candidates.bounding_boxes import chunks, expanded
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import (
    Rows,
    Selection,
    Values,
    selection_of_groups,
    selection_of_rows,
)
from rrsis_geo.query.geometry.distance import (
    nearest_distance,
)
from rrsis_geo.query.plan.nodes import Grouped

MAX_LINK_GAP = 1.2
"""Usual sizes; a smaller gap links two things of a group."""

MAX_STEP = 4.0
"""Usual sizes between the middles of neighbours in a line, at most."""

MAX_TURN = 35.0
"""Degrees by which a line may turn from one thing to the next."""

MAX_OFFSET = 0.35
"""Sizes by which a thing may stand off its line."""

MAX_PROVISIONAL_OFFSET = 1.5 * MAX_OFFSET
"""Likewise while the line is not known yet; it is measured when it is done."""

MAX_STEP_RATIO = 1.55
"""Ratio of two steps that follow each other in a line, at most."""

MAX_AREA_RATIO = 2.5
"""Ratio of areas of neighbours in a line, at most."""

MAX_SLANT = 35.0
"""Degrees by which a row may slant on the screen, or a column lean."""

MIN_ISOLATION_GAP = 3.0
"""Usual sizes to the next of its kind; one farther off stands alone."""

CHUNK = 65_536
"""Threes looked at together, so that memory does not grow with them."""

TOLERANCE = 1 + 1e-9
"""Factor on limits where more is let through than what is measured later."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _NeighbourGraph:
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


def find_groups(node: Grouped, units: Selection, candidates: Candidates) -> Selection:
    """Groups of that form; the more the count is missed, the worse they fit."""
    rows = np.sort(units.accepted().rows)
    if not len(rows):
        return selection_of_groups([], [])
    if node.form == "cluster":
        groups = _clusters(rows, candidates)
    else:
        groups = _lines(rows, node.form, candidates)
    least = 2
    groups = [group for group in groups if len(group) >= least]
    if node.or_more:
        groups = [group for group in groups if len(group) >= (node.count or least)]
        return selection_of_groups(groups, [1.0] * len(groups))
    if node.count is not None and node.form != "cluster":
        groups = _of_length(groups, node.count)
    fits = [_fit(len(group), node.count) for group in groups]
    return selection_of_groups(groups, fits)


def isolated(units: Selection, candidates: Candidates) -> Values:
    """(U,) how far they stand from all others of their set."""
    if len(units) < 2:
        return np.ones(len(units))
    rows = units.rows
    away = nearest_distance(rows, rows, candidates)
    alone = units.reduce(away, np.minimum)
    size = float(np.median(candidates.size[rows]))
    median_size = max(float(np.median(alone)), size)
    far = np.minimum(alone / (MIN_ISOLATION_GAP * size), alone / (2 * median_size))
    return np.asarray(far**2 / (1 + far**2), np.float64)


def ungrouped(units: Selection) -> Selection:
    """Every member a unit, as well fitting as its group."""
    if units.ungrouped:
        return units
    members = selection_of_rows(units.rows)
    return members.with_fit(units.fit[units.owner])


def _fit(size: int, count: int | None) -> float:
    return 1.0 if count is None or size == count else 0.45 / abs(size - count)


def _clusters(rows: Rows, candidates: Candidates) -> list[Rows]:
    """Single linkage."""
    within = MAX_LINK_GAP * float(np.median(candidates.size[rows]))
    one, other = _linked_pairs(rows, within, candidates)
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


def _linked_pairs(
    rows: Rows, within: float, candidates: Candidates
) -> tuple[Rows, Rows]:
    """Places of two, the lower one first, whose outlines are so near each other."""
    tree = shapely.STRtree(candidates.outlines[rows])
    bounds = candidates.bounds[rows]
    limit = np.full(len(rows), within)
    found = []
    for part in chunks(np.arange(len(rows)), bounds, bounds, limit):
        frame = expanded(bounds[part], limit[part])
        place, other = tree.query(shapely.box(*frame.T))
        one = part[place]
        one, other = one[one < other], other[one < other]
        gap = shapely.distance(
            candidates.outlines[rows[one]], candidates.outlines[rows[other]]
        )
        found.append((one[gap <= within], other[gap <= within]))
    return (
        np.concatenate([one for one, _ in found]),
        np.concatenate([other for _, other in found]),
    )


def _lines(rows: Rows, form: str, candidates: Candidates) -> list[Rows]:
    """Longest straight runs of neighbours first; each thing is in one of them."""
    # from left to right, so that it does not matter in which order things were found
    rows = rows[np.lexsort(candidates.centroids[rows].T[::-1])]
    centroids, size = candidates.centroids[rows], candidates.size[rows].tolist()
    median_size = float(np.median(size))
    one, other = _links(rows, form, median_size, candidates)
    ends = np.searchsorted(one, np.arange(len(rows) + 1))
    graph = _NeighbourGraph(
        other=other,
        ends=ends.tolist(),
        x=centroids[:, 0].tolist(),
        y=centroids[:, 1].tolist(),
    )
    continues = _may_continue(one, other, ends, centroids, median_size)
    begun, pair = continues & (one < other), ~continues & (one < other)
    found_runs = {
        tuple(_extend(a, b, graph, median_size))
        for a, b in zip(one[begun].tolist(), other[begun].tolist(), strict=True)
    }
    runs = {tuple(sorted(_trimmed(list(run), centroids, size))) for run in found_runs}
    taken: set[int] = set()
    found = []
    for run in sorted(
        (run for run in runs if len(run) >= 3),
        key=lambda run: (-len(run), _line_residual(centroids[list(run)]), run),
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


def _links(
    rows: Rows, form: str, median_size: float, candidates: Candidates
) -> tuple[Rows, Rows]:
    """Places of neighbours that may follow each other, those of the first ascending."""
    centroids = candidates.centroids[rows]
    points = np.asarray(shapely.points(centroids), np.object_)
    tree = shapely.STRtree(points)
    one, other = tree.query(
        points, predicate="dwithin", distance=MAX_STEP * median_size
    )
    ratio = candidates.area[rows][one] / np.maximum(candidates.area[rows][other], 1e-9)
    keep = (one != other) & (ratio <= MAX_AREA_RATIO) & (ratio >= 1 / MAX_AREA_RATIO)
    if form in ("row", "column"):
        way = (centroids[other] - centroids[one]) @ candidates.metres_to_pixels.T
        axis = 0 if form == "row" else 1
        steep = np.degrees(np.arctan2(np.abs(way[:, 1 - axis]), np.abs(way[:, axis])))
        keep &= steep <= MAX_SLANT
    return one[keep], other[keep]


def _may_continue(
    one: Rows,
    other: Rows,
    ends: Rows,
    centroids: NDArray[np.float64],
    median_size: float,
) -> NDArray[np.bool_]:
    """(L,) links that may have a follower at one of their ends.

    Most have none, and `_successor` need not look for it. Limits are a little wider than
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
    chunk = np.cumsum(count) // CHUNK
    for part in np.split(np.arange(len(one)), np.flatnonzero(np.diff(chunk)) + 1):
        link = np.repeat(part, count[part])
        before = np.cumsum(count[part]) - count[part]
        nth = np.arange(len(link)) - np.repeat(before, count[part])
        third = other[ends[other[link]] + nth]
        start, end = centroids[one[link]], centroids[other[link]]
        (x, y), (next_x, next_y) = (end - start).T, (centroids[third] - end).T
        length, far = np.hypot(x, y), np.hypot(next_x, next_y)
        even = np.maximum(length, far) <= TOLERANCE * MAX_STEP_RATIO * np.minimum(
            length, far
        )
        cosine = (x * next_x + y * next_y) / np.maximum(length * far, 1e-300)
        off = np.abs(x * next_y - y * next_x) / np.maximum(length, 1e-300)
        may = even & (cosine >= math.cos(math.radians(MAX_TURN)) - (TOLERANCE - 1))
        may &= (off <= TOLERANCE * MAX_PROVISIONAL_OFFSET * median_size) & (
            third != one[link]
        )
        follows[link[may]] = True
    number = one * len(centroids) + other
    turned = other * len(centroids) + one
    return follows | np.isin(turned, number[follows])


def _extend(a: int, b: int, graph: _NeighbourGraph, median_size: float) -> list[int]:
    """The straight run through two neighbours, to both sides."""
    run = [a, b]
    for backwards in (False, True):
        if backwards:
            run.reverse()
        while (follower := _successor(run, graph, median_size)) is not None:
            run.append(follower)
    return run


def _trimmed(
    run: list[int], centroids: NDArray[np.float64], size: list[float]
) -> list[int]:
    """The run without the ends that stand off its line."""
    while len(run) > 2:
        places = centroids[run]
        away = places - places.mean(axis=0)
        _, _, axes = np.linalg.svd(away, full_matrices=False)
        off = np.abs(away @ axes[1]) / median(size[place] for place in run)
        if off.max() <= MAX_OFFSET:
            break
        run = run[1:] if off[0] >= off[-1] else run[:-1]
    return run


def _successor(
    run: list[int], graph: _NeighbourGraph, median_size: float
) -> int | None:
    """Who continues a run at its end."""
    (x, y), (x0, y0), (x1, y1) = (graph.place(run[nth]) for nth in (-1, -2, 0))
    step_x, step_y = x - x0, y - y0
    length = math.hypot(step_x, step_y)
    whole = max(math.hypot(x - x1, y - y1), 1e-9)
    along_x, along_y = (x - x1) / whole, (y - y1) / whole
    aside = MAX_PROVISIONAL_OFFSET * median_size
    best: tuple[float, int] | None = None
    for other in graph.of(run[-1]):
        if other in run:
            continue
        way_x, way_y = graph.x[other] - x, graph.y[other] - y
        far = math.hypot(way_x, way_y)
        if not length / MAX_STEP_RATIO <= far <= length * MAX_STEP_RATIO:
            continue
        cosine = (way_x * step_x + way_y * step_y) / (far * length)
        turn = math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))
        off = abs(way_x * along_y - way_y * along_x)
        if turn <= MAX_TURN and off <= aside:
            cost = far * (1 + turn / 45)
            if best is None or cost < best[0]:
                best = cost, other
    return None if best is None else best[1]


def _of_length(groups: list[Rows], count: int) -> list[Rows]:
    """Those of just that length first, if there are any."""
    exact = [group for group in groups if len(group) == count]
    return exact or groups


def _line_residual(centroids: NDArray[np.float64]) -> float:
    """How far points lie off their line."""
    if len(centroids) < 3:
        return 0.0
    away = centroids - centroids.mean(axis=0)
    return float(np.linalg.svd(away, compute_uv=False)[-1])
