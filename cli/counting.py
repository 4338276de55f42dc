"""Progress of work with a known total: a bar, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .options import option
from .progress import MODES as ALL_MODES
from .progress import stderr_is_terminal

MODES = tuple(mode for mode in ALL_MODES if mode != "json")
"""Nothing but a number is reported, so there is no JSON."""

OPTION = option(
    "Running",
    "--progress",
    default="auto",
    show_default=True,
    metavar="|".join(MODES),
    help="A bar on stderr (rich) or nothing; auto is a bar where stderr is a terminal.",
)


@contextmanager
def open_counter(mode: str, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Open a bar; yields a function that takes how many items are done."""
    if mode == "rich" or (mode == "auto" and stderr_is_terminal()):
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        console = Console(stderr=True, highlight=False)
        with Progress(*columns, console=console, transient=True, expand=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)
    else:
        yield lambda done: None
