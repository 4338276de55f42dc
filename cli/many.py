"""Many scenes on the command line: running them, planning them, and the summary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from rrsis_geo.job import SegmentJob
from rrsis_geo.many_scenes.scene_list import SceneSource
from rrsis_geo.protocol import Report

from .destination import Destination
from .progress import Reporter
from .summary import print_evaluation

if TYPE_CHECKING:
    from rrsis_geo.many_scenes.scene_outcome import ScenesResult
    from rrsis_geo.many_scenes.scenes_job import ScenesJob

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
"""Characters that end a field or a line, which the name of a file may hold."""


def segment_all(
    scenes: tuple[SceneSource, ...],
    job: SegmentJob,
    *,
    report: Reporter,
    values: Mapping[str, Any],
    destination: Destination,
) -> None:
    """Look at many scenes, or say what would be done.

    Args:
        scenes: At least one.
        job: What all have in common.
        report: Takes messages.
        values: Of the command's options.
        destination: Where the layer goes if it is no file.

    Raises:
        ScenesError: some failed; the others are done and written.
    """
    from rrsis_geo.many_scenes.scenes_job import ScenesJob
    from rrsis_geo.many_scenes.scenes_run import run_scenes

    all_scenes = ScenesJob(
        scenes=scenes, job=replace(job, scene=""), merge=values["merge"]
    )
    as_json = values["progress"] == "json"
    if values["dry_run"]:
        print_plan(all_scenes, report=report, as_json=as_json)
        return
    result = run_scenes(all_scenes, report=report)
    if result.polygons is not None:
        files = destination.deliver(result.polygons, job.expressions)
        result = replace(result, files=(*result.files, *files))
    err = destination.is_stdout
    if not as_json and not (err and values["quiet"]):
        print_scenes(result, all_scenes, explain=values["explain"], err=err)
    result.raise_failures()


def print_scenes(result: ScenesResult, job: ScenesJob, **shown: bool) -> None:
    """Print a line for each scene, then numbers and areas of all, then the files.

    Args:
        result: What became of the scenes.
        job: What was looked for.
        **shown: `explain` prints the steps after each scene, `err` prints to stderr.
    """

    def echo(*fields: object) -> None:
        # a file name may hold what ends a field or a line
        texts = (CONTROL.sub("?", str(field)) for field in fields)
        click.echo("\t".join(texts), err=shown.get("err", False))

    for outcome in result.outcomes:
        if outcome.error is not None:
            echo("failed", outcome.error.code, outcome.scene.path)
            continue
        area = sum(area for _, area in outcome.found.values())
        echo("scene", outcome.polygons, f"{area:.1f}", outcome.scene.path)
        if shown.get("explain") and outcome.manifest is not None:
            print_evaluation(outcome.manifest["questions"], err=shown.get("err", False))
    for text in job.job.expressions:
        count, area = _total(result, text)
        echo("found", count, f"{area:.1f}", text)
    for file in result.files:
        echo("wrote", file)


def _total(result: ScenesResult, text: str) -> tuple[int, float]:
    """Polygons and square metres of an expression in all scenes, after merging."""
    if result.polygons is not None:
        columns = result.polygons.columns
        mine = columns["expression"] == text
        return int(mine.sum()), float(columns["area_m2"][mine].sum())
    found = [one.found.get(text, (0, 0.0)) for one in result.outcomes]
    return sum(count for count, _ in found), sum(area for _, area in found)


def print_plan(job: ScenesJob, *, report: Reporter, as_json: bool) -> None:
    """Say what would be done, scene by scene.

    Raises:
        ScenesError: scenes would fail.
    """
    from rrsis_geo.many_scenes.scenes_plan import plan_scenes

    plan = plan_scenes(job)
    if as_json:
        payload: dict[str, Any] = plan.to_mapping()
        report(Report(text=str(plan), payload=payload))
    else:
        click.echo(str(plan))
    plan.raise_failures()
