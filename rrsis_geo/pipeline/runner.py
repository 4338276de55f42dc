"""The order of the rooms: from a job to polygons."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from geopandas import GeoDataFrame

from rrsis_geo.errors import Cancelled
from rrsis_geo.job import Counts, SegmentJob, SegmentOptions
from rrsis_geo.pipeline import run_manifest
from rrsis_geo.pipeline.dry_run import Plan, plan
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.journal import Journal, begun_to_place, working_folder
from rrsis_geo.pipeline.output_paths import check_outputs, manifest_path
from rrsis_geo.pipeline.preview import PREVIEW_SIDE, write_preview
from rrsis_geo.pipeline.run_manifest import WeightsFacts
from rrsis_geo.pipeline.run_plan import (
    RunPlan,
    ValidWindows,
    ask_network,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.pipeline.scheduling import share_out, strips_elsewhere, strips_here
from rrsis_geo.pipeline.shard import bind
from rrsis_geo.pipeline.timing import Clock
from rrsis_geo.protocol import Advice, Finished, Message, Progress, Started
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.query_batch import QueryAnswers, QueryBatch, parted
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.probability_raster import SCORE_MARGIN_TAG, write_probability
from rrsis_geo.types import Engine, Polygons, Predictor
from rrsis_geo.vector.formats import write_polygons
from rrsis_geo.vector.polygonize import Polygonizer
from rrsis_geo.vector.writers import to_geodataframe
from rrsis_geo.version import __version__

__all__ = ["Plan", "SegmentResult", "plan", "run", "segment"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentResult:
    """What a run found, and what it wrote."""

    polygons: Polygons
    anchors: Polygons
    """What the answers were measured against; `why` names it."""
    files: tuple[str, ...]
    """Paths of what was written, the polygons first."""
    counts: Counts
    timings: dict[str, float]
    """Part of the run -> seconds."""
    manifest: dict[str, Any]
    """What was done, with what, to what; also written beside the output."""

    def to_geodataframe(self) -> GeoDataFrame:
        """The polygons with their attributes, in the scene's CRS."""
        return to_geodataframe(self.polygons)


def segment(
    scene: str | os.PathLike[str],
    expressions: str | Sequence[str],
    output: str | os.PathLike[str] | None = None,
    *,
    weights: str | os.PathLike[str] = "default",
    probability: str | os.PathLike[str] | None = None,
    preview: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    report: Callable[[Message], None] | None = None,
    **options: Any,
) -> SegmentResult:
    """Find what the expressions describe in a scene.

    Args:
        scene: Path or URL of a raster that GDAL opens.
        expressions: What to look for, in plain words; one text or several.
        output: Vector file to write (.gpkg, .geojson, .fgb, .parquet); None: only
            return the polygons.
        weights: Name or path of the weights.
        probability: Cloud-optimised GeoTIFF of probabilities to write.
        preview: PNG to write.
        anchors: Vector file of what the answers were measured against.
        overwrite: Replace files that exist.
        report: Called with every message of `rrsis_geo.protocol`.
        **options: Fields of `rrsis_geo.SegmentOptions`, e.g. `threshold=0.4`.

    Raises:
        RRSISError: of the kinds in `rrsis_geo.errors`; the message says the way out.

    Example:
        >>> from rrsis_geo import segment
        >>> found = segment("scene.tif", "storage tank", threshold=0.4)
        >>> found.to_geodataframe()[["expression", "score", "area_m2", "geometry"]]
    """
    texts = (expressions,) if isinstance(expressions, str) else tuple(expressions)
    job = SegmentJob(
        scene=os.fspath(scene),
        expressions=texts,
        output=_path(output),
        probability=_path(probability),
        preview=_path(preview),
        anchors=_path(anchors),
        weights=os.fspath(weights),
        overwrite=overwrite,
        options=SegmentOptions.from_mapping(options),
    )
    return run(job, report=report or (lambda message: None))


