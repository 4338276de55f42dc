"""The worker's threads: one listens, one works, two answer what is quickly said."""

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
from rrsis_geo.worker.tasks import Network

if TYPE_CHECKING:
    from rrsis_geo.types import Predictor

GRACE = 3.0
"""Seconds that a job may take to stop after the worker was told to end."""


def main(network: Network | None = None) -> None:
    """Serve until the other side says `Quit` or goes away; does not return.

    Args:
        network: Gives the network of a job; None: weights, kept warm between jobs.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing here is half-written
    wire, lines = claim_stdout(), claim_stdin()
    wire.send(Ready(PROTOCOL_VERSION, __version__, sys.executable, os.getpid()))
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("rrsis_geo").setLevel(logging.INFO)
    desk = JobQueue(wire, network or _warm())

    def listen() -> None:
        for line in lines:
            if not desk.take(line):
                break
        desk.close()
        threading.Event().wait(GRACE)
        _leave()

    threading.Thread(target=listen, daemon=True).start()
    desk.work()
    _leave()


def _warm() -> Network:
    """Weights stay in memory; torch is loaded when the first job needs it."""
    kept: list[Network] = []

    def bind(job: SegmentJob, texts: Sequence[str]) -> Predictor:
        if not kept:
            from rrsis_geo.model.cached_predictor import CachedPredictor  # loads torch

            kept.append(CachedPredictor().bind)
        return kept[0](job, texts)

    return bind


def _leave() -> None:
    """End at once; children watch for that, and a thread may still be reading."""
    logging.shutdown()
    os._exit(0)
