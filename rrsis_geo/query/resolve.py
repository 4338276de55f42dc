"""A plan worked out on what the network found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query import gaps, groups, order, places, standing
from rrsis_geo.query import nodes as n
from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.chance import ranked
from rrsis_geo.query.describe import reason
from rrsis_geo.query.narrower import narrowing
from rrsis_geo.query.nodes import Node
from rrsis_geo.query.notation import notation
from rrsis_geo.query.plan import Plan
from rrsis_geo.query.units import FITS, Rows, Units, joined, singles

DOUBTFUL = 0.3
"""Chance below which nothing serves as an anchor while there are surer ones."""

CRUMB = 0.2
"""Chance below which nothing takes part in a choice while there are surer ones."""

PLAINLY = 0.7
"""Mean probability from which on the network is believed where the map found none."""

FORGOTTEN = 0.02
"""Fit below which a unit is dropped on the way."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one part of the plan left."""

    words: str
    """The part in words."""
    count: int
    """Objects, or groups, that fit so far."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """Which candidates an expression means."""

    rows: NDArray[np.intp]
    """(K,) candidates, ascending, none twice."""

    rank: NDArray[np.int64]
    """(K,) 1 = first in the order asked for; 0 = none asked for."""

    distance: NDArray[np.float64]
    """(K,) metres to the nearest anchor; NaN = none."""

    anchors: dict[str, NDArray[np.intp]]
    """What was measured against, in words -> candidates."""

    steps: tuple[Step, ...]
    """In the order in which they were worked out."""

    advice: tuple[str, ...]
    """What was not clear."""


def resolve(plan: Plan, seen: Candidates, *, told: str | None = None) -> Answer:
    """Work out a plan.

    Args:
        plan: Its phrases are among those of the candidates.
        seen: What the network found for them.
        told: A phrase that holds the whole expression. Where the map leaves none of
            the things that are there, what the network plainly took for it is meant.
    """
    work = _Work(plan, seen)
    units = work.with_late_distances(work.units(plan.root).sure())
    if told is not None and not len(units):
        units = _taken_whole(plan, seen, told)
        work.steps.append(Step(words="as the network understood it", count=len(units)))
    first: dict[int, int] = {}
    for place, row in enumerate(units.rows.tolist()):
        first.setdefault(row, place)
    rows = np.array(sorted(first), np.intp)
    owner = units.owner[[first[row] for row in rows.tolist()]]
    return Answer(
        rows=rows,
        rank=units.rank[owner],
        distance=units.distance[owner],
        anchors=work.anchors,
        steps=tuple(work.steps),
        advice=tuple(dict.fromkeys(work.advice)),
    )


def sought(node: Node) -> tuple[str, ...]:
    """Phrases that an answer's objects may come from, anchors' left out."""
    if isinstance(node, n.Find):
        return (node.phrase,)
    if isinstance(node, n.Union):
        return tuple(phrase for part in node.parts for phrase in sought(part))
    return sought(node.of)


def _taken_whole(plan: Plan, seen: Candidates, told: str) -> Units:
    """What the network took for the whole expression, if it did so plainly."""
    there = any(len(seen.of(phrase)) for phrase in sought(plan.root))
    rows = seen.of(told)
    area = seen.area[rows]
    score = seen.polygons.columns["score"][rows]
    plainly = (score * area).sum() >= PLAINLY * max(area.sum(), 1e-9)
    return singles(rows if there and plainly else rows[:0])


class _Work:
    """One plan on one scene; equal parts are worked out once."""

    def __init__(self, plan: Plan, seen: Candidates) -> None:
        self.seen = seen
        self.root = plan.root
        self.single = not plan.finds[0].plural
        self.narrows = narrowing(plan.finds, seen.phrases)
        self._chooses = not plan.is_plain
        self.steps: list[Step] = []
        self.advice: list[str] = []
        self.anchors: dict[str, Rows] = {}
        self._far_from: list[Rows] = []
        self._known: dict[Node, Units] = {}

    def units(self, node: Node) -> Units:
        """What a part of the plan stands for, doubtful ones included."""
        if node not in self._known:
            units = self._worked(node)
            self._known[node] = units
            words = (
                f'find "{node.phrase}"'
                if isinstance(node, n.Find)
                else ("together" if isinstance(node, n.Union) else reason(node))
            )
            self.steps.append(Step(words=words, count=int((units.fit >= FITS).sum())))
        return self._known[node]

    def _worked(self, node: Node) -> Units:
        if isinstance(node, n.Find):
            return singles(self._believed(self.seen.of(node.phrase)))
        if isinstance(node, n.Union):
            return joined([self.units(part) for part in node.parts])
        units = self.units(node.of)
        worked = CHOICES[type(node)](self, node, units)
        return worked.pick(np.flatnonzero(worked.fit > FORGOTTEN))

    def _believed(self, rows: Rows) -> Rows:
        """Without crumbs, where the map has to choose and there are better ones."""
        surer = rows[self.seen.chance[rows] >= CRUMB]
        return surer if self._chooses and len(surer) else rows

    def against(self, node: Node, units: Units) -> tuple[Rows, Units]:
        """Candidates that a part of the plan stands for, and the units without them."""
        found = self.units(node).sure()
        rows, own = gaps.anchors_of(units, found, self.seen, self.narrows)
        surer = rows[self.seen.chance[rows] >= DOUBTFUL]
        rows = surer if len(surer) else rows
        self.anchors[notation(node)] = rows
        stays = units.over(np.isin(units.rows, own).astype(np.float64), np.minimum)
        return rows, units.fitting(stays)

    def measured(self, node: Node, units: Units) -> tuple[Rows, Units]:
        """The anchors, and the units with their distance to the nearest."""
        rows, units = self.against(node, units)
        return rows, self.with_distance(units, rows)

    def measured_late(self, node: Node, units: Units) -> tuple[Rows, Units]:
        """The anchors, and the units with their distance to be measured at the end.

        For relations that do not go by it, so that only the answer's is measured.
        """
        rows, units = self.against(node, units)
        self._far_from.append(rows)
        number = np.full(len(units), len(self._far_from) - 1, np.intp)
        return rows, replace(units, anchors=number)

    def with_late_distances(self, units: Units) -> Units:
        """With those measured that were left to the end."""
        distance = units.distance.copy()
        for number, rows in enumerate(self._far_from):
            some = np.flatnonzero(units.anchors == number)
            distance[some] = self.with_distance(units.pick(some), rows).distance
        return replace(units, distance=distance)

    def with_distance(self, units: Units, anchors: Rows) -> Units:
        """With the distance of each to the nearest anchor."""
        away = gaps.nearest(units.rows, anchors, self.seen)
        distance = units.over(away, np.minimum)
        known = np.where(np.isfinite(distance), distance, np.nan)
        none = np.full(len(units), -1, np.intp)
        return replace(units, distance=known, anchors=none)


Choice = Callable[..., Units]


def _plain(function: Callable[..., NDArray[np.float64]]) -> Choice:
    """An operator that needs no anchor."""

    def choose(work: _Work, node: Node, units: Units) -> Units:
        return units.fitting(function(node, units, work.seen))

    return choose


def _said(function: Callable[..., tuple[Units, str]]) -> Choice:
    """An operator that may have something to say."""

    def choose(work: _Work, node: Node, units: Units) -> Units:
        chosen, said = function(node, units, work.seen)
        if said:
            work.advice.append(said)
        return chosen

    return choose


def _in_place(work: _Work, node: n.InPlace, units: Units) -> Units:
    fit = places.meant_in_place(
        node, units, work.seen, single=work.single, last=node is work.root
    )
    return units.fitting(fit)


def _counted(work: _Work, node: n.Counted, units: Units) -> Units:
    if isinstance(node.of, n.SizeClass):  # "three big ships": the three biggest
        within = work.units(node.of.of)
        fit = order.size_class(node.of, within, work.seen, number=node.number)
        units = within.fitting(fit)
    chosen, said = order.counted(
        units, node.number, definite=node.definite, seen=work.seen
    )
    if said:
        work.advice.append(said)
    return chosen


def _isolated(work: _Work, node: n.Isolated, units: Units) -> Units:
    return units.fitting(groups.isolated(units, work.seen))


def _distances(units: Units) -> NDArray[np.float64]:
    return np.nan_to_num(units.distance, nan=np.inf)


def _near(work: _Work, node: n.Near, units: Units) -> Units:
    _, units = work.measured(node.anchor, units)
    return units.fitting(standing.near(node, units, _distances(units), work.seen))


def _within(work: _Work, node: n.Within, units: Units) -> Units:
    anchors, units = work.measured(node.anchor, units)
    fit = standing.within(node, _distances(units))
    # an anchor itself is not "more than 400 m away from" itself
    own = units.over(np.isin(units.rows, anchors).astype(float), np.maximum)
    return units.fitting(np.where((own > 0) & (node.high is None), 0.0, fit))


def _along(work: _Work, node: n.Along | n.Around, units: Units) -> Units:
    _, units = work.measured(node.anchor, units)
    return units.fitting(standing.along(node, units, _distances(units), work.seen))


def _beside(work: _Work, node: n.Beside, units: Units) -> Units:
    rows, units = work.against(node.anchor, units)
    fit = standing.beside(node, units, rows, work.seen)
    if node.how == "just" and not (units.fit * fit >= FITS).any():
        fit = _next_that_way(work, node, units, rows, fit)
    some = np.flatnonzero(units.fit * fit > FORGOTTEN)
    units = work.with_distance(units.pick(some), rows)
    closer = standing.closer(_distances(units), work.seen)
    return units.fitting(fit[some] * closer)


def _next_that_way(
    work: _Work, node: n.Beside, units: Units, rows: Rows, fit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(U,) with nothing just beside the anchors, the nearest that way fits."""
    that_way = standing.beside(replace(node, how="beyond"), units, rows, work.seen)
    sure = units.chance(work.seen) >= FITS
    good = np.flatnonzero((units.fit * that_way >= FITS) & sure)
    away = _distances(work.with_distance(units.pick(good), rows))
    nearest = good[away <= away.min(initial=np.inf)]
    fit = fit.copy()
    fit[nearest] = 1.0
    return fit


