"""The command evaluate: scores of weights on a data set, of polygons on a scene."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from rrsis_geo.datasets.kinds import KINDS, MANIFEST, DatasetKind
from rrsis_geo.errors import OutputError
from rrsis_geo.job import SegmentOptions

from . import options
from .options import option, together
from .progress import stderr_is_terminal
from .sections import Command

SHARED = together(
    options.WEIGHTS,
    option(
        "Question",
        "--split",
        default="test",
        show_default=True,
        help="Which part: train, val or test.",
    ),
    option(
        "Question",
        "--against",
        metavar="WEIGHTS|FILE",
        help="Other weights, or the --json file of an earlier evaluation of the same "
        "data, to compare with by a paired bootstrap.",
    ),
    options.PARTIAL,
    option(
        "Question",
        "--limit",
        type=click.IntRange(1),
        metavar="N",
        help="Only the first N samples; figures are then not those of the data set.",
    ),
    option(
        "Question",
        "--threshold",
        type=options.FractionType(),
        default=SegmentOptions.threshold,
        show_default=True,
        metavar="P",
        help="Of the rule `product`; the others take the larger logit.",
    ),
    option(
        "Output",
        "--json",
        "json_file",
        type=click.Path(),
        help="Every outcome and all tables, to be read again by --against.",
    ),
    option(
        "Output",
        "--report",
        "report_file",
        type=click.Path(),
        help="Tables and cases as one page, .html, or the cases as a picture, .png.",
    ),
    option(
        "Output",
        "--pictures",
        type=click.IntRange(0),
        default=4,
        show_default=True,
        metavar="N",
        help="Best, median, worst and no-target cases each in the report.",
    ),
    options.OVERWRITE,
    option(
        "Running",
        "--seed",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="Of the bootstrap.",
    ),
    option(
        "Running",
        "--rounds",
        type=click.IntRange(10),
        default=2000,
        show_default=True,
        metavar="N",
        help="Resamples of the bootstrap.",
    ),
    option(
        "Running",
        "--device",
        default=SegmentOptions.device,
        show_default=True,
        help="Where the network runs: auto, cpu, cuda, mps, or one GPU like cuda:1.",
    ),
)


class DatasetGroup(click.Group):
    """A command for each kind of data set; anything else is the path of a manifest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """`evaluate chips.jsonl` means `evaluate manifest chips.jsonl`."""
        if args and args[0] not in self.commands:
            args = [MANIFEST.name, *args]
        return super().resolve_command(ctx, args)


@click.group(
    "evaluate", cls=DatasetGroup, short_help="Score weights on a data set, or polygons."
)
def command() -> None:
    """Score weights on a data set, or polygons against a layer of true ones.

    \b
    Examples:
      rrsis-geo evaluate chips/manifest.jsonl --weights mine.safetensors
      rrsis-geo evaluate rrsis-d DATA/rrsisd --report rrsis-d.html
      rrsis-geo evaluate manifest.jsonl --weights mine.safetensors --against default
      rrsis-geo evaluate polygons found.gpkg --truth labels.gpkg

    Data sets are scored by the rule of the published test scripts (480 x 480), at the
    masks' own size, and as the product answers.
    """


def add_dataset_command(kind: DatasetKind) -> None:
    """Add the command that scores weights on data sets of one kind."""
    note = "; the word `manifest` may be left out" if kind is MANIFEST else ""

    @command.command(
        kind.name, cls=Command, help=f"Score weights on {kind.description}{note}."
    )
    @click.argument("path", metavar=kind.metavar)
    @SHARED
    def score_dataset(path: str, **values: Any) -> None:
        """Evaluate weights on the data set, print and write the results."""
        _score(kind.name, path, **values)


for dataset_kind in KINDS.values():
    add_dataset_command(dataset_kind)


