"""The conditions under which an answer was computed: all that its bytes depend on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rrsis_geo.answer_cache.scene_state import State, scene_state
from rrsis_geo.answer_cache.software_state import software_state
from rrsis_geo.answer_cache.store import EntryKey, digest_of
from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.model.serialization.header import digests, find_weights
from rrsis_geo.pipeline.run_manifest import describe_grid
from rrsis_geo.pipeline.run_plan import RunPlan, WeightsFacts
from rrsis_geo.query.query_batch import Phrase
from rrsis_geo.runtime.threads import thread_count


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What the answers of a run depend on."""

    digest: str
    """Of all but the phrases."""
    subjects: tuple[str, ...]
    """Digest of each phrase: its text and what it says of colours."""
    texts: tuple[str, ...]
    """Of the phrases."""
    scene: str
    """As the user wrote it, for people."""
    weights: str
    """Their name, for people."""
    state: State
    """Of the scene when the run began."""
    together: bool
    """Whether an answer depends on the phrases that are asked beside it."""

    def key(self, phrase: int, name: str) -> EntryKey:
        """Of an entry about a phrase."""
        return EntryKey(self.digest, self.subjects[phrase], name)

    def about(self, phrase: int) -> dict[str, str]:
        """What an entry about a phrase says of itself."""
        text = self.texts[phrase]
        return {"scene": self.scene, "phrase": text, "weights": self.weights}


def find_conditions(
    job: SegmentJob,
    *,
    bands: Sequence[int],
    plan: RunPlan,
    phrases: Sequence[Phrase],
    weights: WeightsFacts,
) -> Conditions | None:
    """The conditions of a run; None where nothing would tell that they changed.

    Area, threshold and outlines are not among them: answers are maps of the whole grid,
    known as far as a run has looked.

    Args:
        job: What was asked for.
        bands: Of the scene, that are read.
        plan: Where it is read.
        phrases: What the network is given.
        weights: Which network it is.
    """
    state = scene_state(job.scene)
    if state is None or weights.sha256 is None or weights.runtime is None:
        return None
    options, runtime = job.options, weights.runtime
    texts = tuple(phrase.text for phrase in phrases)
    values = {
        "software": software_state(runtime),
        "scene": state,
        "read": {
            "bands": list(bands),
            "crs": options.crs,
            "pixel_coordinates": options.pixel_coordinates,
            "grid": describe_grid(plan.grid),
            "stretch": dict(plan.stretch),
        },
        "windows": [options.window_size, options.overlap],
        "overviews": [describe_grid(one.grid) for one in plan.overviews],
        "weights": digests(find_weights(job.weights)),
        "network": _network(options, runtime, texts, plan),
    }
    subjects = [
        {"text": phrase.text, "colour": asdict(colour_term(phrase.head))}
        for phrase in phrases
    ]
    return Conditions(
        digest=digest_of(values),
        subjects=tuple(map(digest_of, subjects)),
        texts=texts,
        scene=job.scene,
        weights=weights.name,
        state=state,
        together=runtime != "onnx",
    )


def area_digest(plan: RunPlan) -> str:
    """A short name of the area of a run, to the last bit of its corners."""
    return "all" if plan.aoi is None else digest_of(plan.aoi.shape.wkb_hex)


def _network(
    options: SegmentOptions, runtime: str, texts: Sequence[str], plan: RunPlan
) -> Mapping[str, Any]:
    """How the network computes.

    Numbers of threads may change the last bit, and on torch the phrases of one pass,
    and on a GPU the windows of one (decisions 0037 and 0160).
    """
    values: dict[str, Any] = {"runtime": runtime, "threads": _threads(options)}
    if runtime == "onnx":
        return values
    from rrsis_geo.model.device import choose_device, choose_precision, device_name

    device = choose_device(options.device)
    values |= {
        "device": device.type,
        "device_name": device_name(device),
        "precision": str(choose_precision(options.precision, device)),
        "texts": list(texts),
    }
    if device.type != "cpu":
        values |= {"batch_size": options.batch_size, "area": area_digest(plan)}
    return values


def _threads(options: SegmentOptions) -> str:
    """Of one worker; on a cluster what its nodes choose."""
    if options.engine == "serial":
        return str(thread_count())
    if options.engine == "processes":
        shared = max(1, (os.cpu_count() or 1) // options.workers)
        return os.environ.get("OMP_NUM_THREADS") or str(shared)
    return options.engine
