"""Polygons from kept probabilities again, without the network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rrsis_geo.errors import Cancelled, OptionError
from rrsis_geo.job import VectorizeJob
from rrsis_geo.protocol import Advice, Finished, Message, Progress
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.query_batch import QueryBatch, parted
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.types import Polygons
from rrsis_geo.vector.formats import check_output, write_polygons
from rrsis_geo.vector.polygonize import Polygonizer


@dataclass(frozen=True, kw_only=True, eq=False)
class Replayed:
    """What was found, and in which file it lies."""

    polygons: Polygons
    expressions: tuple[str, ...]
    files: tuple[str, ...]


def replay(
    job: VectorizeJob,
    *,
    report: Callable[[Message], None] = lambda message: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Replayed:
    """Trace and write polygons; those of the run with the same options.

    A raster of a run knows what was asked, so that the plans are worked out again on
    what another threshold finds. With expressions of the job each band is one.

    Args:
        job: The raster, the file to write, and what makes a polygon.
        report: Called with `Progress`, which counts rows here, and `Finished`.
        cancelled: Asked before every strip of the raster.

    Raises:
        Cancelled: `cancelled` said so; nothing is written.
        RRSISError: the raster holds no probabilities, or the output cannot be written.
    """
    began = time.perf_counter()
    target = Path(job.output)
    check_output(target, job.overwrite)
    with ProbabilityRaster.open(job.probability) as raster:
        expressions = job.expressions or raster.expressions
        if len(expressions) != len(raster.expressions):
            raise OptionError(
                f"{job.probability}: {len(raster.expressions)} bands and "
                f"{len(expressions)} expressions; give one for each band, or none"
            )
        questions = QueryBatch.from_tags(
            {} if job.expressions else raster.tags, expressions, job.probability
        )
        area = ValidArea()
        vectorizer = Polygonizer(
            raster.grid,
            expressions,
            threshold=job.threshold,
            min_area=job.min_area,
            fill_holes=job.fill_holes,
            simplify=job.simplify,
            split=parted(expressions, job.split),
            min_score=job.options.least_score(raster.score_margin),
        )
        height = raster.grid.height
        for strip in raster.strips():
            if cancelled():
                raise Cancelled("stopped; nothing was written")
            vectorizer.add(strip)
            area.add(strip)
            done = strip.top + strip.levels.shape[1]
            seconds = time.perf_counter() - began
            report(Progress(done, height, vectorizer.count, seconds))
        answered = questions.answer(vectorizer.finish(), raster.grid, area.outline)
    for line in answered.advice:
        report(Advice(line))
    polygons, expressions = answered.polygons, questions.expressions
    write_polygons(
        polygons, target, title=target.stem, description=", ".join(expressions)
    )
    files = (job.output,)
    report(Finished(len(polygons), files, time.perf_counter() - began))
    return Replayed(polygons=polygons, expressions=expressions, files=files)
