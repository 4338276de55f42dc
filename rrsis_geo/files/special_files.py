"""Paths that are no files: pipes, sockets and devices, on which a reader may wait."""

from __future__ import annotations

import os
import stat

KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

STREAMS = ("/dev/fd/", "/dev/stdin", "/proc/")
"""Where a shell puts the pipe of `<(command)`; its other end is open already."""


def special_kind(path: str | os.PathLike[str]) -> str | None:
    """What a path is if it is neither a file nor a folder, in words.

    Returns:
        None for files, folders, and paths where there is nothing.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return None
    return next((words for is_kind, words in KINDS if is_kind(mode)), None)


def why_no_file(path: str | os.PathLike[str]) -> str | None:
    """Why a path is not read as a file, with the way out; None where it may be read.

    Opening a named pipe waits until another program writes into it, maybe for ever.
    """
    kind = special_kind(path)
    return kind and f"is {kind}, not a file; save what it delivers in a file first"


def why_no_text(path: str | os.PathLike[str]) -> str | None:
    """As `why_no_file` for a text that is read once, which a shell's pipe may hold."""
    return None if os.fspath(path).startswith(STREAMS) else why_no_file(path)
