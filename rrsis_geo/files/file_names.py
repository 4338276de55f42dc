"""Names of files: how long they may be, and paths that libraries take literally."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rrsis_geo.errors import OutputError

NAME_BYTES = 255
"""Longest name where the file system does not say."""

LONG_NAME = 100
"""Bytes from which on a hidden folder is not named after its file."""

PATH_BYTES = 4000
"""Longest path; a little below the limit of Linux, for side files."""

NOT_LITERAL = re.compile(r"^//|[!\x00-\x1f\x7f]")
"""In a folder's path: what pyogrio or GDAL take for more than a part of the name."""


def hidden_beside(target: Path, suffix: str) -> Path:
    """`.NAME` and the suffix, beside a file; a long name is replaced by its hash."""
    name = f".{target.name}{suffix}"
    if _length(name) > LONG_NAME:
        name = f".{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:32]}{suffix}"
    return target.with_name(name)


def check_name(target: Path, side_files: Iterable[str] = ()) -> None:
    """Refuse a name that the file system has no room for.

    Args:
        target: The file; its folder exists.
        side_files: Suffixes of files that may appear beside it.

    Raises:
        OutputError: the name or the path is too long, or GDAL reads no such path.
    """
    if target.as_posix().startswith("/vsi"):
        raise OutputError(f"{target}: is a name of GDAL's own file systems, no file")
    longest = _longest_name(target.parent)
    room = longest - max((len(end) for end in side_files), default=0)
    length = _length(target.name)
    if length > room:
        raise OutputError(
            f"{target}: the name is {length} bytes long, and {room} are possible in "
            "this folder with the files beside it; choose a shorter one"
        )
    check_length(target, PATH_BYTES)


def check_length(path: Path, longest: int) -> None:
    """Refuse a path that a library could not open.

    Raises:
        OutputError: it has more bytes than that.
    """
    length = len(os.fsencode(path))
    if length > longest:
        raise OutputError(
            f"{path}: the path is {length} bytes long, and {longest} are possible; "
            "choose a folder with a shorter one"
        )


@contextmanager
def literal_path(path: Path) -> Iterator[str]:
    """Yield a path to the same file which libraries take as it is.

    pyogrio cuts a path at an exclamation mark and drops control characters, GDAL takes
    UTF-8 only. Such a folder is reached through a link with a plain name. The name of
    the file itself has to be plain; `staged` sees to that.
    """
    folder = str(path.parent)
    if sys.platform == "win32" or _is_plain(folder):
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="rrsis-geo-") as temporary:
        link = Path(temporary, "folder")
        link.symlink_to(path.parent, target_is_directory=True)
        yield str(link / path.name)


def _is_plain(folder: str) -> bool:
    try:
        folder.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return os.path.isabs(folder) and NOT_LITERAL.search(folder) is None


def _longest_name(folder: Path) -> int:
    if sys.platform == "win32":
        return NAME_BYTES
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (OSError, ValueError):
        return NAME_BYTES


def _length(name: str) -> int:
    return len(name) if sys.platform == "win32" else len(os.fsencode(name))
