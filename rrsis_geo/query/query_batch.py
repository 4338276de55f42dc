"""All expressions of one job: phrases for the network, answers from what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import OptionError
from rrsis_geo.job import CAUTION, RESOLVES
from rrsis_geo.language.known_classes import KnownClasses
from rrsis_geo.language.nodes import Find
from rrsis_geo.matching.matcher import Matcher
from rrsis_geo.matching.mean_colours import ColoursOf
from rrsis_geo.query.answers import (
    QueryAnswers,
    anchor_polygons,
    answers_of_decisions,
    chosen_polygons,
    no_rows,
    repeated,
    rows_of,
)
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.decision.answer import decide
from rrsis_geo.query.decision.evidence import names_own, texts_of
from rrsis_geo.query.decision.evidence_table import Row
from rrsis_geo.query.decision.evidence_weights import DEFAULT_WEIGHTS, EvidenceWeights
from rrsis_geo.query.decision.features import SceneView, view_of
from rrsis_geo.query.decision.maps import FAINT, Memory, PredictedMaps
from rrsis_geo.query.operators.evaluator import resolve, target_phrases
from rrsis_geo.query.operators.workspace import TraceStep
from rrsis_geo.query.own_layers.layer_answers import answers_with_layers, own_evidence
from rrsis_geo.query.own_layers.layer_nouns import LayerNouns
from rrsis_geo.query.own_layers.own_features import OwnFeatures
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.typed_plans import head_of, plan_as_typed
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A text that the network is given, and what the planner read in it."""

    text: str
    head: Find
    """The noun phrase that the text is about: its noun, its classes, its adjectives."""


