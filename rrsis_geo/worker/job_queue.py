"""What was asked, what is under way, and in which order it is answered."""

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
from rrsis_geo.worker.failure import failed
from rrsis_geo.worker.stdio import MessageWriter
from rrsis_geo.worker.tasks import Job, Network, Task, task_for

log = logging.getLogger(__name__)

UNBEGUN = "stopped before it began"


class JobQueue:
    """Takes lines in one thread, works in another; quick answers overtake jobs.

    Every accepted number gets one last message: Finished, Failed or Report.
    """

    def __init__(self, wire: MessageWriter, network: Network) -> None:
        self._wire = wire
        self._network = network
        self._changed = threading.Condition()
        self._open: set[int] = set()
        """Jobs that still owe their last message."""
        self._waiting: deque[tuple[int, Task]] = deque()
        self._running: int | None = None
        self._cancelled: set[int] = set()
        self._closing = False
        self._quick = ThreadPoolExecutor(2)

    def take(self, line: str) -> bool:
        """Handle a line; False where nothing more is to be listened to."""
        if not line.strip():
            return True
        try:
            request = decode_request(line)
        except ProtocolError as error:
            self._wire.send(failed(error, job=0))
            return True
        if isinstance(request, Hello):
            return self._greet(request)
        if isinstance(request, Cancel):
            self._cancel(request.job)
        elif not isinstance(request, Quit):
            self._accept(request)
        return not isinstance(request, Quit)

    def work(self) -> None:
        """Do one job after the other until the desk is closed; then answer the rest."""
        while True:
            with self._changed:
                self._running = None
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    break
                number, task = self._waiting.popleft()
                self._running = number
            self._do(number, task)
        for number, _ in self._waiting:
            self._end(number, failed(Cancelled(UNBEGUN), job=number))
        self._quick.shutdown()

    def close(self) -> None:
        """Stop what runs, begin nothing more."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _greet(self, hello: Hello) -> bool:
        try:
            check_versions(hello.protocol, hello.version, asker=True)
        except ProtocolError as error:
            self._wire.send(failed(error, job=0))
            return False
        return True

    def _accept(self, request: Job) -> None:
        number = request.job
        with self._changed:
            if number in self._open:
                error = ProtocolError(f"job {number} is under way: number jobs anew")
                self._wire.send(failed(error, job=0))
                return
            self._open.add(number)
        try:
            task = task_for(request, self._network)
        except Exception as error:
            self._end(number, failed(error, job=number))
            return
        if not isinstance(request, (Segment, Vectorize)):
            self._quick.submit(self._do, number, task)
            return
        with self._changed:
            before = self._waiting[-1][0] if self._waiting else self._running
            if before is not None:
                said = f"waits until job {before} is done"
                self._wire.send(Advice(said, job=number))
            self._waiting.append((number, task))
            self._changed.notify_all()

    def _cancel(self, number: int) -> None:
        with self._changed:
            if number not in self._open:
                log.info("job %d is over already: nothing to cancel", number)
                return
            self._cancelled.add(number)
            left = deque(entry for entry in self._waiting if entry[0] != number)
            queued = len(left) < len(self._waiting)
            self._waiting = left
        if queued:
            self._end(number, failed(Cancelled(UNBEGUN), job=number))

    def _do(self, number: int, task: Task) -> None:
        def cancelled() -> bool:
            return self._closing or number in self._cancelled

        try:
            last: Message = task(self._wire.send, cancelled)
        except Exception as error:
            last = failed(error, job=number)
        self._end(number, last)

    def _end(self, number: int, last: Message) -> None:
        with self._changed:  # before it is heard, so that the number is free then
            self._open.discard(number)
            self._cancelled.discard(number)
        self._wire.send(last)
