"""Work that runs ahead of whoever uses its results, in one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def run_ahead(
    work: Callable[[Item], Result | None],
    items: Iterable[Item],
    *,
    depth: int,
    around: AbstractContextManager[object],
) -> Iterator[Result]:
    """Results of `work` in the order of the items, at most `depth` of them waiting.

    None is no result and is passed over. A failure of `work` or of `items` is raised
    here, after the results before it. Closing the generator ends the thread once the
    item in its hands is done.
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
        except BaseException as error:  # carried over to the consumer, who raises it
            failure = error
        results.put((None, failure))

    thread = Thread(target=produce, name="run-ahead", daemon=True)
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
        slots.release()  # the thread may be waiting for room
        thread.join()
