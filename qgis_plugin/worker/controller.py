"""Jobs of the panel and their state, without widgets or layers."""

from __future__ import annotations

from enum import Enum
from typing import Any, Callable, Sequence

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.errors import Cancelled
from ..core.protocol import (
    Advice,
    Explain,
    Failed,
    Finished,
    Partial,
    Progress,
    Ready,
    Report,
    Started,
    Weights,
)
from ..notices import CANCELLED
from ..translate import tr
from .plain_words import plain_words
from .worker_client import Job, Stopped, WorkerClient, job_request


class State(Enum):
    """State of the controller."""

    IDLE = "idle"
    STARTING = "starting"  # starts the worker and loads the network
    RUNNING = "running"
    CANCELLING = "cancelling"


class Controller(QObject):
    """Runs one job at a time on a worker, which keeps its network in memory.

    The worker is started by the first request, and again after it has ended.
    """

    state_changed = pyqtSignal(object)
    """The new `State`."""
    started = pyqtSignal(object)
    """`Started`."""
    progressed = pyqtSignal(object)
    """`Progress`."""
    partial = pyqtSignal(object)
    """`Partial`."""
    finished = pyqtSignal(object, object)
    """The job, `Finished`."""
    failed = pyqtSignal(object, bool, str)
    """The job, whether it was cancelled, one sentence."""
    logged = pyqtSignal(str)
    """A line for the log."""
    reported = pyqtSignal(str, object)
    """Kind of query ("explain" or "weights"), `Report`."""

    def __init__(
        self,
        find_python: Callable[[], str | None],
        *,
        make_client: Callable[..., WorkerClient] = WorkerClient,
        parent: QObject | None = None,
    ) -> None:
        """Create a controller without a worker.

        Args:
            find_python: Returns the interpreter of the environment, None without one.
            make_client: Called with the interpreter.
            parent: Owner in Qt's tree.
        """
        super().__init__(parent)
        self._find_python = find_python
        self._make_client = make_client
        self._client: WorkerClient | None = None
        self._state = State.IDLE
        self._last_number = 0
        self._job_number = 0
        self._job: Job | None = None
        self._cancel_reason = ""
        self._queries: dict[int, str] = {}

    @property
    def state(self) -> State:
        """Current state."""
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._state is not State.IDLE

    @property
    def job(self) -> Job | None:
        """The running job; None while idle."""
        return self._job

    @property
    def pid(self) -> int:
        """Process id of the worker; 0 if there is none."""
        return self._client.pid if self._client else 0

    def run(self, job: Job) -> bool:
        """Start a job; return False and do nothing if one is running."""
        if self.busy:
            return False
        self._last_number += 1
        self._job, self._job_number, self._cancel_reason = job, self._last_number, ""
        if not self._ensure_worker():
            self._job = None
            self.failed.emit(
                job,
                False,
                tr("No environment is set up yet: it holds the network and its tools."),
            )
            return True
        self._set_state(State.STARTING)
        self._client.send(job_request(self._job_number, job))
        return True

    def cancel(self, reason: str = "") -> None:
        """Cancel the running job.

        Args:
            reason: One sentence; empty if the user cancelled it.
        """
        if self._state in (State.STARTING, State.RUNNING) and self._client:
            self._cancel_reason = reason
            self._set_state(State.CANCELLING)
            self._client.cancel(self._job_number)

    def explain(
        self, expressions: Sequence[str], scene: str | None, weights: str
    ) -> bool:
        """Request the plans of expressions; False without an environment."""
        return self._send_query(
            "explain",
            Explain,
            expressions=tuple(expressions),
            scene=scene,
            weights=weights,
        )

    def request_weights(self) -> bool:
        """Request the list of weights; False without an environment."""
        return self._send_query("weights", Weights)

    def restart(self) -> None:
        """End an idle worker, so that the next request starts one with new settings."""
        if not self.busy:
            self.close()

    def close(self) -> None:
        """End the worker; the controller may be used again afterwards."""
        client, self._client = self._client, None
        self._queries.clear()
        if client is not None:
            client.close()
            client.deleteLater()
        self._job = None
        self._set_state(State.IDLE)

    def _send_query(self, name: str, kind: Any, **values: Any) -> bool:
        if not self._ensure_worker():
            return False
        self._last_number += 1
        self._queries[self._last_number] = name
        self._client.send(kind(job=self._last_number, **values))
        return True

    def _ensure_worker(self) -> bool:
        if self._client is not None and self._client.alive:
            return True
        program = self._find_python()
        if not program:
            return False
        client = self._make_client(program)
        client.setParent(self)
        client.received.connect(self._receive)
        client.log_line.connect(self.logged)
        client.silent.connect(self._silent)
        client.stopped.connect(self._stopped)
        self._client = client
        client.start()
        return True

    def _receive(self, message: Any) -> None:
        if isinstance(message, Ready):
            self.logged.emit(
                tr("Worker {pid}: rrsis-geo {version}, Python {python}").format(
                    pid=message.pid, version=message.version, python=message.python
                )
            )
        elif message.job in self._queries:
            self._handle_answer(message)
        elif message.job == self._job_number and self._job is not None:
            self._handle_job_message(message)

    def _handle_answer(self, message: Any) -> None:
        if not isinstance(message, (Report, Failed)):
            return
        kind = self._queries.pop(message.job)
        if isinstance(message, Failed):
            self.logged.emit(plain_words(message.message))
        elif kind not in self._queries.values():  # else a newer answer will follow
            self.reported.emit(kind, message)

    def _handle_job_message(self, message: Any) -> None:
        if isinstance(message, Finished):
            self._end_job(self.finished, message)
        elif isinstance(message, Failed):
            self._fail(
                plain_words(message.message), cancelled=message.code == Cancelled.code
            )
        elif isinstance(message, Advice):
            self.logged.emit(plain_words(message.message))
        elif self._state is not State.CANCELLING:
            self._emit_progress(message)

    def _emit_progress(self, message: Any) -> None:
        if isinstance(message, Started):
            self._set_state(State.RUNNING)
            self.started.emit(message)
        elif isinstance(message, Progress):
            self._set_state(State.RUNNING)
            self.progressed.emit(message)
        elif isinstance(message, Partial):
            self.partial.emit(message)

    def _silent(self, seconds: int) -> None:
        self.logged.emit(
            tr(
                "The worker has said nothing for {seconds} s. It may be loading or at "
                "a heavy part; Cancel stops it."
            ).format(seconds=seconds)
        )

    def _stopped(self, stopped: Stopped) -> None:
        client, self._client = self._client, None
        self._queries.clear()
        if client is not None:
            client.deleteLater()
        if self._job is None:
            if stopped.reason:
                self.logged.emit(stopped.reason)
        else:
            self._fail(stopped.reason)

    def _fail(self, message: str, *, cancelled: bool = False) -> None:
        if self._state is State.CANCELLING:  # whatever ended the job
            cancelled, message = True, self._cancel_reason or tr(CANCELLED)
        self._end_job(self.failed, cancelled, message)

    def _end_job(self, signal: Any, *values: Any) -> None:
        """Become idle before emitting, so that a slot may start the next job."""
        job, self._job = self._job, None
        self._set_state(State.IDLE)
        signal.emit(job, *values)

    def _set_state(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
