"""What shells complete: files, and names of weights."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem


def complete_file(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Let the shell complete files and folders."""
    return [CompletionItem(incomplete, type="file")]


def complete_weights(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of the weights inside the package, and files."""
    from rrsis_geo.model.serialization.header import list_weights

    names = [name for name in list_weights() if name.startswith(incomplete)]
    files = complete_file(ctx, param, incomplete)
    return [CompletionItem(name, help="inside the package") for name in names] + files
