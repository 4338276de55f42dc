"""What a run found, as lines on stdout: fields with tabs between them.

found <polygons> <square metres> <expression>    one line an expression
wrote <path>                                     one line a file
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

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
