"""Expressions of an argument, of options and of a text file."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click

from rrsis_geo.errors import os_reason
from rrsis_geo.files.special_files import why_no_text

from .options import STDIN


def read_expressions(
    first: str | None, more: Sequence[str], listed: str | None
) -> tuple[str, ...]:
    """Expressions of the argument, of every -e and of the text file, in that order."""
    texts = [] if first is None else [first]
    texts += more
    if listed is not None:
        texts += _lines(listed)
    return tuple(texts)


def _lines(path: str) -> list[str]:
    """Lines of a text file or of stdin, without empty ones and comments."""
    reason = None if path == STDIN else why_no_text(path)
    if reason is not None:
        raise click.BadParameter(f"{path}: {reason}", param_hint="--expressions")
    try:
        if path == STDIN:
            content = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:
                content = file.read()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise click.BadParameter(
            f"{path}: cannot be read: {os_reason(error)}", param_hint="--expressions"
        ) from error
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            f"{path}: cannot be read as UTF-8 text, one expression a line ({error}); "
            "save it as UTF-8",
            param_hint="--expressions",
        ) from error
    if "\0" in text:
        raise click.BadParameter(
            f"{path}: holds zero bytes, as UTF-16 does; save it as UTF-8",
            param_hint="--expressions",
        )
    lines = [line.strip() for line in re.split(r"\r\n?|\n", text)]
    return [line for line in lines if line and not line.startswith("#")]