def _between(work: _Work, node: n.Between, units: Units) -> Units:
    first, units = work.measured_late(node.first, units)
    second = None
    if node.second is not None:
        second, units = work.against(node.second, units)
    return units.fitting(standing.between(units, first, second, work.seen))


def _inside(work: _Work, node: n.Inside, units: Units) -> Units:
    if node.how == "in":
        rows, units = work.measured_late(node.anchor, units)
        return units.fitting(standing.inside(units, rows, work.seen))
    rows, units = work.measured(node.anchor, units)
    close = n.Near(node.of, node.anchor, how="next")
    near = standing.near(close, units, _distances(units), work.seen)
    fit = standing.inside(units, rows, work.seen)
    return units.fitting(np.maximum(fit, near * (1.0 if node.how == "at" else 0.6)))


def _surrounded(work: _Work, node: n.Surrounded, units: Units) -> Units:
    rows, units = work.measured_late(node.anchor, units)
    return units.fitting(standing.surrounded(units, rows, work.seen))


def _opposite(work: _Work, node: n.Opposite, units: Units) -> Units:
    _, units = work.measured(node.anchor, units)
    close = n.Along(node.of, node.anchor)
    return units.fitting(standing.along(close, units, _distances(units), work.seen))


def _holding(work: _Work, node: n.Holding, units: Units) -> Units:
    rows, units = work.against(node.anchor, units)
    return units.fitting(standing.holding(units, rows, work.seen))


