"""What the panel is doing: states and jobs, free of widgets and layers."""

from __future__ import annotations

from enum import Enum
from typing import Any, Callable, Sequence

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.job import SegmentJob, VectorizeJob
from ..core.protocol import (
    Advice,
    Doctor,
    Explain,
    Failed,
    Finished,
    Partial,
    Progress,
    Ready,
    Report,
    Segment,
    Started,
    Vectorize,
    Weights,
)
from ..translate import tr
from .worker_client import Stopped, WorkerClient


class State(Enum):
    """What goes on."""

    IDLE = "idle"
    STARTING = "starting"  # the worker, and its network
    RUNNING = "running"
    CANCELLING = "cancelling"


class Controller(QObject):
    """One job at a time on a worker that stays warm between them.

    The worker is started by the first request, and again after it ended.
    """

    state_changed = pyqtSignal(object)
    """The new `State`."""
    started = pyqtSignal(object)
    """`Started`."""
    progressed = pyqtSignal(object)
    """`Progress`."""
    partial = pyqtSignal(object)
    """`Partial`: polygons found so far."""
    finished = pyqtSignal(object, object)
    """The job as given, `Finished`."""
    failed = pyqtSignal(object, str, str)
    """The job as given, code ("cancelled" where the user did it, "worker" where the
    process ended), one sentence."""
    told = pyqtSignal(str)
    """A line for the log."""
    reported = pyqtSignal(str, object)
    """Kind of an answer ("explain", "weights", "doctor"), `Report`."""

    def __init__(
        self,
        find_python: Callable[[], str | None],
        *,
        make_client: Callable[..., WorkerClient] = WorkerClient,
        parent: QObject | None = None,
    ) -> None:
        """A controller.

        Args:
            find_python: The interpreter of the environment; None: not set up.
            make_client: Called with the interpreter.
            parent: Owner in Qt's tree.
        """
        super().__init__(parent)
        self._find_python = find_python
        self._make_client = make_client
        self._client: WorkerClient | None = None
        self._state = State.IDLE
        self._number = 0
        self._job = 0
        self._task: Any = None
        self._cause = ""
        self._asked: dict[int, str] = {}

    @property
    def state(self) -> State:
        """What goes on now."""
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return self._state is not State.IDLE

    @property
    def task(self) -> Any:
        """The job under way, as it was given; None while idle."""
        return self._task

    @property
    def pid(self) -> int:
        """Process number of the worker; 0 where there is none."""
        return self._client.pid if self._client else 0

    @property
    def log(self) -> str:
        """End of the worker's stderr."""
        return self._client.log if self._client else ""

    def run(self, task: SegmentJob | VectorizeJob) -> bool:
        """Begin a job; False, and nothing happens, where one is under way."""
        if self.busy:
            return False
        kind = Segment if isinstance(task, SegmentJob) else Vectorize
        self._number += 1
        self._job, self._task, self._cause = self._number, task, ""
        if not self._ensure_worker():
            self._task = None
            self.failed.emit(
                task,
                "environment",
                tr("No environment is set up yet: it holds the network and its tools."),
            )
            return True
        self._enter(State.STARTING)
        self._client.send(kind(job=self._job, task=task.to_mapping()))
        return True

    def cancel(self, cause: str = "") -> None:
        """Stop the job under way.

        Args:
            cause: Why, as one sentence, where it wasn't the user's wish.
        """
        if self._state in (State.STARTING, State.RUNNING) and self._client:
            self._cause = cause
            self._enter(State.CANCELLING)
            self._client.cancel(self._job)

    def explain(
        self, expressions: Sequence[str], scene: str | None, weights: str
    ) -> bool:
        """Ask for the plan in words; False where there is no environment."""
        return self._ask(
            "explain",
            Explain,
            expressions=tuple(expressions),
            scene=scene,
            weights=weights,
        )

    def ask_weights(self) -> bool:
        """Ask which weights there are; False where there is no environment."""
        return self._ask("weights", Weights)

    def ask_doctor(self) -> bool:
        """Ask how the environment is; False where there is none."""
        return self._ask("doctor", Doctor)

    def restart(self) -> None:
        """Let the worker go, for an environment that changed; nothing may run."""
        if not self.busy:
            self.close()

    def close(self) -> None:
        """End the worker now; the controller may be used again afterwards."""
        client, self._client = self._client, None
        self._asked.clear()
        if client is not None:
            client.close()
            client.deleteLater()
        self._task = None
        self._enter(State.IDLE)

    def _ask(self, name: str, kind: Any, **values: Any) -> bool:
        if not self._ensure_worker():
            return False
        self._number += 1
        self._asked[self._number] = name
        self._client.send(kind(job=self._number, **values))
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
        client.stray.connect(self.told)
        client.silent.connect(self._silent)
        client.stopped.connect(self._stopped)
        self._client = client
        client.start()
        return True

    def _receive(self, message: Any) -> None:
        if isinstance(message, Ready):
            self.told.emit(
                tr("Worker {pid}: rrsis-geo {version}, Python {python}").format(
                    pid=message.pid, version=message.version, python=message.python
                )
            )
        elif message.job in self._asked:
            self._answer(message)
        elif message.job == self._job and self._task is not None:
            self._follow(message)

    def _answer(self, message: Any) -> None:
        if not isinstance(message, (Report, Failed)):
            return
        kind = self._asked.pop(message.job)
        if isinstance(message, Failed):
            self.told.emit(message.message)
        elif kind not in self._asked.values():  # else a newer answer is on its way
            self.reported.emit(kind, message)

    def _follow(self, message: Any) -> None:
        if isinstance(message, Finished):
            self._over(self.finished, message)
        elif isinstance(message, Failed):
            self._fail(message.code, message.message)
        elif isinstance(message, Advice):
            self.told.emit(message.message)
        elif self._state is not State.CANCELLING:
            self._show(message)

    def _show(self, message: Any) -> None:
        if isinstance(message, Started):
            self._enter(State.RUNNING)
            self.started.emit(message)
        elif isinstance(message, Progress):
            self._enter(State.RUNNING)
            self.progressed.emit(message)
        elif isinstance(message, Partial):
            self.partial.emit(message)

    def _silent(self, seconds: int) -> None:
        self.told.emit(
            tr(
                "The worker has said nothing for {seconds} s. It may be loading or at "
                "a heavy part; Cancel stops it."
            ).format(seconds=seconds)
        )

    def _stopped(self, stopped: Stopped) -> None:
        client, self._client = self._client, None
        self._asked.clear()
        if client is not None:
            client.deleteLater()
        if self._task is None:
            if stopped.reason:
                self.told.emit(stopped.reason)
        elif self._state is State.CANCELLING:
            self._fail("cancelled", "")
        else:
            self._fail("worker", stopped.reason)

    def _fail(self, code: str, message: str) -> None:
        if self._state is State.CANCELLING:  # it may end on the way by another failure
            code = "cancelled"
            message = self._cause or tr("Cancelled.")
        self._over(self.failed, code, message)

    def _over(self, signal: Any, *values: Any) -> None:
        """Idle first, so that a listener may begin the next job."""
        task, self._task = self._task, None
        self._enter(State.IDLE)
        signal.emit(task, *values)

    def _enter(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
