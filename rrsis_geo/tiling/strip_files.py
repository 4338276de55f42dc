"""Strips as files: how a run keeps finished rows so that it can be resumed."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from rrsis_geo.errors import OutputError
from rrsis_geo.types import Strip

READ_FAILURES = (
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What numpy raises on a damaged or missing archive."""


def write_strip(path: str | os.PathLike[str], strip: Strip) -> None:
    """Write a strip atomically as a compressed .npz archive with checksums.

    Raises:
        OSError: the disk is full or the folder is missing; no file is left behind.
    """
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        with open(part, "wb") as file:
            np.savez_compressed(file, top=strip.top, levels=strip.levels)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def read_strip(path: str | os.PathLike[str]) -> Strip:
    """Read a strip that `write_strip` wrote.

    Raises:
        OutputError: the file is damaged or missing.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return Strip(top=int(arrays["top"]), levels=arrays["levels"])
    except READ_FAILURES as error:
        raise OutputError(
            f"{path}: the stored rows cannot be read; delete the file so that they are "
            "computed again"
        ) from error
