"""Items whose process died: how often they are tried again, and what is said of it."""

from __future__ import annotations

import signal
from collections import Counter, deque

from rrsis_geo.errors import EngineError

TRIES = 3
"""How often an item is begun before the run gives up."""

AGAIN = "the same command continues where it stopped"


class LostItems:
    """Counts the losses of each item."""

    def __init__(self, notes: deque[str]) -> None:
        self._notes = notes
        self._losses: Counter[int] = Counter()

    def add(self, number: int, exit_code: int, *, workers: int) -> None:
        """Note a loss; the item is to be begun again.

        Args:
            number: Of the item.
            exit_code: Of the process; negative: the signal that ended it.
            workers: Processes from now on.

        Raises:
            EngineError: the process ended by itself, or the item was lost too often.
        """
        how = describe_end(exit_code)
        if exit_code >= 0:
            raise EngineError(
                f"a worker process {how} in the middle, so a library ended it: look "
                "above for its message, and try --engine serial; in a script, call "
                'rrsis-geo below `if __name__ == "__main__":`'
            )
        self._losses[number] += 1
        if self._losses[number] >= TRIES:
            raise EngineError(
                f"a worker process {how}, {TRIES} times for the same rows: "
                f"{way_out(exit_code)}; {AGAIN}"
            )
        self._notes.append(
            f"a worker process {how}; its rows are tried again, with {workers} "
            f"worker{'s' * (workers > 1)}"
        )


def describe_end(exit_code: int) -> str:
    """How a process ended, from its exit code, in words."""
    if exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    if name in ("SIGKILL", "SIGTERM"):
        return f"was killed ({name})"
    return f"crashed ({name})"


def way_out(exit_code: int) -> str:
    """What to do where a process is ended by this signal again and again."""
    if describe_end(exit_code).startswith("was killed"):
        return (
            "if memory ran out, use fewer --workers, a smaller --window-size or "
            "--batch-size 1"
        )
    return "a library is broken; see `rrsis-geo doctor`, or try --engine serial"
