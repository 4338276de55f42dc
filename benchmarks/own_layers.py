"""How often questions are answered exactly right with layers of the user's own.

    python benchmarks/own_layers.py drawn [--scenes 3] [--without]
    python benchmarks/own_layers.py real DATA_FOLDER [--without] [--limit 40]
    python benchmarks/own_layers.py banepa DATA_FOLDER [--without] [--limit 30]

drawn: sentences about storage tanks and roads on drawn scenes. The true roads are a
layer, in another CRS than the scene. Tanks are the labels, or what the default weights
find, given as a layer as well (then what is meant is worked out for these), or sought
by the network. `--without` asks the network for the roads too, as without any layer.

real: sentences that people wrote for aerial images with footprints of all buildings,
on the half of the images on which choices are made (sha256 of their names is even).
The footprints are the layer; `--without` asks the network alone.

banepa: likewise of a scene of a town, with the buildings of OpenStreetMap; sentences in
the order of their sha256.

Right is every object that is meant and no other. What is meant on drawn scenes is
worked out from outlines in metres, without the planner and its operators, and a
sentence is only asked where it is true or false by a margin.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from own_layers_drawn import drawn, matched_labels, print_table
from query_scenes import read_scenes
from rasterio.features import shapes as outlines
from rasterio.windows import Window

from rrsis_geo import segment
from rrsis_geo.job_texts import OwnLayer
from rrsis_geo.pipeline.explain import explain


def real(options: argparse.Namespace) -> None:
    """Ask of real images with footprints."""
    folder = Path(tempfile.gettempdir()) / "rrsis-own-layers"
    folder.mkdir(exist_ok=True)
    path = options.data / "expressions" / "oam.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [line for line in lines if _chooses(line["image"])][: options.limit]
    if options.alone:
        lines = [line for line in lines if not _asks_network(line["expression"])]
    tally = Tally()
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in lines:
        key = line["image"], json.dumps(line.get("crop"))
        groups.setdefault(key, []).append(line)
    for (image, crop), some in groups.items():
        scene, footprints = _footprints(options.data, image, json.loads(crop), folder)
        print(f"# {image} {crop}: {len(some)} sentences", flush=True)
        tally.ask(scene, footprints, some, options.without)
    tally.print()


def banepa(options: argparse.Namespace) -> None:
    """Ask of a real scene of a town with the buildings of OpenStreetMap."""
    (scene,) = (one for one in read_scenes(options.data) if "banepa" in str(one.path))
    path = scene.path.with_name("buildings.geojson")
    with rasterio.open(scene.path) as dataset:
        footprints = gpd.read_file(path).to_crs(dataset.crs)
    footprints = footprints.assign(number=np.arange(len(footprints)))
    lines = [
        {"expression": one.expression, "type": one.type, "targets": sorted(one.targets)}
        for one in sorted(scene.queries, key=lambda one: _digest(one.expression))
    ]
    tally = Tally()
    some = lines[: options.limit]
    tally.ask(scene.path, footprints[["number", "geometry"]], some, options.without)
    tally.print()


class Tally:
    """Which sentences were answered exactly right, with footprints and without."""

    def __init__(self) -> None:
        self.right: dict[str, list[bool]] = {}
        self.kinds: dict[tuple[str, str], list[bool]] = {}

    def ask(
        self,
        scene: Path,
        footprints: gpd.GeoDataFrame,
        lines: Sequence[dict[str, Any]],
        without: bool,
    ) -> None:
        """Ask sentences of a scene and print which answers are right."""
        texts = [line["expression"] for line in lines]
        began = time.perf_counter()
        result = segment(scene, texts, own_layers={"building": footprints})
        answers = {"footprints": _features(result, texts, footprints)}
        print(f"  {time.perf_counter() - began:.0f} s with footprints", flush=True)
        if without:
            answers["no layer"] = matched_labels(
                segment(scene, texts), texts, footprints
            )
        for name, given in answers.items():
            for line, answer in zip(lines, given, strict=True):
                good = answer == frozenset(line["targets"])
                self.right.setdefault(name, []).append(good)
                self.kinds.setdefault((line["type"], name), []).append(good)
                mark = "right" if good else "wrong"
                print(f"  {mark} ({name}) {line['expression']}: {sorted(answer)}")

    def print(self) -> None:
        """Print how many, in all and by type."""
        print_table(self.right)
        for (kind, name), values in sorted(self.kinds.items()):
            print(f"{kind:<12}{name:<14}{sum(values)} of {len(values)}")


def _asks_network(text: str) -> bool:
    """Whether footprints and their colours alone do not answer a sentence."""
    layers = (OwnLayer("building", "any.gpkg"),)
    return bool(explain((text,), own_layers=layers).batch.texts)


def _features(
    result: Any, texts: Sequence[str], footprints: gpd.GeoDataFrame
) -> list[frozenset[int]]:
    """As `_numbers`; where a sentence asks for something else, as `matched_labels`."""
    table = result.to_geodataframe()
    if "number" not in table:
        return matched_labels(result, texts, footprints)
    other = matched_labels(result, texts, footprints)
    answers = []
    for text, matched in zip(texts, other, strict=True):
        numbers = table.loc[table["expression"] == text, "number"]
        known = not numbers.isna().any()
        answers.append(frozenset(map(int, numbers)) if known else matched)
    return answers


def _footprints(
    data: Path, image: str, crop: Sequence[int] | None, folder: Path
) -> tuple[Path, gpd.GeoDataFrame]:
    """The image or a part of it, and the outlines of its buildings with their ids."""
    path = data / image
    left, top, right, bottom = crop or (0, 0, None, None)
    with rasterio.open(path) as dataset:
        window = Window.from_slices(
            (top, bottom or dataset.height), (left, right or dataset.width)
        )
        profile = {
            "driver": "GTiff",
            "count": 3,
            "dtype": "uint8",
            "width": window.width,
            "height": window.height,
            "crs": dataset.crs,
            "transform": dataset.window_transform(window),
        }
        pixels = dataset.read((1, 2, 3), window=window)
    scene = folder / f"{path.stem}-{left}-{top}-{right}-{bottom}.tif"
    with rasterio.open(scene, "w", **profile) as dataset:
        dataset.write(pixels)
    with rasterio.open(path.with_name(f"{path.stem}_instances.png")) as dataset:
        ids = dataset.read(1, window=window).astype(np.int32)
    found = list(outlines(ids, ids > 0, transform=profile["transform"]))
    table = gpd.GeoDataFrame(
        {"number": [int(value) for _, value in found]},
        geometry=[shapely.geometry.shape(outline) for outline, _ in found],
        crs=profile["crs"],
    )
    return scene, table.dissolve("number", as_index=False)


def _chooses(image: str) -> bool:
    return _digest(image) % 2 == 0


def _digest(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


def main() -> None:
    """Run one of the three."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("drawn")
    one.add_argument("--scenes", type=int, default=3)
    one.set_defaults(run=drawn)
    two = commands.add_parser("real")
    two.add_argument("data", type=Path)
    two.add_argument("--limit", type=int, default=40)
    two.add_argument(
        "--alone",
        action="store_true",
        help="only sentences that footprints and their colours answer, in seconds",
    )
    two.set_defaults(run=real)
    three = commands.add_parser("banepa")
    three.add_argument("data", type=Path)
    three.add_argument("--limit", type=int, default=30)
    three.set_defaults(run=banepa)
    for each in (one, two, three):
        each.add_argument("--without", action="store_true", help="the network alone")
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
