"""Run a program to its end, line by line, or until it is cancelled.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess  # nosec B404
import sys
import threading
from contextlib import suppress
from typing import Callable, List, Mapping, Sequence, Tuple

from ..core.errors import Cancelled

GRACE_PERIOD = 5.0
"""Seconds between asking a program to end and killing it."""


def run(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
    cancelled: Callable[[], bool],
    keep_open: Sequence[int] = (),
) -> Tuple[int, str]:
    """Run a program and pass on every line that it prints.

    Args:
        arguments: The program and its arguments; no shell sees them.
        environment: All of its variables.
        on_line: Called in this thread with every line of stdout and stderr.
        cancelled: Whether to stop; called several times a second.
        keep_open: File descriptors that it inherits (POSIX only).

    Returns:
        The exit code and the whole output.

    Raises:
        Cancelled: `cancelled` returned True; the program and its children have ended.
        OSError: The program cannot be started.
    """
    windows = sys.platform == "win32"
    process = subprocess.Popen(  # noqa: S603  # nosec B603
        list(arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=dict(environment),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        start_new_session=not windows,
        pass_fds=() if windows else tuple(keep_open),
    )
    lines: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read_lines, args=(process, lines), daemon=True)
    reader.start()
    try:
        return _follow(process, lines, on_line, cancelled)
    finally:
        reader.join(GRACE_PERIOD)
        if process.stdout is not None and not reader.is_alive():
            process.stdout.close()


def _follow(
    process: subprocess.Popen[bytes],
    lines: queue.Queue[str | None],
    on_line: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> Tuple[int, str]:
    output: List[str] = []
    while True:
        try:
            line = lines.get(timeout=0.1)
        except queue.Empty:
            line = ""
        if line is None:
            return process.wait(), "\n".join(output)
        if line:
            output.append(line)
            on_line(line)
        if cancelled():
            _terminate(process)
            raise Cancelled("stopped")


def _read_lines(
    process: subprocess.Popen[bytes], lines: queue.Queue[str | None]
) -> None:
    for raw in process.stdout or ():
        lines.put(raw.decode("utf-8", "replace").rstrip())
    lines.put(None)


def _terminate(process: subprocess.Popen[bytes]) -> None:
    """Ask the program and its children to end; kill them if they do not."""
    if sys.platform == "win32":
        process.kill()  # Python's launcher ends its child too
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_PERIOD)
        return
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
