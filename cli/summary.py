"""What a run found, as lines on stdout: fields with tabs between them.

found <polygons> <square metres> <expression>    one line an expression
wrote <path>                                     one line a file
step  <left> <words> <expression>                one line a step, where asked for
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
    """Per expression what was found, then the files."""
    named = polygons.columns["expression"]
    area = polygons.columns["area_m2"]
    for expression in expressions:
        mine = named == expression
        click.echo(f"found\t{mine.sum()}\t{area[mine].sum():.1f} m2\t{expression}")
    for file in files:
        click.echo(f"wrote\t{file}")


def print_steps(questions: Iterable[Mapping[str, Any]]) -> None:
    """How every expression was worked out, as the manifest has it."""
    for question in questions:
        for step in question["steps"]:
            line = f"step\t{step['left']}\t{step['words']}\t{question['expression']}"
            click.echo(line)
