"""Polygons from a probability raster, without the network."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.errors import Cancelled, OptionError, SceneError
from rrsis_geo.job import SegmentOptions, VectorizeJob
from rrsis_geo.pipeline import output_paths, run_manifest
from rrsis_geo.pipeline.reuse.tagged_scene import colours_of_tagged_scene
from rrsis_geo.protocol import Advice, Finished, Message, Progress
from rrsis_geo.query.answers import QueryAnswers
from rrsis_geo.query.batch_tags import batch_of_tags
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import Polygons
from rrsis_geo.vector.formats import (
    check_crs,
    check_output,
    format_of,
    write_polygons,
)
from rrsis_geo.vector.instance_splitting import split_by_class
from rrsis_geo.vector.polygonize import Polygonizer
from rrsis_geo.vector.vector_format import CrsRule


@dataclass(frozen=True, kw_only=True, eq=False)
class VectorizeResult:
    """What was found, and in which file it is."""

    polygons: Polygons
    expressions: tuple[str, ...]
    files: tuple[str, ...]


def revectorize(
    job: VectorizeJob,
    *,
    report: Callable[[Message], None] = lambda message: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> VectorizeResult:
    """Polygonize a probability raster and write the polygons.

    With the options of the run that wrote the raster they are the polygons of that run.
    Such a raster has its plans in a tag, so that they are evaluated again on the
    polygons of another threshold. If the job names expressions, each band is one.

    Args:
        job: The raster, the file to write, and what makes a polygon.
        report: Called with `Progress`, which counts rows here, and `Finished`.
        cancelled: Called before every strip of the raster; True stops.

    Raises:
        Cancelled: `cancelled` said so; nothing is written.
        RRSISError: the raster holds no probabilities, or the output cannot be written.
    """
    began = time.perf_counter()
    target = Path(job.output)
    format_of(target)
    with ProbabilityRaster.open(job.probability) as raster:
        for note in raster.notes:
            report(Advice(note))
        expressions = job.expressions or raster.expressions
        if len(expressions) != len(raster.expressions):
            raise OptionError(
                f"{job.probability}: {len(raster.expressions)} bands and "
                f"{len(expressions)} expressions; give one for each band, or none"
            )
        batch = batch_of_tags(
            {} if job.expressions else raster.tags, expressions, job.probability
        )
        if batch.unanswered:
            for note in batch.notes:
                report(Advice(note))
        layer = output_paths.layer_target(job, batch.expressions)
        check_output(target, job.overwrite, layer)
        crs = raster.grid.crs
        if crs is None:
            report(Advice(_without_crs(job, raster.grid)))
        check_crs(target, output_paths.written_crs(job, crs), layer)
        grid = raster.grid
        answers = _answers(raster, batch, expressions, job.options, report, cancelled)
    for line in answers.advice:
        report(Advice(line))
    polygons, expressions = answers.polygons, batch.expressions
    write_polygons(
        output_paths.in_written_crs(job, polygons),
        target,
        title=target.stem,
        description=", ".join(expressions),
        layer=layer,
    )
    _revise_manifest(job, grid, polygons)
    files = (job.output,)
    report(Finished(len(polygons), files, time.perf_counter() - began))
    return VectorizeResult(polygons=polygons, expressions=expressions, files=files)


def _answers(
    raster: ProbabilityRaster,
    batch: QueryBatch,
    texts: Sequence[str],
    options: SegmentOptions,
    report: Callable[[Message], None],
    cancelled: Callable[[], bool],
) -> QueryAnswers:
    """What the expressions of a batch mean in a raster.

    Args:
        raster: Read once, in strips.
        batch: The expressions.
        texts: What its bands show.
        options: What makes a polygon.
        report: Called with `Progress`.
        cancelled: Called before every strip; True stops.

    Raises:
        Cancelled: `cancelled` said so.
        SceneError: the raster is damaged, or holds values that are no probabilities.
    """
    began, grid, valid = time.perf_counter(), raster.grid, ValidArea()
    polygonizers = open_polygonizers(batch, texts, grid, options, raster.score_margin)
    for strip in raster.strips():
        if cancelled():
            raise Cancelled("stopped; nothing was written")
        for one in polygonizers:
            one.add(strip)
        valid.add(strip)
        done = strip.top + strip.levels.shape[1]
        seconds = time.perf_counter() - began
        report(Progress(done, grid.height, polygonizers[0].count, seconds))
    found, *faint = (one.finish() for one in polygonizers)

    def note(line: str) -> None:
        report(Advice(line))

    tags = raster.tags if batch.matcher is not None else {}
    with colours_of_tagged_scene(tags, grid, note, raster=raster.path) as colours_of:
        return batch.answer(
            found,
            grid,
            valid.outline,
            faint=faint[0] if faint else None,
            min_score=options.min_score,
            colours_of=colours_of,
        )


def open_polygonizers(
    batch: QueryBatch,
    texts: Sequence[str],
    grid: Grid,
    options: SegmentOptions,
    score_margin: float,
) -> tuple[Polygonizer, ...]:
    """One polygonizer for each threshold that a batch needs; the job's comes first.

    Args:
        batch: The expressions.
        texts: What the bands show.
        grid: Of the raster.
        options: What makes a polygon.
        score_margin: See `Calibration`.
    """
    classes = {phrase.text: phrase.head.categories for phrase in batch.phrases}
    split = split_by_class([classes.get(text, ()) for text in texts], options.split)
    return tuple(
        Polygonizer(
            grid,
            texts,
            threshold=threshold,
            min_area=options.min_area,
            fill_holes=options.fill_holes,
            simplify=options.simplify,
            split=split,
            min_score=0.0 if batch.weighs else options.least_score(score_margin),
        )
        for threshold in batch.thresholds(options.threshold)
    )


def _revise_manifest(job: VectorizeJob, grid: Grid, polygons: Polygons) -> None:
    """Let the manifest beside a replaced output say what is in it now.

    The manifest of another output stays as it is, and so does the job in it, which says
    how the probabilities came about. One for another grid speaks of what is gone.
    """
    path = output_paths.manifest_path(job)
    old = output_paths.read_manifest(path)
    if path is None or old is None or not output_paths.describes(old, job.output):
        return
    same = old.get("grid") == json.loads(json.dumps(run_manifest.describe_grid(grid)))
    if not (same or job.append):
        os.remove(path)
        return
    counts = Counter(polygons.columns["expression"].tolist())
    if job.append:
        counts.update(old.get("polygons", {}))
    run_manifest.write(
        {**old, "polygons": dict(counts), "vectorized": job.to_mapping()}, path
    )


def _without_crs(job: VectorizeJob, grid: Grid) -> str:
    """What is said of a raster that has no CRS.

    Raises:
        SceneError: its coordinates would be taken for degrees.
    """
    pixels = grid.transform.is_identity
    if format_of(job.output).crs is CrsRule.LONLAT and not pixels:
        raise SceneError(
            f"{job.probability}: has no CRS, and {job.output} would hold its "
            "coordinates as degrees; give the raster its CRS "
            f"(rio edit-info --crs EPSG:... {job.probability}) or write a .gpkg"
        )
    unit = "pixels" if pixels else "coordinates"
    return (
        f"{job.probability}: has no CRS; the polygons are in its {unit}, each counted "
        "as a metre"
    )
