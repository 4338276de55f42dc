"""Segment a drawn scene and compare the result with the truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rrsis_geo.errors import OutputError
from rrsis_geo.job import SegmentJob

from . import options, progress
from .sections import Command
from .summary import print_summary

if TYPE_CHECKING:
    from shapely import Polygon

    from rrsis_geo.types import Polygons

ENOUGH = 0.5
"""IoU from which an object counts as found."""


@click.command(
    "demo", cls=Command, short_help="Draw a sample scene and find something in it."
)
@click.argument("folder", default="demo", type=click.Path(path_type=Path))
@options.OVERWRITE
@options.WEIGHTS
@progress.OPTION
def command(folder: Path, overwrite: bool, weights: str, **values: str) -> None:
    """Draw a scene into FOLDER and find "the storage tank near the road" in it.

    FOLDER is ./demo unless given. Writes the scene and its labels (demo.tif,
    demo-labels.gpkg), polygons (demo.gpkg), probabilities (demo-probability.tif) and a
    picture (demo.png), and says how what was found compares with what was drawn.

    \b
    Example:
      rrsis-geo demo /tmp/look --overwrite
    """
    from rrsis_geo import pipeline
    from rrsis_geo.atomic_write import check_writable
    from rrsis_geo.model.serialization.header import read_header
    from rrsis_geo.pipeline.output_paths import check_outputs
    from rrsis_geo.synthetic import DEMO_EXPRESSION, demo_scene

    job = SegmentJob(
        scene=str(folder / "demo.tif"),
        expressions=(DEMO_EXPRESSION,),
        output=str(folder / "demo.gpkg"),
        probability=str(folder / "demo-probability.tif"),
        preview=str(folder / "demo.png"),
        weights=weights,
        overwrite=overwrite,
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}") from error
    check_outputs(job)
    for drawing in (job.scene, str(folder / "demo-labels.gpkg")):
        check_writable(drawing, overwrite)
    read_header(weights)  # before anything is drawn
    drawn = demo_scene(folder)
    with progress.open_reporter(values["progress"]) as report:
        result = pipeline.run(job, report=report)
    if values["progress"] != "json":
        print_summary(result.polygons, job.expressions, result.files)
        click.echo(f"truth\t1\t{drawn.truth.area:.1f}\t{drawn.expression}")
        click.echo(verdict(result.polygons, drawn.truth))


def verdict(found: Polygons, truth: Polygon) -> str:
    """Compare the polygons that touch the truth with it, as one line.

    An IoU of `ENOUGH` counts as found. Other polygons are counted separately.
    """
    from shapely import union_all

    touching = [shape for shape in found.geometry if shape.intersects(truth)]
    hit = union_all(touching)
    overlap = hit.intersection(truth).area / hit.union(truth).area
    elsewhere = len(found) - len(touching)
    word = "found" if overlap >= ENOUGH else "missed"
    return f"verdict\t{word}\tIoU {overlap:.2f}\t{elsewhere} polygons elsewhere"
