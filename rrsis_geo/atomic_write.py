"""Atomic writes: a file is there complete or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rrsis_geo.errors import OutputError


@contextmanager
def staged(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a path to write to; on leaving the block the file is moved to `path`.

    The file is written under its own name in a folder `NAME.part` beside the target, so
    that side files of a format (journals, overviews) are there too. It is flushed to
    the disk and then renamed, which replaces an old file in one step. On any failure
    the folder is removed and the old file stays. A folder that a killed run has left is
    removed by the next run.

    Raises:
        OutputError: the disk is full, the folder read-only, or no file was written.
    """
    target = Path(path)
    folder = target.with_name(target.name + ".part")
    try:
        _clear(folder)
        folder.mkdir()
        yield folder / target.name
        _flush(folder / target.name)
        os.replace(folder / target.name, target)
        _flush(target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{target}: cannot be written: {reason}") from error
    finally:
        _clear(folder)


def check_writable(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Check before any work that `staged` can write a file.

    Raises:
        OutputError: the file exists, is a folder, or its folder is missing or
            read-only.
    """
    target = Path(path)
    if target.is_dir():
        raise OutputError(f"{target}: is a folder; give a file name in it")
    if target.exists() and not overwrite:
        raise OutputError(f"{target}: exists; choose another name or allow --overwrite")
    if not target.parent.is_dir():
        raise OutputError(f"{target}: there is no folder {target.parent}; make it")
    try:
        # checking permissions is not enough: root has all, and mounts may be read-only
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise OutputError(
            f"{target}: the folder {target.parent} cannot be written to: "
            f"{error.strerror or error}; choose another"
        ) from error


def _clear(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # folders cannot be opened there
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
