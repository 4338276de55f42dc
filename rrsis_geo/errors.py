"""The errors of the package, each with a code for programs and an exit code for shells.

Every kind is a direct subclass of `RRSISError`. A message names the thing, the value
and the way out. Help texts, tests and the table of docs/segment.md derive from these
classes, so that a new kind is one entry here and one row there. Runs inside QGIS's
Python: standard library only, 3.9-safe.
"""

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


class Cancelled(RRSISError):
    """The user asked to stop."""

    code = "cancelled"
    exit_code = 130


def exit_codes() -> Dict[int, str]:
    """Exit code -> what it says, of every outcome of a command."""
    kinds = sorted(RRSISError.__subclasses__(), key=lambda kind: kind.exit_code)
    meanings = {0: "done (nothing found included)", RRSISError.exit_code: "unforeseen"}
    return {**meanings, **{kind.exit_code: kind.code for kind in kinds}}


def install_command(*packages: str) -> str:
    """Command that adds packages to the Python that runs this one."""
    return f'"{sys.executable}" -m pip install {" ".join(packages)}'
