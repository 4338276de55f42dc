"""The worker for Processing: one job, waited for in the algorithm's own thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Union

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QEventLoop, QTimer

from ..core.errors import Cancelled, RRSISError
from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import (
    Advice,
    Failed,
    Finished,
    Progress,
    Segment,
    Started,
    Vectorize,
)
from ..translate import tr
from .worker_client import Stopped, WorkerClient

Task = Union[SegmentJob, VectorizeJob]

JOB = 1
"""Number of the one job of a worker."""

LISTEN = 100
"""Milliseconds between looks at the feedback, which gives no signal across threads."""


class WorkerFailed(RRSISError):
    """The worker refused the job or ended; the message is one for the user."""

    code = "worker"


@dataclass
class _Course:
    """What is known of the job so far."""

    finished: Finished | None = None
    error: RRSISError | None = None


def run_job(python: str, task: Task, feedback: QgsProcessingFeedback) -> Finished:
    """Do a job in a worker of its own and wait for it; for any thread.

    Args:
        python: Interpreter that has rrsis-geo.
        task: What to do.
        feedback: Hears progress and advice; cancelling it stops the worker, which is
            killed after five seconds if it does not obey.

    Raises:
        Cancelled: through the feedback.
        WorkerFailed: the job failed or the worker ended.
    """
    loop, course = QEventLoop(), _Course()
    client = WorkerClient(python)
    timer = QTimer()
    timer.setInterval(LISTEN)

    def listen() -> None:
        if feedback.isCanceled():
            timer.stop()
            client.cancel(JOB)

    def end(error: RRSISError | None = None) -> None:
        course.error = course.error or error
        loop.quit()

    def stopped(how: Stopped) -> None:
        if feedback.isCanceled():
            end(Cancelled(tr("Cancelled.")))
        else:
            if how.log:
                feedback.pushConsoleInfo(how.log)
            end(WorkerFailed(how.reason or tr("The worker process ended.")))

    def received(message: Any) -> None:
        if isinstance(message, Finished):
            course.finished = message
            end()
        elif isinstance(message, Failed):
            cancelled = message.code == "cancelled"
            kind = Cancelled if cancelled else WorkerFailed
            end(kind(message.message))
        else:
            _tell(message, feedback)

    client.received.connect(received)
    client.stray.connect(feedback.pushConsoleInfo)
    client.silent.connect(_warn_of_silence(feedback))
    client.stopped.connect(stopped)
    timer.timeout.connect(listen)
    try:
        client.start()
        client.send(_request(task))
        timer.start()
        loop.exec()
    finally:
        timer.stop()
        client.close()
    if course.error is not None:
        raise course.error
    return course.finished


def _request(task: Task) -> Union[Segment, Vectorize]:
    if isinstance(task, SegmentJob):
        return Segment(job=JOB, task=task.to_mapping())
    return Vectorize(job=JOB, task=task.to_mapping())


def _tell(message: Any, feedback: QgsProcessingFeedback) -> None:
    if isinstance(message, Started):
        feedback.pushInfo(
            tr("{windows} windows at {gsd} m per pixel on {device}").format(
                windows=message.windows, gsd=f"{message.gsd:.3g}", device=message.device
            )
        )
    elif isinstance(message, Progress):
        feedback.setProgress(100 * message.done / max(message.total, 1))
        feedback.setProgressText(
            tr("{done} of {total} windows, {polygons} objects").format(
                done=message.done, total=message.total, polygons=message.polygons
            )
        )
    elif isinstance(message, Advice):
        feedback.pushWarning(message.message)


def _warn_of_silence(feedback: QgsProcessingFeedback) -> Callable[[int], None]:
    def warn(seconds: int) -> None:
        text = tr("The worker has said nothing for {seconds} s; it may still be busy.")
        feedback.pushWarning(text.format(seconds=seconds))

    return warn
