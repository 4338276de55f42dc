"""What a run would do: windows, memory, time and files, without doing it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from rasterio.windows import Window

from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.explain import Explanation
from rrsis_geo.pipeline.output_paths import check_crs, check_outputs, manifest_path
from rrsis_geo.pipeline.own_layers.layer_answers_in_run import check_probability
from rrsis_geo.pipeline.reuse.kept_answers import KeptAnswers
from rrsis_geo.pipeline.run_plan import (
    RunPlan,
    WeightsFacts,
    make_query_batch,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.pipeline.shard import bind
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.scene import Scene
from rrsis_geo.types import Predictor

THUMBNAIL = 1024
"""Pixels; enough to guess which windows hold no data."""

BASE_MEMORY_ONNX = 350 * 2**20
BASE_MEMORY_TORCH = 720 * 2**20
"""Bytes that Python, the runtime, GDAL and a small network take before any scene."""
SECOND_HEAD_MEMORY_ONNX = 180 * 2**20
"""Bytes for another head of the network, which loads the image encoder once more."""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What a run would do; `str()` of it is for reading."""

    scene: str
    expressions: tuple[str, ...]
    batch: QueryBatch
    """How they are understood."""
    width: int
    """Columns of the grid that is read."""
    height: int
    native_gsd: float
    """Metres per pixel of the file."""
    gsd: float
    """Metres per pixel to read it at."""
    windows: int
    """Windows to look at, at most."""
    outside: int
    """Windows outside the area of interest."""
    empty: int
    """About how many of `windows` hold no data, guessed from an overview."""
    known: int
    """How many of the others are known from earlier runs, and not looked at again."""
    memory_bytes: int
    """About the peak."""
    seconds: float | None
    """About how long the network takes; None: not measured."""
    files: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def explanation(self) -> Explanation:
        """The same for reading."""
        return Explanation(batch=self.batch)

    def to_mapping(self) -> dict[str, Any]:
        """The same as JSON values, with the explanation of the expressions."""
        values = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name != "batch"
        }
        return values | {"questions": self.explanation.to_mapping()}

    def __str__(self) -> str:
        """A few lines, one fact each."""
        resampled = f"{self.gsd:.3g} m per pixel"
        if abs(self.gsd / self.native_gsd - 1) > 1e-6:
            resampled += f", resampled from {self.native_gsd:.3g} m"
        lines = [
            ("scene", self.scene),
            ("looks for", "; ".join(self.expressions)),
            (
                "phrases",
                "; ".join(self.batch.texts) or "none: the network is not needed",
            ),
            *(
                ("layer", f"{layer.word}: {len(layer.polygons):,} features in the area")
                for layer in (self.batch.features.layers if self.batch.features else ())
            ),
            ("grid", f"{self.width:,} x {self.height:,} pixels, {resampled}"),
            (
                "windows",
                f"{self.windows:,} to look at, {self.outside:,} outside the AOI",
            ),
            ("empty", f"about {self.empty:,} of them without data, so skipped"),
            *([("known", f"{self.known:,} from earlier runs")] if self.known else ()),
            ("memory", f"about {self.memory_bytes / 2**30:.1f} GiB"),
            ("time", rounded_time(self.seconds)),
            ("writes", ", ".join(self.files) or "nothing"),
            *(("advice", line) for line in self.advice),
        ]
        return "\n".join(f"{name:<10}{value}" for name, value in lines)


def plan(
    job: SegmentJob, *, predictor: Predictor | None = None, measure: bool = True
) -> DryRun:
    """What `run` would do with a job.

    Args:
        job: What is to be run.
        predictor: A network to use instead of the job's weights, already bound.
        measure: Load the network and time it on one window; else the time is unknown.

    Raises:
        RRSISError: what `run` would raise before its first window.
    """
    check_outputs(job)
    open_engine(job.options.engine, workers=job.options.workers)
    weights = weights_facts(job.weights, predictor, job.options)
    with open_scene(job) as scene:
        plan = make_run_plan(scene, job.options, weights.gsd_range)
        check_crs(job, plan.grid.crs)
        batch = make_query_batch(job, plan, weights)
        check_probability(job, batch)
        windows = _with_data(scene, plan) if batch.texts else []
        kept = KeptAnswers(
            job, bands=scene.bands, plan=plan, batch=batch, weights=weights
        )
        known = len(kept.known(windows)) if windows else 0
        unknown = len(windows) - known
        seconds = None
        if not unknown:
            seconds = 0.0
        elif measure:
            predictor = predictor or bind(job, batch.texts)
            per_window = _time_window(predictor, job)
            coarser = sum(len(overview.windows) for overview in plan.overviews)
            everywhere = plan.outside + len(plan.windows)
            each = per_window * (1 + coarser / everywhere)
            seconds = each * unknown / job.options.workers
        wanted = (job.output, job.probability, job.preview, job.anchors)
        files = (*wanted, manifest_path(job))
        return DryRun(
            scene=job.scene,
            expressions=job.expressions,
            batch=batch,
            width=plan.grid.width,
            height=plan.grid.height,
            native_gsd=scene.gsd,
            gsd=plan.grid.gsd,
            windows=len(plan.windows) if batch.texts else 0,
            outside=plan.outside,
            empty=len(plan.windows) - len(windows) if batch.texts else 0,
            known=known,
            memory_bytes=_memory(job, plan, weights, batch.texts),
            seconds=seconds,
            files=tuple(path for path in files if path is not None),
            advice=(
                *plan.advice,
                *weights.advice(batch.texts),
                *batch.notes,
                *kept.notes,
            ),
        )


def _with_data(scene: Scene, plan: RunPlan) -> list[Window]:
    """Windows under which a thumbnail shows data."""
    _, valid, small = scene.thumbnail(THUMBNAIL)
    across, down = small.width / plan.grid.width, small.height / plan.grid.height
    sums = np.pad(valid.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def has_data(window: Window) -> bool:
        top = int(window.row_off * down)
        left = int(window.col_off * across)
        bottom = min(int((window.row_off + window.height) * down) + 1, small.height)
        right = min(int((window.col_off + window.width) * across) + 1, small.width)
        inside = sums[bottom, right] - sums[top, right] - sums[bottom, left]
        return bool(inside + sums[top, left] > 0)

    return [window for window in plan.windows if has_data(window)]


def _memory(
    job: SegmentJob, plan: RunPlan, weights: WeightsFacts, texts: Sequence[str]
) -> int:
    """Bytes at the peak, about.

    Stitching keeps a window's height of rows; all else takes about as much.
    """
    grids = (plan.grid, *(overview.grid for overview in plan.overviews))
    row = sum(grid.width for grid in grids) * (len(texts) + 1) * 4
    base = BASE_MEMORY_TORCH
    if weights.runtime == "onnx":
        base = BASE_MEMORY_ONNX
        if weights.needs_both_heads(texts):
            base += SECOND_HEAD_MEMORY_ONNX
    each = base + 2 * row * job.options.window_size
    return each * job.options.workers


def _time_window(predictor: Predictor, job: SegmentJob) -> float:
    """Seconds per window; the first pass is not timed, since it includes set-up."""
    size = job.options.window_size
    batch = job.options.batch_size or getattr(predictor, "batch_size", 1)
    pixels = np.full((batch, 3, size, size), 128, np.uint8)
    predictor(pixels)
    began = time.perf_counter()
    predictor(pixels)
    return (time.perf_counter() - began) / batch


def rounded_time(seconds: float | None) -> str:
    """About how long something takes, for reading; None: unknown."""
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"about {max(seconds, 1):.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
