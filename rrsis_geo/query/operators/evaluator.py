"""Evaluate a plan on candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.traversal import anchors, spine
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Selection, selection_of_rows
from rrsis_geo.query.operators.dispatch import OPERATORS
from rrsis_geo.query.operators.workspace import TraceStep, Workspace
from rrsis_geo.query.plan.plan import Plan

MIN_MEAN_SCORE = 0.7
"""Mean probability from which on polygons of the whole expression are accepted."""

CHECKED_RELATIONS = (n.Beside, n.Within)
"""Relations that polygons of the whole expression are checked against."""


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


def resolve(
    plan: Plan, candidates: Candidates, *, whole_expression: str | None = None
) -> Answer:
    """Evaluate a plan.

    Args:
        plan: Plan whose phrases are among those of the candidates.
        candidates: Polygons found for the phrases.
        whole_expression: Phrase with all words of the expression. If the plan selects
            nothing although its objects exist, polygons found for this phrase with a
            high score are used, filtered by the plan's places and relations. Plans of
            places alone are never overruled.
    """
    work = Workspace(plan, candidates, OPERATORS)
    units = work.with_deferred_distances(work.units(plan.root).accepted())
    if (
        whole_expression is not None
        and not len(units)
        and not _is_only_placed(plan.root)
    ):
        units = _consistent_with_plan(
            work, _matches_of_whole_expression(plan, candidates, whole_expression)
        )
        work.steps.append(
            TraceStep(words="as the network understood it", count=len(units))
        )
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


def _is_only_placed(root: Node) -> bool:
    """Whether the plan is a plain noun with operators of place, which are reliable."""
    *operators, last = spine(root)
    plain = isinstance(last, n.Find) and last.phrase == last.noun
    return plain and all(
        isinstance(one, n.InPlace | n.AtEdge | n.Counted) for one in operators
    )


def _matches_of_whole_expression(
    plan: Plan, candidates: Candidates, whole_expression: str
) -> Selection:
    """Polygons found for the whole expression; none if their mean score is low."""
    exists = any(
        len(candidates.rows_of(phrase)) for phrase in target_phrases(plan.root)
    )
    # with words of appearance, the network may have missed it
    exists |= plan.finds[0].phrase != plan.finds[0].noun
    rows = candidates.rows_of(whole_expression)
    area = candidates.area[rows]
    score = candidates.polygons.columns["score"][rows]
    confident = (score * area).sum() >= MIN_MEAN_SCORE * max(area.sum(), 1e-9)
    return selection_of_rows(rows if exists and confident else rows[:0])


def _consistent_with_plan(work: Workspace, units: Selection) -> Selection:
    """Units that meet the plan's places and relations, if the anchors were found."""
    *operators, _ = spine(work.root)
    for node in reversed(operators):
        placed = isinstance(node, n.InPlace | n.AtEdge)
        related = isinstance(node, CHECKED_RELATIONS) and all(
            len(work.units(anchor).accepted()) for anchor in anchors(node)
        )
        if len(units) and (placed or related):
            units = OPERATORS[type(node)](work, node, units)
    return units.accepted()
