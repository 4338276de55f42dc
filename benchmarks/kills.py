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
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import rasterio
import torch
from affine import Affine
from numpy.typing import NDArray
from shared_geopackage import dump, is_sound, make_shared

from rrsis_geo.errors import RRSISError
from rrsis_geo.job import SegmentJob, SegmentOptions, VectorizeJob
from rrsis_geo.model.btdnet import BTDNet
from rrsis_geo.model.config import preset
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.pipeline.revectorize import revectorize
from rrsis_geo.pipeline.runner import run
from rrsis_geo.training.checkpoint import load_tensors
from rrsis_geo.training.config import TrainConfig
from rrsis_geo.training.data.augmentation import Augmentation
from rrsis_geo.training.data.listed_samples import ListedStream, group_by_image
from rrsis_geo.training.distributed.process_group import ProcessGroup
from rrsis_geo.training.initial_weights.initial_weights import spelling_vocabulary
from rrsis_geo.training.trainer import (
    CHECKPOINT,
    RunEnvironment,
    RunSamples,
    run_training,
)

FORMATS = (".gpkg", ".geojson", ".fgb", ".parquet")
SIDE = 240
"""Pixels along a side of the scene."""

LATE = 0.6
"""Share of the kills that fall into the second half of a run, where it writes."""

ROUND = 8
"""Kills before it is the turn of the next ones, so that a part counts too."""

MOST = 5_000
"""Polygons of ours in the shared GeoPackage at which it begins anew."""

STEPS = 4
"""Steps of a training."""

WORDS = spelling_vocabulary(["the red box"])


class Damaged(Exception):
    """A file is not what a run may leave."""


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


