"""Answers in which the user's own layers take part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.query.answers import (
    QueryAnswers,
    anchor_polygons,
    answers_of_decisions,
    chosen_polygons,
    rows_of,
)
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.answer import Decision
from rrsis_geo.query.decision.evidence import names_own
from rrsis_geo.query.decision.features import SceneView
from rrsis_geo.query.decision.maps import PredictedMaps, joined
from rrsis_geo.query.operators.evaluator import resolve, target_phrases
from rrsis_geo.query.own_layers.feature_decision import (
    OwnEvidence,
    decide_among_features,
)
from rrsis_geo.query.own_layers.own_features import (
    OwnFeatures,
    marked_as_found,
)
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons


def own_evidence(
    features: OwnFeatures,
    maps: PredictedMaps,
    colours: Mapping[str, NDArray[np.float64]],
) -> OwnEvidence:
    """The layers with what the network predicted, whose polygons are marked as such."""
    return OwnEvidence(
        features=features,
        maps=PredictedMaps(
            clear=marked_as_found(maps.clear), faint=marked_as_found(maps.faint)
        ),
        colours=colours,
    )


def answers_with_layers(
    plans: Sequence[Plan],
    own: OwnEvidence,
    grid: Grid,
    *,
    area: BaseGeometry | None,
    view: SceneView,
    caution: float,
    min_score: float,
    weigh: Callable[[Plan, PredictedMaps], Decision] | None,
) -> QueryAnswers:
    """What expressions mean, some of whose words are features of the user's layers.

    Args:
        plans: Of all expressions.
        own: The features.
        grid: What the scene was read at.
        area: In pixels: the part of the grid that words of place refer to.
        view: How much of the scene the network sees at once.
        caution: See `choose`.
        min_score: Least chance of a polygon to be meant.
        weigh: Decides on an expression that names no layer; None: the map alone does.
    """
    parts = []
    for plan in plans:
        if names_own(plan):
            decision = decide_among_features(
                plan,
                own,
                grid,
                area=area,
                view=view,
                caution=caution,
                min_score=min_score,
            )
            parts.append(answers_of_decisions([decision]))
        elif weigh is not None:
            parts.append(answers_of_decisions([weigh(plan, own.maps)]))
        else:
            parts.append(_resolved(plan, own.maps, grid, area))
    return _finished(parts, plans, own.features)


def _resolved(
    plan: Plan, maps: PredictedMaps, grid: Grid, area: BaseGeometry | None
) -> QueryAnswers:
    """An expression that names no layer, worked out on the map."""
    texts = maps.clear.columns["expression"].astype(str)
    polygons = rows_of(maps.clear, np.flatnonzero(np.isin(texts, plan.phrases)), {})
    answer = resolve(plan, Candidates(polygons, grid, plan.phrases, area=area))
    return QueryAnswers(
        polygons=chosen_polygons(polygons, [(plan, answer)]),
        anchors=anchor_polygons(polygons, [(plan, answer)]),
        steps=(answer.steps,),
        advice=tuple(f'"{plan.expression}": {line}' for line in answer.advice),
    )


def _finished(
    parts: Sequence[QueryAnswers], plans: Sequence[Plan], features: OwnFeatures
) -> QueryAnswers:
    """The answers together, features with the attributes of their layers."""
    meant = {
        find.layer
        for plan in plans
        for find in plan.finds
        if find.layer and find.phrase in target_phrases(plan.root)
    }
    polygons = joined([part.polygons for part in parts])
    anchors = joined([part.anchors for part in parts])
    return QueryAnswers(
        polygons=_numbered(features.with_attributes(polygons, sorted(meant))),
        anchors=_numbered(features.with_attributes(anchors, ())),
        steps=tuple(steps for part in parts for steps in part.steps),
        advice=tuple(line for part in parts for line in part.advice),
        candidates=tuple(table for part in parts for table in part.candidates or ((),)),
    )


def _numbered(polygons: Polygons) -> Polygons:
    number = np.arange(1, len(polygons) + 1, dtype=np.int64)
    return replace(polygons, columns={**polygons.columns, "id": number})
