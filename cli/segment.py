"""Find things in a scene."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob
from rrsis_geo.many_scenes.scene_list import (
    LIST_SIGN,
    SceneSource,
    list_scenes,
    scene_name,
)
from rrsis_geo.protocol import Advice, Report

from . import config_file, log_output, many, options, progress
from .completion import complete_file
from .destination import Destination
from .expression_list import read_expressions
from .options import STDIN
from .scene_words import split_words
from .sections import Command
from .summary import print_evaluation, print_summary

LIST_OF_STDIN = f"{LIST_SIGN}{STDIN}"
"""Word that stands for the scenes that stdin lists."""

OUTPUTS = ("probability", "preview", "anchors", "layer", "append", "dst_crs")
"""Options that are fields of the job."""


@click.command(
    "segment",
    cls=Command,
    short_help="Find things in a scene, or in many.",
    context_settings=config_file.ENVIRONMENT,
)
@click.argument(
    "words",
    nargs=-1,
    required=True,
    metavar="SCENE... [EXPRESSION]",
    shell_complete=complete_file,
)
@options.option(
    "Question",
    "-e",
    "--expression",
    "more",
    multiple=True,
    metavar="TEXT",
    allow_from_autoenv=False,  # its words would be taken apart
    help="Another thing to look for in the same run; repeatable.",
)
@options.option(
    "Question",
    "--expressions",
    "listed",
    type=click.Path(),
    help="Text file with one expression a line; lines with # in front are skipped. "
    "A minus sign is stdin.",
)
@options.option(
    "Output",
    "-o",
    "--output",
    type=click.Path(),
    help="File of polygons; .gpkg, .geojson or .json, .fgb or .parquet chooses the "
    "format, a minus sign writes GeoJSON to stdout. Of many scenes one layer, or with "
    "{scene} in the name a file each. Default: SCENE.EXPRESSION.gpkg in this folder.",
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
    help="Print how each expression was worked out, what every step left, and the "
    "likeliest candidates with their evidence.",
)
@options.OWN_LAYERS
@options.WEIGHTS
@options.SCENE
@options.SCENES
@options.POLYGONS
@options.RUNNING
@progress.OPTION
@log_output.OPTIONS
@config_file.OPTION
@options.option(
    "Running",
    "--dry-run",
    is_flag=True,
    help="Only say what would be done: windows, ground resolution, memory, time.",
)
def command(
    words: tuple[str, ...],
    more: tuple[str, ...],
    listed: str | None,
    output: str | None,
    overwrite: bool,
    weights: str,
    verbose: int,
    quiet: bool,
    log_file: str | None,
    **values: Any,
) -> None:
    """Find what EXPRESSION describes in SCENE and write it as polygons.

    SCENE is any raster that GDAL opens: GeoTIFF, COG, VRT, JP2, or a URL, of which
    only what is needed is read. Say in English what to look for. A scene in which
    nothing is found gives an empty layer and exit code 0.

    Of many scenes each is looked at by itself: several files, a folder, a pattern in
    quotation marks, @FILE with one a line, or a STAC item or item collection. The
    question is the last word, or comes by -e.

    \b
    Examples:
      rrsis-geo segment scene.tif "the storage tank near the road"
      rrsis-geo segment scene.tif -e "airplane" -e "red roof" -o found.geojson
      rrsis-geo segment scene.tif "ship" --aoi harbour.gpkg --preview ship.png
      rrsis-geo segment scene.tif "vehicle" --probability vehicle.tif --dry-run
      rrsis-geo segment scene.tif "the second largest tank" --explain
      rrsis-geo segment scene.tif "pier" -o city.gpkg --layer piers
      rrsis-geo segment tiles/ "storage tank" -o tanks.gpkg --merge
      rrsis-geo segment "tiles/*.tif" -e tank -e ship -o "{scene}.geojson"
      rrsis-geo segment scene.tif "tank near the road" --own-layer road=roads.gpkg

    \b
    On stdout, with tabs between the fields:
      found  POLYGONS  SQUARE METRES  EXPRESSION    one line an expression
      wrote  FILE                                   one line a file
      step   LEFT  WORDS  EXPRESSION                with --explain
      candidate  CHANCE  meant OR -  LON  LAT  EVIDENCE  EXPRESSION    likewise
      scene  POLYGONS  SQUARE METRES  SCENE         of many, one line a scene
      failed  KIND  SCENE                           of many, one that failed
    """
    destination, values["quiet"] = Destination(output=output), quiet
    with (
        log_output.open_log(verbose, quiet, log_file),
        progress.open_reporter(
            values["progress"], quiet=quiet, stdout_is_taken=destination.is_stdout
        ) as report,
    ):
        scenes, expression = split_words(words, asked=bool(more or listed))
        if listed == STDIN and LIST_OF_STDIN in scenes:
            raise OptionError(
                f"{LIST_OF_STDIN} and --expressions {STDIN}: stdin is one list; put "
                "the other into a file"
            )
        expressions = read_expressions(expression, more, listed)
        job = SegmentJob(
            scene=scenes[0],
            expressions=expressions,
            output=(output or default_output(scenes[0], expressions))
            if destination.is_file
            else None,
            weights=weights,
            overwrite=overwrite,
            **{name: values[name] for name in OUTPUTS},
            own_layers=options.read_own_layers(
                values["own_layers"], values["own_layers_where"]
            ),
            options=options.settings_in(values),
        )
        if values["engine"] == "auto" and job.options.workers > 1:
            engine, workers = job.options.engine, job.options.workers
            report(Advice(f"{workers} workers: the engine is {engine!r} (--engine)"))
        destination.check(
            overwrite=overwrite,
            **{name: values[name] for name in ("layer", "append", "dst_crs")},
        )
        found = list_scenes(scenes, asset=values["asset"])
        for note in found.notes:
            report(Advice(note))
        if found.single:
            _segment(job, report, values, destination)
            return
        if output is None:
            job = replace(job, output=default_output("{scene}", expressions))
        many.segment_all(
            found.scenes, job, report=report, values=values, destination=destination
        )


def _segment(
    job: SegmentJob,
    report: progress.Reporter,
    values: Mapping[str, Any],
    destination: Destination,
) -> None:
    """Look at one scene."""
    from rrsis_geo import pipeline
    from rrsis_geo.many_scenes.scenes_job import job_of_scene

    job = job_of_scene(job, SceneSource(job.scene, scene_name(job.scene)))
    explain, as_json = values["explain"], values["progress"] == "json"
    if values["dry_run"]:
        plan = pipeline.plan(job)
        lines = [str(plan), *([str(plan.explanation)] if explain else [])]
        if as_json:
            report(Report(text="\n".join(lines), payload=plan.to_mapping()))
        else:
            click.echo("\n".join(lines))
        return
    result = pipeline.run(job, report=report)
    log_output.log_seconds(result.timings)
    files = (*result.files, *destination.deliver(result.polygons, job.expressions))
    err = destination.is_stdout
    if not as_json and not (err and values["quiet"]):
        print_summary(result.polygons, job.expressions, files, err=err)
        if explain:
            print_evaluation(result.manifest["questions"], err=err)


def default_output(scene: str, expressions: tuple[str, ...]) -> str:
    """File name in the current folder, from the scene and the expressions."""
    words = "-".join(re.findall(r"\w+", expressions[0].lower())) if expressions else ""
    more = f"-and-{len(expressions) - 1}-more" if len(expressions) > 1 else ""
    return f"{scene_name(scene)}.{words[:60].strip('-') or 'found'}{more}.gpkg"
