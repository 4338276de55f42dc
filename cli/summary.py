"""Summary of a run on stdout, one record a line, fields separated by tabs.

found <polygons> <square metres> <expression>    one line an expression
wrote <path>                                     one line a file
step  <left> <words> <expression>                one line a step, with --explain
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rrsis_geo.types import Polygons


def print_summary(
    polygons: Polygons, expressions: Sequence[str], files: Iterable[object]
) -> None:
    """Print the number and area of polygons for each expression, then the files."""
    named = polygons.columns["expression"]
    area = polygons.columns["area_m2"]
    for expression in expressions:
        mine = named == expression
        click.echo(f"found\t{mine.sum()}\t{area[mine].sum():.1f}\t{expression}")
    for file in files:
        click.echo(f"wrote\t{file}")


def print_steps(questions: Iterable[Mapping[str, Any]]) -> None:
    """Print how each expression was evaluated, from the entries of a manifest."""
    for question in questions:
        for step in question["steps"]:
            line = f"step\t{step['left']}\t{step['words']}\t{question['expression']}"
            click.echo(line)
