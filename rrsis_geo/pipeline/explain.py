"""How expressions are understood, without reading any pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.matching.matcher import find_matcher
from rrsis_geo.pipeline.own_layers.batch_layers import (
    layer_nouns,
    with_measured_colours,
)
from rrsis_geo.pipeline.run_plan import (
    make_query_batch,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.query.known_words import with_knowledge
from rrsis_geo.query.query_batch import QueryBatch, make_batch


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """How a job is understood; `str()` of it is for reading."""

    batch: QueryBatch

    def to_mapping(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "phrases": list(self.batch.texts),
            "questions": self.batch.described(),
        }

    def __str__(self) -> str:
        """For each expression what is done, then what the network is given."""
        lines = []
        for entry in self.batch.described():
            lines.append(entry["expression"])
            lines.append(f"    {entry['words']}")
            lines += [f"    note: {note}" for note in entry["notes"]]
        texts = ", ".join(f'"{text}"' for text in self.batch.texts)
        asked = f"the network is asked: {texts}" if texts else "no network is asked"
        return "\n".join([*lines, asked])


def explain(
    expressions: Sequence[str],
    scene: str | None = None,
    *,
    options: SegmentOptions | None = None,
    weights: str = "default",
    own_layers: Sequence[OwnLayer] = (),
) -> Explanation:
    """Plan a job with these expressions.

    Args:
        expressions: What the user typed.
        scene: Where; None: a scene of a few windows.
        options: As for a run.
        weights: Name or path.
        own_layers: Layers whose features words mean; without a scene not read.

    Raises:
        RRSISError: an expression is empty, the weights are missing, the scene cannot
            be opened, or a layer cannot be used.
    """
    options = options or SegmentOptions()
    job = SegmentJob(
        scene=scene or "",
        expressions=tuple(expressions),
        weights=weights,
        own_layers=tuple(own_layers),
        options=options,
    )
    facts = weights_facts(weights, None)
    if scene is None:
        batch = make_batch(
            job.expressions,
            options.resolve,
            categories=facts.categories,
            weights=facts.evidence,
            matcher=find_matcher(facts.matcher),
            caution=options.caution,
            layers=layer_nouns(job.own_layers),
        )
        batch = with_knowledge(batch, facts.known_classes, guess=options.guess)
        return Explanation(batch=with_measured_colours(batch))
    with open_scene(job) as opened:
        plan = make_run_plan(opened, options, facts.gsd_range)
        return Explanation(batch=make_query_batch(job, plan, facts))
