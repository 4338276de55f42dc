"""Client of the worker process: requests in, messages out as Qt signals."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, List, Sequence, Set, Union

from qgis.PyQt.QtCore import QObject, QProcess, QTimer, pyqtSignal

from ..core.errors import ProtocolError
from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import (
    Cancel,
    Failed,
    Finished,
    Hello,
    Quit,
    Ready,
    Report,
    Segment,
    Vectorize,
    check_versions,
    decode,
    encode,
)
from ..translate import tr
from .process_environment import process_environment

WORKER = ("-I", "-u", "-m", "rrsis_geo.worker")

STOP_TIMEOUT = 5000
"""Milliseconds that a worker gets to stop before it is killed."""

CLOSE_TIMEOUT = 500
"""Milliseconds that an idle worker gets to end before `close` kills it."""

SILENCE_INTERVAL = 60
"""Seconds without output of a busy worker after which the user is told."""

LOG_LINES = 200
"""Last lines of the worker's stderr that are kept for a report."""

Job = Union[SegmentJob, VectorizeJob]


def job_request(number: int, job: Job) -> Union[Segment, Vectorize]:
    """Return the request that runs a job under a number."""
    kind = Segment if isinstance(job, SegmentJob) else Vectorize
    return kind(job=number, task=job.to_mapping())


@dataclass(frozen=True)
class Stopped:
    """How the worker process ended."""

    reason: str
    """One sentence for the user; empty after a requested stop."""
    log: str
    """Last lines of its stderr."""


class WorkerClient(QObject):
    """Starts the worker, sends requests and emits its messages as signals.

    Lives in one thread with an event loop. Requests sent before `Ready` are queued, so
    that a worker of another version never receives one.
    """

    received = pyqtSignal(object)
    """Every message of the worker, `Ready` included."""
    log_line = pyqtSignal(str)
    """A line of stderr, or one of stdout that is no message."""
    silent = pyqtSignal(int)
    """Seconds since the last message of a busy worker."""
    stopped = pyqtSignal(object)
    """`Stopped`, once, when the process has ended."""

    def __init__(
        self,
        program: str,
        arguments: Sequence[str] = WORKER,
        parent: QObject | None = None,
        *,
        stop_timeout: int = STOP_TIMEOUT,
        silence_interval: int = SILENCE_INTERVAL,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._stop_timeout = stop_timeout
        self._pending: Set[int] = set()
        self._queued: List[bytes] = []
        self._ready = False
        self._stop_requested = False
        self._ended = False
        self._reason = ""
        self._log: Deque[str] = deque(maxlen=LOG_LINES)
        self._process = QProcess(self)
        self._process.setProgram(program)
        self._process.setArguments(list(arguments))
        self._process.setProcessEnvironment(process_environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_log)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._process.kill)
        self._watchdog = QTimer(self)
        self._watchdog.setInterval(silence_interval * 1000)
        self._watchdog.timeout.connect(self._report_silence)
        self._silent_for = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs or is being started."""
        running = self._process.state() != QProcess.ProcessState.NotRunning
        return running and not self._ended

    @property
    def pid(self) -> int:
        """Process id; 0 if it does not run."""
        return int(self._process.processId())

    @property
    def log(self) -> str:
        """Last lines of the worker's stderr."""
        return "\n".join(self._log)

    def start(self) -> None:
        """Start the process; `Ready` or `stopped` follows."""
        self._process.start()

    def send(self, request: Any) -> None:
        """Send a request of `core.protocol`, now or once the worker is ready."""
        line = encode(request).encode("ascii")
        if not isinstance(request, (Cancel, Quit)):
            self._pending.add(request.job)
            self._restart_watchdog()
        if self._ready:
            self._process.write(line)
        else:
            self._queued.append(line)

    def cancel(self, job: int) -> None:
        """Cancel a job; a worker that does not stop it in time is killed."""
        if job not in self._pending:
            return
        self._stop_requested = True
        self.send(Cancel(job=job))
        self._deadline.start(self._stop_timeout)

    def stop(self) -> None:
        """Ask the worker to quit; kill it if it does not."""
        self._stop_requested = True
        if self._ready:
            self._process.write(encode(Quit()).encode("ascii"))
        self._process.closeWriteChannel()  # ends a worker that is not ready yet
        self._deadline.start(self._stop_timeout)

    def close(self) -> None:
        """End the process, whatever it does, and wait until it has ended."""
        self.blockSignals(True)
        self._ended = True
        self._watchdog.stop()
        self._deadline.stop()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            if not self._pending:  # a busy worker would not react
                self._process.closeWriteChannel()
                self._process.waitForFinished(CLOSE_TIMEOUT)
            if self._process.state() != QProcess.ProcessState.NotRunning:
                self._process.kill()
                self._process.waitForFinished(STOP_TIMEOUT)

    def _read(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine()).decode("utf-8", "replace")
            try:
                message = decode(line)
            except ProtocolError:
                self.log_line.emit(line.rstrip())  # printed by a library
            else:
                self._handle(message)

    def _handle(self, message: Any) -> None:
        if isinstance(message, Ready):
            try:
                check_versions(message.protocol, message.version)
            except ProtocolError as error:
                self._reject_version(str(error))
                return
            self._ready = True
            self._process.write(encode(Hello()).encode("ascii"))
            for line in self._queued:
                self._process.write(line)
            self._queued.clear()
        if isinstance(message, (Finished, Failed, Report)):
            self._pending.discard(message.job)
            if not self._pending:
                self._stop_requested = False
                self._deadline.stop()
        self._restart_watchdog()
        self.received.emit(message)

    def _reject_version(self, difference: str) -> None:
        """End a worker of another version before it receives a request."""
        self._reason = tr(
            "Plugin and environment do not fit each other: {difference}."
        ).format(difference=difference)
        self._queued.clear()
        self._process.kill()

    def _read_log(self) -> None:
        text = bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        for line in text.splitlines():
            if line.strip():
                self._log.append(line.rstrip())
                self.log_line.emit(line.rstrip())

    def _restart_watchdog(self) -> None:
        """Restart the watchdog; stop it while no job is pending."""
        self._silent_for = 0
        if self._pending:
            self._watchdog.start()
        else:
            self._watchdog.stop()

    def _report_silence(self) -> None:
        self._silent_for += self._watchdog.interval() // 1000
        self.silent.emit(self._silent_for)

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._emit_stopped(
                tr(
                    "The interpreter {program} cannot be started. "
                    "Set the environment up again."
                ).format(program=self._program),
            )

    def _finished(self, _code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_log()
        if self._reason or self._stop_requested:
            reason = self._reason
        elif not self._ready:
            reason = self._reason_at_start()
        else:
            reason = tr(
                "The worker process ended unexpectedly. QGIS is not affected; "
                "the log below says more."
            )
        self._emit_stopped(reason)

    def _reason_at_start(self) -> str:
        if "No module named" in self.log and "rrsis_geo" in self.log:
            text = tr(
                "{program} has no package rrsis-geo. Set the environment up again, or "
                "choose another interpreter."
            )
        else:
            text = tr(
                "{program} did not start the worker. Set the environment up again, or "
                "choose another interpreter; the log below says more."
            )
        return text.format(program=self._program)

    def _emit_stopped(self, reason: str) -> None:
        if self._ended:
            return
        self._ended = True
        self._watchdog.stop()
        self._deadline.stop()
        self.stopped.emit(Stopped(reason, self.log))
