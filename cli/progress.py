"""Progress of a run: a bar on a terminal, or JSON lines for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

import click

from rrsis_geo.errors import as_rrsis_error
from rrsis_geo.protocol import (
    Advice,
    Failed,
    Finished,
    Message,
    Progress,
    Started,
    encode,
)

from .options import option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar

MODES = ("auto", "rich", "json", "none")

OPTION = option(
    "Running",
    "--progress",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="A bar on stderr (rich), JSON lines on stdout (json) or nothing; auto is a "
    "bar where stderr is a terminal.",
)


class Reporter(Protocol):
    """Takes the messages of a run."""

    def __call__(self, message: Message, /) -> None:
        """Handle a message."""
        ...


@contextmanager
def open_reporter(mode: str) -> Iterator[Reporter]:
    """Open the reporter of a mode; json also reports failures inside the block."""
    if mode == "auto":
        mode = "rich" if stderr_is_terminal() else "none"
    if mode == "json":
        try:
            yield write_json
        except (Exception, KeyboardInterrupt) as error:
            write_json(_failed(error))
            raise
    elif mode == "rich":
        with open_bar() as bar:
            yield BarReporter(bar)
    else:
        yield write_advice


def stderr_is_terminal() -> bool:
    """Whether there is somebody to look at a bar; a shell's `2>&-` closes stderr."""
    stderr: TextIO | None = sys.stderr
    return stderr is not None and stderr.isatty()


def _failed(error: BaseException) -> Failed:
    """The last message of a run that failed, as the worker would send it."""
    known = as_rrsis_error(error)
    if known is None:
        return Failed(code="bug", message=f"{type(error).__name__}: {error}")
    return Failed(code=known.code, message=str(known))


def write_json(message: Message) -> None:
    """Write one line to stdout, unbuffered."""
    click.echo(encode(message), nl=False)


def write_advice(message: Message) -> None:
    """Write advice to stderr; ignore other messages."""
    if isinstance(message, Advice):
        click.echo(f"Note: {message.message}", err=True)


class BarReporter:
    """A bar with windows per second, remaining time and number of polygons."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("opening", total=None, rate="", polygons=0)

    def __call__(self, message: Message, /) -> None:
        """Update the bar."""
        if isinstance(message, Started):
            self._bar.update(
                self._task, description=message.device, total=message.windows
            )
        elif isinstance(message, Progress):
            rate = message.done / message.seconds if message.seconds else 0.0
            self._bar.update(
                self._task,
                completed=message.done,
                total=message.total,
                rate=f"{rate:.2f} windows/s",
                polygons=message.polygons,
            )
        elif isinstance(message, Advice):
            self._bar.console.print(f"Note: {message.message}", markup=False)
        elif isinstance(message, Finished):
            self._bar.update(self._task, polygons=message.polygons)


def open_bar(console: Console | None = None) -> Bar:
    """A transient bar on stderr or another console."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[polygons]} polygons"),
        console=console or Console(stderr=True, highlight=False),
        transient=True,
        expand=True,
    )
