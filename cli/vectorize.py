"""Polygons from a probability raster, without the network."""

from __future__ import annotations

from typing import Any

import click

from rrsis_geo.job import VectorizeJob

from . import config_file, log_output, options, progress
from .completion import complete_file
from .sections import Command
from .summary import print_summary


@click.command(
    "vectorize",
    cls=Command,
    short_help="Polygons from probabilities again.",
    context_settings=config_file.ENVIRONMENT,
)
@click.argument("probability", shell_complete=complete_file)
@options.option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(),
    help="File of polygons; .gpkg, .geojson or .json, .fgb or .parquet chooses the "
    "format.",
)
@options.LAYER
@options.OVERWRITE
@options.POLYGONS
@log_output.OPTIONS
@config_file.OPTION
def command(
    probability: str,
    output: str,
    overwrite: bool,
    verbose: int,
    quiet: bool,
    log_file: str | None,
    **values: Any,
) -> None:
    """Trace polygons from PROBABILITY, a raster that `segment --probability` wrote.

    Tries another threshold in seconds, without the network: the polygons are those
    that `segment` finds with the same options. Rasters of other tools work too:
    numbers from 0 to 1, bytes up to 254 with nodata 255, masks of 0 and 1, percent.

    \b
    Example:
      rrsis-geo vectorize vehicle.tif -o vehicle.gpkg --threshold 0.3 --min-area 4
    """
    from rrsis_geo.pipeline.revectorize import revectorize

    with (
        log_output.open_log(verbose, quiet, log_file),
        progress.open_reporter("none", quiet=quiet) as report,
    ):
        job = VectorizeJob(
            probability=probability, output=output, overwrite=overwrite, **values
        )
        result = revectorize(job, report=report)
    print_summary(result.polygons, result.expressions, result.files)
