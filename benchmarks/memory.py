"""Peak memory of a run on scenes of growing size.

    python benchmarks/memory.py [--weights default] [--rows N] [--json out.json]
    python benchmarks/memory.py --bright

Writes scenes of 12,000 x 12,000 pixels and of three times as many, tall and wide, runs
each in a process of its own and prints the peak of its resident memory. It does not
grow with the rows; with the columns it grows by about 1.2 kB each
(docs/decisions/0020-stitching-sums.md).

With --bright, brightness stands for the network, and the pipeline is measured alone.
The network takes a while: --rows 4200 looks at so many rows only, where the peak shows
already (fewer rows do not fill the cache of a narrow scene).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.runner import run

SIZES = ((12_000, 12_000), (12_000, 40_000), (40_000, 12_000))
"""Columns and rows; the first is what the others are compared with."""

BLOCK = 512


class Bright:
    """Brightness as probability: costs next to nothing and finds the boxes."""

    device, batch_size = "cpu", 1

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """(B, 3, H, W) to (B, 1, H, W)."""
        return pixels[:, :1].astype(np.float32) / np.float32(255)


def write_scene(path: Path, width: int, height: int) -> None:
    """Grey ground with bright boxes, tiled, in metres; no more than a row in memory."""
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": 3,
        "dtype": "uint8",
        "crs": "EPSG:32631",
        "transform": Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000),
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "deflate",
        "zlevel": 1,
    }
    rng = np.random.default_rng(0)
    with rasterio.open(path, "w", **profile) as dataset:
        for top in range(0, height, BLOCK):
            rows = min(BLOCK, height - top)
            pixels = np.full((3, rows, width), 90, np.uint8)
            for left in range(0, width - 200, 800):
                row, wide = rng.integers(0, 60), rng.integers(20, 120)
                pixels[:, row : row + 80, left : left + wide] = 220
            dataset.write(pixels, window=Window(0, top, width, rows))


def measure(scene: Path, weights: str | None, rows: int | None) -> dict[str, Any]:
    """Run in this process and say what it took."""
    with rasterio.open(scene) as dataset:
        left, bottom, right, top = dataset.bounds
    if rows is not None:
        bottom = top - 0.5 * rows
    job = SegmentJob(
        scene=str(scene),
        expressions=("bright box",),
        output=str(scene.with_suffix(".gpkg")),
        probability=str(scene.with_suffix(".probability.tif")),
        weights=weights or "default",
        overwrite=True,
        # a high threshold: polygons take what they take, and are not what is measured
        options=SegmentOptions(gsd=0.5, threshold=0.8, bbox=(left, bottom, right, top)),
    )
    began = time.perf_counter()
    found = run(job, predictor=None if weights else Bright(), resume=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "polygons": len(found.polygons),
        "windows": found.counts.windows,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mib": peak / (2**20 if sys.platform == "darwin" else 2**10),
    }


def main() -> None:
    """Compare the sizes, each in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--bright", action="store_true")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    weights = None if options.bright else options.weights
    if options.measure is not None:
        print(json.dumps(measure(options.measure, weights, options.rows)))
        return
    rows = []
    print(
        "    columns x rows   windows  polygons  seconds  peak MiB  against the first"
    )
    for width, height in SIZES:
        with TemporaryDirectory(prefix="rrsis-geo-") as folder:
            scene = Path(folder) / "scene.tif"
            write_scene(scene, width, height)
            again = [sys.executable, __file__, "--measure", str(scene)]
            again += ["--bright"] if options.bright else ["--weights", weights]
            again += ["--rows", str(options.rows)] if options.rows else []
            done = subprocess.run(
                again, check=True, capture_output=True, text=True, env=os.environ
            )
        row = {"width": width, "height": height, **json.loads(done.stdout)}
        rows.append(row)
        row["ratio"] = row["peak_mib"] / rows[0]["peak_mib"]
        print(
            f"{width:>10,} x {height:>6,}{row['windows']:>9,}{row['polygons']:>10,}"
            f"{row['seconds']:>9.1f}{row['peak_mib']:>10.0f}{row['ratio']:>19.2f}",
            flush=True,
        )
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
