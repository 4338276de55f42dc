"""An engine on a Ray cluster whose nodes share the file system with this machine."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ray

from rrsis_geo.errors import EngineError
from rrsis_geo.pipeline.engines.lost_items import AGAIN, TRIES
from rrsis_geo.types import Item, Result


class RayEngine:
    """As many Ray tasks at a time as workers; joins a running cluster or starts one.

    Each task requests a GPU if the cluster has at least as many GPUs as workers. A task
    whose worker or node died is begun again, a few times, with one task fewer at a
    time. Ray's own retries are off: for want of memory it would retry for ever.
    """

    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers
        self.notes: deque[str] = deque()

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of completion; the first failure cancels the rest.

        Raises:
            EngineError: Ray lost a task several times.
        """
        started_here = not ray.is_initialized()
        if started_here:
            ray.init(log_to_driver=False, include_dashboard=False)
        try:
            yield from self._map(work, list(items))
        finally:
            if started_here:
                ray.shutdown()

    def _map(
        self, work: Callable[[Item], Result], items: list[Item]
    ) -> Iterator[Result]:
        gpus = ray.cluster_resources().get("GPU", 0)
        task = ray.remote(work).options(
            num_cpus=1, num_gpus=1 if gpus >= self._workers else 0, max_retries=0
        )
        waiting = deque(range(len(items)))
        running: dict[Any, int] = {}
        losses: Counter[int] = Counter()
        allowed = self._workers
        try:
            while waiting or running:
                while waiting and len(running) < allowed:
                    number = waiting.popleft()
                    running[task.remote(items[number])] = number
                (finished,), _ = ray.wait(list(running), num_returns=1)
                number = running.pop(finished)
                try:
                    result = ray.get(finished)
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from None  # the original, as with other engines
                except ray.exceptions.RayError as error:
                    allowed = max(1, allowed - 1)
                    losses[number] += 1
                    reason = " ".join(str(error).split())[:300]
                    if losses[number] >= TRIES:
                        raise EngineError(
                            f"Ray lost the same rows {TRIES} times: {reason}; if "
                            "memory ran out, use fewer --workers, a smaller "
                            f"--window-size or --batch-size 1; {AGAIN}"
                        ) from error
                    self.notes.append(
                        f"Ray lost some rows, which are tried again: {reason}"
                    )
                    waiting.appendleft(number)
                else:
                    yield result
        finally:
            for left in running:
                ray.cancel(left)
