"""Seconds of a first question about a scene and of those after it.

    python benchmarks/kept_answers.py SCENE [--first "all buildings"]
        [--second "the largest building"] [--more "the largest tree"] [--check]
        [--json out.json]

Every question is a command of its own, with an empty folder of kept answers before the
first, so that seconds include the start of Python and the writing of files. `--check`
also asks each without kept answers and compares the bytes. Without SCENE a mosaic of
10,000 x 10,000 pixels is made of `--tile`, mirrored so that no object is cut.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
from affine import Affine

SIZE = 10_000
"""Pixels of a side of the mosaic."""


def mosaic(tile: Path, path: Path, *, size: int, gsd: float) -> None:
    """Write a square scene of mirrored copies of a smaller one."""
    with rasterio.open(tile) as dataset:
        pixels = dataset.read((1, 2, 3))
    pair = np.concatenate([pixels, pixels[:, :, ::-1]], axis=2)
    pair = np.concatenate([pair, pair[:, ::-1]], axis=1)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=3,
        dtype="uint8",
        width=size,
        height=size,
        crs="EPSG:32645",
        transform=Affine(gsd, 0, 400_000, 0, -gsd, 3_050_000),
        tiled=True,
        compress="deflate",
    ) as dataset:
        for top in range(0, size, 1024):
            rows = np.arange(top, min(top + 1024, size)) % pair.shape[1]
            columns = np.arange(size) % pair.shape[2]
            part = pair[:, rows][:, :, columns]
            window = rasterio.windows.Window(0, top, size, len(rows))
            dataset.write(part, window=window)


def ask(scene: Path, text: str, output: Path, *words: str) -> float:
    """Run a command; wall seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "rrsis_geo_cli", "segment", str(scene), text]
    command += ["-o", str(output), "--progress", "none", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def half(scene: Path) -> str:
    """The left half of a scene as a box."""
    with rasterio.open(scene) as dataset:
        left, bottom, right, top = dataset.bounds
    return f"{left},{bottom},{(left + right) / 2},{top}"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("scene", nargs="?", type=Path)
    parser.add_argument("--tile", type=Path)
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--gsd", type=float, default=0.3)
    parser.add_argument("--first", default="all buildings")
    parser.add_argument("--second", default="the largest building")
    parser.add_argument("--more", default="buildings and trees")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help="where to work; kept afterwards")
    chosen = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        scene = chosen.scene
        if scene is None:
            if chosen.tile is None:
                parser.error("give a scene, or a --tile to make one of")
            scene = folder / "mosaic.tif"
            mosaic(chosen.tile, scene, size=chosen.size, gsd=chosen.gsd)
        os.environ["RRSIS_GEO_CACHE"] = str(folder / "kept")
        area = ("--bbox", half(scene))
        questions = [
            ("first question", chosen.first, ()),
            ("the same again", chosen.first, ()),
            ("second question", chosen.second, ()),
            ("half the area", chosen.first, area),
            ("half the area again", chosen.second, area),
            ("one more phrase", chosen.more, ()),
            ("after that", chosen.more, ()),
        ]
        rows = []
        for number, (name, text, words) in enumerate(questions):
            output = folder / f"{number}.geojson"
            seconds, same = ask(scene, text, output, *words, "--overwrite"), ""
            if chosen.check:
                fresh = folder / f"{number}-fresh.geojson"
                ask(scene, text, fresh, *words, "--no-cache", "--overwrite")
                same = str(output.read_bytes() == fresh.read_bytes())
            rows.append({"run": name, "text": text, "seconds": seconds, "same": same})
            print(f"{name:20} {seconds:8.1f} s  {same:5} {text}", flush=True)
        kept = sum(p.stat().st_size for p in (folder / "kept").rglob("*.answer"))
        print(f"{'kept':20} {kept / 1e6:8.1f} MB")
    if chosen.json is not None:
        chosen.json.write_text(json.dumps({"rows": rows, "bytes": kept}, indent=1))


if __name__ == "__main__":
    main()
