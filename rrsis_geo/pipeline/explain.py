"""How expressions are understood, without reading any pixel."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.serialization.header import find_weights, read_header
from rrsis_geo.pipeline.run_plan import (
    make_query_batch,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.query.query_batch import Explanation, make_batch


def explain(
    expressions: Sequence[str],
    scene: str | None = None,
    *,
    options: SegmentOptions | None = None,
    weights: str = "default",
) -> Explanation:
    """Plan a job with these expressions.

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
        batch = make_batch(job.expressions, options.resolve)
        return Explanation(batch=batch)
    facts = weights_facts(weights, None)
    with open_scene(job) as opened:
        plan = make_run_plan(opened, options, facts.gsd_range)
        return Explanation(batch=make_query_batch(job, plan, facts))
