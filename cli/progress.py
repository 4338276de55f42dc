"""Progress of a run: a bar on a terminal, or JSON lines for programs."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

import click

from rrsis_geo.errors import as_rrsis_error
from rrsis_geo.protocol import (
    Advice,
    Failed,
    Finished,
    Message,
    NextScene,
    Progress,
    Started,
    encode,
)

from .log_output import log_message
from .options import option

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

MODES = ("auto", "rich", "json", "none")

OPTION = option(
    "Running",
    "--progress",
    type=click.Choice(MODES),
    default="auto",
    show_default=True,
    help="A bar on stderr (rich), JSON lines on stdout (json; on stderr with -o -) or "
    "nothing; auto is a bar where stderr is a terminal.",
)


class Reporter(Protocol):
    """Takes the messages of a run."""

    def __call__(self, message: Message, /) -> None:
        """Handle a message."""
        ...


@contextmanager
def open_reporter(
    mode: str, *, quiet: bool = False, stdout_is_taken: bool = False
) -> Iterator[Reporter]:
    """Open the reporter of a mode; json also reports failures inside the block.

    Args:
        mode: One of `MODES`.
        quiet: No notes and no bar.
        stdout_is_taken: Whether the result goes there, so that JSON goes to stderr.
    """
    if mode == "auto":
        mode = "rich" if stderr_is_terminal() else "none"
    if mode == "json":

        def write(message: Message) -> None:
            log_message(message)
            write_json(message, err=stdout_is_taken)

        try:
            yield write
        except (Exception, KeyboardInterrupt) as error:
            write_json(_failed(error), err=stdout_is_taken)
            raise
    elif mode == "rich" and not quiet:
        with open_bar() as bar:
            yield _logged(BarReporter(bar))
    else:
        yield _logged(_ignore if quiet else NoteWriter())


def _logged(report: Reporter) -> Reporter:
    def both(message: Message) -> None:
        log_message(message)
        report(message)

    return both


def _ignore(message: Message) -> None:
    pass


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


def write_json(message: Message, *, err: bool = False) -> None:
    """Write one line to stdout or stderr, unbuffered."""
    click.echo(encode(message), nl=False, err=err)


class NoteWriter:
    """Writes notes, and failures of single scenes, to stderr.

    Of several scenes many give the same note, which is written once.
    """

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._write = write or (lambda line: click.echo(line, err=True))
        self._seen: set[str] = set()

    def __call__(self, message: Message, /) -> None:
        """Write what is meant for the user; ignore other messages."""
        if isinstance(message, Failed):
            self._write(f"Failed: {message.message}")
        elif isinstance(message, Advice):
            if not message.job or message.message not in self._seen:
                self._write(f"Note: {message.message}")
            self._seen.add(message.message)


class BarReporter:
    """A bar with windows per second, remaining time and number of polygons.

    Of several scenes a second bar counts those that are done.
    """

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._scenes: TaskID | None = None
        self._found = 0
        self._task = bar.add_task("opening", total=None, rate="", polygons=0)
        self._write_note = NoteWriter(
            lambda line: bar.console.print(line, markup=False)
        )

    def __call__(self, message: Message, /) -> None:
        """Update the bar."""
        self._write_note(message)
        if isinstance(message, NextScene):
            self._begin(message)
        elif isinstance(message, Started):
            device = message.device if self._scenes is None else None
            self._bar.update(
                self._task, description=device, total=message.windows, completed=0
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
        elif isinstance(message, Finished):
            self._bar.update(self._task, polygons=message.polygons)
            if message.job:
                self._found += message.polygons

    def _begin(self, scene: NextScene) -> None:
        if self._scenes is None:
            self._scenes = self._bar.add_task(
                "", total=scene.total, rate="", polygons=0
            )
        done = scene.number - 1
        self._bar.update(
            self._scenes,
            description="all scenes",
            completed=done,
            polygons=self._found,
        )
        name = re.split(r"[/\\]", scene.scene)[-1]
        self._bar.update(self._task, description=name, total=None, completed=0)


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
