"""Prefetching: compute results in a thread before they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def prefetch(
    work: Callable[[Item], Result | None],
    items: Iterable[Item],
    *,
    depth: int,
    around: AbstractContextManager[object],
) -> Iterator[Result]:
    """Yield results of `work` in the order of the items, computed in a thread.

    Args:
        work: Called in the thread; a result of None is skipped.
        items: Iterated in the thread.
        depth: Number of finished results that may wait.
        around: Entered in the thread around all work.

    Raises:
        BaseException: a failure of `work` or `items`, after the results before it.

    Closing the generator ends the thread after the item it is working on.
    """
    results: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()
    slots, stop = Semaphore(depth), Event()

    def produce() -> None:
        failure: BaseException | None = None
        try:
            with around:
                for item in items:
                    if stop.is_set():
                        return
                    result = work(item)
                    if result is not None:
                        slots.acquire()
                        results.put((result, None))
        except BaseException as error:  # raised by the consumer
            failure = error
        results.put((None, failure))

    thread = Thread(target=produce, name="prefetch", daemon=True)
    thread.start()
    try:
        while True:
            result, failure = results.get()
            if failure is not None:
                raise failure
            if result is None:
                return
            slots.release()
            yield result
    finally:
        stop.set()
        slots.release()  # the thread may be waiting for a slot
        thread.join()
