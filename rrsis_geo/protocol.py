"""What a run reports and what the worker is asked, one JSON object a line.

Messages come from a run: to a terminal, a log or the plugin. Requests go to
`python -m rrsis_geo.worker`. Runs inside QGIS's Python: stdlib only, 3.9-safe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Mapping, Tuple, Type, Union

from .errors import ProtocolError
from .version import __version__

PROTOCOL_VERSION = 2

MAX_ROWS = 200
"""Polygons in one `Partial`, at most."""


@dataclass(frozen=True)
class Hello:
    """Who asks. A worker of another version answers `Failed` and ends."""

    protocol: int = PROTOCOL_VERSION
    version: str = __version__


@dataclass(frozen=True)
class Segment:
    """Look for something in a scene; jobs that come meanwhile wait their turn."""

    job: int
    """Number the client chose; every message about the job carries it."""
    task: Mapping[str, Any]
    """`SegmentJob.to_mapping()`."""


@dataclass(frozen=True)
class Vectorize:
    """Polygons from probabilities again, without the network."""

    job: int
    task: Mapping[str, Any]
    """`VectorizeJob.to_mapping()`."""


@dataclass(frozen=True)
class Explain:
    """Say how expressions are understood; answered at once, while a job runs too."""

    job: int
    expressions: Tuple[str, ...]
    scene: str | None = None
    """Scene to tell windows and resolution of as well."""
    weights: str = "default"

    def __post_init__(self) -> None:
        object.__setattr__(self, "expressions", tuple(self.expressions))


@dataclass(frozen=True)
class Weights:
    """List the weights inside the package; answered at once."""

    job: int


@dataclass(frozen=True)
class Doctor:
    """Examine the installation; answered in half a minute, by another process."""

    job: int


@dataclass(frozen=True)
class Cancel:
    """Stop a job before its next batch; it answers `Failed` with code cancelled."""

    job: int


@dataclass(frozen=True)
class Quit:
    """Stop what runs and end; closing the worker's stdin does the same."""


Request = Union[Hello, Segment, Vectorize, Explain, Weights, Doctor, Cancel, Quit]


@dataclass(frozen=True)
class Ready:
    """The worker listens; its first message, before any heavy library is loaded."""

    protocol: int
    version: str
    """Of the package rrsis-geo."""
    python: str
    """Path of the interpreter."""
    pid: int
    job: int = 0


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
    job: int = 0


@dataclass(frozen=True)
class Progress:
    """Some of the windows are done."""

    done: int
    total: int
    polygons: int
    """Finished polygons so far."""
    seconds: float
    """Since the network began to look."""
    job: int = 0


@dataclass(frozen=True)
class Advice:
    """Something the user may want to know; the run goes on."""

    message: str
    job: int = 0


@dataclass(frozen=True)
class Partial:
    """Polygons finished since the last one, to be shown while the job runs.

    The layer of `Finished` replaces them: it may hold more, since very large outlines
    are left out here, and fewer, where an expression chooses among what was found.
    """

    crs: str | None
    """WKT; None for pixel coordinates."""
    rows: Tuple[Mapping[str, Any], ...]
    """At most `MAX_ROWS`; wkb (hexadecimal), expression, score, area_m2."""
    job: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(self.rows))  # JSON brings a list


@dataclass(frozen=True)
class Finished:
    """The run is over and its files are in place."""

    polygons: int
    files: Tuple[str, ...]
    seconds: float
    job: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", tuple(self.files))  # JSON brings a list


@dataclass(frozen=True)
class Failed:
    """The run ended early; code is RRSISError.code or "bug"."""

    code: str
    message: str
    job: int = 0


@dataclass(frozen=True)
class Report:
    """The answer to `Explain`, `Weights` or `Doctor`."""

    text: str
    """For people."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The same for programs, as JSON values."""
    job: int = 0


Message = Union[Ready, Started, Progress, Advice, Partial, Finished, Failed, Report]

KINDS: Dict[str, Type[Any]] = {
    "ready": Ready,
    "started": Started,
    "progress": Progress,
    "advice": Advice,
    "partial": Partial,
    "finished": Finished,
    "failed": Failed,
    "report": Report,
}
"""Messages, from a run or the worker."""

REQUESTS: Dict[str, Type[Any]] = {
    "hello": Hello,
    "segment": Segment,
    "vectorize": Vectorize,
    "explain": Explain,
    "weights": Weights,
    "doctor": Doctor,
    "cancel": Cancel,
    "quit": Quit,
}
"""Requests, to the worker."""

NAMES = {kind: name for name, kind in [*KINDS.items(), *REQUESTS.items()]}


def encode(line: Union[Message, Request]) -> str:
    """One line; non-ASCII is escaped so that no console encoding can hurt it."""
    return json.dumps({"kind": NAMES[type(line)], **asdict(line)}) + "\n"


def decode(line: str) -> Message:
    """The message on a line.

    Raises:
        ProtocolError: the line is no message.
    """
    message: Message = _read(line, KINDS, "message")
    return message


def decode_request(line: str) -> Request:
    """The request on a line.

    Raises:
        ProtocolError: the line is no request.
    """
    request: Request = _read(line, REQUESTS, "request")
    return request


def check_versions(
    protocol: int, version: str, *, asker: bool = False, ours: str = __version__
) -> None:
    """Refuse the other side where it speaks another language than this one.

    Args:
        protocol: What the other side said in `Ready` or `Hello`.
        version: The same, of its package.
        asker: The other side is the plugin and this one the worker; else the plugin
            looks at a worker's `Ready`.
        ours: Version of this side.

    Raises:
        ProtocolError: it is of another version; says which, and the way out.
    """
    if protocol == PROTOCOL_VERSION and version == ours:
        return
    plugin, package = (version, ours) if asker else (ours, version)
    raise ProtocolError(
        f"the plugin is of version {plugin} and the rrsis-geo it uses of version "
        f"{package} (protocols {protocol} and {PROTOCOL_VERSION}): "
        f"update the environment to rrsis-geo {plugin}, or the plugin to {package}"
    )


def _read(line: str, kinds: Mapping[str, Type[Any]], what: str) -> Any:
    try:
        body = json.loads(line)
        read = kinds[body.pop("kind")](**body)
        job = getattr(read, "job", 0)
        if type(job) is not int or not isinstance(getattr(read, "task", {}), dict):
            raise TypeError("a number or an object is something else")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"not a {what}: {line[:80]!r}") from error
    return read