def _distant(work: _Work, node: n.Distant, units: Units) -> Units:
    rows, units = work.measured(node.anchor, units)
    own = units.over(np.isin(units.rows, rows).astype(float), np.maximum) > 0
    if not own.all() and len(rows) < len(units.rows):
        units = units.fitting(np.where(own, 0.0, 1.0))
    away = _distances(units)
    key = away if node.order == "closest" else -np.where(np.isinf(away), -1, away)
    way = np.argsort(key, kind="stable")
    weight = units.weight(work.seen)
    picked = ranked(way, weight, rank=node.rank, count=node.count)
    chosen = units.pick(picked, sure=True)
    return replace(chosen, rank=chosen.rank + node.rank - 1)


def _compared(work: _Work, node: n.Compared, units: Units) -> Units:
    rows, units = work.against(node.anchor, units)
    fit = order.compared(node, units, singles(rows), work.seen)
    own = units.over(np.isin(units.rows, rows).astype(float), np.maximum)
    return units.fitting(np.where(own > 0, 0.0, fit))


def _grouped(work: _Work, node: n.Grouped, units: Units) -> Units:
    return groups.gather(node, units, work.seen)


def _members(work: _Work, node: n.Members, units: Units) -> Units:
    return groups.apart(units.sure())


def _except(work: _Work, node: n.Except, units: Units) -> Units:
    without = work.units(node.without).sure()
    gone = np.unique(without.rows)
    own = np.unique(units.rows)
    other = gone[~np.isin(gone, own)]
    if len(other):  # the same thing found for another phrase
        twins = gaps.doubles(own, other, work.seen)
        gone = np.union1d(gone, twins.one)
    hit = units.over(np.isin(units.rows, gone).astype(float), np.maximum)
    return units.fitting(1.0 - hit)


CHOICES: dict[type, Choice] = {
    n.InPlace: _in_place,
    n.AtEdge: _plain(places.at_edge),
    n.SizeClass: _plain(order.size_class),
    n.Measured: _plain(order.measured),
    n.Extreme: _said(order.extreme),
    n.Middle: _said(order.middle),
    n.Sized: _said(order.sized),
    n.Counted: _counted,
    n.Isolated: _isolated,
    n.Near: _near,
    n.Within: _within,
    n.Along: _along,
    n.Around: _along,
    n.Beside: _beside,
    n.Between: _between,
    n.Inside: _inside,
    n.Surrounded: _surrounded,
    n.Opposite: _opposite,
    n.Holding: _holding,
    n.Distant: _distant,
    n.Compared: _compared,
    n.Grouped: _grouped,
    n.Members: _members,
    n.Except: _except,
}
"""How each operator chooses among units."""
