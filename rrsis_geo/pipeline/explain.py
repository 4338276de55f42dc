"""How expressions are understood, told without looking at a single pixel."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.serialization.header import find_weights, read_header
from rrsis_geo.pipeline.run_plan import (
    ask_network,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.query.query_batch import Explanation, ask


def explain(
    expressions: Sequence[str],
    scene: str | None = None,
    *,
    options: SegmentOptions | None = None,
    weights: str = "default",
) -> Explanation:
    """How a job with these expressions would be worked out.

    Args:
        expressions: What the user typed.
        scene: Where; None: a scene larger than a window.
        options: As for a run.
        weights: Name or path.

    Raises:
        RRSISError: an expression is empty, the weights are missing, or the scene cannot
            be opened.
    """
    options = options or SegmentOptions()
    job = SegmentJob(
        scene=scene or "",
        expressions=tuple(expressions),
        weights=weights,
        options=options,
    )
    if scene is None:
        known = read_header(find_weights(weights)).categories
        questions = ask(job.expressions, options.resolve, categories=known)
        return Explanation(questions=questions)
    facts = weights_facts(job, None)
    with open_scene(job) as opened:
        view = make_run_plan(opened, options, facts.gsd_range)
        return Explanation(questions=ask_network(job, view, facts)[0])
