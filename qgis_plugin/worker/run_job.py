"""Run one job in a worker and wait for it, as algorithms of Processing do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QEventLoop, QTimer

from ..core.errors import Cancelled, RRSISError
from ..core.protocol import (
    Advice,
    Failed,
    Finished,
    Progress,
    Started,
)
from ..notices import CANCELLED, WORKER_ENDED
from ..translate import tr
from .progress_text import start_text
from .worker_client import Job, Stopped, WorkerClient, job_request

JOB_NUMBER = 1
"""Number of the only job of a worker."""

POLL_INTERVAL = 100
"""Milliseconds between checks of the feedback, whose signals do not cross threads."""


class WorkerError(RRSISError):
    """The worker refused the job or ended; the message is one for the user."""


@dataclass
class _Outcome:
    """How the job ended; both are None while it runs."""

    finished: Finished | None = None
    error: RRSISError | None = None


def run_job(python: str, job: Job, feedback: QgsProcessingFeedback) -> Finished:
    """Run a job in a new worker and wait for its end; in any thread.

    Args:
        python: Interpreter that has rrsis-geo.
        job: The job.
        feedback: Receives progress and advice. Cancelling it stops the worker, which is
            killed after five seconds if it does not stop.

    Raises:
        Cancelled: The feedback was cancelled.
        WorkerError: The job failed or the worker ended.
    """
    loop, outcome = QEventLoop(), _Outcome()
    client = WorkerClient(python)
    timer = QTimer()
    timer.setInterval(POLL_INTERVAL)

    def check_cancelled() -> None:
        if feedback.isCanceled():
            timer.stop()
            client.cancel(JOB_NUMBER)

    def end(error: RRSISError | None = None) -> None:
        outcome.error = outcome.error or error
        loop.quit()

    def stopped(how: Stopped) -> None:
        if feedback.isCanceled():
            end(Cancelled(tr(CANCELLED)))
        else:
            if how.log:
                feedback.pushConsoleInfo(how.log)
            end(WorkerError(how.reason or tr(WORKER_ENDED)))

    def received(message: Any) -> None:
        if isinstance(message, Finished):
            outcome.finished = message
            end()
        elif isinstance(message, Failed):
            cancelled = message.code == Cancelled.code
            kind = Cancelled if cancelled else WorkerError
            end(kind(message.message))
        else:
            _report(message, feedback)

    client.received.connect(received)
    client.log_line.connect(feedback.pushConsoleInfo)
    client.silent.connect(_warn_of_silence(feedback))
    client.stopped.connect(stopped)
    timer.timeout.connect(check_cancelled)
    try:
        client.start()
        client.send(job_request(JOB_NUMBER, job))
        timer.start()
        loop.exec()
    finally:
        timer.stop()
        client.close()
    if outcome.error is not None:
        raise outcome.error
    return outcome.finished


def _report(message: Any, feedback: QgsProcessingFeedback) -> None:
    if isinstance(message, Started):
        feedback.pushInfo(start_text(message))
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
