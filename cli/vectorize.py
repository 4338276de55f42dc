"""Polygons from probabilities again, without the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from . import options
from .sections import Command
from .summary import print_summary


@click.command(
    "vectorize", cls=Command, short_help="Polygons from probabilities again."
)
@click.argument("probability")
@options.option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(),
    help="File of polygons; .gpkg, .geojson, .fgb or .parquet chooses the format.",
)
@options.OVERWRITE
@options.POLYGONS
def command(probability: str, output: str, overwrite: bool, **values: Any) -> None:
    """Trace polygons from PROBABILITY, a raster that `segment --probability` wrote.

    Tries another threshold in seconds, without the network: the polygons are those
    that `segment` finds with the same options. Any other one-band raster of
    probabilities works too: bytes with nodata 255, or numbers from 0 to 1.

    \b
    Example:
      rrsis-geo vectorize vehicle.tif -o vehicle.gpkg --threshold 0.3 --min-area 4
    """
    from rrsis_geo.raster import ProbabilityRaster
    from rrsis_geo.vector import check_output, write_polygons
    from rrsis_geo.vectorize import vectorize

    chosen = options.settings_in(values)
    target = Path(output)
    check_output(target, overwrite)
    with ProbabilityRaster.open(probability) as raster:
        expressions = raster.expressions
        polygons = vectorize(
            raster.strips(),
            raster.grid,
            expressions,
            threshold=chosen.threshold,
            min_area=chosen.min_area,
            fill_holes=chosen.fill_holes,
            simplify=chosen.simplify,
        )
    write_polygons(
        polygons, target, title=target.stem, description=", ".join(expressions)
    )
    print_summary(polygons, expressions, [target])
