"""Seconds that each step of a run took."""

from __future__ import annotations

import time


class Timer:
    """A stopwatch with named laps."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self.laps: dict[str, float] = {}
        """Step -> seconds; "total" includes the time between steps."""

    @property
    def total(self) -> float:
        """Seconds so far."""
        return time.perf_counter() - self._began

    def lap(self, step: str) -> None:
        """End a step."""
        now = time.perf_counter()
        self.laps[step] = now - self._last
        self.laps["total"] = now - self._began
        self._last = now
