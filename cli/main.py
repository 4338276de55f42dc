"""The rrsis-geo command: its group, and errors turned into exit codes."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import textwrap
import traceback
import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click

from rrsis_geo import __version__
from rrsis_geo.errors import (
    Cancelled,
    OptionError,
    as_rrsis_error,
    exit_codes,
)

COMMANDS = (
    "segment",
    "explain",
    "vectorize",
    "dataset",
    "train",
    "evaluate",
    "demo",
    "classes",
    "weights",
    "cache",
    "doctor",
)
"""Names of commands; each is `command` of the module of that name in this package."""

DEBUG = "RRSIS_GEO_DEBUG"
"""Environment variable: if set, failures show their traceback."""

_codes = ", ".join(f"{code} {meaning}" for code, meaning in exit_codes().items())
EXIT_CODES = "\b\n" + textwrap.fill(f"Exit codes: {_codes}.", width=78)
"""Shown below the help; click keeps the lines of a paragraph that begins with \\b."""


class Commands(click.Group):
    """Imports a command when it is used; shows failures without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__package__}.{cmd_name}").command
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line; --help, into a full device, fails before `invoke`."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            message, exit_code = explain(error)
            click.echo(f"Error: {message}", err=True)
            sys.exit(exit_code)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words of the command line for `invoke`."""
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn failures into one line and an exit code."""
        debug = bool(os.environ.get(DEBUG))
        if isinstance(sys.stdout, io.TextIOWrapper):
            # characters that the console cannot encode must not fail a long run
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            with warnings.catch_warnings():
                if not debug:
                    quieten_libraries()
                refuse_undecodable(ctx.meta[WORDS])
                return super().invoke(ctx)
        except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # click exits silently when the reader of stdout has gone
            if debug:
                traceback.print_exc()
            message, exit_code = explain(error)
            click.echo(f"Error: {message}", err=True)
            raise click.exceptions.Exit(exit_code) from error


WORDS = f"{__name__}.words"
"""Key of the command line's words in the context's `meta`."""


def refuse_undecodable(words: Iterable[str]) -> None:
    """Refuse words whose bytes are no text: no library below can take them.

    Raises:
        OptionError: a word was written in another encoding than the terminal's, or
            holds the character 0, as only a program can pass it.
    """
    for word in words:
        if "\0" in word:
            raise OptionError(f"{word!r}: holds the character 0; leave it out")
        try:
            word.encode("utf-8")
        except UnicodeEncodeError as error:
            shown = word.encode("utf-8", "surrogateescape")
            raise OptionError(
                f"{shown.decode('utf-8', 'backslashreplace')}: holds bytes that are no "
                "UTF-8, as in a script saved in another encoding; save the script as "
                "UTF-8, or rename the file"
            ) from error


SILENT = logging.NullHandler()


def quieten_libraries() -> None:
    """Keep warnings and logs of libraries off stderr.

    Their levels stay as they are, since GDAL's reasons are read from its log.
    """
    warnings.simplefilter("ignore")
    for name in ("rasterio", "pyogrio", "shapely", "torch"):
        logging.getLogger(name).addHandler(SILENT)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "critical")


def explain(error: BaseException) -> tuple[str, int]:
    """One line for the user, and the exit code."""
    if isinstance(error, click.UsageError):
        where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        return error.format_message().rstrip(".") + where, error.exit_code
    if isinstance(error, click.Abort):
        return "cancelled; no output was changed", Cancelled.exit_code
    known = as_rrsis_error(error)
    if known is not None:
        return " ".join(str(known).split()), known.exit_code
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{text} (not foreseen; {DEBUG}=1 shows where it happened)", 1


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__,
    "-V",
    "--version",
    prog_name="rrsis-geo",
    message="%(prog)s %(version)s",
)
def main() -> None:
    """Find things in aerial and satellite scenes by describing them.

    \b
    Examples:
      rrsis-geo segment scene.tif "the storage tank near the road"
      rrsis-geo demo
      rrsis-geo doctor
    """
