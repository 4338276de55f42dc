"""Overhead of the pipeline over the network.

    python benchmarks/pipeline.py [--weights default] [--windows 60] [--repeat 3]
                                  [--threads N] [--json out.json]

Segments a synthetic scene and divides the time from the first window to the written
files by the time that the same network needs for the same windows in memory. The
network runs with batches of one, as on a CPU by default. `--random btd-mobile` uses
untrained weights, which take as long; a threshold of 0.99 suppresses their polygons.
The ratio of processor times is printed too, because wall time is unreliable on a busy
machine.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run
from rrsis_geo.pipeline.shard import bind
from rrsis_geo.scene.scene import Scene
from rrsis_geo.synthetic import write_scene
from rrsis_geo.tiling.windows import plan_windows
from rrsis_geo.types import Predictor


def random_weights(name: str, path: Path) -> None:
    """Write an untrained network of a preset as a weights file."""
    from rrsis_geo.model.btdnet import BTDNet
    from rrsis_geo.model.config import preset
    from rrsis_geo.model.encoders.wordpiece import (
        CHARACTERS,
        CONTINUES,
        LETTERS,
        SPECIAL,
    )
    from rrsis_geo.model.serialization.header import Card
    from rrsis_geo.model.serialization.weights import save_weights

    tokens = [*SPECIAL, *sorted(CHARACTERS)]
    tokens += [CONTINUES + letter for letter in sorted(LETTERS)]
    config = preset(name)
    tokens += [f"word{place}" for place in range(len(tokens), config.text_vocabulary)]
    net = BTDNet(replace(config, text_vocabulary=len(tokens)))
    card = Card(name=f"random {name}", vocabulary=tuple(tokens), gsd_range=(0.1, 10.0))
    save_weights(net, path, card=card)


def time_network(job: SegmentJob, predictor: Predictor) -> tuple[float, float]:
    """Measure wall and processor seconds of the network on a job's windows."""
    with Scene.open(job.scene) as scene:
        grid = scene.grid(None)
        windows = plan_windows(
            grid.width,
            grid.height,
            size=job.options.window_size,
            overlap=job.options.overlap,
        )
        patches = [patch.pixels[None] for patch in scene.patches(grid, windows)]
    wall, processor = time.perf_counter(), time.process_time()
    for pixels in patches:
        predictor(pixels)
    return time.perf_counter() - wall, time.process_time() - processor


def time_run(job: SegmentJob, predictor: Predictor) -> tuple[dict[str, float], float]:
    """Measure a run with a loaded network: wall seconds by step, processor seconds."""
    start = time.process_time()
    result = run(job, predictor=predictor, resume=False)
    return result.timings, time.process_time() - start


def main() -> None:
    """Measure alternately, so that other load on the machine affects both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--random", metavar="PRESET", help="untrained weights instead")
    parser.add_argument("--expression", default="the storage tank near the road")
    parser.add_argument("--windows", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.threads is not None:
        import torch

        torch.set_num_threads(options.threads)
    with TemporaryDirectory(prefix="rrsis-geo-") as name:
        folder = Path(name)
        threshold = 0.5 if options.random is None else 0.99
        # without overviews, whose windows would not be counted
        settings = SegmentOptions(gsd=0.5, threshold=threshold, overviews=0)
        step = settings.window_size - settings.overlap
        side = settings.overlap + step * round(math.sqrt(options.windows))
        scene = folder / "scene.tif"
        write_scene(
            scene, folder / "labels.geojson", 1, width=side, height=side, gsd=0.5
        )
        weights = options.weights
        if options.random is not None:
            weights = str(folder / "random.safetensors")
            random_weights(options.random, Path(weights))
        job = SegmentJob(
            scene=str(scene),
            expressions=(options.expression,),
            output=str(folder / "found.gpkg"),
            probability=str(folder / "found.tif"),
            weights=weights,
            overwrite=True,
            options=settings,
        )
        predictor = bind(job, job.expressions)
        size = settings.window_size
        predictor(np.zeros((1, 3, size, size), np.uint8))  # warm up
        rows: list[dict[str, Any]] = []
        print("network s   whole s   ratio   (plan, look, write)   processor's ratio")
        for _ in range(options.repeat):
            (alone, alone_spent), (parts, spent) = (
                time_network(job, predictor),
                time_run(job, predictor),
            )
            row = {"network": alone, "whole": parts["total"], **parts}
            row["ratio"] = parts["total"] / alone
            row["processor_ratio"] = spent / alone_spent
            rows.append(row)
            print(
                f"{alone:9.2f}{parts['total']:10.2f}{row['ratio']:8.3f}   "
                f"({parts['plan']:.2f}, {parts['look']:.2f}, {parts['write']:.2f})   "
                f"{row['processor_ratio']:.3f}",
                flush=True,
            )
        median = statistics.median(row["ratio"] for row in rows)
        print(f"median ratio {median:.3f}")
        if options.json is not None:
            options.json.write_text(
                json.dumps({"median": median, "rows": rows}, indent=2) + "\n"
            )


if __name__ == "__main__":
    main()
