"""The rrsis-geo command: its group, and errors turned into exit codes."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
import traceback
import warnings
from importlib import import_module

import click

from rrsis_geo import __version__
from rrsis_geo.errors import Cancelled, OutputError, RRSISError

COMMANDS = (
    "segment",
    "explain",
    "vectorize",
    "dataset",
    "train",
    "evaluate",
    "demo",
    "weights",
    "doctor",
)
"""Names of commands; each is `command` of the file of that name beside this one."""

DEBUG = "RRSIS_GEO_DEBUG"
"""Environment variable: where it is set, failures show their traceback."""

EXIT_CODES = """\b
Exit codes: 0 done (nothing found included), 1 unforeseen, 2 option, 3 scene,
4 weights, 5 engine, 6 protocol, 7 data, 8 output, 130 cancelled."""


class Commands(click.Group):
    """Imports a command when it is asked for; shows failures without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now and not before."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"{__package__}.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn failures into a message and an exit code."""
        debug = bool(os.environ.get(DEBUG))
        if isinstance(sys.stdout, io.TextIOWrapper):
            # An expression that the console cannot spell must not fail a long run.
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
                raise  # click ends quietly when the reader of stdout has gone
            if debug:
                traceback.print_exc()
            message, exit_code = explain(error)
            click.echo(f"Error: {message}", err=True)
            raise click.exceptions.Exit(exit_code) from error


SILENT = logging.NullHandler()


def quieten_libraries() -> None:
    """Keep warnings and logs of libraries out of the one line that people read.

    Their levels stay as they are: rooms read GDAL's reasons from its log.
    """
    warnings.simplefilter("ignore")
    for name in ("rasterio", "pyogrio", "shapely", "torch"):
        logging.getLogger(name).addHandler(SILENT)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "critical")


def explain(error: BaseException) -> tuple[str, int]:
    """One line for people, and the exit code."""
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
