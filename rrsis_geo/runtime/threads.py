"""How many threads compute a window."""

from __future__ import annotations

import os


def thread_count() -> int:
    """Threads within an operation: OMP_NUM_THREADS, as for torch, or all cores."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
