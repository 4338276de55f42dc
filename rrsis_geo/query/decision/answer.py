"""The answer to one expression: the polygons that are meant, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.matching.matcher import Matcher
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD
from rrsis_geo.query.decision.evidence import Evidence, gather
from rrsis_geo.query.decision.evidence_table import Row, evidence_table
from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.expected_iou import Choice, choose
from rrsis_geo.query.decision.features import FEATURES, SceneView
from rrsis_geo.query.decision.maps import PredictedMaps
from rrsis_geo.query.operators.workspace import TraceStep
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

SHOWN = 0.3
"""Mean probability of the whole expression from which on it is named as a reason."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """What an expression means on a scene."""

    plan: Plan
    polygons: Polygons
    """Candidates that may be meant, then what they are measured against."""
    rows: NDArray[np.intp]
    """(K,) those that are meant, in the order of the raster."""
    chance: NDArray[np.float64]
    """(K,) chance of each to be meant."""
    rank: NDArray[np.int64]
    """(K,) 1 = first in the order asked for; 0 = no order."""
    distance: NDArray[np.float64]
    """(K,) metres to the nearest anchor; NaN = no anchor."""
    why: tuple[str, ...]
    """(K,) the evidence in a few words."""
    anchors: dict[str, NDArray[np.intp]]
    """Notation of each anchor's part of the plan -> rows."""
    steps: tuple[TraceStep, ...]
    advice: tuple[str, ...]
    evidence: Evidence
    choice: Choice

    @property
    def table(self) -> tuple[Row, ...]:
        """The likeliest candidates with their evidence; see `evidence_table`."""
        return evidence_table(self.evidence, self.choice)


def decide(
    plan: Plan,
    maps: PredictedMaps,
    grid: Grid,
    *,
    area: BaseGeometry | None,
    view: SceneView,
    weights: EvidenceWeights,
    caution: float,
    min_score: float | None = None,
    matcher: Matcher | None = None,
    colours_of: ColoursOf | None = None,
) -> Decision:
    """Choose what an expression means.

    Args:
        plan: Of the expression, with all of its operators.
        maps: What the network predicted for the texts of `evidence.texts_of`.
        grid: What the scene was read at.
        area: In pixels: the part of the grid that words of place refer to.
        view: How much of the scene the network sees at once.
        weights: How much each kind of evidence counts.
        caution: See `choose`.
        min_score: See `choose`.
        matcher: See `gather`.
        colours_of: See `gather`.
    """
    evidence = gather(
        plan,
        maps,
        grid,
        area=area,
        view=view,
        matcher=matcher,
        colours_of=colours_of,
    )
    choice = choose(evidence, weights, caution=caution, min_score=min_score)
    rows = in_raster_order(evidence, choice.rows)
    fits = evidence.fits
    return Decision(
        plan=plan,
        polygons=evidence.candidates.polygons,
        rows=rows,
        chance=choice.chance[rows],
        rank=fits.rank[rows],
        distance=distances(evidence, rows),
        why=_reasons(evidence, rows),
        anchors=fits.workspace.anchors,
        steps=tuple(fits.workspace.steps),
        advice=tuple(dict.fromkeys(_advice(evidence, choice))),
        evidence=evidence,
        choice=choice,
    )


def in_raster_order(evidence: Evidence, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rows sorted by where their candidates begin, from the top."""
    box = evidence.candidates.image_boxes[rows]
    return rows[np.lexsort((rows, box[:, 0], box[:, 1]))] if len(rows) else rows


def distances(evidence: Evidence, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """(K,) metres from some candidates to the nearest anchor; NaN: no anchor."""
    units = evidence.fits.units
    asked = units.reduce(np.isin(units.rows, rows).astype(np.float64), np.maximum)
    units = units.take(np.flatnonzero(asked))
    units = evidence.fits.workspace.with_deferred_distances(units)
    distance = np.full(len(evidence.candidates), np.nan)
    distance[units.rows] = units.distance[units.owner]
    return distance[rows]


def _reasons(evidence: Evidence, rows: NDArray[np.intp]) -> tuple[str, ...]:
    """(K,) what decided for candidates: words they fit, and what the network saw."""
    met = words_met(evidence)
    whole = evidence.features[rows, FEATURES.index("whole, all")] >= SHOWN
    phrase = evidence.features[rows, FEATURES.index("phrase of best, all")] >= SHOWN
    fits = evidence.fits.fit[rows] >= FIT_THRESHOLD
    seen = (
        "network: its class",
        "network: as described",
        "network: whole expression",
    )
    texts = [*seen, *("; ".join([*met, words]) for words in seen)]
    number = np.where(whole, 2, phrase.astype(np.intp)) + len(seen) * fits
    return tuple(texts[one] for one in number.tolist())


def words_met(evidence: Evidence) -> list[str]:
    """The operators of a plan that some unit meets, in words."""
    unmet = {id(one.node) for one in evidence.fits.unmet}
    return [
        text
        for node in evidence.operators
        if id(node) not in unmet and (text := describe_step(node))
    ]


def _advice(evidence: Evidence, choice: Choice) -> Sequence[str]:
    lines = list(evidence.fits.workspace.advice)
    if not len(choice.rows):
        return lines
    for one in evidence.fits.unmet:
        words = describe_step(one.node)
        reason = (
            f'"{words}" could not be checked, as what it refers to was not found'
            if one.unknown
            else f'nothing fits "{words}" well'
        )
        lines.append(f"{reason}: answered by the rest")
    return lines
