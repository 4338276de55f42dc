"""An engine on a Ray cluster whose nodes share the file system with this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import ray

from rrsis_geo.errors import EngineError
from rrsis_geo.types import Item, Result


class RayEngine:
    """As many Ray tasks at a time as workers; joins a running cluster or starts one.

    Each task requests a GPU if the cluster has at least as many GPUs as workers.
    """

    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in the order of completion; the first failure cancels the rest.

        Raises:
            EngineError: Ray lost a task.
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
        waiting = items[::-1]
        running: list[ray.ObjectRef] = []
        try:
            while waiting or running:
                while waiting and len(running) < self._workers:
                    running.append(task.remote(waiting.pop()))
                finished, running = ray.wait(running, num_returns=1)
                yield ray.get(finished[0])
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None  # the original error, as with other engines
        except ray.exceptions.RayError as error:
            raise EngineError(f"Ray lost a shard: {error}") from error
        finally:
            for left in running:
                ray.cancel(left)
