"""The batch of a run in a tag of its probability raster, to answer from it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rrsis_geo.errors import DataError, OptionError, SceneError
from rrsis_geo.job import CAUTION
from rrsis_geo.matching.matcher import find_matcher
from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.features import SceneView
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.query.typed_plans import head_of, is_as_typed, plan_of_band

TAG = "RRSIS_QUESTIONS"
"""Name of the tag."""


def batch_tags(batch: QueryBatch) -> dict[str, str]:
    """Tags for a probability raster, so that it can be vectorized again."""
    plans = [plan.to_mapping() for plan in batch.plans]
    values: dict[str, Any] = {
        "plans": plans,
        "unanswered": sorted(batch.unanswered),
    }
    if batch.weights is not None:
        values["evidence"] = batch.weights.to_mapping()
        values["caution"] = batch.caution
        values["view"] = batch.view
        if batch.matcher is not None:
            values["matcher"] = batch.matcher.path.name
    return {TAG: json.dumps(values, separators=(",", ":"))}


def batch_of_tags(
    tags: Mapping[str, str], bands: Sequence[str], path: str
) -> QueryBatch:
    """The batch that a probability raster was made for.

    Args:
        tags: Of the raster; one without ours has an expression for each band.
        bands: What the bands show.
        path: Of the raster, for messages.

    Raises:
        SceneError: the tag is damaged.
        OptionError: the user's own layers take part in the answers.
    """
    if TAG not in tags:
        return _batch_of_names(bands)
    try:
        kept = json.loads(tags[TAG])
        plans = tuple(Plan.from_mapping(plan) for plan in kept["plans"])
        batch = QueryBatch(
            plans=plans,
            heads=tuple(
                head_of(plan.expression) if is_as_typed(plan) else plan.finds[0]
                for plan in plans
            ),
            unanswered=frozenset(kept.get("unanswered", ())),
            weights=(
                EvidenceWeights.from_mapping(kept["evidence"])
                if "evidence" in kept
                else None
            ),
            matcher=find_matcher(str(kept.get("matcher", ""))),
            caution=float(kept.get("caution", CAUTION)),
            view=SceneView(kept.get("view", SceneView.WINDOWS)),
        )
    except (ValueError, TypeError, KeyError, DataError) as error:
        raise SceneError(
            f"{path}: its tag {TAG} is damaged; name the bands with the option "
            "for expressions, or make the raster again"
        ) from error
    if any(find.layer for plan in plans for find in plan.finds):
        raise OptionError(
            f"{path}: its questions are answered by own layers, which this "
            "command does not read; ask again with segment, or name the bands "
            "with the option for expressions"
        )
    missing = set(batch.bands) - set(bands)
    return _batch_of_names(bands) if missing or not plans else batch


def _batch_of_names(bands: Sequence[str]) -> QueryBatch:
    """A batch in which each band answers its own name."""
    return QueryBatch(
        plans=tuple(plan_of_band(name) for name in bands),
        heads=tuple(head_of(name) for name in bands),
    )
