"""Messages of a run, shown as a bar for people or as JSON lines for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from rrsis_geo.errors import RRSISError
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
        """Show it, or not."""
        ...


@contextmanager
def open_reporter(mode: str) -> Iterator[Reporter]:
    """The reporter of that mode; failures inside the block reach JSON readers too."""
    if mode == "auto":
        mode = "rich" if sys.stderr.isatty() else "none"
    if mode == "json":
        try:
            yield say_json
        except RRSISError as error:
            say_json(Failed(code=error.code, message=str(error)))
            raise
        except KeyboardInterrupt:
            say_json(Failed(code="cancelled", message="cancelled"))
            raise
        except Exception as error:
            say_json(Failed(code="bug", message=f"{type(error).__name__}: {error}"))
            raise
    elif mode == "rich":
        with open_bar() as bar:
            yield BarReporter(bar)
    else:
        yield say_advice


def say_json(message: Message) -> None:
    """One line on stdout, at once."""
    click.echo(encode(message), nl=False)


def say_advice(message: Message) -> None:
    """Nothing but advice, on stderr."""
    if isinstance(message, Advice):
        click.echo(f"Note: {message.message}", err=True)


class BarReporter:
    """A bar with windows a second, time left and polygons so far."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("opening", total=None, rate="", polygons=0)

    def __call__(self, message: Message, /) -> None:
        """Move the bar."""
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
    """A bar on stderr, or on another console, that leaves nothing behind."""
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
