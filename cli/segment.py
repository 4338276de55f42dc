"""Find things in a scene."""

from __future__ import annotations

import re
from typing import Any

import click

from rrsis_geo.job import SegmentJob
from rrsis_geo.protocol import Advice, Report

from . import options, progress
from .sections import Command
from .summary import print_steps, print_summary


@click.command("segment", cls=Command, short_help="Find things in a scene.")
@click.argument("scene")
@click.argument("expression", required=False)
@options.option(
    "Question",
    "-e",
    "--expression",
    "more",
    multiple=True,
    metavar="TEXT",
    help="Another thing to look for in the same run; repeatable.",
)
@options.option(
    "Question",
    "--expressions",
    "listed",
    type=click.Path(),
    help="Text file with one expression a line; lines with # in front are skipped.",
)
@options.option(
    "Output",
    "-o",
    "--output",
    type=click.Path(),
    help="File of polygons; .gpkg, .geojson, .fgb or .parquet chooses the format. "
    "Default: SCENE.EXPRESSION.gpkg in this folder.",
)
@options.option(
    "Output",
    "--probability",
    type=click.Path(),
    help="Write the probabilities too, as a cloud-optimised GeoTIFF (.tif).",
)
@options.option(
    "Output",
    "--preview",
    type=click.Path(),
    help="Write a picture of the scene with its polygons (.png).",
)
@options.option(
    "Output",
    "--anchors",
    type=click.Path(),
    help="Write what answers were measured against too, as polygons: the road of "
    '"tanks near the road".',
)
@options.LAYER
@options.OVERWRITE
@options.RESOLVE
@options.CAUTION
@options.GUESS
@options.option(
    "Question",
    "--explain",
    is_flag=True,
    help="Print how each expression was worked out, and what every step left.",
)
@options.OWN_LAYERS
@options.WEIGHTS
@options.SCENE
@options.POLYGONS
@options.RUNNING
@progress.OPTION
@options.option(
    "Running",
    "--dry-run",
    is_flag=True,
    help="Only say what would be done: windows, ground resolution, memory, time.",
)
def command(
    scene: str,
    expression: str | None,
    more: tuple[str, ...],
    listed: str | None,
    output: str | None,
    probability: str | None,
    preview: str | None,
    anchors: str | None,
    layer: str | None,
    append: bool,
    overwrite: bool,
    weights: str,
    **values: Any,
) -> None:
    """Find what EXPRESSION describes in SCENE and write it as polygons.

    SCENE is any raster that GDAL opens: GeoTIFF, COG, VRT, JP2, or a URL, of which
    only what is needed is read. Say in English what to look for. A scene in which
    nothing is found gives an empty layer and exit code 0.

    \b
    Examples:
      rrsis-geo segment scene.tif "the storage tank near the road"
      rrsis-geo segment scene.tif -e "airplane" -e "red roof" -o found.geojson
      rrsis-geo segment scene.tif "ship" --aoi harbour.gpkg --preview ship.png
      rrsis-geo segment scene.tif "vehicle" --probability vehicle.tif --dry-run
      rrsis-geo segment scene.tif "the second largest tank" --explain
      rrsis-geo segment scene.tif "pier" -o city.gpkg --layer piers
      rrsis-geo segment scene.tif "tank near the road" --own-layer road=roads.gpkg

    \b
    On stdout, with tabs between the fields:
      found  POLYGONS  SQUARE METRES  EXPRESSION    one line an expression
      wrote  FILE                                   one line a file
      step   LEFT  WORDS  EXPRESSION                with --explain
    """
    mode, dry = values.pop("progress"), values.pop("dry_run")
    own_layers = values.pop("own_layers"), values.pop("own_layers_where")
    explain = values.pop("explain")
    with progress.open_reporter(mode) as report:
        expressions = options.read_expressions(expression, more, listed)
        job = SegmentJob(
            scene=scene,
            expressions=expressions,
            output=output or default_output(scene, expressions),
            probability=probability,
            preview=preview,
            anchors=anchors,
            weights=weights,
            overwrite=overwrite,
            layer=layer,
            append=append,
            own_layers=options.read_own_layers(*own_layers),
            options=options.settings_in(values),
        )
        if values["engine"] == "auto" and job.options.workers > 1:
            engine, workers = job.options.engine, job.options.workers
            report(Advice(f"{workers} workers: the engine is {engine!r} (--engine)"))
        from rrsis_geo import pipeline

        if dry:
            plan = pipeline.plan(job)
            lines = [str(plan), *([str(plan.explanation)] if explain else [])]
            if mode == "json":
                report(Report(text="\n".join(lines), payload=plan.to_mapping()))
            else:
                click.echo("\n".join(lines))
            return
        result = pipeline.run(job, report=report)
    if mode != "json":
        print_summary(result.polygons, job.expressions, result.files)
        if explain:
            print_steps(result.manifest["questions"])


def default_output(scene: str, expressions: tuple[str, ...]) -> str:
    """File name in the current folder, from the scene and the expressions."""
    path = re.split(r"[?#]", scene)[0] if "://" in scene else scene
    stem = re.split(r"[/\\]", path.rstrip("/\\"))[-1].rsplit(".", 1)[0] or "scene"
    words = "-".join(re.findall(r"\w+", expressions[0].lower())) if expressions else ""
    more = f"-and-{len(expressions) - 1}-more" if len(expressions) > 1 else ""
    return f"{stem}.{words[:60].strip('-') or 'found'}{more}.gpkg"
