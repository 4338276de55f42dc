"""Many small scenes in one command, beside a command for each.

    python benchmarks/many_scenes.py [--scenes 108] [--singles 12] [--size 300]
        [--runtime onnx] [--expression "storage tank"]

Draws the scenes, searches all of them with one command, and the first few with a
command each; the time of as many commands as there are scenes follows from their mean.
All commands run with one thread, one after another. On a shared machine CPU seconds say
more than seconds on the clock, so both ratios are printed. The polygons of the one
layer are compared with those of the single commands.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd

from rrsis_geo.synthetic import write_scene


@dataclass(frozen=True)
class Spent:
    """What commands took."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processors, of the system too."""


def main() -> None:
    """Measure, and print the table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=108)
    parser.add_argument("--singles", type=int, default=12)
    parser.add_argument("--size", type=int, default=300, help="pixels of a side")
    parser.add_argument("--expression", default="storage tank")
    parser.add_argument("--runtime", default="onnx", choices=("onnx", "torch"))
    chosen = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        scenes = _draw(folder / "tiles", chosen.scenes, chosen.size)
        words = [chosen.expression, "--runtime", chosen.runtime, "-q", "--no-cache"]
        one = _spent([str(folder / "tiles"), *words, "-o", str(folder / "all.gpkg")])
        singles = []
        for number, scene in enumerate(scenes[: chosen.singles]):
            output = ["-o", str(folder / f"{number}.gpkg")]
            singles.append(_spent([str(scene), *words, *output]))
        _compare(folder, scenes[: chosen.singles])
    wall = sum(each.wall for each in singles) / len(singles)
    cpu = sum(each.cpu for each in singles) / len(singles)
    count = chosen.scenes
    print(f"runtime {chosen.runtime}, {count} scenes of {chosen.size} pixels")
    print(f"{'':<34}{'clock s':>10}{'CPU s':>10}")
    print(f"{'one command':<34}{one.wall:>10.1f}{one.cpu:>10.1f}")
    print(f"{f'a command, mean of {len(singles)}':<34}{wall:>10.2f}{cpu:>10.2f}")
    print(f"{f'{count} commands, from that mean':<34}{wall * count:>10.1f}"
          f"{cpu * count:>10.1f}")  # fmt: skip
    print(f"{'times faster':<34}{wall * count / one.wall:>10.1f}"
          f"{cpu * count / one.cpu:>10.1f}")  # fmt: skip


def _draw(folder: Path, count: int, size: int) -> list[Path]:
    """Scenes side by side, each from a seed of its own."""
    folder.mkdir()
    scenes = []
    for seed in range(count):
        path = folder / f"{seed:04d}.tif"
        write_scene(
            path,
            folder / "labels.geojson",
            seed,
            width=size,
            height=size,
            origin=(5e5 + seed * size, 5.3e6),
        )
        scenes.append(path)
    (folder / "labels.geojson").unlink()
    return scenes


def _spent(words: list[str]) -> Spent:
    """Run `segment` with one thread."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "rrsis_geo_cli", "segment", *words],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return Spent(wall=wall, cpu=user + system)


def _compare(folder: Path, scenes: list[Path]) -> None:
    """Say whether the layer of all holds what single commands found."""
    layer = gpd.read_file(folder / "all.gpkg")
    for number, scene in enumerate(scenes):
        alone = gpd.read_file(folder / f"{number}.gpkg")
        mine = layer[layer["scene"] == str(scene)].reset_index(drop=True)
        same = len(mine) == len(alone) and bool(
            (mine.geometry.to_numpy() == alone.geometry.to_numpy()).all()
            and mine["score"].equals(alone["score"])
        )
        if not same:
            raise SystemExit(f"{scene.name}: {len(mine)} and {len(alone)} polygons")
    print(f"the same {len(scenes)} scenes alone: the same polygons")


if __name__ == "__main__":
    main()
