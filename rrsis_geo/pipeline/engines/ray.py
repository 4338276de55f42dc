"""Work on a Ray cluster whose nodes share the file system with this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import ray

from rrsis_geo.errors import EngineError
from rrsis_geo.types import Item, Result


class RayEngine:
    """As many Ray tasks as workers at a time; joins a running cluster or starts one.

    GPUs are asked for as RAY_ADDRESS's cluster offers them: one for each task where
    there are at least as many as workers, else none.
    """

    def __init__(self, *, workers: int = 1) -> None:
        self._workers = workers

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results as they come; the first failure is raised, the rest is cancelled.

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
            raise error.cause from None  # the work's own error, as other engines raise
        except ray.exceptions.RayError as error:
            raise EngineError(f"Ray lost a shard: {error}") from error
        finally:
            for left in running:
                ray.cancel(left)