def bright(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Brightness in the place of a network."""
    return pixels.mean(axis=1, keepdims=True, dtype=np.float32) / np.float32(255)


def write_inputs(folder: Path) -> None:
    """A scene, and two rasters of probabilities with different objects."""
    place = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "crs": "EPSG:32631"}
    for name, bands, step in (("scene", 3, 12), ("few", 1, 40), ("many", 1, 8)):
        values = np.full((bands, SIDE, SIDE), 20, np.uint8)
        for row, col in np.ndindex(SIDE // step, SIDE // step):
            top, left = row * step + 1, col * step + 1
            values[:, top : top + step // 2, left : left + step // 2] = 240
        with rasterio.open(
            folder / f"{name}.tif",
            "w",
            count=bands,
            dtype="uint8",
            transform=place,
            **profile,
        ) as dataset:
            dataset.write(values)


def vectorize(folder: Path, number: int) -> None:
    """Replace the files of every format, in turn by few and many polygons."""
    source = ("few", "many")[number // len(FORMATS) % 2]
    revectorize(
        VectorizeJob(
            probability=str(folder / f"{source}.tif"),
            output=str(folder / f"found{FORMATS[number % len(FORMATS)]}"),
            expressions=("box",),
            min_score=0.0,
            overwrite=True,
        )
    )


def append(folder: Path, number: int) -> None:
    """Add few or many polygons to the own layer of a shared GeoPackage."""
    revectorize(
        VectorizeJob(
            probability=str(folder / f"{('few', 'many')[number % 2]}.tif"),
            output=str(folder / "shared.gpkg"),
            expressions=("box",),
            layer="tanks",
            append=True,
            min_score=0.0,
        )
    )


def segment(folder: Path, number: int) -> None:
    """Replace polygons and probabilities, at one of two thresholds."""
    options = SegmentOptions(
        window_size=64, overlap=16, threshold=(0.5, 0.93)[number % 2], min_score=0.0
    )
    job = SegmentJob(
        scene=str(folder / "scene.tif"),
        expressions=("box",),
        output=str(folder / "found.gpkg"),
        probability=str(folder / "found.tif"),
        overwrite=True,
        options=options,
    )
    run(job, predictor=bright)


@dataclass(frozen=True)
class Line:
    """A training sample in memory: a red box on dark ground."""

    image: Path
    expression: str = "the red box"
    type: str = "category"

    def read_pixels(self) -> NDArray[np.uint8]:
        """(3, 64, 64)."""
        pixels = np.full((3, 64, 64), 40, np.uint8)
        pixels[0, 10:30, 10:30] = 220
        return pixels

    def read_mask(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """(64, 64)."""
        mask = np.zeros(shape, bool)
        mask[10:30, 10:30] = True
        return mask


def train(folder: Path, number: int) -> None:
    """Train a tiny network for a step more, with a checkpoint after every step."""
    torch.set_num_threads(1)
    lines: Any = [Line(Path(f"{n}.png")) for n in range(4)]
    stream = ListedStream(
        groups=group_by_image(lines, 1),
        size=64,
        expressions=1,
        augmentation=Augmentation(crop=0),
    )
    config = TrainConfig(
        preset="btd-tiny",
        steps=STEPS,
        size=64,
        images=1,
        expressions=1,
        warmup=1,
        bfloat16=False,
        keep_every=1,
        validate_every=100,
    )
    torch.manual_seed(0)
    network = BTDNet(replace(preset("btd-tiny"), text_vocabulary=len(WORDS)))
    environment = RunEnvironment(
        folder=folder / "train",
        processes=ProcessGroup(device=torch.device("cpu")),
        workers=0,
        log=lambda line: None,
    )
    run_training(
        config,
        network,
        Tokenizer(WORDS),
        RunSamples(stream=stream, validation={}),
        environment,
    )


def bytes_of(*names: str) -> Callable[[Path], dict[str, bytes]]:
    """The state that consists of the bytes of some files."""

    def state(folder: Path) -> dict[str, bytes]:
        return {
            name: (folder / name).read_bytes()
            for name in names
            if (folder / name).exists()
        }

    return state


def shared_state(folder: Path) -> dict[str, Any]:
    """What others keep in the shared GeoPackage, and how many polygons are ours."""
    path = folder / "shared.gpkg"
    if not is_sound(path):
        raise Damaged("integrity_check finds the file damaged")
    with closing(sqlite3.connect(path)) as database:
        names = database.execute(
            "SELECT count(*) FROM sqlite_master WHERE name = 'tanks'"
        ).fetchone()
        own = index = 0
        if names[0]:
            (own,) = database.execute("SELECT count(*) FROM tanks").fetchone()
            (index,) = database.execute(
                "SELECT count(*) FROM rtree_tanks_geom"
            ).fetchone()
    if own != index:
        raise Damaged(f"{own} polygons, {index} in the spatial index")
    return {"others": dump(path, without=["tanks"]), "own": own}


def training_state(folder: Path) -> dict[str, Any]:
    """The step of the checkpoint, which has to load whole."""
    path = folder / "train" / CHECKPOINT
    if not path.exists():
        return {"step": 0}
    tensors, metadata = load_tensors(path)
    if not all(tensor.isfinite().all() for tensor in tensors.values()):
        raise Damaged("a checkpoint with numbers that are not finite")
    return {"step": metadata["progress"]["step"]}


def begin_training(folder: Path) -> None:
    """Remove a training that has done all its steps."""
    if training_state(folder)["step"] == STEPS:
        shutil.rmtree(folder / "train")


class Outcomes:
    """The states that undisturbed runs leave, per file: nothing else is allowed."""

    def __init__(self) -> None:
        self.known: dict[str, set[bytes]] = {}

    def add(self, state: dict[str, bytes]) -> None:
        """Remember the files of an undisturbed run."""
        for name, content in state.items():
            self.known.setdefault(name, set()).add(content)

    def allowed(self, before: dict[str, bytes], after: dict[str, bytes]) -> bool:
        """Whether every file is one of those, and none has gone."""
        return before.keys() <= after.keys() and all(
            content in self.known[name] for name, content in after.items()
        )


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
