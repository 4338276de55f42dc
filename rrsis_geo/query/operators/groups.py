"""Groups of objects: lines, rows, columns and clusters; and isolated objects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Grouped
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

MAX_LINK_GAP = 1.2
"""Median sizes; a smaller gap links two objects of a cluster."""

MAX_STEP = 4.0
"""Median sizes; largest distance between centroids of neighbours in a line."""

MAX_TURN = 35.0
"""Degrees; largest change of direction from one step of a line to the next."""

MAX_OFFSET = 0.35
"""Median sizes; largest distance of an object from its line."""

MAX_PROVISIONAL_OFFSET = 1.5 * MAX_OFFSET
"""The same while the line is still growing; `MAX_OFFSET` is checked at the end."""

MAX_STEP_RATIO = 1.55
"""Largest ratio of two successive steps of a line."""

MAX_AREA_RATIO = 2.5
"""Largest ratio of areas of neighbours in a line."""

MAX_SLANT = 35.0
"""Degrees; largest angle between a row and the x axis, or a column and the y axis."""

MIN_ISOLATION_GAP = 3.0
"""Median sizes; distance to the nearest neighbour from which on one is isolated."""

CHUNK = 65_536
"""Triples processed at a time, so that memory stays bounded."""

TOLERANCE = 1 + 1e-9
"""Factor on limits of a filter whose results are checked exactly later."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _NeighbourGraph:
    """N objects and their possible neighbours in a line, as Python numbers."""

    other: Rows
    """(L,) neighbours, grouped by object."""

    ends: list[int]
    """N + 1 offsets into `other`: where the neighbours of each object begin."""

    x: list[float]
    """N centroids, in metres."""

    y: list[float]
    """N centroids, in metres."""

    def of(self, index: int) -> list[int]:
        """Neighbours of an object."""
        return list(self.other[self.ends[index] : self.ends[index + 1]].tolist())

    def centroid(self, index: int) -> tuple[float, float]:
        """Centroid of an object."""
        return self.x[index], self.y[index]


def find_groups(node: Grouped, units: Selection, candidates: Candidates) -> Selection:
    """Find groups of a form; the fit decreases with the difference in count."""
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
    """(U,) membership by the distance to the nearest other unit."""
    if len(units) < 2:
        return np.ones(len(units))
    rows = units.rows
    row_distance = nearest_distance(rows, rows, candidates)
    distance = units.reduce(row_distance, np.minimum)
    size = float(np.median(candidates.size[rows]))
    typical_distance = max(float(np.median(distance)), size)
    far = np.minimum(
        distance / (MIN_ISOLATION_GAP * size), distance / (2 * typical_distance)
    )
    return np.asarray(far**2 / (1 + far**2), np.float64)


def ungrouped(units: Selection) -> Selection:
    """Turn the members of groups into units with the fit of their group."""
    if units.ungrouped:
        return units
    members = selection_of_rows(units.rows)
    return members.with_fit(units.fit[units.owner])


def _fit(size: int, count: int | None) -> float:
    return 1.0 if count is None or size == count else 0.45 / abs(size - count)


def _clusters(rows: Rows, candidates: Candidates) -> list[Rows]:
    """Single-linkage clustering."""
    within = MAX_LINK_GAP * float(np.median(candidates.size[rows]))
    one, other = _linked_pairs(rows, within, candidates)
    label = np.arange(len(rows))
    while True:
        spread = label.copy()
        np.minimum.at(spread, one, label[other])
        np.minimum.at(spread, other, label[one])
        # labels are indices, so following them halves the path lengths
        spread = spread[spread]
        if (spread == label).all():
            break
        label = spread
    order = np.argsort(label, kind="stable")
    order = order[np.bincount(label)[label[order]] > 1]  # most are alone
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [rows[part] for part in np.split(order, cuts)]


