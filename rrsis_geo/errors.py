"""The errors of the package, each with a code for programs and an exit code for shells.

Every kind is a direct subclass of `RRSISError`. A message names the thing, the value
and the way out. Help texts, tests and the table of docs/segment.md derive from these
classes, so that a new kind is one entry here and one row there. Runs inside QGIS's
Python: standard library only, 3.9-safe.
"""

from __future__ import annotations

import errno
import sys
from typing import Dict


class RRSISError(Exception):
    """Any failure that is expected to happen; everything else is a bug."""

    code = "error"
    exit_code = 1


class OptionError(RRSISError, ValueError):
    """A value the user chose is out of range."""

    code = "option"
    exit_code = 2


class SceneError(RRSISError):
    """The image cannot be opened or placed on the map."""

    code = "scene"
    exit_code = 3


class WeightsError(RRSISError):
    """Weights are missing, altered or of another model."""

    code = "weights"
    exit_code = 4


class EngineError(RRSISError):
    """The engine is not installed or lost a shard."""

    code = "engine"
    exit_code = 5


class ProtocolError(RRSISError):
    """Plugin and worker do not understand each other."""

    code = "protocol"
    exit_code = 6


class DataError(RRSISError):
    """Training or evaluation data breaks its format."""

    code = "data"
    exit_code = 7


class OutputError(RRSISError):
    """A result cannot be written to its path."""

    code = "output"
    exit_code = 8


class ScenesError(RRSISError):
    """Some of several scenes failed; the others are done."""

    code = "scenes"
    exit_code = 9


class Cancelled(RRSISError):
    """The user asked to stop."""

    code = "cancelled"
    exit_code = 130


def exit_codes() -> Dict[int, str]:
    """Exit code -> what it says, of every outcome of a command."""
    kinds = sorted(RRSISError.__subclasses__(), key=lambda kind: kind.exit_code)
    meanings = {0: "done (nothing found included)", RRSISError.exit_code: "unforeseen"}
    return {**meanings, **{kind.exit_code: kind.code for kind in kinds}}


OS_REASONS = {
    errno.ENOSPC: "the disk is full; make room and run the same command again",
    errno.EDQUOT: "the disk quota is used up; make room and run the same command again",
    errno.EFBIG: "a file may not grow so large here (ulimit -f, or the file system)",
    errno.EROFS: "the file system is read-only; choose another folder",
    errno.EACCES: "permission denied",
    errno.EPERM: "the operation is not permitted",
    errno.ENOENT: "there is no such file or folder",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENFILE: "too many files are open on this machine",
    errno.EIO: "the drive or network share reports a fault",
    errno.ELOOP: "its symbolic links lead in a circle",
}
"""Error number -> what it means, with the way out where there is one. Only ENOSPC and
EDQUOT say that a disk is full."""

WRITE_FAILURES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""Error numbers that only writing brings."""


def os_reason(error: OSError) -> str:
    """What the operating system refused, in words."""
    known = OS_REASONS.get(error.errno or 0)
    return known or error.strerror or " ".join(str(error).split())


def as_rrsis_error(error: BaseException) -> RRSISError | None:
    """The error of this package that says the same as a Python error.

    The last resort of command line and worker: what a part of the package foresees, it
    raises itself, with more to say.

    Returns:
        None for an error that is a bug.
    """
    if isinstance(error, RRSISError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Cancelled("cancelled; no output was changed")
    if isinstance(error, MemoryError):
        return RRSISError(
            "out of memory: try a smaller area, --window-size or --batch-size 1"
        )
    if isinstance(error, UnicodeEncodeError):
        shown = error.object[:60].encode("utf-8", "backslashreplace").decode("utf-8")
        return OptionError(f"{shown!r}: a name or text with bytes that are no UTF-8")
    if isinstance(error, OSError) and error.errno is not None:
        kind = OutputError if error.errno in WRITE_FAILURES else RRSISError
        kind = OptionError if error.errno == errno.ENAMETOOLONG else kind
        where = "" if error.filename is None else f"{error.filename}: "
        return kind(where + os_reason(error))
    return None


def install_command(*packages: str) -> str:
    """Command that adds packages to the Python that runs this one."""
    return f'"{sys.executable}" -m pip install {" ".join(packages)}'
