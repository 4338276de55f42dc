"""The queue of jobs: one runs at a time, short queries are answered meanwhile."""

from __future__ import annotations

import logging
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from rrsis_geo.errors import Cancelled, ProtocolError
from rrsis_geo.protocol import (
    Advice,
    Cancel,
    Hello,
    Message,
    Quit,
    Segment,
    Vectorize,
    check_versions,
    decode_request,
)
from rrsis_geo.worker.failure import failure_message
from rrsis_geo.worker.stdio import MessageWriter
from rrsis_geo.worker.tasks import (
    NOT_STARTED,
    JobRequest,
    NetworkFactory,
    Task,
    make_task,
)

log = logging.getLogger(__name__)


class JobQueue:
    """Accepts requests in one thread and runs jobs in another.

    Queries (Explain, Weights, Doctor) are answered in a pool while a job runs. Every
    accepted job gets exactly one last message: Finished, Failed or Report.
    """

    def __init__(self, writer: MessageWriter, network: NetworkFactory) -> None:
        self._writer = writer
        self._network = network
        self._changed = threading.Condition()
        self._unanswered: set[int] = set()
        """Numbers of jobs without a last message yet."""
        self._waiting: deque[tuple[int, Task]] = deque()
        self._running: int | None = None
        self._cancelled: set[int] = set()
        self._closing = False
        self._query_pool = ThreadPoolExecutor(2)

    def handle_line(self, line: str) -> bool:
        """Handle a line of stdin; return False if no more lines are to be read."""
        if not line.strip():
            return True
        try:
            request = decode_request(line)
        except ProtocolError as error:
            self._writer.send(failure_message(error, job=0))
            return True
        if isinstance(request, Hello):
            return self._check_client(request)
        if isinstance(request, Cancel):
            self._cancel(request.job)
        elif not isinstance(request, Quit):
            self._accept(request)
        return not isinstance(request, Quit)

    def run_jobs(self) -> None:
        """Run one job after another until `close`; then end those that wait."""
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    break
                number, task = self._waiting.popleft()
                self._running = number
            self._run(number, task)
        for number, _ in self._waiting:
            self._end(number, failure_message(Cancelled(NOT_STARTED), job=number))
        self._query_pool.shutdown()

    def close(self) -> None:
        """Cancel the running job and start no other."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _check_client(self, hello: Hello) -> bool:
        try:
            check_versions(hello.protocol, hello.version, peer_is_plugin=True)
        except ProtocolError as error:
            self._writer.send(failure_message(error, job=0))
            return False
        return True

    def _accept(self, request: JobRequest) -> None:
        number = request.job
        with self._changed:
            if number in self._unanswered:
                error = ProtocolError(
                    f"job {number} has not ended yet: use another number"
                )
                self._writer.send(failure_message(error, job=0))
                return
            self._unanswered.add(number)
        try:
            task = make_task(request, self._network)
        except Exception as error:
            self._end(number, failure_message(error, job=number))
            return
        if not isinstance(request, (Segment, Vectorize)):
            self._query_pool.submit(self._run, number, task)
            return
        with self._changed:
            before = self._waiting[-1][0] if self._waiting else self._running
            if before is not None:
                text = f"waits until job {before} is done"
                self._writer.send(Advice(text, job=number))
            self._waiting.append((number, task))
            self._changed.notify_all()

    def _cancel(self, number: int) -> None:
        with self._changed:
            if number not in self._unanswered:
                log.info("job %d has already ended: nothing to cancel", number)
                return
            self._cancelled.add(number)
            others = deque(entry for entry in self._waiting if entry[0] != number)
            queued = len(others) < len(self._waiting)
            self._waiting = others
        if queued:
            self._end(number, failure_message(Cancelled(NOT_STARTED), job=number))

    def _run(self, number: int, task: Task) -> None:
        def cancelled() -> bool:
            return self._closing or number in self._cancelled

        try:
            last: Message = task(self._writer.send, cancelled)
        except Exception as error:
            last = failure_message(error, job=number)
        self._end(number, last)

    def _end(self, number: int, last: Message) -> None:
        # Before the message, so that the client may reuse the number.
        with self._changed:
            self._unanswered.discard(number)
            self._cancelled.discard(number)
        self._writer.send(last)
