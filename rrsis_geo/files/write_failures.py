"""Why a file could not be written, found out instead of guessed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rrsis_geo.errors import disk_is_full, os_reason

PROBE_BYTES = 1 << 20
"""Written to the folder in which a library failed without saying why."""

FULL = ("No space left on device", "disk is full", "disk full", "Disk quota exceeded")
"""Parts of the messages of SQLite, GDAL and the C library for a full disk."""


def why_not_written(path: str | os.PathLike[str], message: str = "") -> str:
    """Why a library could not write a file, with the way out.

    GDAL and SQLite keep no error number, so that some bytes are written beside the
    file: where that fails too, its reason is the library's.

    Args:
        path: The file, or one beside it.
        message: What the library says.
    """
    shown = " ".join(message.split())
    try:
        with tempfile.TemporaryFile(dir=Path(path).absolute().parent) as probe:
            probe.write(os.urandom(PROBE_BYTES))  # no file system can compress it
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return os_reason(error) + (f" ({shown})" if shown else "")
    if any(part.casefold() in shown.casefold() for part in FULL):
        return f"{os_reason(disk_is_full())} ({shown})"
    return shown or "the library gives no reason"
