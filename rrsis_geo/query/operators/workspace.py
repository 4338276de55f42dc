"""What one plan has come to so far on what the network found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import (
    FITS,
    FORGOTTEN,
    Rows,
    Selection,
    joined,
    singles,
)
from rrsis_geo.query.candidates.specificity import narrowing
from rrsis_geo.query.geometry import distance as gaps
from rrsis_geo.query.plan import nodes as n
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.nodes import Node
from rrsis_geo.query.plan.notation import notation
from rrsis_geo.query.plan.plan import Plan

Operator = Callable[..., Selection]
"""(work, node, units of the part below) to the units that the node leaves."""

DOUBTFUL = 0.3
"""Chance below which nothing serves as an anchor while there are surer ones."""

CRUMB = 0.2
"""Chance below which nothing takes part in a choice while there are surer ones."""


@dataclass(frozen=True, kw_only=True)
class TraceStep:
    """What one part of the plan left."""

    words: str
    """The part in words."""
    count: int
    """Objects, or groups, that fit so far."""


class Workspace:
    """One plan on one scene; equal parts are worked out once."""

    def __init__(
        self, plan: Plan, seen: Candidates, operators: Mapping[type, Operator]
    ) -> None:
        self.seen = seen
        self._operators = operators
        self.root = plan.root
        self.single = not plan.finds[0].plural
        self.narrows = narrowing(plan.finds, seen.phrases)
        self._chooses = not plan.is_plain
        self.steps: list[TraceStep] = []
        self.advice: list[str] = []
        self.anchors: dict[str, Rows] = {}
        self._far_from: list[Rows] = []
        self._known: dict[Node, Selection] = {}

    def units(self, node: Node) -> Selection:
        """What a part of the plan stands for, doubtful ones included."""
        if node not in self._known:
            units = self._worked(node)
            self._known[node] = units
            words = (
                f'find "{node.phrase}"'
                if isinstance(node, n.Find)
                else ("together" if isinstance(node, n.Union) else describe_step(node))
            )
            self.steps.append(
                TraceStep(words=words, count=int((units.fit >= FITS).sum()))
            )
        return self._known[node]

    def _worked(self, node: Node) -> Selection:
        if isinstance(node, n.Find):
            return singles(self._believed(self.seen.of(node.phrase)))
        if isinstance(node, n.Union):
            return joined([self.units(part) for part in node.parts])
        units = self.units(node.of)
        worked = self._operators[type(node)](self, node, units)
        return worked.pick(np.flatnonzero(worked.fit > FORGOTTEN))

    def _believed(self, rows: Rows) -> Rows:
        """Without crumbs, where the map has to choose and there are better ones."""
        surer = rows[self.seen.chance[rows] >= CRUMB]
        return surer if self._chooses and len(surer) else rows

    def against(self, node: Node, units: Selection) -> tuple[Rows, Selection]:
        """Candidates that a part of the plan stands for, and the units without them."""
        found = self.units(node).sure()
        rows, own = gaps.anchors_of(units, found, self.seen, self.narrows)
        surer = rows[self.seen.chance[rows] >= DOUBTFUL]
        rows = surer if len(surer) else rows
        self.anchors[notation(node)] = rows
        stays = units.over(np.isin(units.rows, own).astype(np.float64), np.minimum)
        return rows, units.fitting(stays)

    def measured(self, node: Node, units: Selection) -> tuple[Rows, Selection]:
        """The anchors, and the units with their distance to the nearest."""
        rows, units = self.against(node, units)
        return rows, self.with_distance(units, rows)

    def measured_late(self, node: Node, units: Selection) -> tuple[Rows, Selection]:
        """The anchors, and the units with their distance to be measured at the end.

        For relations that do not go by it, so that only the answer's is measured.
        """
        rows, units = self.against(node, units)
        self._far_from.append(rows)
        number = np.full(len(units), len(self._far_from) - 1, np.intp)
        return rows, replace(units, anchors=number)

    def with_late_distances(self, units: Selection) -> Selection:
        """With those measured that were left to the end."""
        distance = units.distance.copy()
        for number, rows in enumerate(self._far_from):
            some = np.flatnonzero(units.anchors == number)
            distance[some] = self.with_distance(units.pick(some), rows).distance
        return replace(units, distance=distance)

    def with_distance(self, units: Selection, anchors: Rows) -> Selection:
        """With the distance of each to the nearest anchor."""
        away = gaps.nearest(units.rows, anchors, self.seen)
        distance = units.over(away, np.minimum)
        known = np.where(np.isfinite(distance), distance, np.nan)
        none = np.full(len(units), -1, np.intp)
        return replace(units, distance=known, anchors=none)
