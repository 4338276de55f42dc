"""Requests as functions to call; heavy packages are imported when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any

from rrsis_geo.errors import Cancelled
from rrsis_geo.job import SegmentJob, VectorizeJob
from rrsis_geo.job_texts import as_own_layers
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

if TYPE_CHECKING:  # rasterio would delay the first message
    from rrsis_geo.types import Polygons, Predictor

Send = Callable[[Message], None]
Task = Callable[[Send, Callable[[], bool]], Message]
"""Called with `send` and `cancelled`; returns the last message of the job."""

NetworkFactory = Callable[[SegmentJob, Sequence[str]], "Predictor"]

IMPORT_LOCK = RLock()
"""Held during late imports: shapely's modules import each other, so a second thread
that imports it at the same time may see half of it."""

JobRequest = Segment | Vectorize | Explain | Weights | Doctor
"""Requests that get a last message of their own."""

NOT_STARTED = "stopped before it began"
"""Message of a job that was cancelled before it started."""


def make_task(request: JobRequest, network: NetworkFactory) -> Task:
    """Return the function that answers a request.

    Args:
        request: Request with the number of its job.
        network: Returns the predictor of a job.

    Raises:
        OptionError: The job in the request is not valid.
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
    network: NetworkFactory,
    send: Send,
    cancelled: Callable[[], bool],
) -> Message:
    with IMPORT_LOCK:
        from rrsis_geo.pipeline.runner import run
        from rrsis_geo.worker.partial_results import partials

    def send_partials(polygons: Polygons) -> None:
        for message in partials(polygons, job=number):
            send(message)

    if cancelled():
        raise Cancelled(NOT_STARTED)
    reporter = _Reporter(number, send)
    run(job, report=reporter, cancelled=cancelled, found=send_partials, network=network)
    return reporter.last


def _vectorize(
    number: int, job: VectorizeJob, send: Send, cancelled: Callable[[], bool]
) -> Message:
    with IMPORT_LOCK:
        from rrsis_geo.pipeline.revectorize import revectorize

    reporter = _Reporter(number, send)
    revectorize(job, report=reporter, cancelled=cancelled)
    return reporter.last


class _Reporter:
    """Sends the messages of a run with its job number; keeps `Finished` as `last`."""

    last: Finished

    def __init__(self, number: int, send: Send) -> None:
        self._number = number
        self._send = send

    def __call__(self, message: Message) -> None:
        own = replace(message, job=self._number)
        if isinstance(own, Finished):
            self.last = own
        else:
            self._send(own)


def _explain(request: Explain, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORT_LOCK:
        from rrsis_geo.pipeline.explain import explain

    explanation = explain(
        request.expressions,
        request.scene,
        weights=request.weights,
        own_layers=as_own_layers(request.own_layers),
    )
    return Report(
        text=str(explanation), payload=explanation.to_mapping(), job=request.job
    )


def _weights(number: int, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORT_LOCK:
        from rrsis_geo.model.serialization.header import list_weights, read_header

    lines: list[str] = []
    entries: list[dict[str, Any]] = []
    for name in list_weights():
        header = read_header(name)
        low, high = header.gsd_range
        size = f"{header.total_size / 1e6:.1f} MB"
        description = f"{low:g} to {high:g} m, {size}, {header.licence}"
        entry = header.to_mapping() | {"name": name, "description": description}
        del entry["vocabulary"], entry["config"]
        entries.append(entry)
        lines.append(f"{name}: {description}")
    payload = {"weights": entries}
    return Report(text="\n".join(lines), payload=payload, job=number)


def _doctor(number: int, send: Send, cancelled: Callable[[], bool]) -> Message:
    with IMPORT_LOCK:
        from rrsis_geo.worker.doctor_process import run_doctor

    return run_doctor(job=number, cancelled=cancelled)
