"""Kill runs at random instants and look at what is left of their files.

    python benchmarks/kills.py [COUNT] [--seed N] [--only NAME ...]

COUNT (default 1,000) is the number of processes that are killed (SIGKILL) while they
work, shared out evenly over `segment`, `vectorize` in every format, `--append` into a
GeoPackage of others, and `train`. Processes that finish first are not counted. After
every kill the file must be the one before or the one after, byte for byte; of the
shared GeoPackage every layer, style, view and trigger of others must be there,
`PRAGMA integrity_check` must say ok, and the own layer must have none or all of the new
polygons; a checkpoint must be one of those of an undisturbed training. In the end a run
that is left alone must succeed and leave no working file behind.

A victim is a fork of this process, which has loaded the libraries but used none of
them, so that a kill costs milliseconds. POSIX only.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kills_runs import FORMATS, append, segment, train, vectorize, write_inputs
from kills_states import (
    Damaged,
    Outcomes,
    begin_training,
    bytes_of,
    shared_state,
    training_state,
)
from shared_geopackage import make_shared

from rrsis_geo.errors import RRSISError

LATE = 0.6
"""Share of the kills that fall into the second half of a run, where it writes."""

ROUND = 8
"""Kills before it is the turn of the next ones, so that a part counts too."""

MOST = 5_000
"""Polygons of ours in the shared GeoPackage at which it begins anew."""


@dataclass
class Victim:
    """A kind of run that is killed, and what may be left of its files."""

    name: str
    work: Callable[[Path, int], None]
    """Does the run of a number in a folder."""
    state: Callable[[Path], Any]
    """What is in the folder now; raises Damaged where a file is."""
    allowed: Callable[[Any, Any], bool]
    """Whether a state may follow another one when a run was killed."""
    reset: Callable[[Path], None] = lambda folder: None
    """Called before every run; begins anew where there is nothing left to do."""
    counts: Counter[str] = field(default_factory=Counter)
    number: int = 0
    """Runs that were begun."""
    seconds: float = 0.0
    """About how long one takes."""


def fork(work: Callable[[Path, int], None], folder: Path, number: int) -> int:
    """Start a run in a process of its own; returns the number of the process."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        work(folder, number)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def finish(work: Callable[[Path, int], None], folder: Path, number: int) -> float:
    """Let a run finish; returns its seconds.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    _, status = os.waitpid(fork(work, folder, number), 0)
    if status:
        raise SystemExit(f"{work.__name__} failed when it was left alone")
    return time.perf_counter() - began


def kill(victim: Victim, folder: Path, count: int, rng: random.Random) -> None:
    """Kill runs until `count` were killed at work; look at the files after each."""
    if not victim.seconds:
        victim.seconds = finish(victim.work, folder, victim.number)
    while victim.counts["killed"] < count:
        victim.number += 1
        victim.reset(folder)
        before = victim.state(folder)
        instant = victim.seconds * (
            rng.uniform(0.5, 1.1) if rng.random() < LATE else rng.uniform(0, 0.5)
        )
        began = time.perf_counter()
        child = fork(victim.work, folder, victim.number)
        ended, status = 0, 0
        while not ended and time.perf_counter() - began < instant:
            time.sleep(0.001)
            ended, status = os.waitpid(child, os.WNOHANG)
        if not ended:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            victim.counts["killed"] += 1
        elif os.WEXITSTATUS(status):
            raise SystemExit(f"{victim.name} failed when it was not even killed")
        else:
            victim.counts["finished first"] += 1
            victim.seconds = time.perf_counter() - began
            continue
        try:
            after = victim.state(folder)
            good = victim.allowed(before, after)
        except (Damaged, RRSISError, sqlite3.Error, OSError) as error:
            print(f"{victim.name}: {error}")
            good = False
        victim.counts["wrong"] += not good
        if good:
            victim.counts["before" if after == before else "after"] += 1
        victim.seconds *= 1.005  # other programs make the machine slower


def end(victim: Victim, folder: Path) -> None:
    """Let runs finish after the last kill: nothing of the killed ones may be left.

    Raises:
        SystemExit: a run fails, or a working file is left.
    """
    victim.reset(folder)
    for last in range(len(FORMATS)):
        finish(victim.work, folder, victim.number + 1 + last)
    left = [path.name for path in folder.rglob(".*")]
    if left:
        raise SystemExit(f"{victim.name}: left behind {left}")


def table(chosen: list[Victim]) -> str:
    """Counts of every kind, and their sums."""
    columns = ("killed", "before", "after", "wrong", "finished first")
    total: Counter[str] = Counter()
    for victim in chosen:
        total += victim.counts
    rows = [(victim.name, victim.counts) for victim in chosen] + [("total", total)]
    lines = [f"{'':<10}" + "".join(f"{column:>16}" for column in columns)]
    for name, counts in rows:
        cells = "".join(f"{counts[column]:>16,}" for column in columns)
        lines.append(f"{name:<10}{cells}")
    return "\n".join(lines)


def victims(folder: Path) -> list[Victim]:
    """All kinds of runs, each with its own folder and undisturbed outcomes."""
    found = []
    for name, work, names, numbers in (
        ("vectorize", vectorize, [f"found{end}" for end in FORMATS], range(8)),
        ("segment", segment, ["found.gpkg", "found.tif"], range(2)),
    ):
        own = folder / name
        own.mkdir()
        finish(lambda place, _: write_inputs(place), own, 0)
        outcomes, state = Outcomes(), bytes_of(*names)
        for number in numbers:
            finish(work, own, number)
            outcomes.add(state(own))
        found.append(Victim(name, work, state, outcomes.allowed))
    own = folder / "append"
    own.mkdir()
    finish(lambda place, _: write_inputs(place), own, 0)
    finish(lambda place, _: make_shared(place / "shared.gpkg"), own, 0)
    shutil.copyfile(own / "shared.gpkg", own / "first.gpkg")
    start = shared_state(own)["own"]
    finish(append, own, 0)
    few = shared_state(own)["own"] - start
    finish(append, own, 1)
    many = shared_state(own)["own"] - start - few

    def allowed(before: dict[str, Any], after: dict[str, Any]) -> bool:
        added = after["own"] - before["own"]
        return before["others"] == after["others"] and added in (0, few, many)

    def begin(place: Path) -> None:
        if shared_state(place)["own"] > MOST:
            shutil.copyfile(place / "first.gpkg", place / "shared.gpkg")

    found.append(Victim("append", append, shared_state, allowed, begin))
    own = folder / "train"
    own.mkdir()
    found.append(
        Victim(
            "train",
            train,
            training_state,
            lambda before, after: before["step"] <= after["step"],
            begin_training,
        )
    )
    return found


def main() -> None:
    """Kill, count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", metavar="NAME")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with TemporaryDirectory(prefix="rrsis-kills-") as temporary:
        every = victims(Path(temporary))
        chosen = [v for v in every if not options.only or v.name in options.only]
        for goal in range(ROUND, options.count + ROUND, ROUND):
            for place, victim in enumerate(chosen):
                reached = min(goal, options.count)
                share = reached // len(chosen) + (place < reached % len(chosen))
                kill(victim, Path(temporary, victim.name), share, rng)
            print(table(chosen), flush=True)
        for victim in chosen:
            end(victim, Path(temporary, victim.name))
    print(table(chosen))
    print(f"seed {options.seed}")
    if any(victim.counts["wrong"] for victim in chosen):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
