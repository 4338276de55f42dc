"""The runtimes side by side: speed, memory, and whether their answers differ.

    python benchmarks/runtimes.py speed [--rounds 9]
    python benchmarks/runtimes.py memory
    python benchmarks/runtimes.py sentences KEPT.jsonl [--images 40]
    python benchmarks/runtimes.py scene SCENE EXPRESSION [EXPRESSION ...]

All take --weights. KEPT.jsonl comes from benchmarks/kept_manifest.py. `speed` takes the
runtimes in turn in one process, with one thread, and prints the least CPU time of all
rounds: on a shared machine wall time says more about the others. `memory` segments a
drawn scene of one window in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

if __name__ == "__main__":  # read when a runtime is loaded
    os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.evaluation.protocols import (
    count_pixels,
    resize_image_to_square,
    resize_mask_to_square,
)
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.runtime.cached_predictor import load_network
from rrsis_geo.types import Predictor

RUNTIMES = ("torch", "onnx")
THRESHOLD = SegmentOptions.threshold
TEXTS = (
    "storage tank",
    "the airplane on the left",
    "all buildings near the road",
    "the largest ship",
    "tennis courts in the middle",
    "a white car beside the house",
    "the harbor at the bottom",
    "trees",
)


def main() -> None:
    """Run one of the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for name, command in COMMANDS.items():
        part = commands.add_parser(name)
        part.add_argument("--weights", default="default")
        part.set_defaults(command=command)
        if name == "speed":
            part.add_argument("--rounds", type=int, default=9)
        if name == "sentences":
            part.add_argument("manifest", type=Path)
            part.add_argument("--images", type=int, default=40)
        if name == "scene":
            part.add_argument("scene", type=Path)
            part.add_argument("expressions", nargs="+")
    options = parser.parse_args()
    options.command(options)


def bind(runtime: str, weights: str) -> Callable[[tuple[str, ...]], Predictor]:
    """A function from texts to a predictor in float32 on the CPU."""
    network = load_network(weights, runtime=runtime, device="cpu")
    return lambda texts: network.bind(texts, SegmentOptions(precision="float32"))


def speed(options: argparse.Namespace) -> None:
    """CPU seconds of a window of 480 x 480 for one and for eight expressions."""
    pixels = np.random.default_rng(0).integers(0, 256, (1, 3, 480, 480), np.uint8)
    binds = {runtime: bind(runtime, options.weights) for runtime in RUNTIMES}
    predictors = {
        (runtime, count): binds[runtime](TEXTS[:count])
        for count in (1, 8)
        for runtime in RUNTIMES
    }
    least = dict.fromkeys(predictors, float("inf"))
    for _ in range(options.rounds + 1):  # the first includes set-up
        for key, predictor in predictors.items():
            began = time.process_time()
            predictor(pixels)
            least[key] = min(least[key], time.process_time() - began)
    print("| expressions | torch, s | onnx, s | times as fast |")
    print("| --- | --- | --- | --- |")
    for count in (1, 8):
        slow, fast = (least[runtime, count] for runtime in RUNTIMES)
        print(f"| {count} | {slow:.3f} | {fast:.3f} | {slow / fast:.2f} |")


