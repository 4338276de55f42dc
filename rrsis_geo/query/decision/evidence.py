"""What speaks for each candidate, as numbers that a logistic model can weigh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import spine, walk
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.evaluation import Fits, evaluate
from rrsis_geo.query.decision.features import FEATURES
from rrsis_geo.query.decision.maps import PaintedMaps, joined, taken
from rrsis_geo.query.operators.evaluator import target_phrases
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

Values = NDArray[np.float64]

FLOOR = 0.02
"""Fit below which candidates are not told apart."""

PLACE = (n.InPlace, n.AtEdge)
ORDER = (n.Extreme, n.Middle, n.Sized, n.SizeClass, n.Measured, n.Compared)
GROUP = (n.Grouped, n.Members, n.Isolated)
OTHER = (n.Find, n.Union, n.Counted, n.Except)


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """The candidates of one expression and what speaks for them."""

    plan: Plan
    candidates: Candidates
    """Those that may be meant first, then what they are measured against."""
    count: int
    """Number of those that may be meant."""
    fits: Fits
    features: Values
    """(count, len(FEATURES))"""
    sentence: Values
    """(len(SENTENCE_FEATURES),), those of the model's chances still 0."""
    number: int | None
    """How many are asked for; None: any number."""

    @property
    def operators(self) -> list[n.Node]:
        """The operators that choose, in the order of the evaluation."""
        *operators, _ = spine(self.plan.root)
        return operators[::-1]


def gather(
    plan: Plan,
    maps: PaintedMaps,
    grid: Grid,
    *,
    area: BaseGeometry | None,
    one_window: bool,
) -> Evidence:
    """Collect the candidates of an expression and the evidence for each.

    Args:
        plan: Of the expression.
        maps: What was painted for the texts of `texts_of`.
        grid: What the scene was read at.
        area: In pixels: the part of the grid that place words mean.
        one_window: Whether the network saw the whole scene at once.
    """
    targets = set(target_phrases(plan.root))
    finds = {find.phrase: find for find in plan.finds}
    whole = plan.network_text
    own, attribute, known = [], [], []
    for phrase, find in finds.items():
        if phrase not in targets:
            continue
        noun = find.noun or phrase
        objects = maps.objects(list(dict.fromkeys((noun, phrase, whole))))
        own.append(taken(objects, np.arange(len(objects)), text=phrase))
        narrows = noun != phrase
        attribute.append(
            maps.coverage(objects.geometry, phrase)
            if narrows
            else np.zeros(len(objects))
        )
        known.append(np.full(len(objects), narrows and len(maps.of(phrase)[1]) > 0))
    anchors = [
        anchor_objects(maps, find)
        for text, find in finds.items()
        if text not in targets
    ]
    meant = joined(own)
    polygons = joined([meant, *anchors])
    covered, has_phrase = np.concatenate(attribute), np.concatenate(known)
    membership = np.ones(len(polygons))
    best_covered = covered.max(initial=0.0)
    if best_covered > 0.2:
        relative = 0.05 + 0.95 * covered / best_covered
        membership[: len(meant)] = np.where(has_phrase, relative, 1.0)
    candidates = Candidates(
        polygons, grid, tuple(finds), area=area, membership=membership
    )
    fits = evaluate(plan, candidates)
    count = len(meant)
    whole_painted = maps.coverage(meant.geometry, whole)
    share = maps.share(meant.geometry, whole)
    number = asked_number(plan)
    features = _features(
        plan,
        fits,
        count,
        meant=meant,
        confidence=candidates.confidence[:count],
        phrase=covered,
        has_phrase=has_phrase,
        whole=whole_painted,
        share=share,
        number=number,
        one_window=one_window,
    )
    sentence = np.array(
        [
            1.0,
            0.0,
            0.0,
            features[:, FEATURES.index("object")].max(initial=-5.0),
            whole_painted.max(initial=0.0),
            best_covered if has_phrase.any() else 0.0,
            min(fits.strain, 2.0),
            float(sum(one.unknown for one in fits.unmet)),
            float(number is not None),
            np.log1p(count),
        ]
    )
    return Evidence(
        plan=plan,
        candidates=candidates,
        count=count,
        fits=fits,
        features=features,
        sentence=sentence,
        number=number,
    )


