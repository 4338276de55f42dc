"""A line that shows how far a run is, in terminals and notebooks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rrsis_geo.protocol import (
    Advice,
    Failed,
    Finished,
    Message,
    NextScene,
    Progress,
)

WIDTH = 30
"""Characters of the bar."""


class ProgressLine:
    """Takes the messages of a run; writes one line over and over."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to a stream; None: stderr."""
        self._stream = sys.stderr if stream is None else stream
        self._length = 0
        self._scene = ""
        """Which of several scenes the progress is of."""

    def __call__(self, message: Message) -> None:
        """Show progress, advice, and scenes that fail."""
        if isinstance(message, Progress):
            self._show(self._scene + _line(message))
        elif isinstance(message, NextScene):
            self._scene = f"scene {message.number} of {message.total}: "
        elif isinstance(message, Failed):
            self._show("")
            self._stream.write(f"\rFailed: {message.message}\n")
        elif isinstance(message, Advice):
            self._show("")
            self._stream.write(f"\rNote: {message.message}\n")
        elif isinstance(message, Finished):
            self.close()

    def close(self) -> None:
        """End the line."""
        if self._length:
            self._stream.write("\n")
            self._length = 0
        self._stream.flush()

    def _show(self, line: str) -> None:
        self._stream.write(f"\r{line:{self._length}}")
        self._stream.flush()
        self._length = len(line)


@contextmanager
def shown_progress(
    report: Callable[[Message], None] | None, *, progress: bool
) -> Iterator[Callable[[Message], None]]:
    """What to call with the messages of a run: the line, if wanted, and `report`."""
    line = ProgressLine() if progress and is_watched() else None

    def tell(message: Message) -> None:
        for one in (line, report):
            if one is not None:
                one(message)

    try:
        yield tell
    finally:
        if line is not None:
            line.close()


def is_watched(stream: TextIO | None = None) -> bool:
    """Whether somebody looks at stderr: a terminal, or a notebook."""
    shown = sys.stderr if stream is None else stream
    return shown.isatty() or "ipykernel" in sys.modules


def _line(message: Progress) -> str:
    share = message.done / max(message.total, 1)
    bar = "#" * round(WIDTH * share)
    left = message.seconds * (1 - share) / share if message.seconds and share else 0
    minutes, seconds = divmod(round(left), 60)
    return (
        f"[{bar:{WIDTH}}] {message.done} of {message.total} windows, "
        f"{message.polygons} polygons, {minutes}:{seconds:02d} left"
    )
