"""Things that stand together: lines, rows, columns, clusters; and those that do not."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.query import gaps
from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.nodes import Grouped
from rrsis_geo.query.units import Rows, Units, Values, grouped, singles

LINKED = 1.2
"""Usual sizes; a smaller gap links two things of a group."""

STEP = 4.0
"""Usual sizes between the middles of neighbours in a line, at most."""

BEND = 35.0
"""Degrees by which a line may turn from one thing to the next."""

STRAIGHT = 0.35
"""Sizes by which a thing may stand off its line."""

UNEVEN = 1.55
"""Ratio of two steps that follow each other in a line, at most."""

ALIKE = 2.5
"""Ratio of areas of neighbours in a line, at most."""

ACROSS = 35.0
"""Degrees by which a row may slant on the screen, or a column lean."""

LONELY = 3.0
"""Usual sizes to the next of its kind; one farther off stands alone."""


def gather(node: Grouped, units: Units, seen: Candidates) -> Units:
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
    if node.count is not None and node.form != "cluster":
        groups = _of_length(groups, node.count)
    fits = [_fit(len(group), node.count) for group in groups]
    return grouped(groups, fits)


def isolated(units: Units, seen: Candidates) -> Values:
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


def apart(units: Units) -> Units:
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
    tree = shapely.STRtree(seen.shape[rows])
    one, other = tree.query(seen.shape[rows], predicate="dwithin", distance=within)
    label = np.arange(len(rows))
    while True:
        spread = label.copy()
        np.minimum.at(spread, one, label[other])
        spread = spread[spread]  # labels are places, so this halves the ways
        if (spread == label).all():
            break
        label = spread
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [np.sort(rows[part]) for part in np.split(order, cuts)]


def _lines(rows: Rows, form: str, seen: Candidates) -> list[Rows]:
    """Longest straight runs of neighbours first; each thing is in one of them."""
    # from left to right, so that it does not matter in which order things were found
    rows = rows[np.lexsort(seen.middle[rows].T[::-1])]
    middle, size = seen.middle[rows], seen.size[rows]
    points = np.asarray(shapely.points(middle), np.object_)
    usual = float(np.median(size))
    tree = shapely.STRtree(points)
    one, other = tree.query(points, predicate="dwithin", distance=STEP * usual)
    ratio = seen.area[rows][one] / np.maximum(seen.area[rows][other], 1e-9)
    keep = (one != other) & (ratio <= ALIKE) & (ratio >= 1 / ALIKE)
    if form in ("row", "column"):
        way = (middle[other] - middle[one]) @ seen.to_picture.T
        axis = 0 if form == "row" else 1
        steep = np.degrees(np.arctan2(np.abs(way[:, 1 - axis]), np.abs(way[:, axis])))
        keep &= steep <= ACROSS
    links: list[list[int]] = [[] for _ in rows]
    for a, b in zip(one[keep].tolist(), other[keep].tolist(), strict=True):
        links[a].append(b)
    places = middle.tolist()
    runs = {
        tuple(sorted(run))
        for a, near in enumerate(links)
        for b in near
        if a < b
        for run in [_straight(_run(a, b, links, places, usual), middle, size)]
    }
    spread = {run: _spread(middle[list(run)]) for run in runs}
    ordered = sorted(runs, key=lambda run: (-len(run), spread[run], run))
    taken: set[int] = set()
    found = []
    for run in ordered:
        if len(run) >= 3 and len(taken.intersection(run)) <= len(run) // 4:
            taken.update(run)
            found.append(rows[list(run)])
    for run in ordered:  # pairs of what is left
        if len(run) == 2 and not taken.intersection(run):
            taken.update(run)
            found.append(rows[list(run)])
    return found


def _run(
    a: int, b: int, links: list[list[int]], middle: list[list[float]], usual: float
) -> list[int]:
    """The straight run through two neighbours, to both sides."""
    run = [a, b]
    for backwards in (False, True):
        if backwards:
            run.reverse()
        while (follower := _next(run, links, middle, usual)) is not None:
            run.append(follower)
    return run


def _straight(run: list[int], middle: NDArray[np.float64], size: Values) -> list[int]:
    """The run without the ends that stand off its line."""
    while len(run) > 2:
        places = middle[run]
        away = places - places.mean(axis=0)
        _, _, axes = np.linalg.svd(away, full_matrices=False)
        off = np.abs(away @ axes[1]) / np.median(size[run])
        if off.max() <= STRAIGHT:
            break
        run = run[1:] if off[0] >= off[-1] else run[:-1]
    return run


def _next(
    run: list[int], links: list[list[int]], middle: list[list[float]], usual: float
) -> int | None:
    """Who continues a run at its end."""
    (x, y), (x0, y0), (x1, y1) = (middle[run[place]] for place in (-1, -2, 0))
    step_x, step_y = x - x0, y - y0
    length = math.hypot(step_x, step_y)
    whole = max(math.hypot(x - x1, y - y1), 1e-9)
    along_x, along_y = (x - x1) / whole, (y - y1) / whole
    aside = 1.5 * STRAIGHT * usual  # the whole run is measured when it is done
    best: tuple[float, int] | None = None
    for other in links[run[-1]]:
        if other in run:
            continue
        way_x, way_y = middle[other][0] - x, middle[other][1] - y
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
