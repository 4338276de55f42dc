"""A lock on a folder; the operating system releases it if the process is killed."""

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
    """A context manager that makes a folder and locks it against other processes."""

    NAME = "lock"
    """Name of the lock file in the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remove_folder = False
        """Set it to remove the folder on leaving the block."""
        self._descriptor = -1

    def __enter__(self) -> FolderLock:
        """Make and lock the folder.

        Raises:
            OutputError: another process has locked it, or it cannot be made.
        """
        try:
            self.folder.mkdir(exist_ok=True)
            self._descriptor = os.open(
                self.folder / self.NAME, os.O_RDWR | os.O_CREAT, 0o644
            )
        except OSError as error:
            raise OutputError(
                f"{self.folder}: cannot be written ({error.strerror or error}); "
                "a run needs this folder, so choose another place for the output"
            ) from error
        if not (_lock(self._descriptor) and self._is_current()):
            os.close(self._descriptor)
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
        os.close(self._descriptor)
        if (
            self.remove_folder and sys.platform == "win32"
        ):  # open files cannot be removed
            shutil.rmtree(self.folder, ignore_errors=True)

    def clear(self) -> None:
        """Remove whatever is in the folder, but for the lock."""
        for path in self.folder.iterdir():
            if path.name == self.NAME:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _is_current(self) -> bool:
        """Whether the locked file still exists; its last owner may have removed it."""
        try:
            on_disk = os.stat(self.folder / self.NAME)
        except OSError:
            return False
        return os.path.samestat(on_disk, os.fstat(self._descriptor))


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        # Windows gives EACCES or EDEADLOCK; other errors: no locks on this file system
        return error.errno not in (errno.EACCES, errno.EDEADLK)
    return True
