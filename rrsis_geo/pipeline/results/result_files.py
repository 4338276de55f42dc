"""Writes every file of a run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rrsis_geo.job import Counts
from rrsis_geo.pipeline import output_paths, run_manifest
from rrsis_geo.pipeline.preview import PREVIEW_SIDE, write_preview
from rrsis_geo.pipeline.results.run_state import RunState
from rrsis_geo.query.answers import QueryAnswers
from rrsis_geo.tiling.probability_raster import SCORE_MARGIN_TAG, write_probability
from rrsis_geo.version import __version__


def write_results(
    this: RunState, answers: QueryAnswers, counts: Counts
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Write every file: rasters, then polygons, the manifest last."""
    job, grid, weights = this.job, this.plan.grid, this.weights
    polygons, beside = answers.polygons, output_paths.manifest_path(job)
    wanted = (job.output, job.probability, job.preview, job.anchors, beside)
    files = tuple(path for path in wanted if path is not None)
    this.journal.placing(files)
    if job.probability is not None:
        write_probability(
            this.journal.strips(0, grid.height),
            job.probability,
            grid=grid,
            expressions=this.batch.texts,
            tags={
                "SOFTWARE": f"rrsis-geo {__version__}",
                "WEIGHTS": weights.name,
                "WEIGHTS_SHA256": weights.sha256 or "",
                SCORE_MARGIN_TAG: repr(weights.score_margin),
                **this.batch.tags(),
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
    output_paths.write_layers(
        job,
        this.target,
        polygons,
        answers.anchors,
        f"Found by rrsis-geo {__version__} with the weights "
        f"{weights.name} at a threshold of {job.options.threshold:g}",
    )
    this.timer.lap("write")
    found = Counter(polygons.columns["expression"])
    manifest = run_manifest.build(
        job,
        grid=grid,
        native_gsd=this.scene.gsd,
        stretch=this.plan.stretch,
        weights=weights,
        counts=counts,
        polygons={text: found[text] for text in job.expressions},
        questions=this.batch.described(answers.steps, answers.candidates),
        advice=(*this.advice, *answers.advice),
        timings=this.timer.laps,
        own_layers=this.own_layers,
    )
    if beside is not None:
        run_manifest.write(manifest, beside)
    return files, manifest