def _linked_pairs(
    rows: Rows, within: float, candidates: Candidates
) -> tuple[Rows, Rows]:
    """Pairs of indices, the lower first, whose outlines are at most `within` apart."""
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
    """Partition into straight lines, longest first; what is left forms pairs."""
    # sorted by position, so that the order of the candidates does not matter
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
    seeds, isolated_pairs = continues & (one < other), ~continues & (one < other)
    extended = {
        tuple(_extend(a, b, graph, median_size))
        for a, b in zip(one[seeds].tolist(), other[seeds].tolist(), strict=True)
    }
    runs = {tuple(sorted(_trimmed(list(run), centroids, size))) for run in extended}
    taken: set[int] = set()
    lines = []
    for run in sorted(
        (run for run in runs if len(run) >= 3),
        key=lambda run: (-len(run), _line_residual(centroids[list(run)]), run),
    ):
        if len(taken.intersection(run)) <= len(run) // 4:
            taken.update(run)
            lines.append(rows[list(run)])
    pairs = {run for run in runs if len(run) == 2}
    pairs.update(
        zip(one[isolated_pairs].tolist(), other[isolated_pairs].tolist(), strict=True)
    )
    remaining = []
    for run in sorted(pairs):  # of what is left
        if not taken.intersection(run):
            taken.update(run)
            remaining.append(run)
    return [*lines, *rows[np.array(remaining, np.intp).reshape(-1, 2)]]


def _links(
    rows: Rows, form: str, median_size: float, candidates: Candidates
) -> tuple[Rows, Rows]:
    """Pairs of indices that may be neighbours in a line, sorted by the first."""
    centroids = candidates.centroids[rows]
    points = np.asarray(shapely.points(centroids), np.object_)
    tree = shapely.STRtree(points)
    one, other = tree.query(
        points, predicate="dwithin", distance=MAX_STEP * median_size
    )
    ratio = candidates.area[rows][one] / np.maximum(candidates.area[rows][other], 1e-9)
    keep = (one != other) & (ratio <= MAX_AREA_RATIO) & (ratio >= 1 / MAX_AREA_RATIO)
    if form in ("row", "column"):
        step = (centroids[other] - centroids[one]) @ candidates.metres_to_pixels.T
        axis = 0 if form == "row" else 1
        steep = np.degrees(np.arctan2(np.abs(step[:, 1 - axis]), np.abs(step[:, axis])))
        keep &= steep <= MAX_SLANT
    return one[keep], other[keep]


def _may_continue(
    one: Rows,
    other: Rows,
    ends: Rows,
    centroids: NDArray[np.float64],
    median_size: float,
) -> NDArray[np.bool_]:
    """(L,) whether a link may be continued at one of its ends.

    Most links cannot, and `_successor` is not called for them. The limits are slightly
    wider than there, for rounding.

    Args:
        one: (L,) first object of each link, ascending.
        other: (L,) second object of each link.
        ends: (N + 1,) offsets into the links: where those of each object begin.
        centroids: (N, 2) metres.
        median_size: Metres.
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
    """Extend a link to both sides."""
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
    """Drop objects from the ends until all are close to the fitted line."""
    while len(run) > 2:
        points = centroids[run]
        centred = points - points.mean(axis=0)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        off = np.abs(centred @ axes[1]) / median(size[index] for index in run)
        if off.max() <= MAX_OFFSET:
            break
        run = run[1:] if off[0] >= off[-1] else run[:-1]
    return run


def _successor(
    run: list[int], graph: _NeighbourGraph, median_size: float
) -> int | None:
    """The best continuation of a line at its end; None without any."""
    (x, y), (x0, y0), (x1, y1) = (graph.centroid(run[nth]) for nth in (-1, -2, 0))
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
    """The groups of exactly that length, if there are any."""
    exact = [group for group in groups if len(group) == count]
    return exact or groups


def _line_residual(centroids: NDArray[np.float64]) -> float:
    """Smallest singular value of the centred points: how far they are off a line."""
    if len(centroids) < 3:
        return 0.0
    centred = centroids - centroids.mean(axis=0)
    return float(np.linalg.svd(centred, compute_uv=False)[-1])
