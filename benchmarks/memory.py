"""Peak memory of a run on scenes of growing size.

    python benchmarks/memory.py [--weights default] [--rows N] [--json out.json]
    python benchmarks/memory.py --bright

Writes scenes of 12,000 x 12,000 pixels and of more than three times as many, tall and
wide, runs each in a process of its own and prints its peak resident memory. The peak
does not grow with the rows; with the columns it grows by about 1.2 kB each
(docs/decisions/0020-stitching-sums.md).

With --bright, brightness replaces the network, and the pipeline is measured alone. The
network is slow: --rows 4200 segments only the first 4,200 rows, which already reach the
peak (fewer rows do not fill the cache of a narrow scene).
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
"""(columns, rows); the others are compared with the first."""

BLOCK = 512


class Bright:
    """Use brightness as probability: very cheap, and finds the boxes."""

    device, batch_size = "cpu", 1

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Map (B, 3, H, W) pixels to (B, 1, H, W) probabilities."""
        return pixels[:, :1].astype(np.float32) / np.float32(255)


def write_scene(path: Path, width: int, height: int) -> None:
    """Write grey ground with bright boxes, one row of tiles at a time."""
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
    """Run in this process; return counts, seconds and peak memory."""
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
        # a high threshold, because the memory of polygons is not measured here
        options=SegmentOptions(gsd=0.5, threshold=0.8, bbox=(left, bottom, right, top)),
    )
    began = time.perf_counter()
    result = run(job, predictor=None if weights else Bright(), resume=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "polygons": len(result.polygons),
        "windows": result.counts.windows,
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mib": peak / (2**20 if sys.platform == "darwin" else 2**10),
    }


def main() -> None:
    """Compare the sizes, each in a new process."""
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
            command = [sys.executable, __file__, "--measure", str(scene)]
            command += ["--bright"] if options.bright else ["--weights", weights]
            command += ["--rows", str(options.rows)] if options.rows else []
            completed = subprocess.run(
                command, check=True, capture_output=True, text=True, env=os.environ
            )
        row = {"width": width, "height": height, **json.loads(completed.stdout)}
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
