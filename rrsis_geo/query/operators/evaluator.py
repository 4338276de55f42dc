"""A plan worked out on what the network found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Selection, selection_of_rows
from rrsis_geo.query.operators.dispatch import OPERATORS
from rrsis_geo.query.operators.workspace import TraceStep, Workspace
from rrsis_geo.query.plan import nodes as n
from rrsis_geo.query.plan.nodes import Node
from rrsis_geo.query.plan.plan import Plan

MIN_MEAN_SCORE = 0.7
"""Mean probability from which on the network is believed where the map found none."""

CHECKED_RELATIONS = (n.Beside, n.Within)
"""Relations that what the network took for the whole has to bear out."""


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

    steps: tuple[TraceStep, ...]
    """In the order in which they were worked out."""

    advice: tuple[str, ...]
    """What was not clear."""


def resolve(
    plan: Plan, candidates: Candidates, *, whole_expression: str | None = None
) -> Answer:
    """Work out a plan.

    Args:
        plan: Its phrases are among those of the candidates.
        seen: What the network found for them.
        told: A phrase that holds the whole expression. Where the map leaves none of
            the things that are there, what the network plainly took for it is meant
            as far as the map bears it out, unless the words say nothing but where.
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


def target_phrases(node: Node) -> tuple[str, ...]:
    """Phrases that an answer's objects may come from, anchors' left out."""
    if isinstance(node, n.Find):
        return (node.phrase,)
    if isinstance(node, n.Union):
        return tuple(phrase for part in node.parts for phrase in target_phrases(part))
    return target_phrases(node.of)


def _is_only_placed(root: Node) -> bool:
    """Whether words say no more of things than where: that the map knows for sure."""
    *operators, last = n.spine(root)
    plain = isinstance(last, n.Find) and last.phrase == last.noun
    return plain and all(
        isinstance(one, n.InPlace | n.AtEdge | n.Counted) for one in operators
    )


def _matches_of_whole_expression(
    plan: Plan, candidates: Candidates, whole_expression: str
) -> Selection:
    """What the network took for the whole expression, if it did so plainly."""
    there = any(len(candidates.rows_of(phrase)) for phrase in target_phrases(plan.root))
    there |= plan.finds[0].phrase != plan.finds[0].noun  # words of looks may miss it
    rows = candidates.rows_of(whole_expression)
    area = candidates.area[rows]
    score = candidates.polygons.columns["score"][rows]
    plainly = (score * area).sum() >= MIN_MEAN_SCORE * max(area.sum(), 1e-9)
    return selection_of_rows(rows if there and plainly else rows[:0])


def _consistent_with_plan(work: Workspace, units: Selection) -> Selection:
    """Those that are where the words say, as far as what they name has been found."""
    *operators, _ = n.spine(work.root)
    for node in reversed(operators):
        placed = isinstance(node, n.InPlace | n.AtEdge)
        related = isinstance(node, CHECKED_RELATIONS) and all(
            len(work.units(anchor).accepted()) for anchor in n.anchors(node)
        )
        if len(units) and (placed or related):
            units = OPERATORS[type(node)](work, node, units)
    return units.accepted()
