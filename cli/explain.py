"""How expressions are understood."""

from __future__ import annotations

import json
from typing import Any

import click

from rrsis_geo.job import SegmentOptions

from . import options
from .sections import Command


@click.command("explain", cls=Command, short_help="How expressions are understood.")
@click.argument("expression", nargs=-1, required=True)
@options.option(
    "Question",
    "--scene",
    type=click.Path(),
    help="Scene it is asked of; auto depends on its size. Default: a large one.",
)
@options.RESOLVE
@options.GUESS
@options.OWN_LAYERS
@options.WEIGHTS
@options.option(
    "Output", "--json", "as_json", is_flag=True, help="Print JSON, with every detail."
)
def command(
    expression: tuple[str, ...],
    scene: str | None,
    weights: str,
    as_json: bool,
    **values: Any,
) -> None:
    """Say what the network would be asked and what the map would work out.

    Nothing is segmented. `segment --explain` says what every step found.

    \b
    Examples:
      rrsis-geo explain "the second largest tank" "tanks within 50 m of the road"
      rrsis-geo explain "the court below the court on the left" --json
      rrsis-geo explain "tanks near the road" --own-layer road=roads.gpkg
    """
    from rrsis_geo.pipeline.explain import explain

    layers = values.pop("own_layers"), values.pop("own_layers_where")
    plan = explain(
        expression,
        scene,
        options=SegmentOptions(**values),
        weights=weights,
        own_layers=options.read_own_layers(*layers),
    )
    click.echo(json.dumps(plan.to_mapping(), indent=2) if as_json else str(plan))
