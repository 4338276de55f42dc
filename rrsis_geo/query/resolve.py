"""A plan worked out on what the network found."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query import gaps
from rrsis_geo.query import nodes as n
from rrsis_geo.query.candidates import Candidates
from rrsis_geo.query.choices import CHOICES
from rrsis_geo.query.describe import reason
from rrsis_geo.query.narrower import narrowing
from rrsis_geo.query.nodes import Node
from rrsis_geo.query.notation import notation
from rrsis_geo.query.plan import Plan
from rrsis_geo.query.units import FITS, FORGOTTEN, Rows, Units, joined, singles

DOUBTFUL = 0.3
"""Chance below which nothing serves as an anchor while there are surer ones."""

CRUMB = 0.2
"""Chance below which nothing takes part in a choice while there are surer ones."""

PLAINLY = 0.7
"""Mean probability from which on the network is believed where the map found none."""

RELATED = (n.Beside, n.Within)
"""Relations that what the network took for the whole has to bear out."""


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
            the things that are there, what the network plainly took for it is meant
            as far as the map bears it out, unless the words say nothing but where.
    """
    work = Work(plan, seen)
    units = work.with_late_distances(work.units(plan.root).sure())
    if told is not None and not len(units) and not _only_placed(plan.root):
        units = _borne_out(work, _taken_whole(plan, seen, told))
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


def _only_placed(root: Node) -> bool:
    """Whether words say no more of things than where: that the map knows for sure."""
    *operators, last = n.spine(root)
    plain = isinstance(last, n.Find) and last.phrase == last.noun
    return plain and all(
        isinstance(one, n.InPlace | n.AtEdge | n.Counted) for one in operators
    )


def _taken_whole(plan: Plan, seen: Candidates, told: str) -> Units:
    """What the network took for the whole expression, if it did so plainly."""
    there = any(len(seen.of(phrase)) for phrase in sought(plan.root))
    there |= plan.finds[0].phrase != plan.finds[0].noun  # words of looks may miss it
    rows = seen.of(told)
    area = seen.area[rows]
    score = seen.polygons.columns["score"][rows]
    plainly = (score * area).sum() >= PLAINLY * max(area.sum(), 1e-9)
    return singles(rows if there and plainly else rows[:0])


def _borne_out(work: Work, units: Units) -> Units:
    """Those that are where the words say, as far as what they name has been found."""
    *operators, _ = n.spine(work.root)
    for node in reversed(operators):
        placed = isinstance(node, n.InPlace | n.AtEdge)
        related = isinstance(node, RELATED) and all(
            len(work.units(anchor).sure()) for anchor in n.anchors(node)
        )
        if len(units) and (placed or related):
            units = CHOICES[type(node)](work, node, units)
    return units.sure()


class Work:
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
