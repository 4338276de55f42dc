"""Evaluate a plan on candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.dispatch import OPERATORS
from rrsis_geo.query.operators.workspace import TraceStep, Workspace
from rrsis_geo.query.plan.plan import Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """Candidates that an expression refers to."""

    rows: NDArray[np.intp]
    """(K,) candidate indices, ascending, without duplicates."""

    rank: NDArray[np.int64]
    """(K,) 1 = first in the order asked for; 0 = no order."""

    distance: NDArray[np.float64]
    """(K,) metres to the nearest anchor; NaN = no anchor."""

    anchors: dict[str, NDArray[np.intp]]
    """Notation of each anchor's part of the plan -> candidate indices."""

    steps: tuple[TraceStep, ...]
    """In the order of the evaluation."""

    advice: tuple[str, ...]
    """Ambiguities, in words."""


def resolve(plan: Plan, candidates: Candidates) -> Answer:
    """Evaluate a plan.

    Args:
        plan: Plan whose phrases are among those of the candidates.
        candidates: Polygons found for the phrases.
    """
    work = Workspace(plan, candidates, OPERATORS)
    units = work.with_deferred_distances(work.units(plan.root).accepted())
    first: dict[int, int] = {}
    for index, row in enumerate(units.rows.tolist()):
        first.setdefault(row, index)
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


def target_phrases(node: Node) -> tuple[str, ...]:
    """Phrases whose polygons an answer may contain; phrases of anchors are left out."""
    if isinstance(node, n.Find):
        return (node.phrase,)
    if isinstance(node, n.Union):
        return tuple(phrase for part in node.parts for phrase in target_phrases(part))
    return target_phrases(node.of)
