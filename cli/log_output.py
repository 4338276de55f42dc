"""What is told beside the result: how much of it, and a log file."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from rrsis_geo.errors import OptionError, OutputError, as_rrsis_error, os_reason
from rrsis_geo.files.special_files import why_no_text
from rrsis_geo.protocol import (
    Advice,
    Failed,
    Finished,
    Message,
    NextScene,
    Progress,
    Started,
)

from .options import option, together

PACKAGE = logging.getLogger("rrsis_geo")
"""Logs of the package reach it, and so do the messages of a run."""

PACKAGE.addHandler(logging.NullHandler())  # else Python writes to stderr by itself

MESSAGES = logging.getLogger("rrsis_geo.messages")
"""Messages that a reporter has shown to the user already, or counts in a bar."""

FILE_FORMAT = "%(asctime)sZ %(levelname)s %(message)s"

OPTIONS = together(
    option(
        "Running",
        "-v",
        "--verbose",
        count=True,
        help="Say on stderr what is done and how long it takes; -vv says more.",
    ),
    option(
        "Running",
        "-q",
        "--quiet",
        is_flag=True,
        help="No notes and no progress on stderr, only errors.",
    ),
    option(
        "Running",
        "--log-file",
        type=click.Path(),
        help="Add what is done, notes and errors to this text file, with times (UTC).",
    ),
)
"""How much is told, and where else."""


@contextmanager
def open_log(verbose: int, quiet: bool, log_file: str | None) -> Iterator[None]:
    """Log to stderr as often as -v was given, and to a file; errors go there too.

    Raises:
        OptionError: -v and -q exclude each other.
        OutputError: the file cannot be written.
    """
    if verbose and quiet:
        raise OptionError("-v and -q exclude each other; give one of them")
    handlers: list[logging.Handler] = []
    if verbose:
        handlers.append(_StderrHandler(logging.INFO if verbose == 1 else logging.DEBUG))
    if log_file is not None:
        handlers.append(_file_handler(log_file))
    before = PACKAGE.level
    if handlers:
        PACKAGE.setLevel(min(handler.level for handler in handlers))
    for handler in handlers:
        PACKAGE.addHandler(handler)
    try:
        yield
    except BaseException as error:
        known = as_rrsis_error(error)
        text = f"{type(error).__name__}: {error}" if known is None else str(known)
        MESSAGES.error(text, exc_info=known is None)
        raise
    finally:
        PACKAGE.setLevel(before)
        for handler in handlers:
            PACKAGE.removeHandler(handler)
            handler.close()


def log_message(message: Message) -> None:
    """Log a message of a run."""
    if isinstance(message, Advice):
        MESSAGES.warning(message.message)
    elif isinstance(message, Failed):
        MESSAGES.error(message.message)
    elif isinstance(message, NextScene):
        words = "scene %d of %d: %s"
        PACKAGE.info(words, message.number, message.total, message.scene)
    elif isinstance(message, Started):
        PACKAGE.info(
            "%d windows at %.3g m per pixel on %s",
            message.windows,
            message.gsd,
            message.device,
        )
    elif isinstance(message, Progress):
        PACKAGE.debug("%d of %d windows", message.done, message.total)
    elif isinstance(message, Finished):
        words = "%d polygons in %.1f s: %s"
        files = ", ".join(message.files) or "no file"
        PACKAGE.info(words, message.polygons, message.seconds, files)


def log_seconds(laps: Mapping[str, float]) -> None:
    """Log what the parts of a run took."""
    PACKAGE.info(", ".join(f"{name} {spent:.2f} s" for name, spent in laps.items()))


class _StderrHandler(logging.Handler):
    """Writes through click, which finds the stderr of the moment: a bar moves it."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.addFilter(lambda record: record.name != MESSAGES.name)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        click.echo(record.getMessage(), err=True)


def _file_handler(path: str) -> logging.Handler:
    reason = why_no_text(path)
    if reason is not None:
        raise OutputError(f"{path}: {reason}")
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {os_reason(error)}") from error
    handler.setLevel(logging.DEBUG)
    formatter = logging.Formatter(FILE_FORMAT)
    formatter.converter = time.gmtime
    formatter.default_msec_format = "%s.%03d"
    handler.setFormatter(formatter)
    return handler
