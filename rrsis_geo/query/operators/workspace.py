"""State of the evaluation of one plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.traversal import chosen_in_each
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import (
    FIT_THRESHOLD,
    MIN_FIT,
    Rows,
    Selection,
    concatenate_selections,
    selection_of_rows,
)
from rrsis_geo.query.candidates.specificity import more_specific
from rrsis_geo.query.geometry.distance import (
    nearest_distance,
    separate_anchors,
)
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.notation import notation
from rrsis_geo.query.plan.plan import Plan

Operator = Callable[..., Selection]
"""(work, node, selection below the node) -> selection of the node."""

MIN_ANCHOR_CONFIDENCE = 0.3
"""Confidence below which candidates are no anchors while there are better ones."""

MIN_CHOICE_CONFIDENCE = 0.2
"""Confidence below which candidates are left out while there are better ones."""


@dataclass(frozen=True, kw_only=True)
class TraceStep:
    """Result of one part of a plan."""

    words: str
    """The part, in words."""
    count: int
    """Number of selected objects or groups."""


class Workspace:
    """Evaluation of one plan on one scene; equal parts are evaluated once."""

    def __init__(
        self, plan: Plan, candidates: Candidates, operators: Mapping[type, Operator]
    ) -> None:
        self.candidates = candidates
        self._operators = operators
        self.root = plan.root
        self.single = not plan.finds[0].plural
        self.more_specific = more_specific(plan.finds, candidates.phrases)
        self._chooses = not plan.is_plain
        self.steps: list[TraceStep] = []
        self.advice: list[str] = []
        self.anchors: dict[str, Rows] = {}
        self._deferred_anchors: list[Rows] = []
        self._evaluated: dict[Node, Selection] = {}

    def units(self, node: Node) -> Selection:
        """Selection of a part of the plan, units below `FIT_THRESHOLD` included."""
        if node not in self._evaluated:
            units = self._evaluate(node)
            self._evaluated[node] = units
            words = (
                f'find "{node.phrase}"'
                if isinstance(node, n.Find)
                else ("together" if isinstance(node, n.Union) else describe_step(node))
            )
            self.steps.append(
                TraceStep(words=words, count=int((units.fit >= FIT_THRESHOLD).sum()))
            )
        return self._evaluated[node]

    def _evaluate(self, node: Node) -> Selection:
        if isinstance(node, n.Find):
            rows = self._without_unlikely(self.candidates.rows_of(node.phrase))
            return selection_of_rows(rows).with_fit(self.candidates.membership[rows])
        if isinstance(node, n.Union):
            return concatenate_selections([self.units(part) for part in node.parts])
        selection = self._operate(node, self.units(node.of))
        return selection.take(np.flatnonzero(selection.fit > MIN_FIT))

    def _operate(self, node: n.Operator, units: Selection) -> Selection:
        """Apply an operator, to each group by itself where it chooses in each."""
        operator = self._operators[type(node)]
        members = chosen_in_each(node)
        if members is None:
            return operator(self, node, units)
        groups = self.units(members.of).accepted()
        owner = dict(zip(groups.rows.tolist(), groups.owner.tolist(), strict=True))
        of_unit = np.array([owner.get(row, -1) for row in units.rows.tolist()], np.intp)
        parts = [
            operator(self, node, units.take(np.flatnonzero(of_unit == group)))
            for group in range(len(groups))
        ]
        return concatenate_selections(parts) if parts else units

    def _without_unlikely(self, rows: Rows) -> Rows:
        """Drop rows of low confidence if the plan selects and there are better ones."""
        likely = rows[self.candidates.confidence[rows] >= MIN_CHOICE_CONFIDENCE]
        return likely if self._chooses and len(likely) else rows

    def anchors_for(self, node: Node, units: Selection) -> tuple[Rows, Selection]:
        """Anchors that a part of the plan selects, and the units without them."""
        found = self.units(node).accepted()
        rows, own = separate_anchors(units, found, self.candidates, self.more_specific)
        likely = rows[self.candidates.confidence[rows] >= MIN_ANCHOR_CONFIDENCE]
        rows = likely if len(likely) else rows
        self.anchors[notation(node)] = rows
        kept = units.reduce(np.isin(units.rows, own).astype(np.float64), np.minimum)
        return rows, units.with_fit(kept)

    def anchors_with_distance(
        self, node: Node, units: Selection
    ) -> tuple[Rows, Selection]:
        """The anchors, and the units with their distance to the nearest."""
        rows, units = self.anchors_for(node, units)
        return rows, self.with_distance(units, rows)

    def anchors_with_deferred_distance(
        self, node: Node, units: Selection
    ) -> tuple[Rows, Selection]:
        """The anchors, and the units with their distance deferred.

        For relations that do not depend on it; only the answer's are measured.
        """
        rows, units = self.anchors_for(node, units)
        self._deferred_anchors.append(rows)
        number = np.full(len(units), len(self._deferred_anchors) - 1, np.intp)
        return rows, replace(units, pending_anchors=number)

    def with_deferred_distances(self, units: Selection) -> Selection:
        """The units with their deferred distances."""
        distance = units.distance.copy()
        for number, rows in enumerate(self._deferred_anchors):
            some = np.flatnonzero(units.pending_anchors == number)
            distance[some] = self.with_distance(units.take(some), rows).distance
        return replace(units, distance=distance)

    def with_distance(self, units: Selection, anchors: Rows) -> Selection:
        """The units with their distance to the nearest anchor."""
        row_distance = nearest_distance(units.rows, anchors, self.candidates)
        distance = units.reduce(row_distance, np.minimum)
        known = np.where(np.isfinite(distance), distance, np.nan)
        none = np.full(len(units), -1, np.intp)
        return replace(units, distance=known, pending_anchors=none)
