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
from importlib import import_module

import click

from rrsis_geo import __version__
from rrsis_geo.errors import Cancelled, OutputError, RRSISError, exit_codes

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
    if isinstance(error, RRSISError):
        return " ".join(str(error).split()), error.exit_code
    if isinstance(error, click.UsageError):
        where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        return error.format_message().rstrip(".") + where, error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "cancelled; no output was changed", Cancelled.exit_code
    if isinstance(error, MemoryError):
        return "out of memory: try a smaller --window-size or --batch-size 1", 1
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full: {error}", OutputError.exit_code
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{text} (not foreseen; {DEBUG}=1 shows where it happened)", 1


@click.group(
    cls=Commands,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__, prog_name="rrsis-geo", message="%(prog)s %(version)s"
)
def main() -> None:
    """Find things in aerial and satellite scenes by describing them.

    \b
    Examples:
      rrsis-geo segment scene.tif "the storage tank near the road"
      rrsis-geo demo
      rrsis-geo doctor
    """
