"""The trained weights there are."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.group("weights", short_help="List, show and verify trained weights.")
def command() -> None:
    """Trained weights: those inside the package, and files of your own."""


@command.command("list")
def list_command() -> None:
    """Names of the weights inside the package, one a line, with what they are."""
    from rrsis_geo.model.weights_file import list_weights

    for info in list_weights():
        low, high = info.gsd_range
        click.echo(f"{info.name}\t{low:g} to {high:g} m/pixel\t{info.licence}")


@command.command("show")
@click.argument("name", metavar="NAME|FILE")
def show_command(name: str) -> None:
    """What is written in the weights NAME, as JSON."""
    from rrsis_geo.model.weights_file import find_weights, read_header

    click.echo(json.dumps(asdict(read_header(find_weights(name))), indent=2))


@command.command("verify")
@click.argument("name", metavar="NAME|FILE")
def verify_command(name: str) -> None:
    """Check that the weights NAME are complete and unaltered."""
    from rrsis_geo.model.weights_file import find_weights, read_header, verify

    path = find_weights(name)
    verify(path)
    info = read_header(path)
    click.echo(f"ok\t{info.name}\tsha256 {info.sha256}")
