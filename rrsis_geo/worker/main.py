"""The worker's threads: one reads requests, one runs jobs, two answer queries."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rrsis_geo.job import SegmentJob
from rrsis_geo.protocol import PROTOCOL_VERSION, Ready
from rrsis_geo.version import __version__
from rrsis_geo.worker.job_queue import JobQueue
from rrsis_geo.worker.stdio import claim_stdin, claim_stdout
from rrsis_geo.worker.tasks import NetworkFactory

if TYPE_CHECKING:
    from rrsis_geo.types import Predictor

GRACE_PERIOD = 3.0
"""Seconds that a running job gets to stop before the process ends."""


def main(network: NetworkFactory | None = None) -> None:
    """Serve requests until `Quit` or the end of stdin; does not return.

    Args:
        network: Returns the predictor of a job; None: loads the weights of the job and
            keeps them in memory between jobs.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # all files are written atomically
    writer, lines = claim_stdout(), claim_stdin()
    writer.send(Ready(PROTOCOL_VERSION, __version__, sys.executable, os.getpid()))
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("rrsis_geo").setLevel(logging.INFO)
    queue = JobQueue(writer, network or _cached_network())

    def read_requests() -> None:
        for line in lines:
            if not queue.handle_line(line):
                break
        queue.close()
        threading.Event().wait(GRACE_PERIOD)
        _exit()

    threading.Thread(target=read_requests, daemon=True).start()
    queue.run_jobs()
    _exit()


def _cached_network() -> NetworkFactory:
    """Return a factory that keeps weights in memory; a runtime is loaded late."""
    cached: list[NetworkFactory] = []

    def bind(job: SegmentJob, texts: Sequence[str]) -> Predictor:
        if not cached:
            from rrsis_geo.runtime.cached_predictor import CachedPredictor

            cached.append(CachedPredictor().bind)
        return cached[0](job, texts)

    return bind


def _exit() -> None:
    """End the process at once, since a thread may still be reading stdin."""
    logging.shutdown()
    os._exit(0)
