"""The answer to an expression that names features of the user's own layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.language.nodes import Find
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import LARGE_SCENE_SHIFT, SHIFT
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD
from rrsis_geo.query.decision.answer import (
    Decision,
    distances,
    in_raster_order,
    words_met,
)
from rrsis_geo.query.decision.evaluation import Fits, evaluate
from rrsis_geo.query.decision.evidence import (
    Evidence,
    anchor_objects,
    asked_number,
    without_unlikely,
)
from rrsis_geo.query.decision.expected_iou import Choice, best_set
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES, SceneView
from rrsis_geo.query.decision.maps import PredictedMaps, joined, taken
from rrsis_geo.query.decision.outline_shape import (
    UNKNOWN_SHAPE,
    asks_only_shape,
    shape_evidence,
)
from rrsis_geo.query.operators.evaluator import target_phrases
from rrsis_geo.query.own_layers.own_features import OwnFeatures, is_own
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

Values = NDArray[np.float64]

COLOUR_SHARES = (0.35, 0.5, 0.65)
"""Shares of a feature's pixels that have the colour asked for at which its membership
is 0, one half and 1."""

CLEAR = 0.2
"""Mean probability of a phrase inside its best feature from which on the network is
taken to have seen what the phrase says; below it nothing is like that."""

ALIKE = 0.01
"""Difference of fits up to which two fit equally."""

LEAST_CHANCE = 0.2
"""Chance below which nothing is meant, however alone it is."""

HALF = 0.5
"""Share of the best feature's mean probability at which membership is one half."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnEvidence:
    """What speaks for the features of the user's layers, phrase by phrase."""

    features: OwnFeatures
    maps: PredictedMaps
    """What the network predicted for the phrases that narrow features."""
    colours: Mapping[str, Values] = field(default_factory=dict)
    """Phrase that asks for a colour -> (N,) share of each feature's pixels with it; NaN
    where none was seen."""

    def membership(self, find: Find) -> Values:
        """(N,) how well a phrase describes each feature of its layer, in [0, 1].

        All are alike where the phrase says nothing but their noun; words of shape are
        compared with the outlines elsewhere. A colour that the
        phrase asks for is measured; other words are the network's, whose mean
        probability inside a feature counts as a share of that in the best one. Where it
        sees nothing like that, nothing fits.
        """
        shapes = self.features.shapes_of(find)
        is_plain = not find.narrows or asks_only_shape(find.phrase, find.noun)
        if is_plain or not len(shapes):
            return np.ones(len(shapes))
        seen = self.maps.coverage(shapes, find.phrase)
        best = float(seen.max(initial=0.0))
        described = np.zeros(len(shapes))
        if best >= CLEAR:
            described = np.interp(seen / best, (0, HALF, 1), (0, 0.5, 1))
        share = self.colours.get(find.phrase)
        if share is None:
            return described
        shown = np.interp(np.nan_to_num(share), COLOUR_SHARES, (0, 0.5, 1))
        return shown * described if best >= CLEAR else shown

    def chosen(self, find: Find) -> Polygons:
        """The features that a phrase names as something to measure against.

        All of the layer where the network cannot tell which are meant.
        """
        polygons = self.features.of(find)
        fits = np.flatnonzero(self.membership(find) >= FIT_THRESHOLD)
        return taken(polygons, fits) if len(fits) else polygons


