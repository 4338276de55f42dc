"""A plan worked out on what the network found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language import nodes as n
from rrsis_geo.language.nodes import Node
from rrsis_geo.language.traversal import anchors, spine
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Selection, singles
from rrsis_geo.query.operators.dispatch import CHOICES
from rrsis_geo.query.operators.workspace import TraceStep, Workspace
from rrsis_geo.query.plan.plan import Plan

PLAINLY = 0.7
"""Mean probability from which on the network is believed where the map found none."""

RELATED = (n.Beside, n.Within)
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


def resolve(plan: Plan, seen: Candidates, *, told: str | None = None) -> Answer:
    """Work out a plan.

    Args:
        plan: Its phrases are among those of the candidates.
        seen: What the network found for them.
        told: A phrase that holds the whole expression. Where the map leaves none of
            the things that are there, what the network plainly took for it is meant
            as far as the map bears it out, unless the words say nothing but where.
    """
    work = Workspace(plan, seen, CHOICES)
    units = work.with_late_distances(work.units(plan.root).sure())
    if told is not None and not len(units) and not _only_placed(plan.root):
        units = _borne_out(work, _taken_whole(plan, seen, told))
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


def sought(node: Node) -> tuple[str, ...]:
    """Phrases that an answer's objects may come from, anchors' left out."""
    if isinstance(node, n.Find):
        return (node.phrase,)
    if isinstance(node, n.Union):
        return tuple(phrase for part in node.parts for phrase in sought(part))
    return sought(node.of)


def _only_placed(root: Node) -> bool:
    """Whether words say no more of things than where: that the map knows for sure."""
    *operators, last = spine(root)
    plain = isinstance(last, n.Find) and last.phrase == last.noun
    return plain and all(
        isinstance(one, n.InPlace | n.AtEdge | n.Counted) for one in operators
    )


def _taken_whole(plan: Plan, seen: Candidates, told: str) -> Selection:
    """What the network took for the whole expression, if it did so plainly."""
    there = any(len(seen.of(phrase)) for phrase in sought(plan.root))
    there |= plan.finds[0].phrase != plan.finds[0].noun  # words of looks may miss it
    rows = seen.of(told)
    area = seen.area[rows]
    score = seen.polygons.columns["score"][rows]
    plainly = (score * area).sum() >= PLAINLY * max(area.sum(), 1e-9)
    return singles(rows if there and plainly else rows[:0])


def _borne_out(work: Workspace, units: Selection) -> Selection:
    """Those that are where the words say, as far as what they name has been found."""
    *operators, _ = spine(work.root)
    for node in reversed(operators):
        placed = isinstance(node, n.InPlace | n.AtEdge)
        related = isinstance(node, RELATED) and all(
            len(work.units(anchor).sure()) for anchor in anchors(node)
        )
        if len(units) and (placed or related):
            units = CHOICES[type(node)](work, node, units)
    return units.sure()
