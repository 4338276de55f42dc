"""What a job asks: texts for the network, and the answers from what it found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import DataError, OptionError, SceneError
from rrsis_geo.job import RESOLVES
from rrsis_geo.query import make_plan
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import Answer, resolve, sought
from rrsis_geo.query.operators.workspace import TraceStep
from rrsis_geo.query.plan.explanation import describe_step
from rrsis_geo.query.plan.nodes import Find, Node, Union
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.plan.routing import route_plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Polygons

PARTED = frozenset({"building", "storage_tank", "tennis_court"})
"""Classes whose touching objects are parted unless told otherwise: on images kept out
of training that brings more of them whole (decision 0122)."""

TAG = "RRSIS_QUESTIONS"
"""Name of the raster's tag that holds the questions."""


@dataclass(frozen=True, kw_only=True, eq=False)
class QueryAnswers:
    """What the expressions of a job mean on the scene."""

    polygons: Polygons
    anchors: Polygons
    """What was measured against, each `why` naming it and `expression` the asker."""
    steps: tuple[tuple[TraceStep, ...], ...]
    """For each expression, what every part of its plan left."""
    advice: tuple[str, ...]
    """What was not clear."""


@dataclass(frozen=True, kw_only=True)
class QueryBatch:
    """The plans of a job's expressions and the texts that they share."""

    plans: tuple[Plan, ...]
    """One for each expression; a plain one is the network's alone."""

    told: tuple[str, ...] = ()
    """Expressions that the network is asked as a whole as well, so that what it takes
    for them weighs in the choice among what the plan finds."""

    @property
    def expressions(self) -> tuple[str, ...]:
        """What the user typed."""
        return tuple(plan.expression for plan in self.plans)

    @property
    def phrases(self) -> tuple[str, ...]:
        """What the network is asked, each text once."""
        every = [phrase for plan in self.plans for phrase in plan.phrases]
        return tuple(dict.fromkeys([*every, *self.told]))

    @property
    def modes(self) -> tuple[str, ...]:
        """For each expression, who decides which objects are meant."""
        return tuple(
            "network"
            if plan.is_plain
            else "both"
            if plan.expression in self.told
            else "scene"
            for plan in self.plans
        )

    def tags(self) -> dict[str, str]:
        """For a raster of probabilities, so that it can be asked again."""
        plans = [plan.to_mapping() for plan in self.plans]
        whole = {"plans": plans, "told": self.told}
        return {TAG: json.dumps(whole, separators=(",", ":"))}

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
        """The questions that a raster was made for; of a stranger's, its bands.

        Raises:
            SceneError: the tag is damaged.
        """
        if TAG not in tags:
            return whole(bands)
        try:
            kept = json.loads(tags[TAG])
            plans = tuple(Plan.from_mapping(plan) for plan in kept["plans"])
            questions = cls(plans=plans, told=tuple(kept["told"]))
        except (ValueError, TypeError, KeyError, DataError) as error:
            raise SceneError(
                f"{path}: its tag {TAG} is damaged; name the bands with the option "
                "for expressions, or make the raster again"
            ) from error
        missing = set(questions.phrases) - set(bands)
        return whole(bands) if missing or not plans else questions

    def _told_whole(self, plan: Plan) -> str | None:
        return plan.expression if plan.expression in self.told else None

    def candidates(self, found: Polygons) -> Polygons:
        """Of finished polygons, those an answer may take, under the user's words.

        Args:
            found: Polygons of all phrases; `expression` holds the phrase.
        """
        phrases = found.columns["expression"]
        rows = [
            np.flatnonzero(np.isin(phrases.astype(str), sought(plan.root)))
            for plan in self.plans
        ]
        texts = _repeated(self.expressions, [len(row) for row in rows])
        return _taken(found, np.concatenate(rows), {"expression": texts})

    def answer(
        self, found: Polygons, grid: Grid, area: BaseGeometry | None
    ) -> QueryAnswers:
        """The objects that the expressions mean.

        Args:
            found: Polygons of all phrases; `expression` holds the phrase.
            grid: What the scene was read at.
            area: In pixels: where there is data, inside the area of interest.
        """
        plain = all(plan.is_plain for plan in self.plans)
        if plain and self.phrases == self.expressions:  # nothing to choose or name
            return QueryAnswers(
                polygons=found, anchors=_none_of(found), steps=(), advice=()
            )
        seen = Candidates(found, grid, self.phrases, area=area)
        answers = [
            (plan, resolve(plan, seen, told=self._told_whole(plan)))
            for plan in self.plans
        ]
        return QueryAnswers(
            polygons=_layer(found, answers),
            anchors=_anchors(found, answers),
            steps=tuple(answer.steps for _, answer in answers),
            advice=tuple(
                f'"{plan.expression}": {line}'
                for plan, answer in answers
                for line in answer.advice
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What an answer would be made of; `str()` of it is for reading."""

    questions: QueryBatch

    def to_mapping(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "phrases": list(self.questions.phrases),
            "questions": self.questions.described(),
        }

    def __str__(self) -> str:
        """For each expression what is done, then what the network is asked."""
        lines = []
        for question in self.questions.described():
            lines.append(question["expression"])
            lines.append(f"    {question['words']}")
            lines += [f"    note: {note}" for note in question["notes"]]
        asked = ", ".join(f'"{phrase}"' for phrase in self.questions.phrases)
        return "\n".join([*lines, f"the network is asked: {asked}"])


def whole(expressions: Sequence[str]) -> QueryBatch:
    """Every expression as it is for the network."""
    return QueryBatch(plans=tuple(_whole(text) for text in expressions))


def ask(
    expressions: Sequence[str],
    resolve: str,
    *,
    grid: Grid | None = None,
    window_size: int = 0,
    categories: Sequence[str] | None = None,
) -> QueryBatch:
    """The questions of a job.

    Args:
        expressions: What the user typed.
        resolve: network: all words go to the network; scene: all that is understood
            is worked out on the map; auto: what the map answers better.
        grid: What the scene is read at; None: larger than a window.
        window_size: Pixels that the network sees at once.
        categories: Classes that the network knows by name; None: not known.

    Raises:
        OptionError: `resolve` is none of these.
    """
    if resolve not in RESOLVES:
        raise OptionError(f"resolve must be in {RESOLVES}, got {resolve!r}")
    if resolve == "network":
        return whole(expressions)
    plans = [make_plan(text) for text in expressions]
    seen_whole = grid is not None and max(grid.width, grid.height) <= window_size
    if resolve == "auto":
        known = None if categories is None else frozenset(categories)
        if known is not None:
            plans = [plan.without_unknown(known, whole=seen_whole) for plan in plans]
        plans = [
            route_plan(plan, whole=seen_whole, categories=known)
            or _whole(plan.expression)
            for plan in plans
        ]
    plans = [plan if all(plan.phrases) else _whole(plan.expression) for plan in plans]
    both = resolve == "auto" and seen_whole
    told = [plan.expression for plan in plans if both and not plan.is_plain]
    return QueryBatch(plans=tuple(plans), told=tuple(told))


def _whole(expression: str) -> Plan:
    words = tuple(expression.split())
    root = Find(expression, at=tuple(range(len(words))))
    return Plan(expression=expression, words=words, root=root)


def _layer(found: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    rows = np.concatenate([answer.rows for _, answer in answers]).astype(np.intp)
    lengths = [len(answer.rows) for _, answer in answers]
    return _taken(
        found,
        rows,
        {
            "expression": _repeated([plan.expression for plan, _ in answers], lengths),
            "rank": np.concatenate([answer.rank for _, answer in answers]),
            "distance_m": np.concatenate([answer.distance for _, answer in answers]),
            "why": _repeated([why(plan.root) for plan, _ in answers], lengths),
        },
    )


def _anchors(found: Polygons, answers: list[tuple[Plan, Answer]]) -> Polygons:
    named = [
        (plan.expression, words, rows)
        for plan, answer in answers
        for words, rows in answer.anchors.items()
    ]
    lengths = [len(rows) for _, _, rows in named]
    return _taken(
        found,
        np.concatenate([np.zeros(0, np.intp), *(rows for _, _, rows in named)]),
        {
            "expression": _repeated([text for text, _, _ in named], lengths),
            "why": _repeated([words for _, words, _ in named], lengths),
        },
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


def _taken(
    found: Polygons, rows: NDArray[np.intp], columns: Mapping[str, NDArray[Any]]
) -> Polygons:
    """These rows, numbered from 1, with some columns replaced."""
    taken = {name: values[rows] for name, values in found.columns.items()}
    taken["id"] = np.arange(1, len(rows) + 1, dtype=np.int64)
    for name, values in columns.items():
        taken[name] = values.astype(taken[name].dtype)
    return replace(found, geometry=found.geometry[rows], columns=taken)


def _none_of(found: Polygons) -> Polygons:
    return _taken(found, np.zeros(0, np.intp), {})


def _repeated(texts: Sequence[str], lengths: Sequence[int]) -> NDArray[np.object_]:
    each = np.empty(len(texts), np.object_)
    each[:] = texts
    return np.asarray(np.repeat(each, lengths), np.object_)


def parted(phrases: Sequence[str], wanted: bool | None) -> tuple[bool, ...]:
    """For each text for the network, whether its touching objects are parted.

    Args:
        phrases: What the network is asked.
        wanted: `SegmentOptions.split`; None: by the class that the text asks for.
    """
    if wanted is not None:
        return (wanted,) * len(phrases)
    asked = [set(make_plan(phrase).finds[0].categories) for phrase in phrases]
    return tuple(bool(classes) and classes <= PARTED for classes in asked)
