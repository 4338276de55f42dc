"""A folder that one process at a time may work in; the system frees it on a kill."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from types import TracebackType

from rrsis_geo.errors import OutputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FolderLock:
    """Makes the folder, holds it while inside the block, removes it if told to."""

    NAME = "lock"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remove_folder = False
        self._handle = -1

    def __enter__(self) -> FolderLock:
        """Take the folder.

        Raises:
            OutputError: another process holds it, or it cannot be made.
        """
        try:
            self.folder.mkdir(exist_ok=True)
            self._handle = os.open(
                self.folder / self.NAME, os.O_RDWR | os.O_CREAT, 0o644
            )
        except OSError as error:
            raise OutputError(
                f"{self.folder}: cannot be written ({error.strerror or error}); "
                "a run keeps its progress there, so choose another place for the output"
            ) from error
        if not (_lock(self._handle) and self._is_current()):
            os.close(self._handle)
            raise OutputError(
                f"{self.folder}: another run is writing the same output; "
                "wait for it or choose another name"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.remove_folder and sys.platform != "win32":
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._handle)
        if self.remove_folder and sys.platform == "win32":  # no removal of open files
            shutil.rmtree(self.folder, ignore_errors=True)

    def _is_current(self) -> bool:
        """False where the last holder removed the folder while we took its lock."""
        try:
            on_disk = os.stat(self.folder / self.NAME)
        except OSError:
            return False
        return os.path.samestat(on_disk, os.fstat(self._handle))


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Windows says EACCES or EDEADLOCK; a disk that knows no locks says others
        return error.errno not in (errno.EACCES, errno.EDEADLK)
    return True