@dataclass(frozen=True, kw_only=True)
class QueryBatch:
    """The plans of a job's expressions and the phrases that they share."""

    plans: tuple[Plan, ...]
    """One for each expression; a plain one is left to the network."""

    heads: tuple[Find, ...] = field(default=(), repr=False, compare=False)
    """For each plan the noun phrase that its expression is about; (): as planned."""

    unanswered: frozenset[str] = field(default=frozenset(), repr=False)
    """Texts about things that the weights do not know: they get no polygons."""
    weights: EvidenceWeights | None = field(default=None, compare=False)
    """How much each kind of evidence counts in the choice; None: none is weighed."""

    matcher: Matcher | None = field(default=None, compare=False, repr=False)
    """Compares objects with the sentences; None: nothing does."""

    caution: float = CAUTION
    """See `SegmentOptions.caution`."""

    view: SceneView = SceneView.WINDOWS
    """How much of the scene the network sees at once."""

    layers: LayerNouns = field(default_factory=LayerNouns, compare=False, repr=False)
    """Nouns that the user's own layers answer."""
    features: OwnFeatures | None = field(default=None, compare=False, repr=False)
    """Of these layers; None: not read, as no phrase or no scene asks for them."""
    not_asked: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Texts that the network is not given, since pixels answer them."""
    unneeded: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Texts that the network is not given, since nothing is answered from them."""

    @property
    def weighs(self) -> bool:
        """Whether evidence is weighed, for which the faint objects are needed too."""
        return self.weights is not None

    def thresholds(self, threshold: float) -> tuple[float, ...]:
        """At which the maps of the texts are polygonized; the job's comes first."""
        return (threshold, FAINT * threshold) if self.weighs else (threshold,)

    @property
    def expressions(self) -> tuple[str, ...]:
        """What the user typed."""
        return tuple(plan.expression for plan in self.plans)

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """What the network is given, each text once."""
        return tuple(one for one in self._predicted if one.text not in self.unneeded)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of `phrases`, in their order."""
        return tuple(phrase.text for phrase in self.phrases)

    @property
    def bands(self) -> tuple[str, ...]:
        """What the bands of a probability raster show.

        The texts of `phrases` and after them, as bands without data, what is unneeded.
        """
        empty = (one.text for one in self._predicted if one.text in self.unneeded)
        return (*self.texts, *empty)

    @cached_property
    def _predicted(self) -> tuple[Phrase, ...]:
        """Whatever maps could answer, each text once."""
        heads = self.heads or tuple(plan.finds[0] for plan in self.plans)
        found: dict[str, Find] = {}
        if self.weighs:
            for plan, head in zip(self.plans, heads, strict=True):
                finds = {find.phrase: find for find in plan.finds}
                for find in plan.finds:
                    if find.noun:
                        finds.setdefault(find.noun, replace(find, phrase=find.noun))
                for text in texts_of(plan, view=self.view):
                    found.setdefault(text, finds.get(text, head))
        else:
            for plan, head in zip(self.plans, heads, strict=True):
                for find in plan.finds:
                    as_typed = plan.is_plain and find.phrase == plan.network_text
                    if not find.layer or find.narrows:
                        found.setdefault(find.phrase, head if as_typed else find)
        return tuple(
            Phrase(text=text, head=head)
            for text, head in found.items()
            if text not in self.not_asked
        )

    @property
    def silent(self) -> frozenset[str]:
        """Texts whose polygons are no answer, and say nothing of other answers."""
        nouns = (
            find.noun
            for plan in self.plans
            for find in plan.finds
            if self.weighs and find.noun and find.phrase in self.unanswered
        )
        return self.unanswered | frozenset(nouns)

    @property
    def modes(self) -> tuple[str, ...]:
        """For each expression, what decides which objects are meant."""
        return tuple(
            "layers"
            if names_own(plan)
            else "evidence"
            if self.weighs
            else "network"
            if plan.is_plain
            else "scene"
            for plan in self.plans
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know of how the expressions were read."""
        return tuple(dict.fromkeys(note for plan in self.plans for note in plan.notes))

    def described(
        self,
        steps: Sequence[Sequence[TraceStep]] = (),
        candidates: Sequence[Sequence[Row]] = (),
    ) -> list[dict[str, Any]]:
        """How each expression is understood, as JSON values.

        Args:
            steps: For each expression, what every part of its plan left; (): not run.
            candidates: For each its likeliest objects with their evidence; (): none.
        """
        counted = steps or [()] * len(self.plans)
        named = candidates or [()] * len(self.plans)
        return [
            {
                "expression": plan.expression,
                "resolve": mode,
                "phrases": list(plan.phrases),
                "plan": plan.notation(),
                "words": plan.describe(),
                "notes": list(plan.notes),
                "steps": [{"words": one.words, "left": one.count} for one in done],
                "candidates": list(rows),
            }
            for plan, mode, done, rows in zip(
                self.plans, self.modes, counted, named, strict=True
            )
        ]

    def candidates(self, polygons: Polygons) -> Polygons:
        """Of finished polygons those that an answer may keep, by expression.

        Args:
            polygons: Of all phrases; `expression` holds the phrase.
        """
        polygons = self._answerable(polygons)
        phrases = polygons.columns["expression"]
        rows = [
            np.flatnonzero(np.isin(phrases.astype(str), target_phrases(plan.root)))
            for plan in self.plans
        ]
        texts = repeated(self.expressions, [len(row) for row in rows])
        return rows_of(polygons, np.concatenate(rows), {"expression": texts})

    def answer(
        self,
        polygons: Polygons,
        grid: Grid,
        valid_extent: BaseGeometry | None,
        *,
        faint: Polygons | None = None,
        min_score: float | None = None,
        colours: Mapping[str, NDArray[np.float64]] | None = None,
        colours_of: ColoursOf | None = None,
        memory: Memory | None = None,
    ) -> QueryAnswers:
        """The objects that the expressions mean.

        Args:
            polygons: Of all phrases; `expression` holds the phrase.
            grid: What the scene was read at.
            valid_extent: In pixels: where there is data, inside the AOI.
            faint: The same at the second of `thresholds`, where evidence is weighed.
            min_score: Least chance to be meant, where evidence is weighed.
            colours: See `OwnEvidence`.
            colours_of: Measures the colours of found objects; None: none is known.
            memory: Overlaps of these polygons, of earlier expressions.
        """
        polygons = self._answerable(polygons)
        maps = PredictedMaps(
            clear=polygons,
            faint=self._answerable(no_rows(polygons) if faint is None else faint),
            memory=None if self.unanswered else memory,
        )
        weigh = partial(
            decide,
            grid=grid,
            area=valid_extent,
            view=self.view,
            weights=self.weights or DEFAULT_WEIGHTS,
            caution=self.caution,
            min_score=min_score,
            matcher=self.matcher,
            colours_of=colours_of,
        )
        if self.features is not None:
            own = own_evidence(self.features, maps, colours or {})
            return answers_with_layers(
                self.plans,
                own,
                grid,
                area=valid_extent,
                view=self.view,
                caution=self.caution,
                min_score=min_score or 0.0,
                weigh=weigh if self.weighs else None,
            )
        if self.weighs:
            return answers_of_decisions(weigh(plan, maps) for plan in self.plans)
        plain = all(plan.is_plain for plan in self.plans)
        if plain and self.bands == self.expressions:  # nothing to choose or to rename
            return QueryAnswers(
                polygons=polygons, anchors=no_rows(polygons), steps=(), advice=()
            )
        candidates = Candidates(polygons, grid, self.bands, area=valid_extent)
        answers = [(plan, resolve(plan, candidates)) for plan in self.plans]
        return QueryAnswers(
            polygons=chosen_polygons(polygons, answers),
            anchors=anchor_polygons(polygons, answers),
            steps=tuple(answer.steps for _, answer in answers),
            advice=tuple(
                f'"{plan.expression}": {line}'
                for plan, answer in answers
                for line in answer.advice
            ),
        )

    def _answerable(self, polygons: Polygons) -> Polygons:
        if not self.unanswered:
            return polygons
        texts = polygons.columns["expression"].astype(str)
        return rows_of(
            polygons, np.flatnonzero(~np.isin(texts, sorted(self.silent))), {}
        )


