"""The commands dataset check, convert and build."""

from __future__ import annotations

from pathlib import Path

import click

from rrsis_geo.datasets.kinds import KINDS, SPLITS

from . import counting, options
from .dataset_build import build
from .sections import Command

PUBLISHED = [kind.title for kind in KINDS.values() if kind.published is not None]
"""Names of the published sets."""

KIND = options.option(
    "Data",
    "--kind",
    type=click.Choice(tuple(KINDS)),
    help="Which data set it is. Default: by the files that are there.",
)


@click.group("dataset", short_help="Check, convert and build training data.")
def command() -> None:
    """Data to train and to measure on.

    \b
    Examples:
      rrsis-geo dataset build --image a.tif --labels roofs.gpkg --label roof -o roofs
      rrsis-geo dataset check roofs --sheet roofs.png
      rrsis-geo dataset convert /data/RRSIS-D -o rrsis-d.jsonl
    """


@command.command(
    "check",
    cls=Command,
    short_help="Open all of a data set and count.",
    help=f"""Open every image and mask of PATH, and say what there is.

    PATH is a manifest (.jsonl), a folder with one, or the folder of
    {", ".join(PUBLISHED[:-1])} or {PUBLISHED[-1]} as published. Prints expressions,
    images, empty masks, types, classes, sizes and words; lists what is broken and then
    ends with exit code 7.

    \b
    Examples:
      rrsis-geo dataset check roofs --sheet roofs.png
      rrsis-geo dataset check /data/RefSegRS --partial
    """,
)
@click.argument("path", type=click.Path(path_type=Path))
@KIND
@options.PARTIAL
@options.option(
    "Output",
    "--sheet",
    type=click.Path(path_type=Path),
    help="PNG to write: some samples with their words, to be looked at.",
)
@options.option(
    "Output",
    "--tiles",
    default=36,
    show_default=True,
    type=click.IntRange(1),
    help="Samples on the sheet.",
)
@options.option(
    "Output", "--seed", default=0, show_default=True, help="Chooses the samples."
)
@options.OVERWRITE
@counting.OPTION
def check(
    path: Path,
    kind: str | None,
    partial: bool,
    sheet: Path | None,
    tiles: int,
    seed: int,
    overwrite: bool,
    progress: str,
) -> None:
    """Inspect the data set and print its statistics."""
    from rrsis_geo.datasets.contact_sheet import (
        check_sheet,
        choose_samples,
        write_sheet,
    )
    from rrsis_geo.datasets.inspection import inspect_samples, raise_if_broken
    from rrsis_geo.datasets.published_counts import format_counts
    from rrsis_geo.datasets.registry import kind_of, read_dataset

    if sheet is not None:
        check_sheet(sheet, overwrite)
    kind = kind or kind_of(path)
    samples = read_dataset(path, kind=kind, partial=partial)
    with counting.open_counter(progress, "samples", len(samples)) as on_sample:
        result = inspect_samples(samples, on_sample=on_sample)
    click.echo(f"{path} ({kind}): {len(samples):,} expressions")
    published = KINDS[kind].published
    if published is not None:
        click.echo(f"published: {format_counts(published)}")
    for line in result.lines():
        click.echo(line)
    raise_if_broken(result, str(path))
    if sheet is not None:
        write_sheet(sheet, choose_samples(samples, count=tiles, seed=seed))
        click.echo(f"wrote {sheet}")


@command.command("convert", cls=Command, short_help="Write a data set as a manifest.")
@click.argument("path", type=click.Path(path_type=Path))
@KIND
@options.PARTIAL
@options.option("Data", "--split", type=click.Choice(SPLITS), help="Only this.")
@options.option(
    "Output",
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Manifest to write, .jsonl; images stay where they are.",
)
@options.OVERWRITE
def convert(
    path: Path,
    kind: str | None,
    partial: bool,
    split: str | None,
    output: Path,
    overwrite: bool,
) -> None:
    """Write the data set in PATH as a manifest, one JSON object a line.

    Images are named by their path from the manifest; masks that are no files with the
    target above 0 become run lengths.

    \b
    Example:
      rrsis-geo dataset convert /data/RefSegRS --partial -o refsegrs.jsonl
    """
    from rrsis_geo.atomic_write import check_writable
    from rrsis_geo.datasets.formats.manifest import write_manifest
    from rrsis_geo.datasets.published_counts import counts_of, format_counts
    from rrsis_geo.datasets.registry import read_dataset

    check_writable(output, overwrite)
    samples = read_dataset(path, kind=kind, split=split, partial=partial)
    write_manifest(output, samples)
    click.echo(f"wrote {output}: {format_counts(counts_of(samples))}")


command.add_command(build)