def texts_of(plan: Plan) -> tuple[str, ...]:
    """What the network is given for a plan: nouns, phrases and the whole expression."""
    texts = [text for find in plan.finds for text in (find.noun, find.phrase) if text]
    return tuple(dict.fromkeys([*texts, plan.network_text]))


def asked_number(plan: Plan) -> int | None:
    """How many objects an expression asks for; None: any number."""
    for node in spine(plan.root):
        if isinstance(node, n.Counted):
            return node.number
        if isinstance(node, n.Extreme | n.Sized | n.Distant | n.Middle):
            return node.count
        if isinstance(node, n.Grouped | n.Members | n.Union):
            return None
    return None if plan.finds[0].plural else 1


def anchor_objects(maps: PaintedMaps, find: n.Find) -> Polygons:
    """What candidates are measured against: as phrased, else the bare noun."""
    for text in (find.phrase, find.noun):
        clear, faint = maps.of(text)
        for polygons in (clear, faint):
            if text and len(polygons):
                return taken(polygons, np.arange(len(polygons)), text=find.phrase)
    return taken(maps.clear, np.zeros(0, np.intp))


def _features(
    plan: Plan,
    fits: Fits,
    count: int,
    *,
    meant: Polygons,
    confidence: Values,
    phrase: Values,
    has_phrase: NDArray[np.bool_],
    whole: Values,
    share: Values,
    number: int | None,
    one_window: bool,
) -> Values:
    kinds = {type(node) for node in walk(plan.root)}
    relations = bool(kinds - {*PLACE, *ORDER, *GROUP, *OTHER})
    order = bool(kinds.intersection(ORDER))
    groups = bool(kinds.intersection(GROUP))
    fit = fits.fit[:count]
    log_fit = np.log((fit + FLOOR) / (1 + FLOOR))
    area = meant.columns["area_m2"]
    size = (
        np.log(np.maximum(area, 1e-9) / max(float(np.median(area)), 1e-9))
        if count
        else area
    )
    best_whole = (
        whole / whole.max(initial=1e-9) if whole.max(initial=0.0) > 0.1 else 0 * whole
    )
    best_phrase = (
        phrase / phrase.max(initial=1e-9)
        if phrase.max(initial=0.0) > 0.1
        else 0 * phrase
    )
    one = np.ones(count)
    unmet = float(bool(fits.unmet))
    columns = {
        "one": one,
        "object": np.clip(np.log(confidence / (1 - confidence)), -5, 5),
        "faint": (meant.columns["score_max"] < 0.5).astype(np.float64),
        "fit": log_fit,
        "fit of relations": log_fit * relations,
        "fit of order": log_fit * order,
        "fit of groups": log_fit * groups,
        "fits": (fit >= 0.5).astype(np.float64),
        "whole": whole,
        "whole of best": best_whole,
        "whole of relations": best_whole * relations,
        "whole of order": best_whole * order,
        "whole beyond a window": best_whole * (not one_window),
        "share": share,
        "phrase": phrase * has_phrase,
        "phrase of best": best_phrase * has_phrase,
        "attribute unknown": (~has_phrase).astype(np.float64),
        "prior": one
        * (np.log(min(number, count) / max(count, 1)) if number and count else 0.0),
        "size": np.clip(size, -3, 3),
        "edge": meant.columns["touches_edge"].astype(np.float64),
        "unmet, whole of best": best_whole * unmet,
    }
    return np.column_stack([columns[name] for name in FEATURES]).reshape(
        count, len(FEATURES)
    )
