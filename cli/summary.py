"""Summary of a run on stdout, one record a line, fields separated by tabs.

found <polygons> <square metres> <expression>    one line an expression
wrote <path>                                     one line a file
step  <left> <words> <expression>                one line a step, with --explain
candidate <chance> <meant> <lon> <lat> <evidence> <expression>    likewise
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rrsis_geo.types import Polygons


EVIDENCE = {
    "object": "noun",
    "phrase": "with its attributes",
    "whole": "whole expression",
    "shape": "shape",
    "sentence": "sentence and objects",
    "fits": "place, order and measure",
}
"""Evidence of a candidate in a manifest -> words."""


def print_summary(
    polygons: Polygons,
    expressions: Sequence[str],
    files: Iterable[object],
    *,
    err: bool = False,
) -> None:
    """Print the number and area of polygons for each expression, then the files.

    Args:
        polygons: What was found.
        expressions: What was looked for.
        files: What was written.
        err: Print to stderr, as the result itself goes to stdout.
    """
    named = polygons.columns["expression"]
    area = polygons.columns["area_m2"]
    for expression in expressions:
        mine = named == expression
        line = f"found\t{mine.sum()}\t{area[mine].sum():.1f}\t{expression}"
        click.echo(line, err=err)
    for file in files:
        click.echo(f"wrote\t{file}", err=err)


def print_geojson(polygons: Polygons, expressions: Sequence[str]) -> None:
    """Write polygons to stdout as GeoJSON, in UTF-8 whatever the console's encoding."""
    from rrsis_geo.vector.geojson import geojson_text
    from rrsis_geo.vector.layer_names import layer_name

    name, title = layer_name(expressions), ", ".join(expressions)
    sys.stdout.flush()
    for piece in geojson_text(polygons, name=name, description=title):
        sys.stdout.buffer.write(piece.encode("utf-8"))
    sys.stdout.buffer.flush()


def print_evaluation(
    questions: Iterable[Mapping[str, Any]], *, err: bool = False
) -> None:
    """Print how each expression was evaluated, from the entries of a manifest."""
    for question in questions:
        for line in (*_steps(question), *_candidates(question)):
            click.echo(line, err=err)


def _steps(question: Mapping[str, Any]) -> Iterator[str]:
    """What each step of the plan left."""
    for step in question["steps"]:
        yield f"step\t{step['left']}\t{step['words']}\t{question['expression']}"


def _candidates(question: Mapping[str, Any]) -> Iterator[str]:
    """The likeliest candidates with their evidence, the likeliest first."""
    for one in question.get("candidates", ()):
        evidence = ", ".join(
            f"{words} {one[name]:.2f}"
            for name, words in EVIDENCE.items()
            if one.get(name) is not None
        )
        meant = "meant" if one["meant"] else "-"
        place = f"{one['lon']:.6f}\t{one['lat']:.6f}"
        yield (
            f"candidate\t{one['chance']:.2f}\t{meant}\t{place}\t{evidence}\t"
            f"{question['expression']}"
        )
