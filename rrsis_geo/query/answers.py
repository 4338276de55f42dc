"""What the expressions of a job mean on a scene, as polygons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Find, Node, Union
from rrsis_geo.query.decision.answer import Decision
from rrsis_geo.query.decision.evidence_table import Row
from rrsis_geo.query.decision.maps import joined
from rrsis_geo.query.operators.evaluator import Answer
from rrsis_geo.query.operators.workspace import TraceStep
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.types import Polygons


@dataclass(frozen=True, kw_only=True, eq=False)
class QueryAnswers:
    """What the expressions of a job mean on the scene."""

    polygons: Polygons
    anchors: Polygons
    """What was measured against; `why` names it, `expression` is the one it is for."""
    steps: tuple[tuple[TraceStep, ...], ...]
    """For each expression, how many objects every part of its plan left."""
    advice: tuple[str, ...]
    """What was ambiguous."""
    candidates: tuple[tuple[Row, ...], ...] = ()
    """For each expression, the likeliest objects with their evidence; (): all evidence
    was not weighed."""


def why(node: Node) -> str:
    """The operators of a plan in words, anchors' own left out; "" for none."""
    steps: list[str] = []
    while not isinstance(node, Find):
        if isinstance(node, Union):
            parts = [text for part in node.parts if (text := why(part))]
            steps.append(" / ".join(dict.fromkeys(parts)))
            break
        steps.append(describe_step(node))
        node = node.of
    return "; ".join(text for text in reversed(steps) if text)


def chosen_polygons(polygons: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    """The polygons that the answers to plans keep."""
    rows = np.concatenate([answer.rows for _, answer in answers]).astype(np.intp)
    lengths = [len(answer.rows) for _, answer in answers]
    return rows_of(
        polygons,
        rows,
        {
            "expression": repeated([plan.expression for plan, _ in answers], lengths),
            "rank": np.concatenate([answer.rank for _, answer in answers]),
            "distance_m": np.concatenate([answer.distance for _, answer in answers]),
            "why": repeated([why(plan.root) for plan, _ in answers], lengths),
        },
    )


def anchor_polygons(polygons: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    """The polygons that answers to plans were measured against."""
    named = [
        (plan.expression, words, rows)
        for plan, answer in answers
        for words, rows in answer.anchors.items()
    ]
    lengths = [len(rows) for _, _, rows in named]
    return rows_of(
        polygons,
        np.concatenate([np.zeros(0, np.intp), *(rows for _, _, rows in named)]),
        {
            "expression": repeated([text for text, _, _ in named], lengths),
            "why": repeated([words for _, words, _ in named], lengths),
        },
    )


def rows_of(
    polygons: Polygons, rows: NDArray[np.intp], columns: Mapping[str, NDArray[Any]]
) -> Polygons:
    """These rows, numbered from 1, with some columns replaced."""
    values = {name: column[rows] for name, column in polygons.columns.items()}
    values["id"] = np.arange(1, len(rows) + 1, dtype=np.int64)
    for name, column in columns.items():
        values[name] = column.astype(values[name].dtype)
    return replace(polygons, geometry=polygons.geometry[rows], columns=values)


def no_rows(polygons: Polygons) -> Polygons:
    """None of the polygons."""
    return rows_of(polygons, np.zeros(0, np.intp), {})


def repeated(texts: Sequence[str], lengths: Sequence[int]) -> NDArray[np.object_]:
    """Each text as often as its length says."""
    each = np.empty(len(texts), np.object_)
    each[:] = texts
    return np.asarray(np.repeat(each, lengths), np.object_)


def answers_of_decisions(decisions: Iterable[Decision]) -> QueryAnswers:
    """Collect the decisions on the expressions of a job.

    Args:
        decisions: One at a time, as the evidence of each takes some 1 kB a candidate.
    """
    meant, anchors, steps, advice, tables = [], [], [], [], []
    for one in decisions:
        text = np.full(len(one.rows), one.plan.expression, np.object_)
        columns = {
            "expression": text,
            "score": one.chance,
            "rank": one.rank,
            "distance_m": one.distance,
            "why": np.array([*one.why, ""], np.object_)[:-1],
        }
        meant.append(rows_of(one.polygons, one.rows, columns))
        anchors += [
            rows_of(
                one.polygons,
                rows,
                {
                    "expression": np.full(len(rows), one.plan.expression, np.object_),
                    "why": np.full(len(rows), words, np.object_),
                },
            )
            for words, rows in one.anchors.items()
        ]
        steps.append(one.steps)
        advice += [f'"{one.plan.expression}": {line}' for line in one.advice]
        tables.append(one.table)
    polygons = joined(meant)
    return QueryAnswers(
        polygons=_numbered(polygons),
        anchors=_numbered(joined(anchors)) if anchors else no_rows(polygons),
        steps=tuple(steps),
        advice=tuple(advice),
        candidates=tuple(tables),
    )


def _numbered(polygons: Polygons) -> Polygons:
    return rows_of(polygons, np.arange(len(polygons)), {})
