"""A folder of chips takes its place whole; what no build made is never removed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rrsis_geo.atomic_write import FOLDER_SUFFIX, resolved
from rrsis_geo.chips.chip_folder import (
    BUILD_RECORD,
    FOOTPRINTS,
    IMAGES,
    MANIFEST_FILE,
)
from rrsis_geo.errors import OutputError
from rrsis_geo.files.file_names import hidden_beside
from rrsis_geo.files.json_text import read_json
from rrsis_geo.folder_lock import FolderLock

CHIP_FILE = re.compile(r"\d{4,}-\w*-\d+-r\d{5,}-c\d{5,}\.\w+(\.aux\.xml)?")
"""Name of an image that a build writes, or of what GDAL notes beside one."""

RECORD_KEYS = {"options", "left_out"}
"""Keys of every build record."""


@contextmanager
def staged_folder(
    path: Path, *, overwrite: bool, inputs: Sequence[str | os.PathLike[str]] = ()
) -> Iterator[Path]:
    """Open a temporary folder that is renamed to `path` when the block ends.

    It lies in a hidden folder beside its place. On any failure that is removed, and an
    existing folder stays as it is. If a run is killed while it replaces the old folder,
    the next one puts that back first.

    Args:
        path: Where the folder belongs. A symbolic link to one stays a link.
        overwrite: Whether a folder that a build made may be replaced.
        inputs: Files and folders that are read in the block.

    Raises:
        OutputError: The path exists already and may not be replaced, it cannot be
            written, or another process is writing it.
    """
    target = resolved(path)
    if not target.parent.is_dir():
        raise OutputError(
            f"{path}: there is no folder {target.parent}; create it first"
        )
    try:
        with FolderLock(hidden_beside(target, FOLDER_SUFFIX)) as lock:
            new, old = lock.folder / "new", lock.folder / "old"
            _put_back(old, target)
            lock.remove_folder = True
            lock.clear()
            _check_replaceable(Path(path), overwrite, inputs)
            new.mkdir()
            yield new
            lock.remove_folder = False  # it holds the old folder for a moment
            if target.exists():
                os.replace(target, old)
            try:
                os.replace(new, target)
            except OSError:
                _put_back(old, target)
                raise
            finally:
                lock.remove_folder = target.exists()
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror or error}"
        ) from error


def _put_back(old: Path, target: Path) -> None:
    """Undo a replacement that was interrupted between its two renames."""
    if old.exists() and not target.exists():
        os.replace(old, target)


def _check_replaceable(
    target: Path, overwrite: bool, inputs: Sequence[str | os.PathLike[str]]
) -> None:
    """Check that a folder is absent, or a build's and nothing else.

    Raises:
        OutputError: It is not.
    """
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise OutputError(f"{target}: is no folder; choose another name")
    if not overwrite:
        raise OutputError(f"{target}: exists; choose another folder or --overwrite")
    for file in inputs:
        if resolved(file).is_relative_to(resolved(target)):
            raise OutputError(
                f"{target}: is not replaced, because {file} is read by this build and "
                "lies in it; choose another folder"
            )
    if not _is_build_record(target / BUILD_RECORD):
        raise OutputError(
            f"{target}: is not replaced, because it holds no {BUILD_RECORD} of a build "
            "and so is no folder of chips; choose another folder"
        )
    for name in _foreign_files(target):
        raise OutputError(
            f"{target}: is not replaced, because it holds {name}, which no build made; "
            "move that elsewhere or choose another folder"
        )


def _is_build_record(path: Path) -> bool:
    try:
        record = read_json(path, "a build record", OutputError)
    except OutputError:
        return False
    return isinstance(record, dict) and record.keys() >= RECORD_KEYS


def _foreign_files(target: Path) -> Iterator[str]:
    """Names of entries that no build writes."""
    for path in sorted(target.iterdir()):
        if path.name not in (IMAGES, FOOTPRINTS, MANIFEST_FILE, BUILD_RECORD):
            yield path.name
    images = target / IMAGES
    for path in sorted(images.iterdir()) if images.is_dir() else ():
        if path.is_dir() or not CHIP_FILE.fullmatch(path.name):
            yield f"{IMAGES}/{path.name}"