def run(
    job: SegmentJob,
    *,
    predictor: Predictor | None = None,
    report: Callable[[Message], None] = lambda message: None,
    cancelled: Callable[[], bool] = lambda: False,
    found: Callable[[Polygons], None] | None = None,
    network: Callable[[SegmentJob], Predictor] = bind,
    resume: bool = True,
) -> SegmentResult:
    """Do a job.

    The files appear whole at the end or not at all. An interrupted run, killed or
    stopped, leaves its journal beside the output, and the next run of the same job
    continues there, with the same bytes as an uninterrupted one.

    Args:
        job: What to look for, where, and what to write.
        predictor: A network to use instead of the job's weights, bound to the
            expressions, or to the phrases of their plans with `resolve="scene"`. An
            interrupted run knows it only by its class: give `resume=False` for a
            changed one.
        report: Called with `Started`, `Advice`, `Progress` after every batch and
            `Finished`; a failure is raised, not reported.
        cancelled: Asked before every batch.
        found: Called with polygons as they are finished, from which an expression may
            yet choose; ids and order are passing.
        network: Loads the job's weights and binds its expressions, in this process;
            a program that runs many jobs keeps the weights here.
        resume: False forgets an interrupted run.

    Raises:
        Cancelled: `cancelled` said so, or Ctrl-C.
        RRSISError: one of its other kinds, see `rrsis_geo.errors`.
    """
    clock = Clock()
    options, anchor = job.options, job.output or job.probability
    check_outputs(job, ours=begun_to_place(anchor) if resume else ())
    engine = open_engine(options.engine, workers=options.workers)
    weights = weights_facts(job, predictor)
    try:
        with open_scene(job) as scene:
            view = make_run_plan(scene, options, weights.gsd_range)
            questions, asked = ask_network(job, view, weights)
            if asked != job:
                weights = weights_facts(asked, predictor)
            for line in (*view.advice, *weights.advice):
                report(Advice(line))
            mark = run_manifest.fingerprint(
                asked, grid=view.grid, stretch=view.stretch, weights=weights
            )
            with Journal.open(anchor, mark, resume=resume) as journal:
                clock.lap("plan")
                this = _Run(
                    job=job,
                    asked=asked,
                    questions=questions,
                    scene=scene,
                    view=view,
                    weights=weights,
                    journal=journal,
                    report=report,
                    cancelled=cancelled,
                    found=found,
                    network=network,
                    clock=clock,
                )
                answered, counts = _look(this, engine, predictor)
                files, manifest = _place(this, answered, counts)
    except (Cancelled, KeyboardInterrupt):
        raise Cancelled(_stopped(anchor)) from None
    report(Finished(len(answered.polygons), files, clock.total))
    return SegmentResult(
        polygons=answered.polygons,
        anchors=answered.anchors,
        files=files,
        counts=counts,
        timings=clock.laps,
        manifest=manifest,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """What the steps of one run share."""

    job: SegmentJob
    asked: SegmentJob
    """The job as the network is asked it: its expressions are phrases."""
    questions: QueryBatch
    scene: Scene
    view: RunPlan
    weights: WeightsFacts
    journal: Journal
    report: Callable[[Message], None]
    cancelled: Callable[[], bool]
    found: Callable[[Polygons], None] | None
    network: Callable[[SegmentJob], Predictor]
    clock: Clock


def _look(
    this: _Run, engine: Engine, predictor: Predictor | None
) -> tuple[QueryAnswers, Counts]:
    """Settle what is missing, make polygons of all, choose those that are meant."""
    job, view = this.asked, this.view
    gaps = this.journal.gaps(view.grid.height)
    kept = [
        window
        for window in view.windows
        if not any(window.row_off in gap for gap in gaps)
    ]
    here = job.options.engine == "serial"
    if here and gaps and predictor is None:
        predictor = this.network(job)
    this.clock.lap("bind")
    this.report(
        Started(
            windows=len(view.windows),
            skipped=view.outside,
            gsd=view.grid.gsd,
            device=getattr(predictor, "device", job.options.device),
        )
    )
    vectorizer = Polygonizer(
        view.grid,
        job.expressions,
        threshold=job.options.threshold,
        min_area=job.options.min_area,
        fill_holes=job.options.fill_holes,
        simplify=job.options.simplify,
        split=parted(job.expressions, job.options.split),
        min_score=job.options.least_score(this.weights.sure),
    )
    began, done = time.perf_counter(), len(kept)

    def passed(windows: int) -> None:
        nonlocal done
        done += windows
        seconds = time.perf_counter() - began
        this.report(Progress(done, len(view.windows), vectorizer.count, seconds))

    if here:
        strips = strips_here(
            this.scene,
            view,
            job,
            predictor,
            journal=this.journal,
            passed=passed,
            cancelled=this.cancelled,
        )
    else:
        work = share_out(
            job,
            view,
            gaps,
            journal=this.journal,
            gsd_range=this.weights.gsd_range,
            predictor=predictor,
        )
        strips = strips_elsewhere(
            engine,
            work,
            journal=this.journal,
            height=view.grid.height,
            passed=passed,
            cancelled=this.cancelled,
        )
    looked, resumed = ValidWindows(view.windows), ValidWindows(kept)
    area = ValidArea()
    with closing(strips):
        for strip in strips:
            vectorizer.add(strip)
            looked.add(strip)
            resumed.add(strip)
            area.add(strip)
            if this.found is not None and len(fresh := vectorizer.take()):
                this.found(this.questions.candidates(fresh))
    candidates = vectorizer.finish()
    this.clock.lap("look")
    answered = this.questions.answer(candidates, view.grid, area.outline)
    for line in answered.advice:
        this.report(Advice(line))
    this.clock.lap("resolve")
    return answered, Counts(
        windows=looked.count,
        skipped=view.outside + len(view.windows) - looked.count,
        resumed=resumed.count,
        polygons=len(answered.polygons),
    )


def _place(
    this: _Run, answered: QueryAnswers, counts: Counts
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Write every file; the polygons come after the rasters, the manifest last."""
    job, grid, weights = this.job, this.view.grid, this.weights
    polygons, beside = answered.polygons, manifest_path(job)
    wanted = (job.output, job.probability, job.preview, job.anchors, beside)
    files = tuple(path for path in wanted if path is not None)
    this.journal.placing(files)
    if job.probability is not None:
        write_probability(
            this.journal.strips(0, grid.height),
            job.probability,
            grid=grid,
            expressions=this.asked.expressions,
            tags={
                "SOFTWARE": f"rrsis-geo {__version__}",
                "WEIGHTS": weights.name,
                "WEIGHTS_SHA256": weights.sha256 or "",
                SCORE_MARGIN_TAG: repr(weights.sure),
                **this.questions.tags(),
            },
        )
    if job.preview is not None:
        pixels, valid, small = this.scene.thumbnail(PREVIEW_SIDE)
        write_preview(
            job.preview,
            pixels=pixels,
            valid=valid,
            grid=small,
            polygons=polygons,
            expressions=job.expressions,
        )
    layers = (
        (job.anchors, answered.anchors, "anchors of "),
        (job.output, polygons, ""),
    )
    for path, layer, of in layers:
        if path is not None:
            write_polygons(
                layer,
                path,
                title=of + ", ".join(job.expressions),
                description=(
                    f"Found by rrsis-geo {__version__} with the weights "
                    f"{weights.name} at a threshold of {job.options.threshold:g}"
                ),
            )
    this.clock.lap("write")
    found = Counter(polygons.columns["expression"])
    manifest = run_manifest.build(
        job,
        grid=grid,
        native_gsd=this.scene.gsd,
        stretch=this.view.stretch,
        weights=weights,
        counts=counts,
        polygons={text: found[text] for text in job.expressions},
        questions=this.questions.described(answered.steps),
        advice=(*this.view.advice, *weights.advice, *answered.advice),
        timings=this.clock.laps,
    )
    if beside is not None:
        run_manifest.write(manifest, beside)
    return files, manifest


def _stopped(anchor: str | None) -> str:
    kept = None if anchor is None else working_folder(anchor)
    if kept is None or not kept.exists():
        return "stopped; nothing was written"
    return f"stopped; the same run continues from {kept}, which may also be deleted"


def _path(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)
