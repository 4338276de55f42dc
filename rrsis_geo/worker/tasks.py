"""What a request asks for, as something to do; heavy rooms are imported late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from rrsis_geo.errors import Cancelled
from rrsis_geo.job import SegmentJob, VectorizeJob
from rrsis_geo.protocol import (
    Doctor,
    Explain,
    Finished,
    Message,
    Report,
    Segment,
    Vectorize,
    Weights,
)

if TYPE_CHECKING:  # rasterio is not for the first message to wait for
    from rrsis_geo.types import Polygons, Predictor

Send = Callable[[Message], None]
Task = Callable[[Send, Callable[[], bool]], Message]
"""Takes where messages go and whether to stop; returns the last message."""

Network = Callable[[SegmentJob, Sequence[str]], "Predictor"]

IMPORTING = RLock()
"""Held while heavy rooms are imported: two threads that load shapely at once each see
half of it, since its modules import one another in a circle."""

Job = Segment | Vectorize | Explain | Weights | Doctor


def task_for(request: Job, network: Network) -> Task:
    """What answers a request.

    Args:
        request: With a job of its own number.
        network: Gives the network of a job.

    Raises:
        OptionError: what is asked for is out of range.
    """
    number = request.job
    if isinstance(request, Segment):
        job = SegmentJob.from_mapping(request.task)
        return partial(_segment, number, job, network)
    if isinstance(request, Vectorize):
        return partial(_vectorize, number, VectorizeJob.from_mapping(request.task))
    if isinstance(request, Explain):
        return partial(_explain, request)
    return partial(_weights if isinstance(request, Weights) else _doctor, number)


def _segment(
    number: int,
    job: SegmentJob,
    network: Network,
    send: Send,
    cancelled: Callable[[], bool],
) -> Message:
    with IMPORTING:
        from rrsis_geo.pipeline.runner import run
        from rrsis_geo.worker.partial_results import partials

    def show(polygons: Polygons) -> None:
        for message in partials(polygons, job=number):
            send(message)

    if cancelled():
        raise Cancelled("stopped before it began")
    last = _Last(number, send)
    run(job, report=last, cancelled=cancelled, found=show, network=network)
    return last.message


def _vectorize(
    number: int, job: VectorizeJob, send: Send, cancelled: Callable[[], bool]
) -> Message:
    with IMPORTING:
        from rrsis_geo.pipeline.revectorize import revectorize

    last = _Last(number, send)
    revectorize(job, report=last, cancelled=cancelled)
    return last.message


class _Last:
    """Sends what a run reports under its number; keeps the end back."""

    message: Message

    def __init__(self, number: int, send: Send) -> None:
        self._number = number
        self._send = send

    def __call__(self, message: Message) -> None:
        own = replace(message, job=self._number)
        if isinstance(own, Finished):
            self.message = own
        else:
            self._send(own)


def _explain(request: Explain, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORTING:
        from rrsis_geo.pipeline.explain import explain

    said = explain(request.expressions, request.scene, weights=request.weights)
    return Report(text=str(said), payload=said.to_mapping(), job=request.job)


def _weights(number: int, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORTING:
        from rrsis_geo.model.serialization.header import list_weights, read_header

    lines: list[str] = []
    entries: list[dict[str, Any]] = []
    for name in list_weights():
        header = read_header(name)
        low, high = header.gsd_range
        size = f"{header.total_size / 1e6:.1f} MB"
        about = f"{low:g} to {high:g} m, {size}, {header.licence}"
        entry = asdict(header) | {"name": name, "path": str(header.path)}
        entry["text_path"] = header.text_path and str(header.text_path)
        entry["description"] = about
        del entry["vocabulary"], entry["config"]
        entries.append(entry)
        lines.append(f"{name}: {about}")
    payload = {"weights": entries}
    return Report(text="\n".join(lines), payload=payload, job=number)


def _doctor(number: int, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORTING:
        from rrsis_geo.worker.doctor_process import check_up

    return check_up(job=number, cancelled=cancelled)