def as_typed(expressions: Sequence[str]) -> QueryBatch:
    """A batch that gives every expression to the network unchanged."""
    return QueryBatch(
        plans=tuple(plan_as_typed(text) for text in expressions),
        heads=tuple(head_of(text) for text in expressions),
    )


def make_batch(
    expressions: Sequence[str],
    resolve: str,
    *,
    grid: Grid | None = None,
    window_size: int = 0,
    categories: Sequence[str] | None = None,
    weights: EvidenceWeights = DEFAULT_WEIGHTS,
    matcher: Matcher | None = None,
    caution: float = CAUTION,
    layers: LayerNouns | None = None,
) -> QueryBatch:
    """Plan the expressions of a job.

    Args:
        expressions: What the user typed.
        resolve: network: all words go to the network; scene: all that is understood
            is evaluated on the map; auto: the evidence of both is weighed.
        grid: What the scene is read at; None: as if it were a few windows.
        window_size: Pixels that the network sees at once.
        categories: Classes that the network knows by name; None: not known.
        weights: How much each kind of evidence counts with `auto`.
        matcher: Compares objects with the sentences with `auto`; None: nothing does.
        caution: See `SegmentOptions.caution`.
        layers: Nouns that the user's own layers answer; None: there are none.

    Raises:
        OptionError: `resolve` is none of these, or is network with layers.
    """
    if resolve not in RESOLVES:
        raise OptionError(f"resolve must be in {RESOLVES}, got {resolve!r}")
    layers = layers or LayerNouns()
    if resolve == "network":
        if layers.words:
            raise OptionError(
                "own layers answer words of a plan, and with --resolve network there "
                "is none; choose auto or scene"
            )
        return as_typed(expressions)
    parsed = [layers.plan(text) for text in expressions]
    plans = tuple(
        plan if all(plan.phrases) else plan_as_typed(plan.expression) for plan in parsed
    )
    heads = tuple(plan.finds[0] for plan in parsed)
    if resolve == "scene":
        return QueryBatch(plans=plans, heads=heads, layers=layers)
    if categories is not None:
        known = KnownClasses(keys=tuple(categories))
        keys = frozenset(categories)
        plans = tuple(
            plan.placed_among_objects(keys).asked_by_class(keys).with_known(known)
            for plan in plans
        )
    return QueryBatch(
        plans=plans,
        heads=heads,
        weights=weights,
        matcher=matcher,
        caution=caution,
        view=(
            SceneView.WINDOWS
            if grid is None
            else view_of(grid.width, grid.height, window_size)
        ),
        layers=layers,
    )
