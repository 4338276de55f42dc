"""Atomic writes: an output is there complete or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rrsis_geo.errors import OutputError
from rrsis_geo.files.file_names import check_name, hidden_beside
from rrsis_geo.files.in_use import refuse_in_use
from rrsis_geo.folder_lock import FolderLock

FOLDER_SUFFIX = ".rrsis-new"
"""Suffix of the hidden folder beside a target in which its new state is written."""

COMPLETE = "complete"
"""Name of the file in that folder which says that the new state is complete."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors that mean a full disk."""


@contextmanager
def staged(
    path: str | os.PathLike[str], side_files: Sequence[str] = ()
) -> Iterator[Path]:
    """Yield a path to write to; on leaving the block the file is moved to `path`.

    The file is written as `data` with the extension of the target, in a hidden folder
    beside it, so that libraries see a plain name. It is flushed to the disk and then
    renamed, which replaces an old file in one step. Side files that lie beside the new
    file come with it, and those of the old file go: where there are any, a killed run
    may leave them apart, and the next one that checks or writes the path completes the
    change. On any failure the folder is removed and the old file stays.

    Args:
        path: Where the file belongs. A symbolic link stays one.
        side_files: Suffixes of the files that belong to it, like `.aux.xml`.

    Raises:
        OutputError: the disk is full, the folder read-only, no file was written, or
            another process is writing the same file.
    """
    target = resolved(path)
    with discarded(target, side_files) as part:
        yield part
        _move(part, target, side_files)


@contextmanager
def discarded(
    path: str | os.PathLike[str], side_files: Sequence[str] = ()
) -> Iterator[Path]:
    """Yield a path as `staged` does, but throw away what is written to it.

    Raises:
        OutputError: as `staged`.
    """
    target = resolved(path)
    part = staging_path(target)
    try:
        with FolderLock(part.parent) as lock:
            lock.remove_folder = True
            _complete(lock.folder, target, side_files)
            lock.clear()
            yield part
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written: {reason}") from error


def staging_path(target: Path) -> Path:
    """Where a file is written before it is renamed."""
    return hidden_beside(target, FOLDER_SUFFIX) / f"data{target.suffix}"


def check_writable(
    path: str | os.PathLike[str],
    overwrite: bool,
    side_files: Sequence[str] = (),
    *,
    alone: bool = False,
) -> None:
    """Check before any work that `staged` can write a file.

    Args:
        path: Where the file belongs.
        overwrite: Whether an old file may be replaced.
        side_files: Suffixes of the files that belong to it.
        alone: Whether no other program may have the old file open, even to read it.

    Raises:
        OutputError: the file exists, is a folder, is protected or open in another
            program, its name is too long, side files of a former file are left, or its
            folder is missing or read-only.
    """
    target = resolved(path)
    if os.path.isdir(target):
        raise OutputError(f"{path}: is a folder; give a file name in it")
    if not os.path.isdir(target.parent):
        raise OutputError(f"{path}: there is no folder {target.parent}; make it")
    check_name(target, side_files)
    _complete_interrupted(target, side_files)
    exists = os.path.lexists(target)
    if exists and not target.is_file():
        raise OutputError(f"{path}: is no file; choose another name")
    if exists and not overwrite:
        raise OutputError(f"{path}: exists; choose another name or allow --overwrite")
    for side in (target.with_name(target.name + end) for end in side_files):
        if side.is_dir():
            raise OutputError(f"{side}: is a folder in the way; choose another name")
        if not exists and not overwrite and os.path.lexists(side):
            raise OutputError(
                f"{side}: belongs to a former {target.name} and would be taken for a "
                "part of the new one; delete it, choose another name or allow "
                "--overwrite"
            )
    if exists and not stat.S_IMODE(target.stat().st_mode) & 0o222:
        raise OutputError(f"{path}: is read-only; choose another name or unprotect it")
    refuse_in_use(target, side_files, readers=alone)
    try:
        # checking permissions is not enough: root has all, and mounts may be read-only
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise OutputError(
            f"{path}: the folder {target.parent} cannot be written to: "
            f"{error.strerror or error}; choose another"
        ) from error


def resolved(path: str | os.PathLike[str]) -> Path:
    """The absolute path of the file itself, with links followed.

    Raises:
        OutputError: the path is no text that a file system takes.
    """
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise OutputError(f"{os.fspath(path)!r}: is no path of a file") from error


def full_disk(folder: Path) -> str:
    """`; the disk is full` if a small file finds no room in a folder, else nothing.

    GDAL and SQLite do not tell why they could not write.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(1 << 20))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return "; the disk is full" if error.errno in FULL else ""
    return ""


def _move(part: Path, target: Path, side_files: Sequence[str]) -> None:
    """Flush what was written and put it in place, the file itself last."""
    if target.exists():
        shutil.copymode(target, part)
    _flush(part)
    sides = [end for end in side_files if _beside(part, end).exists()]
    for end in sides:
        _flush(_beside(part, end))
    if sides or any(os.path.lexists(_beside(target, end)) for end in side_files):
        mark = part.with_name(COMPLETE)
        mark.with_suffix(".new").write_text(json.dumps(sides), encoding="ascii")
        _flush(mark.with_suffix(".new"))
        os.replace(mark.with_suffix(".new"), mark)
        _flush(part.parent)
        _complete(part.parent, target, side_files)
    else:
        os.replace(part, target)
    _flush(target.parent)


def _complete(folder: Path, target: Path, side_files: Sequence[str]) -> None:
    """Put a complete new state in place, from wherever it was interrupted."""
    part = folder / staging_path(target).name
    if not ((folder / COMPLETE).exists() and part.exists()):
        return
    new = json.loads((folder / COMPLETE).read_text(encoding="ascii"))
    for end in side_files:
        if end not in new:
            _beside(target, end).unlink(missing_ok=True)
        elif _beside(part, end).exists():
            os.replace(_beside(part, end), _beside(target, end))
    os.replace(part, target)


def _complete_interrupted(target: Path, side_files: Sequence[str]) -> None:
    folder = hidden_beside(target, FOLDER_SUFFIX)
    if (folder / COMPLETE).exists():
        with FolderLock(folder) as lock:
            lock.remove_folder = True
            _complete(folder, target, side_files)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _flush(path: Path) -> None:
    if sys.platform == "win32" and path.is_dir():  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
