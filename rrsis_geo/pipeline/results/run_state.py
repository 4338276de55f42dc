"""What the steps of one run share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.journal import Journal
from rrsis_geo.pipeline.reuse.kept_answers import KeptAnswers
from rrsis_geo.pipeline.run_plan import RunPlan, WeightsFacts
from rrsis_geo.pipeline.timing import Timer
from rrsis_geo.protocol import Message
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.scene import Scene
from rrsis_geo.types import Polygons, Predictor
from rrsis_geo.vector.vector_format import LayerTarget


@dataclass(frozen=True, kw_only=True, eq=False)
class RunState:
    """What the steps of one run share."""

    job: SegmentJob
    target: LayerTarget
    batch: QueryBatch
    scene: Scene
    plan: RunPlan
    weights: WeightsFacts
    advice: tuple[str, ...]
    journal: Journal
    report: Callable[[Message], None]
    cancelled: Callable[[], bool]
    found: Callable[[Polygons], None] | None
    network: Callable[[SegmentJob, Sequence[str]], Predictor]
    kept: KeptAnswers
    timer: Timer
    own_layers: Sequence[Mapping[str, Any]]
    """See `layer_facts`."""
