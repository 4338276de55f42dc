"""The worker process as Qt signals. Knows lines, not layers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, List, Sequence, Set

from qgis.PyQt.QtCore import QObject, QProcess, QTimer, pyqtSignal

from ..core.errors import ProtocolError
from ..core.protocol import (
    Cancel,
    Failed,
    Finished,
    Hello,
    Quit,
    Ready,
    Report,
    check_versions,
    decode,
    encode,
)
from ..translate import tr
from .process_environment import child_environment

WORKER = ("-I", "-u", "-m", "rrsis_geo.worker")

PATIENCE = 5000
"""Milliseconds that a worker has to stop by itself before it is killed."""

SILENCE = 60
"""Seconds without a word of a busy worker after which the user is told."""

LOG_LINES = 200
"""Last lines of the worker's stderr that are kept for a report."""


@dataclass(frozen=True)
class Stopped:
    """The worker is gone."""

    code: int
    """Exit code; -1 where it never started or was killed."""
    reason: str
    """One sentence for the user; empty where the stop was asked for."""
    log: str
    """End of its stderr."""


class WorkerClient(QObject):
    """Starts the worker, sends messages, announces what comes back.

    Lives in one thread with an event loop. Messages sent before the worker has said
    `Ready` wait, so that a worker of another version never sees one.
    """

    received = pyqtSignal(object)
    """Any message of `core.protocol`, `Ready` included."""
    stray = pyqtSignal(str)
    """A line of stderr, or a line of stdout that is no message."""
    silent = pyqtSignal(int)
    """Seconds since a busy worker last said anything."""
    stopped = pyqtSignal(object)
    """`Stopped`, once, at the end."""

    def __init__(
        self,
        program: str,
        arguments: Sequence[str] = WORKER,
        parent: QObject | None = None,
        *,
        patience: int = PATIENCE,
        silence: int = SILENCE,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._patience = patience
        self._open: Set[int] = set()
        self._waiting: List[bytes] = []
        self._ready = False
        self._asked = False
        self._over = False
        self._reason = ""
        self._log: Deque[str] = deque(maxlen=LOG_LINES)
        self._process = QProcess(self)
        self._process.setProgram(program)
        self._process.setArguments(list(arguments))
        self._process.setProcessEnvironment(child_environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_log)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._process.kill)
        self._watchdog = QTimer(self)
        self._watchdog.setInterval(silence * 1000)
        self._watchdog.timeout.connect(self._speak_up)
        self._silent_for = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs or is being started."""
        running = self._process.state() != QProcess.ProcessState.NotRunning
        return running and not self._over

    @property
    def pid(self) -> int:
        """Process number; 0 where it does not run."""
        return int(self._process.processId())

    @property
    def log(self) -> str:
        """End of the worker's stderr."""
        return "\n".join(self._log)

    def start(self) -> None:
        """Start the process; `Ready` or `stopped` follows."""
        self._process.start()

    def send(self, message: Any) -> None:
        """Send a message of `core.protocol`, now or once the worker is ready."""
        line = encode(message).encode("ascii")
        if not isinstance(message, (Cancel, Quit)):
            self._open.add(message.job)
            self._listen()
        if self._ready:
            self._process.write(line)
        else:
            self._waiting.append(line)

    def cancel(self, job: int) -> None:
        """Stop a job; a worker that doesn't obey within the patience is killed."""
        if job not in self._open:
            return
        self._asked = True
        self.send(Cancel(job=job))
        self._deadline.start(self._patience)

    def stop(self) -> None:
        """Ask the worker to go; kill it when it doesn't."""
        self._asked = True
        if self._ready:
            self._process.write(encode(Quit()).encode("ascii"))
        self._process.closeWriteChannel()  # the end of its input, also before Ready
        self._deadline.start(self._patience)

    def close(self, patience: int = 500) -> None:
        """End the process now, whatever it does; returns when it is gone."""
        self.blockSignals(True)
        self._over = True
        self._watchdog.stop()
        self._deadline.stop()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            if not self._open:  # a busy one is not going to listen
                self._process.closeWriteChannel()
                self._process.waitForFinished(patience)
            if self._process.state() != QProcess.ProcessState.NotRunning:
                self._process.kill()
                self._process.waitForFinished(5000)

    def _read(self) -> None:
        while self._process.canReadLine():
            line = bytes(self._process.readLine()).decode("utf-8", "replace")
            try:
                message = decode(line)
            except ProtocolError:
                self.stray.emit(line.rstrip())  # a library printed; show it in the log
            else:
                self._take(message)

    def _take(self, message: Any) -> None:
        if isinstance(message, Ready):
            try:
                check_versions(message.protocol, message.version)
            except ProtocolError as error:
                self._refuse(str(error))
                return
            self._ready = True
            self._process.write(encode(Hello()).encode("ascii"))
            for line in self._waiting:
                self._process.write(line)
            self._waiting.clear()
        if isinstance(message, (Finished, Failed, Report)):
            self._open.discard(message.job)
            if not self._open:
                self._asked = False
                self._deadline.stop()
        self._listen()
        self.received.emit(message)

    def _refuse(self, difference: str) -> None:
        """End a worker of another version before it sees a job."""
        self._reason = tr(
            "Plugin and environment do not fit each other: {difference}."
        ).format(difference=difference)
        self._waiting.clear()
        self._process.kill()

    def _read_log(self) -> None:
        text = bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        for line in text.splitlines():
            if line.strip():
                self._log.append(line.rstrip())
                self.stray.emit(line.rstrip())

    def _listen(self) -> None:
        """Start counting silence anew, or stop where nothing is under way."""
        self._silent_for = 0
        if self._open:
            self._watchdog.start()
        else:
            self._watchdog.stop()

    def _speak_up(self) -> None:
        self._silent_for += self._watchdog.interval() // 1000
        self.silent.emit(self._silent_for)

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(
                -1,
                tr(
                    "The interpreter {program} cannot be started. "
                    "Set the environment up again."
                ).format(program=self._program),
            )

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_log()
        crashed = status == QProcess.ExitStatus.CrashExit
        if self._reason or self._asked:
            reason = self._reason
        elif not self._ready:
            reason = self._reason_at_start()
        else:
            reason = tr(
                "The worker process ended unexpectedly. QGIS is not affected; "
                "the log below says more."
            )
        self._end(-1 if crashed else code, reason)

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

    def _end(self, code: int, reason: str) -> None:
        if self._over:
            return
        self._over = True
        self._watchdog.stop()
        self._deadline.stop()
        self.stopped.emit(Stopped(code, reason, self.log))
