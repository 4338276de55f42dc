"""List, show and verify weights."""

from __future__ import annotations

import json

import click

from .completion import complete_weights


@click.group("weights", short_help="List, show and verify trained weights.")
def command() -> None:
    """Trained weights: those inside the package, and files of your own."""


@command.command("list")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="As JSON: all that is written in them but the vocabulary.",
)
def list_command(as_json: bool) -> None:
    """Weights inside the package: name, metres per pixel, MB and licence, with tabs.

    Weights may keep their text encoder in a second file that others use as well; then
    MB are of both files.
    """
    from rrsis_geo.model.serialization.header import list_weights, read_header

    if as_json:
        entries = []
        for name in list_weights():
            info = read_header(name)
            entries.append(info.to_mapping() | {"name": name, "bytes": info.total_size})
            del entries[-1]["vocabulary"]
        click.echo(json.dumps(entries, indent=2))
        return
    for name in list_weights():
        info = read_header(name)
        low, high = info.gsd_range
        size = f"{info.total_size / 1e6:.1f} MB"
        click.echo(f"{name}\t{low:g} to {high:g} m\t{size}\t{info.licence}")


@command.command("show")
@click.argument("name", metavar="NAME|FILE", shell_complete=complete_weights)
def show_command(name: str) -> None:
    """What is written in the weights NAME, as JSON."""
    from rrsis_geo.model.serialization.header import read_header

    body = read_header(name).to_mapping()
    body["vocabulary"] = f"{len(body['vocabulary'])} tokens"
    click.echo(json.dumps(body, indent=2))


@command.command("verify")
@click.argument("name", metavar="NAME|FILE", shell_complete=complete_weights)
def verify_command(name: str) -> None:
    """Check that the weights NAME are whole and, where published, unaltered.

    Of weights in two files both are looked at.
    """
    from rrsis_geo.model.serialization.header import expected_digest, verify

    info = verify(name)
    published = expected_digest(info.path) is not None
    state = "as published" if published else "whole; no published sha256 to compare"
    click.echo(f"ok\t{info.name}\t{state}\tsha256 {info.sha256}")
    if info.text_path is not None:
        words = f"{info.text_path.name}\tas {info.path.name} wants it"
        click.echo(f"ok\t{words}\tsha256 {info.text_sha256}")
