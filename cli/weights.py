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
    """Weights inside the package: name, metres per pixel, MB and licence, with tabs."""
    from rrsis_geo.model.weights_file import list_weights, read_header

    for name in list_weights():
        info = read_header(name)
        low, high = info.gsd_range
        click.echo(
            f"{name}\t{low:g} to {high:g} m\t{info.size / 1e6:.1f} MB\t{info.licence}"
        )


@command.command("show")
@click.argument("name", metavar="NAME|FILE")
def show_command(name: str) -> None:
    """What is written in the weights NAME, as JSON."""
    from rrsis_geo.model.weights_file import read_header

    body = asdict(read_header(name))
    body["path"] = str(body["path"])
    body["vocabulary"] = f"{len(body['vocabulary'])} tokens"
    click.echo(json.dumps(body, indent=2))


@command.command("verify")
@click.argument("name", metavar="NAME|FILE")
def verify_command(name: str) -> None:
    """Check that the weights NAME are whole and, where published, unaltered."""
    from rrsis_geo.model.weights_file import expected_digest, verify

    info = verify(name)
    published = expected_digest(info.path) is not None
    state = "as published" if published else "whole; no published sha256 to compare"
    click.echo(f"ok\t{info.name}\t{state}\tsha256 {info.sha256}")
