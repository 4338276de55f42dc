"""Writes every file of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from rrsis_geo.job import Counts
from rrsis_geo.pipeline import output_paths, run_manifest
from rrsis_geo.pipeline.preview import PREVIEW_SIDE, write_preview
from rrsis_geo.pipeline.results.run_state import RunState
from rrsis_geo.pipeline.reuse.tagged_scene import scene_tags
from rrsis_geo.query.answers import QueryAnswers
from rrsis_geo.query.batch_tags import batch_tags
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import (
    BLOCK,
    SCORE_MARGIN_TAG,
    write_probability,
)
from rrsis_geo.types import NODATA, Strip
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
            _band_strips(this),
            job.probability,
            grid=grid,
            expressions=this.batch.bands,
            tags={
                "SOFTWARE": f"rrsis-geo {__version__}",
                "WEIGHTS": weights.name,
                "WEIGHTS_SHA256": weights.sha256 or "",
                SCORE_MARGIN_TAG: repr(weights.score_margin),
                **batch_tags(this.batch),
                **scene_tags(job),
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


def _band_strips(this: RunState) -> Iterator[Strip]:
    """Rows of the probability raster from the top; what is unneeded has no data.

    Without a network pass the journal is empty, and so is every band.
    """
    batch, grid = this.batch, this.plan.grid
    empty = len(batch.bands) - len(batch.texts)
    found = this.journal.strips(0, grid.height) if batch.texts else _no_bands(grid)
    for strip in found:
        sides = ((0, empty), (0, 0), (0, 0))
        levels = np.pad(strip.levels, sides, constant_values=NODATA)
        yield Strip(top=strip.top, levels=levels)


def _no_bands(grid: Grid) -> Iterator[Strip]:
    """Rows of a grid from the top, of no text."""
    for top in range(0, grid.height, BLOCK):
        rows = min(BLOCK, grid.height - top)
        yield Strip(top=top, levels=np.zeros((0, rows, grid.width), np.uint8))