MEMORY = """
import resource, sys
from pathlib import Path
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
folder, weights, runtime = Path(sys.argv[1]), *sys.argv[2:]
options = SegmentOptions(runtime=runtime, device="cpu", precision="float32")
job = SegmentJob(scene=str(folder / "scene.tif"), expressions=("storage tank",),
    output=str(folder / f"{runtime}.gpkg"), weights=weights, options=options)
run(job)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def memory(options: argparse.Namespace) -> None:
    """Peak resident memory of a whole run over one window."""
    from rrsis_geo.synthetic import write_scene

    print("| runtime | peak, MiB |\n| --- | --- |")
    with TemporaryDirectory() as name:
        folder = Path(name)
        labels = folder / "labels.geojson"
        write_scene(folder / "scene.tif", labels, 1, width=480, height=480)
        for runtime in RUNTIMES:
            peak = subprocess.check_output(
                [sys.executable, "-c", MEMORY, name, options.weights, runtime],
                text=True,
            )
            print(f"| {runtime} | {peak.strip()} |")


class Difference:
    """Counts what differs between two probabilities of one thing."""

    def __init__(self) -> None:
        self.pixels = self.crossing = self.greatest = 0.0
        self.masks = self.other_masks = 0

    def add(self, first: NDArray[Any], second: NDArray[Any]) -> None:
        """Take (H, W) probabilities of both runtimes."""
        crossing = np.count_nonzero((first > THRESHOLD) != (second > THRESHOLD))
        self.pixels += first.size
        self.crossing += crossing
        self.greatest = max(self.greatest, float(np.abs(first - second).max()))
        self.masks += 1
        self.other_masks += crossing > 0

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.other_masks} of {self.masks} masks differ, {self.crossing:.0f} of "
            f"{self.pixels:.0f} pixels lie on the other side of {THRESHOLD}; greatest "
            f"difference of a probability {self.greatest:.1e}"
        )


def sentences(options: argparse.Namespace) -> None:
    """The masks of kept sentences, and their mIoU."""
    from rrsis_geo.datasets.formats.manifest import read_manifest

    binds = {runtime: bind(runtime, options.weights) for runtime in RUNTIMES}
    samples = sorted(read_manifest(options.manifest), key=lambda one: str(one.image))
    difference, scores = Difference(), {runtime: [] for runtime in RUNTIMES}
    by_image = groupby(samples, key=lambda sample: sample.image)
    for _, group in islice(by_image, options.images):
        of_image = list(group)
        pixels = resize_image_to_square(of_image[0].read_pixels())[None]
        texts = tuple(sample.expression for sample in of_image)
        found = {runtime: binds[runtime](texts)(pixels)[0] for runtime in RUNTIMES}
        for number, sample in enumerate(of_image):
            truth = resize_mask_to_square(sample.read()[1])
            difference.add(*(found[runtime][number] for runtime in RUNTIMES))
            for runtime in RUNTIMES:
                mask = found[runtime][number] > THRESHOLD
                scores[runtime].append(count_pixels(mask, truth).iou)
    print(difference)
    for runtime in RUNTIMES:
        print(f"{runtime}: mIoU {100 * np.mean(scores[runtime]):.4f}")


def scene(options: argparse.Namespace) -> None:
    """Probabilities and polygons of a whole scene."""
    import rasterio

    levels, polygons = {}, {}
    with TemporaryDirectory() as name:
        for runtime in RUNTIMES:
            raster = Path(name, f"{runtime}.tif")
            job = SegmentJob(
                scene=str(options.scene),
                expressions=tuple(options.expressions),
                probability=str(raster),
                weights=options.weights,
                options=SegmentOptions(
                    runtime=runtime,
                    device="cpu",
                    precision="float32",
                    pixel_coordinates=options.scene.suffix == ".jpg",
                ),
            )
            polygons[runtime] = run(job).polygons
            with rasterio.open(raster) as dataset:
                levels[runtime] = dataset.read().astype(np.int64)
    first, second = (levels[runtime] for runtime in RUNTIMES)
    print(f"{np.count_nonzero(first != second)} of {first.size} levels differ", end="")
    print(f", by {np.abs(first - second).max()} of 254 at most")
    for runtime in RUNTIMES:
        print(f"{runtime}: {len(polygons[runtime])} polygons")
    shapes = [{shape.wkb for shape in polygons[key].geometry} for key in RUNTIMES]
    print(f"{len(shapes[0] & shapes[1])} polygons are the same to the last corner")


COMMANDS = {"speed": speed, "memory": memory, "sentences": sentences, "scene": scene}

if __name__ == "__main__":
    main()
