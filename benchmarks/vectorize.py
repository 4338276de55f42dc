"""Streaming polygonization against rasterio.features.shapes on the whole array.

    python benchmarks/vectorize.py [--size 20000] [--json vectorize.json]

Draws a raster of ragged round objects, about one for every 5,500 pixels, and runs each
method in a process of its own, so that the peak memory is its own. The whole-array
method ends with shapely polygons in pixels; ours also transforms them to the CRS and
computes their attributes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import rasterio.features
import shapely.geometry
from affine import Affine
from rasterio.crs import CRS

from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import Strip
from rrsis_geo.vector.boundary_tracing import BoundaryTracer
from rrsis_geo.vector.polygonize import vectorize

ROWS = 384
"""Rows of a strip: step of windows of 480 with an overlap of 96."""

Result = tuple[int, float, float]
"""Number of polygons, seconds, peak memory in MB."""


def draw(path: Path, size: int) -> None:
    """Write size x size levels in row-major order."""
    rng = np.random.default_rng(0)
    levels = np.zeros((size, size), np.uint8)
    row, col = np.mgrid[-20:21, -20:21]
    for _ in range(size * size // 5500):
        radius, (top, left) = rng.integers(4, 20), rng.integers(0, size - 41, 2)
        inside = row**2 + col**2 + rng.normal(0, radius, row.shape) < radius**2
        levels[top : top + 41, left : left + 41][inside] = rng.integers(130, 254)
    levels.tofile(path)


def strips(path: Path, size: int) -> Iterator[Strip]:
    """Yield strips as stitching does."""
    for top in range(0, size, ROWS):
        count = min(ROWS, size - top) * size
        levels = np.fromfile(path, np.uint8, count=count, offset=top * size)
        yield Strip(top=top, levels=levels.reshape(1, -1, size))


def whole(path: Path, size: int) -> int:
    """Polygonize the whole array with rasterio."""
    mask = np.fromfile(path, np.uint8).reshape(size, size) > 127
    shapes = rasterio.features.shapes(mask.view(np.uint8), mask=mask, connectivity=4)
    return len([shapely.geometry.shape(shape) for shape, _ in shapes])


def outlines(path: Path, size: int) -> int:
    """Trace boundaries without attributes."""
    tracer = BoundaryTracer(size, size, threshold=0.5)
    return sum(
        len(closed)
        for strip in strips(path, size)
        for closed in tracer.add(strip.levels[0])
    )


def plain(path: Path, size: int) -> int:
    """Make polygons with their attributes."""
    return _vectorized(path, size, fill_holes=0, simplify=0)


def simplified(path: Path, size: int) -> int:
    """Make polygons with filled holes and simplified outlines."""
    return _vectorized(path, size, fill_holes=2, simplify=0.5)


def _vectorized(path: Path, size: int, **options: float) -> int:
    place = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
    grid = Grid(place, CRS.from_epsg(32633), size, size)
    return len(
        vectorize(strips(path, size), grid, ["x"], threshold=0.5, min_area=0, **options)
    )


METHODS: dict[str, Callable[[Path, int], int]] = {
    "rasterio.features.shapes, whole array": whole,
    "outlines in strips": outlines,
    "vectorize in strips": plain,
    "vectorize in strips, filled and simplified": simplified,
}


def _measured(name: str, path: Path, size: int) -> Result:
    started = time.perf_counter()
    polygons = METHODS[name](path, size)
    seconds = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    return polygons, seconds, peak


def main() -> None:
    """Print the table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--size", type=int, default=20_000, help="side of the raster in pixels"
    )
    parser.add_argument("--json", type=Path, help="write the results to this file")
    arguments = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "levels"
        # a new process for each method, because peak memory is per process
        context = multiprocessing.get_context("spawn")
        with context.Pool(1, maxtasksperchild=1) as pool:
            pool.apply(draw, (path, arguments.size))
            for name in METHODS:
                rows[name] = pool.apply(_measured, (name, path, arguments.size))
    base = rows["rasterio.features.shapes, whole array"]
    print(f"{arguments.size} x {arguments.size} pixels")
    print(f"{'':44}{'polygons':>10}{'s':>8}{'ratio':>7}{'peak MB':>9}{'ratio':>7}")
    for name, (polygons, seconds, peak) in rows.items():
        print(
            f"{name:44}{polygons:10,}{seconds:8.1f}{seconds / base[1]:7.2f}"
            f"{peak:9.0f}{peak / base[2]:7.2f}"
        )
    if arguments.json:
        keys = ("polygons", "seconds", "peak_mb")
        numbers = {
            name: dict(zip(keys, row, strict=True)) for name, row in rows.items()
        }
        document = {"size": arguments.size, "methods": numbers}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
