"""Mutated files and messages: nothing may crash, hang, or end in an unforeseen error.

    python benchmarks/fuzz.py --count 100000 --seed 1

Every kind of input is mutated and read in a process of its own, which is given 10 s for
each case; after a crash or a hang the next case begins in a new process. Prints a table
of the kinds with counts, and every failure with the numbers that repeat it; ends with
exit code 1 if there was any. See docs/robustness.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuzz_readers import READERS

LIMIT = 10.0
"""Seconds for one case."""

START = 180.0
"""Seconds for a process to import what it needs on a busy machine."""

PATIENCE = 6
"""How much longer a case may take where the machine is busy with something else."""

WORST = ("bug", "crash", "hang")


def main() -> None:
    """Run all kinds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="cases in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=READERS, default=list(READERS))
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for a case")
    given = parser.parse_args()
    each = -(-given.count // len(given.kinds))
    print(f"seed {given.seed}, {each} cases of each kind from {given.first}")
    print(
        "| kind | cases | read | refused | out of memory | bugs, crashes, hangs | s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    total, bad = 0, 0
    for kind in given.kinds:
        began = time.monotonic()
        counts: Counter[str] = Counter()
        shown: set[str] = set()
        for number, outcome, text in run_kind(
            kind, given.seed, given.first, given.first + each, given.limit
        ):
            counts[outcome] += 1
            if outcome in WORST and text not in shown and len(shown) < 20:
                shown.add(text)
                again = f"--kinds {kind} --seed {given.seed} --first {number} --count 1"
                print(f"{outcome}: {text}\n    {again}", file=sys.stderr, flush=True)
        failed = sum(counts[outcome] for outcome in WORST)
        total, bad = total + counts.total(), bad + failed
        print(
            f"| {kind} | {counts.total()} | {counts['read']} | {counts['refused']} | "
            f"{counts['memory']} | {failed} | {time.monotonic() - began:.0f} |",
            flush=True,
        )
    print(f"{total} cases, seed {given.seed}: {bad} bugs, crashes or hangs")
    sys.exit(bool(bad))


def run_kind(
    kind: str, seed: int, first: int, stop: int, limit: float
) -> Iterator[tuple[int, str, str]]:
    """Yield number, outcome and text of every case of a kind."""
    while first < stop:
        for number, outcome, text in _run_process(kind, seed, first, stop, limit):
            yield number, outcome, text
            first = number + 1


def _run_process(
    kind: str, seed: int, first: int, stop: int, limit: float
) -> Iterator[tuple[int, str, str]]:
    """As `run_kind`, until the process has ended."""
    script = Path(__file__).with_name("fuzz_readers.py")
    words = [sys.executable, str(script), kind, str(seed), str(first), str(stop)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_forward, args=(child, lines), daemon=True).start()
        number, wait = first, START
        try:
            while True:
                line = _next_line(lines, child.pid, wait)
                if not line:
                    break
                answer: dict[str, Any] = json.loads(line)
                wait = limit
                if "ready" not in answer:
                    yield answer["number"], answer["outcome"], answer["text"]
                    number = answer["number"] + 1
        except queue.Empty:
            child.kill()
            yield number, "hang", f"no answer within {wait:g} s"
            return
        finally:
            child.kill()
        code = child.wait()
    if number < stop:
        yield number, "crash", f"the process ended with exit code {code}"


def _next_line(lines: queue.SimpleQueue[str], pid: int, wait: float) -> str:
    """The next line; raises `queue.Empty` after `wait` seconds.

    A process that has had no processor for half of them, on a busy machine, gets up to
    `PATIENCE` times as long.
    """
    before = _cpu_seconds(pid)
    for _ in range(PATIENCE):
        try:
            return lines.get(timeout=wait)
        except queue.Empty:
            if _cpu_seconds(pid) - before > wait / 2:
                raise
    raise queue.Empty


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far; infinite where it cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.inf
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _forward(child: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    """Pass on the lines of a process, and an empty one at the end."""
    for line in child.stdout or ():
        lines.put(line)
    lines.put("")


if __name__ == "__main__":
    main()