@command.command("polygons", cls=Command)
@click.argument("found", type=click.Path())
@option(
    "Question",
    "--truth",
    required=True,
    type=click.Path(),
    help="Vector file of the true objects, in any CRS.",
)
@option(
    "Question",
    "--truth-layer",
    metavar="NAME",
    help="Layer of the truth. Default: the only one with polygons.",
)
@option(
    "Question",
    "--layer",
    metavar="NAME",
    help="Layer of FOUND. Default: the only one that `segment` wrote.",
)
@option(
    "Question",
    "--expression",
    help="Which expression of FOUND, where it holds several.",
)
@option(
    "Question",
    "--where",
    metavar="FIELD=VALUE",
    help="Only these rows of the truth.",
)
@option(
    "Question",
    "--within",
    type=click.Path(),
    help="Only what lies inside the polygons of this vector file counts.",
)
@option(
    "Question",
    "--scene",
    type=click.Path(),
    help="The image; by default that of the run manifest beside FOUND.",
)
@option(
    "Question",
    "--rule",
    type=click.Choice(["outline", "box"]),
    help="How polygons stand for objects; by default box where all true objects are "
    "rectangles.",
)
@option(
    "Output",
    "--json",
    "json_file",
    type=click.Path(),
    help="The counts and measures.",
)
@option(
    "Output",
    "--report",
    "report_file",
    type=click.Path(),
    help="PNG of the scene: right, wrong and missed.",
)
@options.OVERWRITE
def polygons_command(
    found: str,
    truth: str,
    truth_layer: str | None,
    layer: str | None,
    expression: str | None,
    where: str | None,
    within: str | None,
    scene: str | None,
    rule: str | None,
    json_file: str | None,
    report_file: str | None,
    overwrite: bool,
) -> None:
    """Score the polygons of FOUND against a layer of true ones.

    Where the run manifest lies beside FOUND, only what the run searched counts, and
    objects broken or doubled at the ends of windows are told apart.

    \b
    Example:
      rrsis-geo evaluate polygons found.gpkg --truth labels.gpkg --where class=building
    """
    from rrsis_geo.evaluation.scenes.layer_scores import score_polygons
    from rrsis_geo.evaluation.scenes.scene_report import (
        check_scene_image,
        check_scene_known,
        lines,
        write_counts,
        write_scene_image,
    )

    _check_outputs(json_file, report_file, overwrite=overwrite)
    if report_file is not None:
        check_scene_image(Path(report_file))
    chosen = None
    if where is not None:
        name, sign, value = where.partition("=")
        if not sign:
            raise click.BadParameter(f"{where!r} is not FIELD=VALUE")
        chosen = (name, value)
    result = score_polygons(
        Path(found),
        Path(truth),
        scene=None if scene is None else Path(scene),
        within=None if within is None else Path(within),
        expression=expression,
        where=chosen,
        rule=rule,
        layer=layer,
        truth_layer=truth_layer,
    )
    for note in result.notes:
        click.echo(f"Note: {note}", err=True)
    if report_file is not None:
        check_scene_known(result)
    for line in lines(result):
        click.echo(line)
    if json_file is not None:
        write_counts(result, Path(json_file))
        click.echo(f"wrote\t{json_file}")
    if report_file is not None:
        write_scene_image(result, Path(report_file))
        click.echo(f"wrote\t{report_file}")


def _check_outputs(
    json_file: str | None, report_file: str | None, *, overwrite: bool
) -> None:
    """Refuse outputs that cannot be written, before anything is evaluated."""
    from rrsis_geo.atomic_write import check_writable

    for file in (json_file, report_file):
        if file is not None:
            check_writable(Path(file), overwrite)
    if None in (json_file, report_file):
        return
    if os.path.realpath(str(json_file)) == os.path.realpath(str(report_file)):
        raise OutputError(f"{json_file}: both --json and --report; name two files")


def _score(
    dataset: str,
    path: str,
    *,
    weights: str,
    split: str,
    against: str | None,
    partial: bool,
    limit: int | None,
    threshold: float,
    json_file: str | None,
    report_file: str | None,
    pictures: int,
    overwrite: bool,
    seed: int,
    rounds: int,
    device: str,
) -> None:
    """Evaluate weights, print the report and write the files asked for."""
    from rrsis_geo.runtime.choice import require_torch

    require_torch("evaluating weights")
    from rrsis_geo.datasets.registry import read_dataset
    from rrsis_geo.evaluation.evaluate_weights import (
        check_same_samples,
        evaluate_weights,
        read_earlier_result,
    )
    from rrsis_geo.evaluation.reports.case_images import draw_cases
    from rrsis_geo.evaluation.reports.html_report import check_report, write_report
    from rrsis_geo.evaluation.reports.text_report import text_report
    from rrsis_geo.evaluation.result import write_result
    from rrsis_geo.evaluation.weights_network import WeightsNetwork
    from rrsis_geo.model.serialization.header import read_header

    _check_outputs(json_file, report_file, overwrite=overwrite)
    if report_file is not None:
        check_report(Path(report_file))
    earlier = None if against is None else read_earlier_result(against)
    for name in (weights, *([against] if against and earlier is None else [])):
        read_header(name)  # before long work
    samples = read_dataset(Path(path), kind=dataset, split=split, partial=partial)
    samples = samples[:limit]
    if earlier is not None:
        check_same_samples(earlier, samples)

    def evaluate(name: str) -> tuple[Any, Any]:
        network = WeightsNetwork(name, device=device)
        with _bar(len(samples), name) as bar:
            result = evaluate_weights(
                samples,
                network,
                dataset=dataset,
                place=path,
                split=split,
                threshold=threshold,
                rounds=rounds,
                seed=seed,
                on_outcome=lambda outcome: bar.update(1),
            )
        return result, network

    result, network = evaluate(weights)
    if against is not None and earlier is None:
        earlier, _ = evaluate(against)
    comparison = None if earlier is None else result.compare_with(earlier)
    click.echo(text_report(result, comparison))
    if json_file is not None:
        write_result(result, Path(json_file), comparison=comparison)
        click.echo(f"wrote\t{json_file}")
    if report_file is not None:
        cases = list(draw_cases(samples, result.outcomes, network, each=pictures))
        write_report(Path(report_file), result, cases, comparison=comparison)
        click.echo(f"wrote\t{report_file}")


def _bar(length: int, label: str) -> Any:
    """A progress bar on stderr, if that is a terminal."""
    return click.progressbar(
        length=length,
        label=label,
        file=sys.stderr,
        hidden=not stderr_is_terminal(),
    )
