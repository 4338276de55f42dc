"""Engines on this machine that need only the standard library."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from rrsis_geo.errors import EngineError
from rrsis_geo.types import Item, Result


class SerialEngine:
    """One item after the other, in this process."""

    def __init__(self, *, workers: int = 1) -> None:
        if workers != 1:
            raise EngineError(
                f"engine 'serial' has one worker, not {workers}: use engine 'processes'"
            )

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of the items."""
        return map(work, items)


class ProcessEngine:
    """Items in new processes, spawned because CUDA does not survive a fork.

    A script that uses it needs the usual `if __name__ == "__main__":`.
    """

    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of completion; the first failure cancels the rest.

        Raises:
            EngineError: a process died, or the work cannot be sent to one.
        """
        pool = ProcessPoolExecutor(
            self._workers,
            mp_context=get_context("spawn"),
            initializer=_initialize_worker,
            initargs=(self._workers,),
        )
        with pool:
            try:
                for future in as_completed([pool.submit(work, item) for item in items]):
                    yield future.result()
            except BrokenProcessPool as error:
                raise EngineError(
                    "a worker process died, perhaps for want of memory: "
                    f"use fewer than {self._workers} workers or a smaller batch"
                ) from error
            except (TypeError, AttributeError) as error:
                if "pickle" not in str(error):
                    raise
                raise EngineError(
                    f"the work cannot cross to another process: {error}"
                ) from error
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _initialize_worker(workers: int) -> None:
    """Share the cores between the workers, and exit with the parent.

    A killed parent cannot stop its workers, and a pool's workers hold both ends of
    their own queue, so that they would wait for ever.
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
