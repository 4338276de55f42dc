"""JSON from files of unknown origin."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rrsis_geo.errors import RRSISError, os_reason
from rrsis_geo.files.special_files import why_no_file

LONGEST_INTEGER = 20
"""Characters of a number of 64 bits. Longer ones become floats, which overflow to
infinity and not with an exception somewhere else."""


def parse_json(text: str | bytes) -> Any:
    """The values of a JSON text.

    Raises:
        ValueError: It is no JSON, is nested too deeply or no UTF-8; one line.
    """
    try:
        return json.loads(text, parse_int=_parse_integer)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text") from error


def read_json(
    path: str | os.PathLike[str], what: str, kind: Callable[[str], RRSISError]
) -> Any:
    """The values of a JSON file.

    Args:
        path: The file.
        what: What it is expected to be, for the message: "a run manifest".
        kind: The error to raise.

    Raises:
        RRSISError: Of `kind`; the file cannot be read or holds no JSON.
    """
    reason = why_no_file(path)
    try:
        if reason is None:
            return parse_json(Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise kind(f"{path}: cannot be read as {what}: {os_reason(error)}") from error
    except ValueError as error:
        raise kind(f"{path}: cannot be read as {what}: not JSON ({error})") from error
    raise kind(f"{path}: cannot be read as {what}: it {reason}")


def _parse_integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)
