"""A run: from a job to polygons and files."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from rrsis_geo.errors import Cancelled
from rrsis_geo.job import Counts, SegmentJob
from rrsis_geo.matching.candidate_colours import CandidateColours
from rrsis_geo.pipeline import output_paths, run_manifest
from rrsis_geo.pipeline.dry_run import DryRun, plan
from rrsis_geo.pipeline.engines import open_engine
from rrsis_geo.pipeline.interface.segment_result import SegmentResult
from rrsis_geo.pipeline.journal import Journal, begun_to_place, working_folder
from rrsis_geo.pipeline.own_layers.layer_answers_in_run import (
    answer_without_network,
    check_probability,
    colours_of,
)
from rrsis_geo.pipeline.own_layers.layer_reading import (
    Frames,
    layer_facts,
)
from rrsis_geo.pipeline.results.result_files import write_results
from rrsis_geo.pipeline.results.run_state import RunState
from rrsis_geo.pipeline.reuse.kept_answers import KeptAnswers, reuse_note
from rrsis_geo.pipeline.reuse.kept_polygons import SearchResult
from rrsis_geo.pipeline.reuse.rest import Rest, find_rest, known_windows
from rrsis_geo.pipeline.revectorize import open_polygonizers
from rrsis_geo.pipeline.run_plan import (
    ValidWindows,
    make_query_batch,
    make_run_plan,
    open_scene,
    weights_facts,
)
from rrsis_geo.pipeline.scheduling import make_shards, strips_elsewhere, strips_here
from rrsis_geo.pipeline.shard import bind
from rrsis_geo.pipeline.timing import Timer
from rrsis_geo.protocol import Advice, Finished, Message, Progress, Started
from rrsis_geo.query.answers import QueryAnswers
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.types import Engine, Polygons, Predictor, Strip

__all__ = ["DryRun", "SegmentResult", "plan", "run"]


def run(
    job: SegmentJob,
    *,
    predictor: Predictor | None = None,
    report: Callable[[Message], None] = lambda message: None,
    cancelled: Callable[[], bool] = lambda: False,
    found: Callable[[Polygons], None] | None = None,
    network: Callable[[SegmentJob, Sequence[str]], Predictor] = bind,
    resume: bool = True,
    frames: Frames | None = None,
) -> SegmentResult:
    """Do a job.

    The files appear whole at the end or not at all. An interrupted run, killed or
    stopped, leaves its journal beside the output, and the next run of the same job
    continues there, with the same bytes as an uninterrupted one.

    Args:
        job: What to look for, where, and what to write.
        predictor: A network to use instead of the job's weights, bound to the
            expressions, or to the phrases of their plans with `resolve="scene"`. An
            interrupted run identifies it by its class name only: pass `resume=False`
            for a changed one.
        report: Called with `Started`, `Advice`, `Progress` after every batch and
            `Finished`; a failure is raised, not reported.
        cancelled: Called before every batch; True stops the run.
        found: Called with polygons as they are finished, from which an expression may
            yet choose; ids and order are provisional.
        network: Loads the job's weights and binds them to texts, in this process; a
            program that runs many jobs can keep the weights in memory here.
        resume: False discards an interrupted run.
        frames: Noun -> table, for own layers of the job that have no path.

    Raises:
        Cancelled: `cancelled` said so, or Ctrl-C.
        RRSISError: one of its other kinds, see `rrsis_geo.errors`.
    """
    timer = Timer()
    options, anchor = job.options, job.output or job.probability
    ours = begun_to_place(anchor) if resume else []
    output_paths.check_outputs(job, ours=ours)
    engine = open_engine(options.engine, workers=options.workers)
    weights = weights_facts(job.weights, predictor, options)
    try:
        with open_scene(job) as scene:
            plan = make_run_plan(scene, options, weights.gsd_range)
            for note in output_paths.check_crs(job, plan.grid.crs):
                report(Advice(note))
            batch = make_query_batch(job, plan, weights, frames=frames)
            check_probability(job, batch)
            own_layers = [layer_facts(one, frames) for one in job.own_layers]
            advice = (*plan.advice, *weights.advice(batch.texts), *batch.notes)
            for line in advice:
                report(Advice(line))
            mark = run_manifest.fingerprint(
                job,
                texts=batch.texts,
                grid=plan.grid,
                stretch=plan.stretch,
                weights=weights,
                own_layers=own_layers,
            )
            with Journal.open(anchor, mark, resume=resume) as journal:
                timer.lap("plan")
                this = RunState(
                    job=job,
                    target=output_paths.layer_target(job, job.expressions, ours=ours),
                    batch=batch,
                    scene=scene,
                    plan=plan,
                    weights=weights,
                    advice=advice,
                    journal=journal,
                    report=report,
                    cancelled=cancelled,
                    found=found,
                    network=network,
                    kept=KeptAnswers(
                        job, bands=scene.bands, plan=plan, batch=batch, weights=weights
                    ),
                    timer=timer,
                    own_layers=own_layers,
                )
                answers, counts = _find(this, engine, predictor)
                files, manifest = write_results(this, answers, counts)
    except (Cancelled, KeyboardInterrupt):
        raise Cancelled(_stopped(anchor)) from None
    report(Finished(len(answers.polygons), files, timer.total))
    return SegmentResult(
        polygons=answers.polygons,
        anchors=answers.anchors,
        files=files,
        counts=counts,
        timings=timer.laps,
        manifest=manifest,
    )


def _find(
    this: RunState, engine: Engine, predictor: Predictor | None
) -> tuple[QueryAnswers, Counts]:
    """Look for all phrases, or take what was found before; choose what is meant."""
    plan, options = this.plan, this.job.options
    if not this.batch.texts:
        return _without_network(this)
    result = this.kept.search_result()
    if result is None:
        result, resumed, kept = _look(this, engine, predictor)
        this.kept.keep(result)
    else:
        resumed, kept, total = 0, result.windows, len(plan.windows)
        this.report(Started(total, plan.outside, plan.grid.gsd, options.device))
        this.report(Progress(total, total, len(result.polygons[0]), 0.0))
        if this.found is not None:
            this.found(this.batch.candidates(result.polygons[0]))
    for line in (*reuse_note(kept, result.windows), *this.kept.notes):
        this.report(Advice(line))
    this.timer.lap("look")
    polygons, *faint = result.polygons
    answers = this.batch.answer(
        polygons,
        plan.grid,
        result.outline,
        faint=faint[0] if faint else None,
        min_score=options.min_score,
        colours=colours_of(this.batch, this.scene, plan.grid),
        colours_of=CandidateColours(scene=this.scene, grid=plan.grid),
        memory=this.kept.overlaps(),
    )
    for line in answers.advice:
        this.report(Advice(line))
    this.timer.lap("resolve")
    return answers, Counts(
        windows=result.windows,
        skipped=plan.outside + len(plan.windows) - result.windows,
        resumed=resumed,
        kept=kept,
        polygons=len(answers.polygons),
    )


def _look(
    this: RunState, engine: Engine, predictor: Predictor | None
) -> tuple[SearchResult, int, int]:
    """Settle the missing rows and polygonize all.

    Returns:
        What is there, and the numbers of resumed and of kept windows.
    """
    job, plan, options = this.job, this.plan, this.job.options
    this.kept.take(this.journal.folder, this.journal.gaps(plan.grid.height))
    gaps = this.journal.gaps(plan.grid.height)
    rest = find_rest(this.journal.folder, gaps, len(this.batch.phrases))
    known = known_windows(plan, this.journal.folder, plan.windows)
    settled = [
        window
        for window in plan.windows
        if not any(window.row_off in gap for gap in gaps)
    ]
    if options.engine == "serial" and gaps and predictor is None:
        predictor = this.network(job, rest.of(this.batch.texts))
    this.timer.lap("bind")
    this.report(
        Started(
            windows=len(plan.windows),
            skipped=plan.outside,
            gsd=plan.grid.gsd,
            device=getattr(predictor, "device", options.device),
        )
    )
    polygonizers = open_polygonizers(
        this.batch, this.batch.texts, plan.grid, options, this.weights.score_margin
    )
    began, done = time.perf_counter(), len(settled)

    def passed(windows: int) -> None:
        nonlocal done
        done += windows
        seconds = time.perf_counter() - began
        this.report(Progress(done, len(plan.windows), polygonizers[0].count, seconds))

    strips = _strips(this, engine, predictor, gaps=gaps, rest=rest, passed=passed)
    resumable = set(settled) - set(known)
    predicted, resumed, kept = map(ValidWindows, (plan.windows, resumable, known))
    valid = ValidArea()
    with closing(strips):
        for strip in this.kept.recorded(strips):
            for one in polygonizers:
                one.add(strip)
            for windows in (predicted, resumed, kept):
                windows.add(strip)
            valid.add(strip)
            if this.found is not None and len(fresh := polygonizers[0].take()):
                this.found(this.batch.candidates(fresh))
    result = SearchResult(
        polygons=tuple(one.finish() for one in polygonizers),
        outline=valid.outline,
        windows=predicted.count,
    )
    return result, resumed.count, kept.count


def _strips(
    this: RunState,
    engine: Engine,
    predictor: Predictor | None,
    *,
    gaps: Sequence[range],
    rest: Rest,
    passed: Callable[[int], None],
) -> Generator[Strip, None, None]:
    """All strips of the grid from the top, settled in this process or by the engine.

    Args:
        this: The run.
        engine: Where shards run, unless it is the serial one.
        predictor: Bound to the phrases that are missing; None: workers load it.
        gaps: Rows that are not settled.
        rest: What is missing in them.
        passed: Called with the windows done since the last call.
    """
    job, plan, phrases = this.job, this.plan, this.batch.phrases
    if job.options.engine == "serial":
        return strips_here(
            this.scene,
            plan,
            job,
            phrases,
            predictor,
            rest=rest,
            journal=this.journal,
            passed=passed,
            cancelled=this.cancelled,
        )
    shards = make_shards(
        job,
        plan,
        phrases,
        gaps,
        journal=this.journal,
        gsd_range=this.weights.gsd_range,
        predictor=predictor,
    )
    return strips_elsewhere(
        engine,
        shards,
        journal=this.journal,
        height=plan.grid.height,
        passed=passed,
        note=lambda line: this.report(Advice(line)),
        cancelled=this.cancelled,
    )


def _without_network(this: RunState) -> tuple[QueryAnswers, Counts]:
    """Answer from the user's own layers, or nothing; the network is not loaded."""
    plan, device = this.plan, this.job.options.device
    this.timer.lap("bind")
    this.report(Started(windows=0, skipped=0, gsd=plan.grid.gsd, device=device))
    answers = answer_without_network(this.batch, this.scene, plan.grid, plan.aoi)
    for line in answers.advice:
        this.report(Advice(line))
    this.timer.lap("resolve")
    return answers, Counts(polygons=len(answers.polygons))


def _stopped(anchor: str | None) -> str:
    kept = None if anchor is None else working_folder(anchor)
    if kept is None or not kept.exists():
        return "stopped; nothing was written"
    return f"stopped; the same run continues from {kept}, which may also be deleted"
