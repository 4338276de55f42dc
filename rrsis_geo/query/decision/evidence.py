"""What speaks for each candidate, as numbers that a logistic model can weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import chosen_in_each, spine, walk
from rrsis_geo.matching.matcher import Matcher
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.likelihood import (
    LARGE_SCENE_SHIFT,
    SHIFT,
    confidences,
)
from rrsis_geo.query.decision.evaluation import EXACT, Fits, evaluate
from rrsis_geo.query.decision.feature_values import candidate_features, sentence_signals
from rrsis_geo.query.decision.features import CONTEXTS, SceneView
from rrsis_geo.query.decision.maps import PredictedMaps, joined, of_one_noun, taken
from rrsis_geo.query.decision.outline_shape import shape_evidence
from rrsis_geo.query.decision.sentence_match import (
    is_matched,
    layout_of,
    names_compass,
)
from rrsis_geo.query.lexicon.nouns import SURFACES, is_noun
from rrsis_geo.query.operators.evaluator import target_phrases
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

Values = NDArray[np.float64]

NOT_NOUN = 0.5
"""Fit of candidates that the network predicted for more words, and not for the noun."""

ALIKE = frozenset(("aircraft", "watercraft", "spacecraft"))
"""Words that are the same for one and for several."""

LIKELY, UNLIKELY = 0.3, 0.02
"""Confidence from which on a candidate is likely an object, and below which it is left
out beside likely ones."""

PLACE = (n.InPlace, n.AtEdge)
ORDER = (
    *(n.Extreme, n.Middle, n.Sized, n.SizeClass, n.Measured, n.Compared),
    n.Facing,
)
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
    shape: Values | None
    """(count,) how well the outlines have the shape asked for; None: any shape."""
    number: int | None
    """How many are asked for; None: any number."""
    view: SceneView
    """How much of the scene the network sees at once."""
    match: Values | None
    """(count,) log odds of each to be meant, of the matching network; None: it was not
    asked."""

    @property
    def operators(self) -> list[n.Operator]:
        """The operators that choose, in the order of the evaluation."""
        nodes = spine(self.plan.root)
        return [node for node in nodes[::-1] if not isinstance(node, n.Find | n.Union)]


def gather(
    plan: Plan,
    maps: PredictedMaps,
    grid: Grid,
    *,
    area: BaseGeometry | None,
    view: SceneView,
    matcher: Matcher | None = None,
    colours_of: ColoursOf | None = None,
) -> Evidence:
    """Collect the candidates of an expression and the evidence for each.

    Args:
        plan: Of the expression.
        maps: What was predicted for the texts of `texts_of`.
        grid: What the scene was read at.
        area: In pixels: the part of the grid that place words mean.
        view: How much of the scene the network sees at once.
        matcher: Compares the candidates with the sentence, where it says more than a
            class; None: nothing does.
        colours_of: Measures the colours of outlines for it; None: none is known.
    """
    targets = set(target_phrases(plan.root))
    finds = {find.phrase: find for find in plan.finds}
    asked = plan.network_text in texts_of(plan, view=view)
    pixel_area = float(np.prod(grid.pixel_size))
    shift = SHIFT if view == SceneView.WHOLE else LARGE_SCENE_SHIFT
    parts = []
    for phrase, find in finds.items():
        if phrase in targets:
            # the most that the network was given about these objects
            whole = plan.network_text if asked else phrase
            texts = tuple(dict.fromkeys((find.noun or phrase, phrase, whole)))
            objects = _objects(maps, texts, pixel_area, shift)
            parts.append(_predicted(maps, find, objects, whole=whole))
    anchors = [
        anchor_objects(maps, find)
        for text, find in finds.items()
        if text not in targets
    ]
    kept = _kept(maps, parts)
    meant = taken(joined([part.polygons for part in parts]), kept)
    polygons = joined([meant, *anchors])

    def column(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])[kept]

    covered, has_phrase = column("phrase"), column("has_phrase")
    not_noun = column("not_noun")
    membership = np.ones(len(polygons))
    best_covered = covered.max(initial=0.0)
    if best_covered > 0.2:
        relative = 0.05 + 0.95 * covered / best_covered
        membership[: len(meant)] = np.where(has_phrase, relative, 1.0)
    membership[: len(meant)] *= np.where(not_noun, NOT_NOUN, 1.0)
    candidates = Candidates(
        polygons,
        grid,
        tuple(finds),
        area=area,
        membership=membership,
        graded=True,
        shift=shift,
        projected=maps.projected(grid),
    )
    fits = evaluate(plan, candidates)
    count = len(meant)
    shape = shape_evidence(candidates, count)
    whole_predicted = column("whole")
    number = asked_number(plan)
    contexts = contexts_of(plan, view=view)
    found = None
    if matcher is not None and is_matched(contexts, count, number=number):
        north_up = names_compass(plan.expression)
        layout = layout_of(candidates, count, north_up=north_up, colours_of=colours_of)
        found = matcher(plan.expression, layout)
    features = candidate_features(
        contexts,
        fits,
        count,
        meant=meant,
        confidence=candidates.confidence[:count],
        phrase=covered,
        has_phrase=has_phrase,
        whole=whole_predicted,
        share=column("share"),
        not_noun=not_noun,
        shape=shape,
        number=number,
        match=found,
    )
    sentence = sentence_signals(
        contexts,
        confidence=candidates.confidence[:count],
        whole=whole_predicted,
        no_phrase=1 - best_covered if has_phrase.any() else 0.0,
        fits=fits,
        number=number,
        match=found,
    )
    return Evidence(
        plan=plan,
        candidates=candidates,
        count=count,
        fits=fits,
        features=features,
        sentence=sentence,
        shape=shape,
        number=number,
        view=view,
        match=found,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Predicted:
    """Candidates of one phrase, and what was predicted inside them."""

    noun: str
    objects: NDArray[np.object_]
    """(N,) outlines, the array that `maps` knows."""
    polygons: Polygons
    """(N,)"""
    of_noun: NDArray[np.bool_]
    """(N,) whether they were predicted for the noun."""
    phrase: Values
    """(N,) mean probability of the phrase with its attributes; 0 without any."""
    has_phrase: NDArray[np.bool_]
    """(N,) whether anything was predicted for it."""
    whole: Values
    """(N,) mean probability of the most that the network was given about them."""
    share: Values
    """(N,) share of all that was predicted for that."""

    @property
    def not_noun(self) -> NDArray[np.bool_]:
        """(N,) whether others were predicted for the noun, and these were not."""
        return np.asarray(~self.of_noun & self.of_noun.any())


def _predicted(
    maps: PredictedMaps, find: n.Find, found: Polygons, *, whole: str
) -> _Predicted:
    phrase, noun, count = find.phrase, find.noun or find.phrase, len(found)
    narrows = noun != phrase
    is_predicted = narrows and len(maps.of(phrase)[1]) > 0
    return _Predicted(
        noun=noun,
        objects=found.geometry,
        polygons=taken(found, np.arange(count), text=phrase),
        of_noun=found.columns["expression"] == noun,
        phrase=maps.coverage(found.geometry, phrase) if narrows else np.zeros(count),
        has_phrase=np.full(count, is_predicted),
        whole=maps.coverage(found.geometry, whole),
        share=maps.share(found.geometry, whole),
    )


def _kept(maps: PredictedMaps, parts: Sequence[_Predicted]) -> NDArray[np.intp]:
    """Rows of candidates of all phrases, without those that show an object again."""
    nouns = [part.noun for part in parts]
    counts = [len(part.polygons) for part in parts]
    number = np.repeat([nouns.index(noun) for noun in nouns], counts)
    if len(set(nouns)) < 2:
        return np.arange(len(number))
    outlines = [part.objects for part in parts]
    of_noun = np.concatenate([part.of_noun for part in parts])
    return maps.remembered_rows(
        outlines,
        f"once each of {nouns!r}",
        lambda: np.flatnonzero(of_one_noun(np.concatenate(outlines), number, of_noun)),
    )


def texts_of(plan: Plan, *, view: SceneView) -> tuple[str, ...]:
    """What the network is given for a plan: nouns, phrases and the whole expression.

    On a scene that it sees in parts, the network cannot judge words of place, order and
    number; then the whole expression is left out, unless it relates things. Where the
    parts are many, hardly one shows both things that are related.
    """
    texts = [text for find in plan.finds for text in phrases_of(find)]
    relates = bool(contexts_of(plan)["relation"]) and view == SceneView.WINDOWS
    asks_whole = relates or view == SceneView.WHOLE
    if asks_whole and not names_own(plan):
        texts.append(plan.network_text)
    return tuple(dict.fromkeys(texts))


def _objects(
    maps: PredictedMaps, texts: Sequence[str], pixel_area: float, shift: float
) -> Polygons:
    """Candidates of several texts, without unlikely ones."""

    def make() -> Polygons:
        found = without_unlikely(maps.objects(texts), pixel_area, shift)
        maps.name(found.geometry, texts, f"without unlikely {pixel_area!r} {shift!r}")
        return found

    return maps.once(("objects", *texts, pixel_area, shift), make)


def phrases_of(find: n.Find) -> tuple[str, ...]:
    """What the network is given of a noun phrase.

    Of what one of the user's layers answers only the phrase that narrows it.
    """
    if find.layer:
        return (find.phrase,) if find.narrows else ()
    return tuple(text for text in (find.noun, find.phrase) if text)


def names_own(plan: Plan) -> bool:
    """Whether the user's own layers answer a phrase of a plan.

    The map then decides, and the whole expression is not given to the network.
    """
    return any(find.layer for find in plan.finds)


def without_unlikely(objects: Polygons, pixel_area: float, shift: float) -> Polygons:
    """Objects without those that are far from being one, if any is likely to be one.

    Args:
        objects: Candidates of one phrase.
        pixel_area: Square metres.
        shift: See `confidences`.
    """
    if not len(objects):
        return objects
    confidence = confidences(
        objects.columns["score"].astype(np.float64),
        objects.columns["area_m2"],
        pixel_area=pixel_area,
        shift=shift,
    )
    if confidence.max() < LIKELY:
        return objects
    return taken(objects, np.flatnonzero(confidence >= UNLIKELY))


def asked_number(plan: Plan) -> int | None:
    """How many objects an expression asks for; None: any number."""
    nodes = spine(plan.root)
    kinds = [type(node) for node in nodes if isinstance(node, n.Grouped | n.Members)]
    if kinds[:1] == [n.Grouped]:  # what is counted or ordered are groups
        return None
    for node in nodes:
        many = isinstance(node, n.Extreme) and node.share is not None
        if many or chosen_in_each(node) is not None:
            return None
        if isinstance(node, n.Counted):
            return node.number
        if isinstance(node, n.Extreme | n.Sized | n.Distant | n.Middle):
            return node.count
        if isinstance(node, n.Members | n.Union):
            return None
    head = plan.finds[0]
    label = head.noun == head.phrase or is_noun(head.phrase)
    bare = isinstance(plan.root, n.Find) and label
    one = bool(head.noun) and not head.plural and not bare
    return 1 if one and ALIKE.isdisjoint(plan.words) else None


def anchor_objects(maps: PredictedMaps, find: n.Find) -> Polygons:
    """What candidates are measured against: as phrased, else the bare noun."""
    for text in (find.phrase, find.noun):
        clear, faint = maps.of(text)
        for polygons in (clear, faint):
            if text and len(polygons):
                return taken(polygons, np.arange(len(polygons)), text=find.phrase)
    return taken(maps.clear, np.zeros(0, np.intp))


def contexts_of(plan: Plan, *, view: SceneView = SceneView.WHOLE) -> dict[str, float]:
    """1 for each of `CONTEXTS` that an expression and its scene belong to, else 0."""
    kinds = {type(node) for node in walk(plan.root)}
    head = plan.finds[0]
    narrows = bool(head.noun) and head.noun != head.phrase
    relation = bool(kinds - {*PLACE, *ORDER, *GROUP, *OTHER})
    belongs = {
        "all": True,
        "plain": kinds <= set(OTHER) and not narrows,
        "attribute": narrows or not head.noun,
        "place": not kinds.isdisjoint(PLACE),
        "order": not kinds.isdisjoint(ORDER),
        "measured": not kinds.isdisjoint(EXACT),
        "relation": relation,
        "group": not kinds.isdisjoint(GROUP),
        "plural": head.plural,
        "surface": bool(head.categories) and set(head.categories) <= SURFACES,
        "large scene": view != SceneView.WHOLE,
        "many windows": view == SceneView.MANY_WINDOWS,
        "unknown anchor": bool(plan.unknown_anchors),
    }
    return {name: float(belongs[name]) for name in CONTEXTS}
