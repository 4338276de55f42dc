"""Messages of a run and requests to the worker, as lines of JSON.

Messages go from a run to a terminal, a log or the plugin. Requests go to
`python -m rrsis_geo.worker`. Runs inside QGIS's Python: standard library only, Python
3.9-safe.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Mapping, Tuple, Type, Union

from .errors import ProtocolError
from .version import __version__

PROTOCOL_VERSION = 2

MAX_ROWS = 200
"""Maximum number of polygons in one `Partial`."""


@dataclass(frozen=True)
class Hello:
    """Version of the client; a worker of another version answers `Failed` and ends."""

    protocol: int = PROTOCOL_VERSION
    version: str = __version__


@dataclass(frozen=True)
class Segment:
    """Search a scene; jobs run one after another, in the order of their requests."""

    job: int
    """Number chosen by the client; every message about the job carries it."""
    task: Mapping[str, Any]
    """`SegmentJob.to_mapping()`."""


@dataclass(frozen=True)
class Vectorize:
    """Trace polygons from a probability raster again, without the network."""

    job: int
    task: Mapping[str, Any]
    """`VectorizeJob.to_mapping()`."""


@dataclass(frozen=True)
class Explain:
    """Explain how expressions are understood; answered at once, also during a job."""

    job: int
    expressions: Tuple[str, ...]
    scene: str | None = None
    """Scene whose windows and resolution are reported too."""
    weights: str = "default"
    own_layers: Tuple[Any, ...] = ()
    """`SegmentJob.own_layers` as JSON values."""

    def __post_init__(self) -> None:
        given: Any = self.expressions  # one text, from clients that know no better
        texts = (given,) if isinstance(given, str) else tuple(given)
        object.__setattr__(self, "expressions", texts)
        object.__setattr__(self, "own_layers", tuple(self.own_layers))


@dataclass(frozen=True)
class Weights:
    """List the weights in the package; answered at once."""

    job: int


@dataclass(frozen=True)
class Doctor:
    """Check the installation in a subprocess, which takes about half a minute."""

    job: int


@dataclass(frozen=True)
class Cancel:
    """Stop a job before its next batch; it ends with `Failed` of code cancelled."""

    job: int


@dataclass(frozen=True)
class Quit:
    """Stop all jobs and end the worker; closing its stdin does the same."""


Request = Union[Hello, Segment, Vectorize, Explain, Weights, Doctor, Cancel, Quit]


@dataclass(frozen=True)
class Ready:
    """The worker is ready; its first message, sent before heavy imports."""

    protocol: int
    version: str
    """Version of the package rrsis-geo."""
    python: str
    """Path of the interpreter."""
    pid: int
    job: int = 0


@dataclass(frozen=True)
class NextScene:
    """A scene of several begins; messages about it carry its number as `job`."""

    scene: str
    """Its path or URL."""
    number: int
    """From 1."""
    total: int
    job: int = 0


@dataclass(frozen=True)
class Started:
    """The windows are planned; inference begins."""

    windows: int
    """Windows to process, including those finished in an interrupted run."""
    skipped: int
    """Windows without data or outside the AOI."""
    gsd: float
    """Metres per pixel at which the scene is read."""
    device: str
    job: int = 0


@dataclass(frozen=True)
class Progress:
    """A batch of windows is finished."""

    done: int
    total: int
    polygons: int
    """Finished polygons so far."""
    seconds: float
    """Seconds since inference began."""
    job: int = 0


@dataclass(frozen=True)
class Advice:
    """A hint for the user; the run continues."""

    message: str
    job: int = 0


@dataclass(frozen=True)
class Partial:
    """Polygons finished since the last `Partial`, to be shown while the job runs.

    The output of `Finished` replaces them. It may hold more polygons, since very large
    ones are left out here, or fewer, if an expression selects among candidates.
    """

    crs: str | None
    """WKT; None for pixel coordinates."""
    rows: Tuple[Mapping[str, Any], ...]
    """At most `MAX_ROWS` rows of wkb (hexadecimal), expression, score, area_m2."""
    job: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(self.rows))  # JSON brings a list


@dataclass(frozen=True)
class Finished:
    """The run has ended and its files are complete."""

    polygons: int
    files: Tuple[str, ...]
    seconds: float
    job: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", tuple(self.files))  # JSON brings a list


@dataclass(frozen=True)
class Failed:
    """The run failed; `code` is that of an `RRSISError`, or "bug"."""

    code: str
    message: str
    job: int = 0


@dataclass(frozen=True)
class Report:
    """The answer to `Explain`, `Weights` or `Doctor`."""

    text: str
    """Text for people."""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The same as JSON values, for programs."""
    job: int = 0


Message = Union[
    Ready, NextScene, Started, Progress, Advice, Partial, Finished, Failed, Report
]

MESSAGES: Dict[str, Type[Any]] = {
    "ready": Ready,
    "scene": NextScene,
    "started": Started,
    "progress": Progress,
    "advice": Advice,
    "partial": Partial,
    "finished": Finished,
    "failed": Failed,
    "report": Report,
}
"""Kind -> message, from a run or the worker."""

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
"""Kind -> request, to the worker."""

KIND_OF = {cls: kind for kind, cls in [*MESSAGES.items(), *REQUESTS.items()]}


def encode(line: Union[Message, Request]) -> str:
    """Encode as one line of ASCII, which every console encoding keeps."""
    return json.dumps({"kind": KIND_OF[type(line)], **asdict(line)}) + "\n"


def decode(line: str) -> Message:
    """Decode a line with a message.

    Raises:
        ProtocolError: The line is no message.
    """
    message: Message = _decode(line, MESSAGES, "message")
    return message


def decode_request(line: str) -> Request:
    """Decode a line with a request.

    Raises:
        ProtocolError: The line is no request.
    """
    request: Request = _decode(line, REQUESTS, "request")
    return request


def check_versions(
    protocol: int, version: str, *, peer_is_plugin: bool = False
) -> None:
    """Check that both sides have the same versions.

    Args:
        protocol: Protocol version of the peer, from `Ready` or `Hello`.
        version: Package or plugin version of the peer.
        peer_is_plugin: Whether the peer is the plugin; otherwise it is the worker.

    Raises:
        ProtocolError: A version differs.
    """
    if protocol == PROTOCOL_VERSION and version == __version__:
        return
    plugin, package = (
        (version, __version__) if peer_is_plugin else (__version__, version)
    )
    raise ProtocolError(
        f"the plugin is of version {plugin} and the rrsis-geo it uses of version "
        f"{package} (protocols {protocol} and {PROTOCOL_VERSION}): "
        f"update the environment to rrsis-geo {plugin}, or the plugin to {package}"
    )


def _decode(line: str, classes: Mapping[str, Type[Any]], what: str) -> Any:
    try:
        body = json.loads(line)
        decoded = classes[body.pop("kind")](**body)
        job = getattr(decoded, "job", 0)
        if type(job) is not int or not isinstance(getattr(decoded, "task", {}), dict):
            raise TypeError("a number or an object is something else")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"not a {what}: {line[:80]!r}") from error
    return decoded
