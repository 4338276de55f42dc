"""All expressions of one job: phrases for the network, answers from what it finds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import DataError, OptionError, SceneError
from rrsis_geo.job import RESOLVES
from rrsis_geo.language.nodes import Find, Node, Union
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import Answer, resolve, target_phrases
from rrsis_geo.query.operators.workspace import TraceStep
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.plan.routing import route_plan
from rrsis_geo.query.tokenizer.normalization import correct_text
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

TAG = "RRSIS_QUESTIONS"
"""Name of the tag of a probability raster that holds the batch."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A text that the network is given, and what the planner read in it."""

    text: str
    head: Find
    """The noun phrase that the text is about: its noun, its classes, its adjectives."""


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


@dataclass(frozen=True, kw_only=True)
class QueryBatch:
    """The plans of a job's expressions and the phrases that they share."""

    plans: tuple[Plan, ...]
    """One for each expression; a plain one is left to the network."""

    whole_expressions: tuple[str, ...] = ()
    """Expressions that the network is given unchanged beside the phrases of their
    plans, so that its answer weighs in the choice among the candidates."""

    heads: tuple[Find, ...] = field(default=(), repr=False, compare=False)
    """For each plan the noun phrase that its expression is about; (): as planned."""

    unanswered: frozenset[str] = field(default=frozenset(), repr=False)
    """Texts about things that the weights do not know: they get no polygons."""

    @property
    def expressions(self) -> tuple[str, ...]:
        """What the user typed."""
        return tuple(plan.expression for plan in self.plans)

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """What the network is given, each text once."""
        heads = self.heads or tuple(plan.finds[0] for plan in self.plans)
        found: dict[str, Find] = {}
        for plan, head in zip(self.plans, heads, strict=True):
            for find in plan.finds:
                as_typed = plan.is_plain and find.phrase == plan.network_text
                found.setdefault(find.phrase, head if as_typed else find)
        for plan, head in zip(self.plans, heads, strict=True):
            if plan.network_text in self.whole_expressions:
                found.setdefault(plan.network_text, head)
        return tuple(Phrase(text=text, head=head) for text, head in found.items())

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of `phrases`, in their order."""
        return tuple(phrase.text for phrase in self.phrases)

    @property
    def modes(self) -> tuple[str, ...]:
        """For each expression, what decides which objects are meant."""
        return tuple(
            "network"
            if plan.is_plain
            else "both"
            if plan.network_text in self.whole_expressions
            else "scene"
            for plan in self.plans
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know of how the expressions were read."""
        return tuple(dict.fromkeys(note for plan in self.plans for note in plan.notes))

    def tags(self) -> dict[str, str]:
        """For a probability raster, so that it can be vectorized again."""
        plans = [plan.to_mapping() for plan in self.plans]
        values = {
            "plans": plans,
            "told": self.whole_expressions,
            "unanswered": sorted(self.unanswered),
        }
        return {TAG: json.dumps(values, separators=(",", ":"))}

    def described(
        self, steps: Sequence[Sequence[TraceStep]] = ()
    ) -> list[dict[str, Any]]:
        """How each expression is understood, as JSON values.

        Args:
            steps: For each expression, what every part of its plan left; (): not run.
        """
        counted = steps or [()] * len(self.plans)
        return [
            {
                "expression": plan.expression,
                "resolve": mode,
                "phrases": list(plan.phrases),
                "plan": plan.notation(),
                "words": plan.describe(),
                "notes": list(plan.notes),
                "steps": [{"words": one.words, "left": one.count} for one in done],
            }
            for plan, mode, done in zip(self.plans, self.modes, counted, strict=True)
        ]

    @classmethod
    def from_tags(
        cls, tags: Mapping[str, str], bands: Sequence[str], path: str
    ) -> QueryBatch:
        """The batch that a probability raster was made for.

        Args:
            tags: Of the raster; one without ours has an expression for each band.
            bands: What the bands show.
            path: Of the raster, for messages.

        Raises:
            SceneError: the tag is damaged.
        """
        if TAG not in tags:
            return as_typed(bands)
        try:
            kept = json.loads(tags[TAG])
            plans = tuple(Plan.from_mapping(plan) for plan in kept["plans"])
            batch = cls(
                plans=plans,
                whole_expressions=tuple(kept["told"]),
                heads=tuple(
                    _head(plan.expression) if _is_as_typed(plan) else plan.finds[0]
                    for plan in plans
                ),
                unanswered=frozenset(kept.get("unanswered", ())),
            )
        except (ValueError, TypeError, KeyError, DataError) as error:
            raise SceneError(
                f"{path}: its tag {TAG} is damaged; name the bands with the option "
                "for expressions, or make the raster again"
            ) from error
        missing = set(batch.texts) - set(bands)
        return as_typed(bands) if missing or not plans else batch

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
        texts = _repeated(self.expressions, [len(row) for row in rows])
        return _rows_of(polygons, np.concatenate(rows), {"expression": texts})

    def answer(
        self, polygons: Polygons, grid: Grid, valid_extent: BaseGeometry | None
    ) -> QueryAnswers:
        """The objects that the expressions mean.

        Args:
            polygons: Of all phrases; `expression` holds the phrase.
            grid: What the scene was read at.
            valid_extent: In pixels: where there is data, inside the AOI.
        """
        polygons = self._answerable(polygons)
        plain = all(plan.is_plain for plan in self.plans)
        if plain and self.texts == self.expressions:  # nothing to choose or to rename
            return QueryAnswers(
                polygons=polygons, anchors=_no_rows(polygons), steps=(), advice=()
            )
        candidates = Candidates(polygons, grid, self.texts, area=valid_extent)
        answers = [
            (
                plan,
                resolve(
                    plan, candidates, whole_expression=self._whole_expression(plan)
                ),
            )
            for plan in self.plans
        ]
        return QueryAnswers(
            polygons=_chosen(polygons, answers),
            anchors=_anchors(polygons, answers),
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
        rows = np.flatnonzero(~np.isin(texts, sorted(self.unanswered)))
        return _rows_of(polygons, rows, {})

    def _whole_expression(self, plan: Plan) -> str | None:
        text = plan.network_text
        return text if text in self.whole_expressions else None


def as_typed(expressions: Sequence[str]) -> QueryBatch:
    """A batch that gives every expression to the network unchanged."""
    return QueryBatch(
        plans=tuple(_plan_as_typed(text) for text in expressions),
        heads=tuple(_head(text) for text in expressions),
    )


def make_batch(
    expressions: Sequence[str],
    resolve: str,
    *,
    grid: Grid | None = None,
    window_size: int = 0,
    categories: Sequence[str] | None = None,
) -> QueryBatch:
    """Plan the expressions of a job.

    Args:
        expressions: What the user typed.
        resolve: network: all words go to the network; scene: all that is understood
            is evaluated on the map; auto: what the map answers better.
        grid: What the scene is read at; None: larger than a window.
        window_size: Pixels that the network sees at once.
        categories: Classes that the network knows by name; None: not known.

    Raises:
        OptionError: `resolve` is none of these.
    """
    if resolve not in RESOLVES:
        raise OptionError(f"resolve must be in {RESOLVES}, got {resolve!r}")
    if resolve == "network":
        return as_typed(expressions)
    parsed = [make_plan(text) for text in expressions]
    one_window = grid is not None and max(grid.width, grid.height) <= window_size
    plans: list[Plan | None] = [*parsed]
    if resolve == "auto":
        known = None if categories is None else frozenset(categories)
        plans = [
            route_plan(
                plan
                if known is None
                else plan.without_unknown(known, whole=one_window),
                whole=one_window,
                categories=known,
            )
            for plan in parsed
        ]
    chosen = tuple(
        plan if plan and all(plan.phrases) else _plan_as_typed(full.expression)
        for plan, full in zip(plans, parsed, strict=True)
    )
    both = resolve == "auto" and one_window
    return QueryBatch(
        plans=chosen,
        whole_expressions=tuple(
            plan.network_text for plan in chosen if both and not plan.is_plain
        ),
        heads=tuple(
            (full if _is_as_typed(plan) else plan).finds[0]
            for plan, full in zip(chosen, parsed, strict=True)
        ),
    )


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


def _plan_as_typed(expression: str) -> Plan:
    text = correct_text(expression)
    words = tuple(text.split())
    root = Find(text, at=tuple(range(len(words))))
    return Plan(expression=expression, words=words, root=root)


def _is_as_typed(plan: Plan) -> bool:
    root = plan.root
    return isinstance(root, Find) and root.phrase == plan.network_text and not root.noun


def _head(expression: str) -> Find:
    return make_plan(expression).finds[0]


def _chosen(polygons: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    rows = np.concatenate([answer.rows for _, answer in answers]).astype(np.intp)
    lengths = [len(answer.rows) for _, answer in answers]
    return _rows_of(
        polygons,
        rows,
        {
            "expression": _repeated([plan.expression for plan, _ in answers], lengths),
            "rank": np.concatenate([answer.rank for _, answer in answers]),
            "distance_m": np.concatenate([answer.distance for _, answer in answers]),
            "why": _repeated([why(plan.root) for plan, _ in answers], lengths),
        },
    )


def _anchors(polygons: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    named = [
        (plan.expression, words, rows)
        for plan, answer in answers
        for words, rows in answer.anchors.items()
    ]
    lengths = [len(rows) for _, _, rows in named]
    return _rows_of(
        polygons,
        np.concatenate([np.zeros(0, np.intp), *(rows for _, _, rows in named)]),
        {
            "expression": _repeated([text for text, _, _ in named], lengths),
            "why": _repeated([words for _, words, _ in named], lengths),
        },
    )


def _rows_of(
    polygons: Polygons, rows: NDArray[np.intp], columns: Mapping[str, NDArray[Any]]
) -> Polygons:
    """These rows, numbered from 1, with some columns replaced."""
    values = {name: column[rows] for name, column in polygons.columns.items()}
    values["id"] = np.arange(1, len(rows) + 1, dtype=np.int64)
    for name, column in columns.items():
        values[name] = column.astype(values[name].dtype)
    return replace(polygons, geometry=polygons.geometry[rows], columns=values)


def _no_rows(polygons: Polygons) -> Polygons:
    return _rows_of(polygons, np.zeros(0, np.intp), {})


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> NDArray[np.object_]:
    each = np.empty(len(texts), np.object_)
    each[:] = texts
    return np.asarray(np.repeat(each, lengths), np.object_)
