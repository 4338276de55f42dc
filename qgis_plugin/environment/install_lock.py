"""One installation at a time, whichever QGIS runs it.

Standard library only, so that all of it is tested without QGIS.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class Locked(Exception):
    """Another process holds the lock."""


class InstallLock:
    """Holds a folder while inside the block; the system frees it on a kill.

    On Linux and macOS the programs that inherit `handle` hold it too: a pip that
    outlives a killed QGIS keeps others out until it is done.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self.handle = -1
        """Its file descriptor."""

    def __enter__(self) -> InstallLock:
        """Take the lock.

        Raises:
            Locked: another process has it.
            OSError: the folder cannot be made or written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _take(self.handle):
            os.close(self.handle)
            raise Locked(str(self._path))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.handle)


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A disk that knows no locks says others: better unguarded than impossible
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
