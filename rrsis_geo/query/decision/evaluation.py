"""Evaluation of a plan in which no operator has the last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.traversal import anchors, spine, walk
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD, MIN_FIT, Selection
from rrsis_geo.query.operators.dispatch import OPERATORS
from rrsis_geo.query.operators.workspace import TraceStep, Workspace
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.notation import notation
from rrsis_geo.query.plan.plan import Plan

Values = NDArray[np.float64]

EXACT = (n.Measured, n.Within)
"""Operators that compare a measured number with a typed one."""

UNMET_FIT = 0.03
"""Fit of all units where none meets an operator at all."""


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """An operator that no unit meets."""

    node: n.Operator
    unknown: bool
    """Whether it could not be checked, since what it measures against was not found."""
    best: float
    """The greatest fit of any unit."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fits:
    """How well each candidate fits the words of a plan."""

    fit: Values
    """(N,) fit of the best unit that holds the candidate; 0 in none."""
    rank: NDArray[np.int64]
    """(N,) of that unit."""
    units: Selection
    unmet: tuple[Unmet, ...]
    ruled_out: NDArray[np.bool_]
    """(N,) whether measured numbers say no, though they say yes of others."""
    workspace: RelaxedWorkspace

    @property
    def contradicted(self) -> bool:
        """Whether measured numbers rule out every candidate."""
        return any(
            isinstance(one.node, EXACT) and not one.unknown and one.best <= MIN_FIT
            for one in self.unmet
        )

    @property
    def strain(self) -> float:
        """What had to be forgiven: 0, or the sum over unmet operators."""
        return float(sum(1 - one.best for one in self.unmet if not one.unknown))


class RelaxedWorkspace(Workspace):
    """A workspace in which no operator has the last word.

    Where no unit meets an operator, the units keep a low fit and are not dropped. Where
    the operator cannot be checked, because what it measures against was not found, the
    units stay as they are. The user's own features are all there are: where none is
    near, nothing is.
    """

    def __init__(
        self, plan: Plan, candidates: Candidates, *, strict: bool = False
    ) -> None:
        """Start an evaluation.

        Args:
            plan: Plan whose phrases are among those of the candidates.
            candidates: What is chosen from and measured against.
            strict: Whether units are dropped where none meets an operator that can be
                checked.
        """
        super().__init__(plan, candidates, OPERATORS)
        self._strict = strict
        self._relaxed = frozenset(_choosing(plan.root))
        self._exact = frozenset(
            node for node in spine(plan.root) if isinstance(node, EXACT)
        )
        self.ruled_out = np.zeros(len(candidates), np.bool_)
        self.unmet: list[Unmet] = []

    def _evaluate(self, node: Node) -> Selection:
        if node not in self._relaxed or isinstance(node, n.Find | n.Union):
            return super()._evaluate(node)
        units = self.units(node.of)
        selection = OPERATORS[type(node)](self, node, units)
        best = float(selection.fit.max(initial=0.0))
        if best >= FIT_THRESHOLD or not len(units):
            kept = selection.take(np.flatnonzero(selection.fit > MIN_FIT))
            if node in self._exact:
                self.ruled_out[np.setdiff1d(units.rows, kept.rows)] = True
            return kept
        unknown = any(
            not len(self.anchors.get(notation(anchor), ())) and not all_own(anchor)
            for anchor in anchors(node)
        )
        self.unmet.append(Unmet(node=node, unknown=unknown, best=best))
        if unknown:
            return units
        if self._strict:
            return selection.take(np.flatnonzero(selection.fit > MIN_FIT))
        if best <= MIN_FIT:
            return units.with_fit(np.full(len(units), UNMET_FIT))
        return selection.take(np.flatnonzero(selection.fit > MIN_FIT))


def all_own(node: Node) -> bool:
    """Whether the user's own layers answer every phrase of a part of a plan."""
    return all(one.layer for one in walk(node) if isinstance(one, n.Find))


def evaluate(plan: Plan, candidates: Candidates, *, strict: bool = False) -> Fits:
    """Evaluate a plan on candidates; see `RelaxedWorkspace`."""
    work = RelaxedWorkspace(plan, candidates, strict=strict)
    units = work.units(plan.root)
    fit = np.zeros(len(candidates))
    rank = np.zeros(len(candidates), np.int64)
    owner = units.owner
    order = np.argsort(units.fit[owner], kind="stable")  # the best one is written last
    fit[units.rows[order]] = units.fit[owner][order]
    rank[units.rows[order]] = units.rank[owner][order]
    work.steps += [
        TraceStep(words=f"not met: {describe_step(one.node)}", count=0)
        for one in work.unmet
    ]
    return Fits(
        fit=fit,
        rank=rank,
        units=units,
        unmet=tuple(work.unmet),
        ruled_out=work.ruled_out,
        workspace=work,
    )


def _choosing(node: Node) -> Iterator[Node]:
    """The operators that choose among what is meant, not among what is excepted."""
    for one in spine(node):
        yield one
        if isinstance(one, n.Union):
            for part in one.parts:
                yield from _choosing(part)
