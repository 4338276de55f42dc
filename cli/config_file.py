"""Options from a TOML file and from the environment.

Precedence: command line, environment variable, file, default.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from typing import Any

import click

from rrsis_geo.errors import os_reason
from rrsis_geo.files.special_files import why_no_text

from .options import option

ENVIRONMENT: dict[str, Any] = {"auto_envvar_prefix": "RRSIS_GEO"}
"""Settings of a command that reads RRSIS_GEO_THRESHOLD for --threshold and so on."""

COMMANDS = ("segment", "vectorize")
"""Commands that read one file: each ignores what only the other has."""

HINT = "--config"


def _read(ctx: click.Context, param: click.Parameter, path: str | None) -> None:
    """Make the values of a file the defaults of the command."""
    if path is None:
        return
    values = dict(ctx.default_map or {})
    known = _options(ctx.command)
    others = {name for command in COMMANDS for name in _options(_command(command))}
    for key, value in _load(path).items():
        name = key.replace("_", "-")
        if name in known and name != "config":
            values[known[name].name or name] = _checked(ctx, known[name], value, path)
        elif name not in others or name == "config":
            raise click.BadParameter(
                f"{path}: unknown option {key!r}{_nearest(name, others)}",
                param_hint=HINT,
            )
    ctx.default_map = values


OPTION = option(
    "Running",
    "--config",
    type=click.Path(),
    is_eager=True,
    expose_value=False,
    callback=_read,
    help="TOML file with values for options by their names, like threshold = 0.4. The "
    "command line and variables like RRSIS_GEO_THRESHOLD take precedence.",
)


def _load(path: str) -> dict[str, Any]:
    reason = why_no_text(path)
    try:
        if reason is None:
            with open(path, "rb") as file:
                return tomllib.load(file)
    except OSError as error:
        reason = f"cannot be read: {os_reason(error)}"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = f"is no TOML: {error}"
    raise click.BadParameter(f"{path}: {reason}", param_hint=HINT)


def _checked(ctx: click.Context, param: click.Parameter, value: Any, path: str) -> Any:
    """A value as the command line would give it; click converts it once more."""
    name = f"--{param.opts[-1].removeprefix('--')}"
    flag = isinstance(param, click.Option) and param.is_flag
    if flag != isinstance(value, bool) or isinstance(value, dict):
        wanted = "true or false" if flag else "a text, a number or a list of them"
        raise click.BadParameter(
            f"{path}: {name} must be {wanted}, got {value!r}", param_hint=HINT
        )
    if flag:
        return value
    parts = [str(part) for part in (value if isinstance(value, list) else [value])]
    text = tuple(parts) if param.multiple else ",".join(parts)
    try:
        param.type_cast_value(ctx, text)
    except click.UsageError as error:
        raise click.BadParameter(
            f"{path}: {name}: {error.message}", param_hint=HINT
        ) from error
    return text


def _options(command: click.Command) -> dict[str, click.Option]:
    """Name without dashes -> option."""
    return dict(_names(command))


def _names(command: click.Command) -> Iterator[tuple[str, click.Option]]:
    for param in command.params:
        if isinstance(param, click.Option):
            for flag in param.opts:
                if flag.startswith("--"):
                    yield flag.removeprefix("--"), param


def _command(name: str) -> click.Command:
    from importlib import import_module

    command: click.Command = import_module(f"{__package__}.{name}").command
    return command


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; the nearest known one is {close[0]!r}" if close else ""
