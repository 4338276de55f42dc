"""What a run reports, one JSON object a line: to a terminal, a log or the plugin.

Runs inside QGIS's Python: stdlib only, 3.9-safe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Dict, Tuple, Type, Union

from .errors import ProtocolError

PROTOCOL_VERSION = 1


@dataclass(frozen=True)
class Started:
    """The plan is made; the network begins to look."""

    windows: int
    """Windows to look at, those already done in an interrupted run included."""
    skipped: int
    """Windows without data or outside the AOI."""
    gsd: float
    """Metres per pixel the scene is read at."""
    device: str


@dataclass(frozen=True)
class Progress:
    """Some of the windows are done."""

    done: int
    total: int
    polygons: int
    """Finished polygons so far."""
    seconds: float
    """Since the network began to look."""


@dataclass(frozen=True)
class Advice:
    """Something the user may want to know; the run goes on."""

    message: str


@dataclass(frozen=True)
class Finished:
    """The run is over and its files are in place."""

    polygons: int
    files: Tuple[str, ...]
    seconds: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", tuple(self.files))  # JSON brings a list


@dataclass(frozen=True)
class Failed:
    """The run ended early; code is RRSISError.code or "bug"."""

    code: str
    message: str


Message = Union[Started, Progress, Advice, Finished, Failed]

KINDS: Dict[str, Type[Any]] = {
    "started": Started,
    "progress": Progress,
    "advice": Advice,
    "finished": Finished,
    "failed": Failed,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def encode(message: Message) -> str:
    """One line; non-ASCII is escaped so that no console encoding can hurt it."""
    return json.dumps({"kind": NAMES[type(message)], **asdict(message)}) + "\n"


def decode(line: str) -> Message:
    """The message on a line.

    Raises:
        ProtocolError: the line is no message.
    """
    try:
        body = json.loads(line)
        message: Message = KINDS[body.pop("kind")](**body)
        return message
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolError(f"not a message: {line[:80]!r}") from error
