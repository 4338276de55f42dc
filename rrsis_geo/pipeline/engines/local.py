"""Engines on this machine that need only the standard library."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from rrsis_geo.errors import EngineError
from rrsis_geo.pipeline.engines.lost_items import LostItems
from rrsis_geo.types import Item, Result


class SerialEngine:
    """One item after the other, in this process."""

    def __init__(self, *, workers: int = 1) -> None:
        if workers != 1:
            raise EngineError(
                f"engine 'serial' has one worker, not {workers}: use engine 'processes'"
            )
        self.notes: deque[str] = deque()

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of the items."""
        return map(work, items)


class ProcessEngine:
    """Items in new processes, spawned because CUDA does not survive a fork.

    An item whose process was killed is given to another one, a few times; each time one
    process fewer runs, since most are killed for want of memory. A script that uses it
    needs the usual `if __name__ == "__main__":`.
    """

    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers
        self.notes: deque[str] = deque()

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of completion; the first failure ends the rest.

        Raises:
            EngineError: an item was lost several times, or cannot be sent to a process.
        """
        lost = LostItems(self.notes)
        waiting = deque(enumerate(items))
        free: list[_Worker] = []
        busy: dict[Connection, _Worker] = {}
        allowed = self._workers
        try:
            while waiting or busy:
                while waiting and len(busy) < allowed:
                    worker = free.pop() if free else _Worker(self._workers)
                    busy[worker.connection] = worker
                    worker.begin(work, *waiting.popleft())
                for connection in wait(list(busy)):
                    worker = busy.pop(cast("Connection", connection))
                    answer = worker.answer()
                    if answer is None:
                        allowed = max(1, allowed - 1)
                        number, item = worker.task
                        lost.add(number, worker.exit_code(), workers=allowed)
                        waiting.appendleft((number, item))
                        continue
                    free.append(worker)
                    good, value = answer
                    if not good:
                        raise value
                    yield value
        finally:
            for worker in (*free, *busy.values()):
                worker.end()


class _Worker:
    """A process that works on one item at a time."""

    def __init__(self, workers: int) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, workers), daemon=True
        )
        with _no_ctrl_c():
            self._process.start()
        theirs.close()
        self.task: tuple[int, Any] = (-1, None)

    def begin(self, work: Callable[[Any], Any], number: int, item: Any) -> None:
        """Send an item.

        Raises:
            EngineError: it cannot be pickled.
        """
        self.task = (number, item)
        try:
            self.connection.send((work, item))
        except OSError:
            pass  # the process has ended already; its answer will say so
        except Exception as error:  # whatever an object's own pickling raises
            raise EngineError(
                f"the work cannot cross to another process: {error}"
            ) from error

    def answer(self) -> tuple[bool, Any] | None:
        """Whether the work succeeded, and its result or error; None: the process died.

        Raises:
            EngineError: the result cannot be read here.
        """
        try:
            good, value = self.connection.recv()
            return bool(good), value
        except (EOFError, OSError):
            return None
        except Exception as error:  # whatever an object's own unpickling raises
            raise EngineError(
                f"a result cannot cross back from another process: {error}"
            ) from error

    def exit_code(self) -> int:
        """Of the process, which has ended; negative: the signal that ended it."""
        self._process.join()
        return self._process.exitcode or 0

    def end(self) -> None:
        """End the process, which has nothing to finish."""
        self.connection.close()
        self._process.terminate()
        self._process.join()


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Let a new process ignore Ctrl-C from its first instruction: the parent reacts."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, workers: int) -> None:
    """Work on what comes, in a process of its own, until the other side closes."""
    _initialize_worker(workers)
    while True:
        try:
            work, item = connection.recv()
        except EOFError:
            return
        except Exception as error:
            text = f"the work cannot cross to another process: {error}"
            connection.send((False, EngineError(text)))
            continue
        try:
            answer = (True, work(item))
        except BaseException as error:
            answer = (False, error)
        try:
            connection.send(answer)
        except Exception as error:  # an error or a result that cannot be pickled
            text = f"{type(answer[1]).__name__}: {answer[1]} ({error})"
            connection.send((False, EngineError(text)))


def _initialize_worker(workers: int) -> None:
    """Share the cores between the workers, and exit with the parent.

    A killed parent cannot stop its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    cores = os.cpu_count() or 1
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // workers)))
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
