"""Run one job in a worker and wait for it, as algorithms of Processing do."""

from __future__ import annotations

from typing import Any, Callable, List

from qgis.core import QgsProcessingFeedback
from qgis.PyQt.QtCore import QEventLoop, QTimer

from ..core.errors import Cancelled, RRSISError
from ..core.protocol import Advice, Failed, Finished, Progress, Started
from ..notices import CANCELLED, WORKER_ENDED
from ..translate import tr
from .plain_words import plain_words
from .progress_text import progress_text, start_text
from .worker_client import Job, Stopped, WorkerClient, job_request

JOB_NUMBER = 1
"""Number of the only job of a worker."""

POLL_INTERVAL = 100
"""Milliseconds between checks of the feedback, whose signals do not cross threads."""


class WorkerError(RRSISError):
    """The worker refused the job or ended; the message is one for the user."""


def run_job(python: str, job: Job, feedback: QgsProcessingFeedback) -> None:
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
    loop = QEventLoop()
    errors: List[RRSISError] = []
    client = WorkerClient(python)
    timer = QTimer()
    timer.setInterval(POLL_INTERVAL)

    def check_cancelled() -> None:
        if feedback.isCanceled():
            timer.stop()
            client.cancel(JOB_NUMBER)

    def fail(error: RRSISError) -> None:
        errors.append(error)
        loop.quit()

    def worker_stopped(stopped: Stopped) -> None:
        if feedback.isCanceled():
            fail(Cancelled(tr(CANCELLED)))
        else:
            if stopped.log:
                feedback.pushConsoleInfo(stopped.log)
            fail(WorkerError(stopped.reason or tr(WORKER_ENDED)))

    def received(message: Any) -> None:
        if isinstance(message, Finished):
            loop.quit()
        elif isinstance(message, Failed):
            cancelled = message.code == Cancelled.code
            kind = Cancelled if cancelled else WorkerError
            fail(kind(plain_words(message.message)))
        else:
            _report(message, feedback)

    client.received.connect(received)
    client.log_line.connect(feedback.pushConsoleInfo)
    client.silent.connect(_warn_of_silence(feedback))
    client.stopped.connect(worker_stopped)
    timer.timeout.connect(check_cancelled)
    try:
        client.start()
        client.send(job_request(JOB_NUMBER, job))
        timer.start()
        loop.exec()
    finally:
        timer.stop()
        client.close()
    if errors:
        raise errors[0]


def _report(message: Any, feedback: QgsProcessingFeedback) -> None:
    if isinstance(message, Started):
        feedback.pushInfo(start_text(message))
    elif isinstance(message, Progress):
        feedback.setProgress(100 * message.done / max(message.total, 1))
        feedback.setProgressText(progress_text(message))
    elif isinstance(message, Advice):
        feedback.pushWarning(plain_words(message.message))


def _warn_of_silence(feedback: QgsProcessingFeedback) -> Callable[[int], None]:
    def warn(seconds: int) -> None:
        text = tr("The worker has said nothing for {seconds} s; it may still be busy.")
        feedback.pushWarning(text.format(seconds=seconds))

    return warn
