"""A lock that lets one process install at a time.

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


class LockedError(Exception):
    """Another process holds the lock."""


class InstallLock:
    """Lock of a folder, held inside a `with` block; freed by the system on a kill.

    On Linux and macOS, programs that inherit `handle` hold the lock too: a pip that
    outlives a killed QGIS keeps other installations out until it ends.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self.handle = -1
        """File descriptor; -1 where the lock is not held."""

    def __enter__(self) -> InstallLock:
        """Take the lock.

        Raises:
            Locked: another process has it.
            OSError: The folder cannot be created or written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if not _lock(self.handle):
            os.close(self.handle)
            raise LockedError(str(self._path))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.handle)


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # File systems without locks raise other errors: install without a lock then.
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True
