"""Names of inputs that hold in any working directory."""

from __future__ import annotations

import os
import re
from pathlib import Path

INNER_PATH = re.compile(r"[^:!?|\"]+")
"""A piece of a text for GDAL that may be a path: of NETCDF:"a.nc":b, zip://a.zip!b."""

ARCHIVE = re.compile(r"((?:/vsi(?:zip|tar|gzip|7z|rar)/)+)(.+)", re.DOTALL)
"""A file in an archive: GDAL's prefixes, and the path of the archive and inside it."""


def absolute_input(text: str) -> str:
    """What opens the same file in any working directory.

    Args:
        text: A path, a URL, the name of weights, or a text for GDAL with a path in it.

    Returns:
        The text, where nothing in it is a path that exists.
    """
    if os.path.exists(text):
        return os.path.abspath(text)
    archive = ARCHIVE.fullmatch(text)
    if archive is not None:
        prefix, inner = archive.groups()
        first = os.path.split(inner)[0]
        while first and not os.path.exists(first):
            first = os.path.split(first)[0] if first != os.path.sep else ""
        return prefix + os.path.abspath(inner) if first else text
    return INNER_PATH.sub(lambda piece: _absolute_piece(piece[0]), text)


def path_from(result: str, path: str) -> str | None:
    """The path of an input from the folder of a result, with which both may be moved.

    None where it is no local file, or lies on another drive of Windows.
    """
    if not os.path.exists(path):
        return None
    try:
        relative = os.path.relpath(path, os.path.dirname(os.path.abspath(result)))
    except ValueError:
        return None
    return Path(relative).as_posix()


def _absolute_piece(piece: str) -> str:
    scheme = "//" if piece.startswith("//") and not os.path.exists(piece) else ""
    path = piece.removeprefix(scheme)
    return scheme + os.path.abspath(path) if os.path.isfile(path) else piece
