"""Check the installation."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command("doctor", short_help="Check this installation and say what to do.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(as_json: bool) -> None:
    """Check this installation: packages, drivers, GPU, weights, and a short run.

    Each line is ok, warn or fail, with what to do about it. Exit code 1 where
    something fails. Paths in your home folder are shown from ~.
    """
    from rrsis_geo.doctor import examine

    checks = []
    for check in examine():
        checks.append(check)
        if not as_json:
            status = click.style(f"{check.status:4}", fg=COLOURS[check.status])
            click.echo(f"{status}  {check.name:12} {check.found}")
            if check.advice:
                click.echo(f"      {'':12} -> {check.advice}")
    failed = [check.name for check in checks if check.status == "fail"]
    if as_json:
        body = {"ok": not failed, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(body, indent=2))
    if failed:
        raise click.exceptions.Exit(1)