def decide_among_features(
    plan: Plan,
    own: OwnEvidence,
    grid: Grid,
    *,
    area: BaseGeometry | None,
    view: SceneView,
    caution: float,
    min_score: float = 0.0,
) -> Decision:
    """Choose what an expression means that names features of the user's layers.

    The features exist for sure. So the operators have the last word, and only what
    cannot be checked, since the network did not find it, is left out. What the network
    finds is meant with its chance to be an object.

    Args:
        plan: Of the expression.
        own: What speaks for the features.
        grid: What the scene was read at.
        area: In pixels: the part of the grid that words of place refer to.
        view: How much of the scene the network sees at once.
        caution: See `choose`.
        min_score: Least chance of a polygon to be meant.
    """
    maps, shift = own.maps, SHIFT if view == SceneView.WHOLE else LARGE_SCENE_SHIFT
    pixel_area = float(np.prod(grid.pixel_size))
    targets = set(target_phrases(plan.root))
    meant, memberships, against = [], [], []
    for find in plan.finds:
        if find.phrase not in targets:
            against.append(
                own.chosen(find) if find.layer else anchor_objects(maps, find)
            )
        elif find.layer:
            meant.append(own.features.of(find))
            memberships.append(own.membership(find))
        else:
            texts = list(dict.fromkeys((find.noun or find.phrase, find.phrase)))
            objects = without_unlikely(maps.objects(texts), pixel_area, shift)
            every = np.arange(len(objects))
            meant.append(taken(objects, every, text=find.phrase))
            memberships.append(_described(maps, find, objects))
    polygons = joined([*meant, *against])
    count = sum(map(len, meant))
    membership = np.ones(len(polygons))
    membership[:count] = np.concatenate(memberships)
    candidates = Candidates(
        polygons,
        grid,
        plan.phrases,
        area=area,
        membership=membership,
        shift=shift,
        certain=is_own(polygons),
    )
    shape = shape_evidence(candidates, count)
    if shape is not None:
        membership[:count] *= np.where(shape == UNKNOWN_SHAPE, 1.0, shape)
    fits = evaluate(plan, candidates, strict=True)
    evidence = _evidence(plan, candidates, fits, shape, count, view)
    chance = np.where(
        fits.fit >= FIT_THRESHOLD, membership * candidates.confidence, 0.0
    )[:count]
    something = 1 - float(np.prod(1 - chance))
    area_m2 = np.maximum(candidates.area[:count], candidates.pixel_area)
    best, gain = best_set(chance, area_m2, None)
    best = _as_many(best, fits.fit, evidence.number)
    if something * gain <= caution * (1 - something):
        best = best[:0]
    rows = in_raster_order(evidence, best)
    rows = rows[chance[rows] >= max(min_score, LEAST_CHANCE)]
    return Decision(
        plan=plan,
        polygons=polygons,
        rows=rows,
        chance=chance[rows],
        rank=fits.rank[rows],
        distance=distances(evidence, rows),
        why=_reasons(evidence, own, rows),
        anchors=fits.workspace.anchors,
        steps=tuple(fits.workspace.steps),
        advice=tuple(dict.fromkeys(_advice(fits, found=len(rows) > 0))),
        evidence=evidence,
        choice=Choice(rows=np.sort(rows), chance=chance, something=something),
    )


def _as_many(
    rows: NDArray[np.intp], fit: Values, number: int | None
) -> NDArray[np.intp]:
    """As many as are asked for, those that fit best; all that fit equally well."""
    if number is None or len(rows) <= number:
        return rows
    last = np.sort(fit[rows])[-number]
    kept: NDArray[np.intp] = rows[fit[rows] >= last - ALIKE]
    return kept


def _described(maps: PredictedMaps, find: Find, objects: Polygons) -> Values:
    """(N,) how well a phrase describes what the network found for its noun."""
    if not (find.noun and find.narrows):
        return np.ones(len(objects))
    covered = maps.coverage(objects.geometry, find.phrase)
    best = float(covered.max(initial=0.0))
    return covered / best if best >= CLEAR else np.ones(len(objects))


def _evidence(
    plan: Plan,
    candidates: Candidates,
    fits: Fits,
    shape: Values | None,
    count: int,
    view: SceneView,
) -> Evidence:
    """Evidence without signals, which features of layers do not have."""
    return Evidence(
        plan=plan,
        candidates=candidates,
        count=count,
        fits=fits,
        features=np.zeros((count, len(FEATURES))),
        sentence=np.zeros(len(SENTENCE_FEATURES)),
        shape=shape,
        number=asked_number(plan),
        view=view,
        match=None,
    )


def _reasons(
    evidence: Evidence, own: OwnEvidence, rows: NDArray[np.intp]
) -> tuple[str, ...]:
    """(K,) the layer of each, what was seen of it, and the words that it fits."""
    met = words_met(evidence)
    candidates = evidence.candidates
    said = {}
    for number, find in enumerate(evidence.plan.finds):
        words = f"layer {find.layer}" if find.layer else "network: its class"
        if find.layer and find.phrase in own.colours:
            words += "; pixels: its colour"
        elif find.layer and find.narrows:
            words += "; network: as described"
        said[number] = words
    return tuple(
        "; ".join([*met, said[int(number)]]) for number in candidates.phrase[rows]
    )


def _advice(fits: Fits, *, found: bool) -> list[str]:
    lines = list(fits.workspace.advice)
    for one in fits.unmet:
        words = describe_step(one.node)
        if one.unknown and found:
            lines.append(
                f'"{words}" could not be checked, as what it refers to was not found: '
                "answered by the rest"
            )
        elif not one.unknown:
            lines.append(f'nothing fits "{words}"')
    return lines
