"""Whether another program has a file open."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from rrsis_geo.errors import OutputError

if sys.platform != "win32":
    import fcntl

SQLITE_LOCKS = (0x40000000, 512)
"""First byte and number of the bytes that SQLite locks in a database file."""

SQLITE_SHM_LOCKS = (120, 9)
"""Likewise in the `-shm` file of a database with a write-ahead log."""


def refuse_in_use(
    path: Path, side_files: Iterable[str] = (), *, readers: bool = False
) -> None:
    """Refuse to replace a file that another program works on.

    Its changes would go to a file without a name, or its journal to the new file.

    Args:
        path: The file; if it does not exist nothing is refused.
        side_files: Suffixes of files beside it that belong to it.
        readers: Refuse also where the other program has opened it only to read, as
            databases are opened before they are changed.

    Raises:
        OutputError: another program has one of the files open.
    """
    for part in (path, *(path.with_name(path.name + end) for end in side_files)):
        if part.is_file() and is_open_elsewhere(part, readers=readers):
            raise OutputError(
                f"{part}: is open in another program; close it there, or choose "
                "another name"
            )


def is_open_elsewhere(path: Path, *, readers: bool) -> bool:
    """Whether another program has a file open, as far as the system tells.

    Linux tells it exactly (a lease is granted for a file that is open nowhere else),
    Windows when the program does not share the file. Elsewhere, and on network file
    systems, only a program that has locked the file as SQLite does is noticed.
    """
    if sys.platform == "win32":
        try:
            os.rename(path, path)  # fails with a sharing violation
        except PermissionError:
            return True
        return False
    try:
        handle = os.open(path, (os.O_RDWR if readers else os.O_RDONLY) | os.O_CLOEXEC)
    except OSError:
        return False  # whoever may not open it is told so when it is to be replaced
    try:
        if sys.platform == "linux":
            leased = _lease(handle, readers=readers)
            if leased is not None:
                return not leased
        return readers and _is_locked(handle)
    finally:
        os.close(handle)


if sys.platform != "win32":

    def _lease(handle: int, *, readers: bool) -> bool | None:
        """Whether a lease is granted; None: the file system has none."""
        kind = fcntl.F_WRLCK if readers else fcntl.F_RDLCK
        try:
            # a program that opens the file now makes the system send a signal, which
            # must not be the one that ends this process
            fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(handle, fcntl.F_SETLEASE, kind)
        except OSError as error:
            return False if error.errno in (errno.EAGAIN, errno.EBUSY) else None
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return True

    def _is_locked(handle: int) -> bool:
        """Whether SQLite of another process holds one of its locks."""
        for start, length in (SQLITE_LOCKS, SQLITE_SHM_LOCKS):
            try:
                fcntl.lockf(
                    handle, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start, os.SEEK_SET
                )
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.EACCES):
                    return True
            else:
                fcntl.lockf(handle, fcntl.LOCK_UN, length, start, os.SEEK_SET)
        return False
