"""Objects found in whole real scenes against their labels, parted and not.

    python benchmarks/real_scenes.py DATA_FOLDER [--weights default] [--json out.json]

DATA_FOLDER holds `airbus-oiltank`, `airbus-aircraft` and `oam-banepa` as published. The
network looks once at every scene; its probabilities are then traced twice, with
touching objects parted and whole, so that both rows come from the same run. Boxes of
tanks and aircraft are compared by the rule `box` of
`rrsis_geo.evaluation.scenes.object_matching`, outlines of buildings, on the rows that
the default weights were not trained on, by `outline`. `--keep FOLDER` keeps the
probabilities for the next run with other options.

With `--absent` aircraft are asked for where there are only tanks, and both among the
houses of Banepa: what is found per km2 where nothing is.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from PIL import Image
from rasterio.transform import from_bounds

from rrsis_geo import segment
from rrsis_geo.evaluation.scenes.layer_scores import moved, window_borders
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores, score
from rrsis_geo.evaluation.scenes.scene_report import measures
from rrsis_geo.job import SegmentOptions
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.vector.polygonize import vectorize

SETS = {
    "airbus-oiltank": ("storage tank", "bounds", 1.2),
    "airbus-aircraft": ("airplane", "geometry", 0.5),
}
KEPT = (
    *("285e6333", "588d3d60", "b64ce3b3", "cd0098b4"),
    *("20bfce20", "70332141"),
)
"""Beginnings of the names of the four tank and two aircraft scenes that no part of the
default weights ever saw."""
BANEPA_SPLIT = 3328
"""Rows of the Banepa mosaic from here on are kept out of training."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One scene to look at."""

    group: str
    name: str
    scene: Path
    expression: str
    objects: np.ndarray
    """(M,) true ones in the scene's CRS."""
    rule: str
    min_area: float
    bbox: tuple[float, float, float, float] | None = None


def boxes_of(folder: Path, column: str) -> dict[str, list[shapely.Polygon]]:
    """Image stem -> labelled boxes, in pixels."""
    found: dict[str, list[shapely.Polygon]] = {}
    with (folder / "annotations.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            numbers = np.array(ast.literal_eval(row[column]), float).reshape(-1, 2)
            (x1, y1), (x2, y2) = numbers.min(axis=0), numbers.max(axis=0)
            stem = Path(row["image_id"]).stem
            found.setdefault(stem, []).append(shapely.box(x1, y1, x2, y2))
    return found


def georeferenced(image: Path, folder: Path, gsd: float) -> Path:
    """The photo as a GeoTIFF somewhere in UTM zone 32."""
    pixels = np.asarray(Image.open(image).convert("RGB")).transpose(2, 0, 1)
    _, height, width = pixels.shape
    east, north = 500_000 + width * gsd, 5_000_000 + height * gsd
    path = folder / f"{image.stem}.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=3,
        dtype="uint8",
        crs="EPSG:32632",
        transform=from_bounds(500_000, 5_000_000, east, north, width, height),
        tiled=True,
    ) as dataset:
        dataset.write(pixels)
    return path


def tasks(data: Path, folder: Path, *, absent: bool) -> list[Task]:
    """All scenes, the photos georeferenced in a folder."""
    found = present(data, folder)
    if not absent:
        return found
    nothing = np.array([], object)
    asked = {
        "airbus-oiltank": ("airplane",),
        "oam-banepa": ("airplane", "storage tank"),
    }
    return [
        replace(task, group=f"no {text}", expression=text, objects=nothing, rule="box")
        for task in found
        for text in asked.get(task.group, ())
    ]


def present(data: Path, folder: Path) -> list[Task]:
    """What is labelled in each scene."""
    found = []
    for name, (expression, column, gsd) in SETS.items():
        boxes = boxes_of(data / name, column)
        for image in sorted((data / name / "images").glob("*.jpg")):
            kept = image.stem.startswith(KEPT)
            scene = georeferenced(image, folder, gsd)
            with rasterio.open(scene) as dataset:
                place = dataset.transform
            objects = shapely.transform(
                np.array(boxes.get(image.stem, []), object),
                lambda x, y, place=place: place @ (x, y),
                interleaved=False,
            )
            found.append(
                Task(
                    group=name if kept else f"{name}, trained on",
                    name=image.stem,
                    scene=scene,
                    expression=expression,
                    objects=objects,
                    rule="box",
                    min_area=20.0,
                )
            )
    scene = data / "oam-banepa" / "banepa_train.tif"
    with rasterio.open(scene) as dataset:
        left, bottom, right, _ = dataset.bounds
        top = (dataset.transform @ (0, BANEPA_SPLIT))[1]
        labels = gpd.read_file(scene.with_name("buildings.geojson")).to_crs(dataset.crs)
    frame = shapely.box(left, bottom, right, top)
    outlines = labels.geometry.make_valid().to_numpy()
    inside = shapely.area(shapely.intersection(outlines, frame))
    found.append(
        Task(
            group="oam-banepa",
            name="southern strip",
            scene=scene,
            expression="building",
            objects=outlines[inside >= 0.5 * shapely.area(outlines)],
            rule="outline",
            min_area=8.0,
            bbox=(left, bottom, right, top),
        )
    )
    return found


def looked_at(task: Task, raster: Path, weights: str) -> None:
    """Let the network look, unless its probabilities are there already."""
    if not raster.exists():
        segment(
            str(task.scene),
            task.expression,
            weights=weights,
            probability=raster,
            bbox=task.bbox,
        )


def scored(
    task: Task, raster: Path, *, threshold: float, parted: bool, beside: int = 0
) -> tuple[ObjectScores, float]:
    """Counts and seconds of tracing.

    With `beside` breaks are counted so many pixels beside where windows end: as many as
    chance puts there.
    """
    with ProbabilityRaster.open(str(raster)) as probabilities:
        strips = list(probabilities.strips())
        grid, sure = probabilities.grid, probabilities.score_margin
    began = time.perf_counter()
    polygons = vectorize(
        strips,
        grid,
        [task.expression],
        threshold=threshold,
        min_area=task.min_area,
        fill_holes=0.0,
        simplify=0.0,
        split=(parted,),
        min_score=SegmentOptions(threshold=threshold).least_score(sure),
    )
    seconds = time.perf_counter() - began
    area = sum(int(np.count_nonzero(strip.levels != 255)) for strip in strips)
    wide, high = grid.pixel_size
    onto = ~grid.transform
    columns, rows = window_borders(grid, SegmentOptions())
    scores, _ = score(
        moved(polygons.geometry, onto),
        moved(task.objects, onto),
        rule=task.rule,
        borders=(columns + beside, rows + beside),
        km2=area * wide * high / 1e6,
    )
    return scores, seconds


def main() -> None:
    """Look, trace twice, print a table for every set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", help="beginnings of the scenes' names")
    parser.add_argument("--all", action="store_true", help="trained scenes as well")
    parser.add_argument(
        "--absent", action="store_true", help="ask for what is not there"
    )
    parser.add_argument("--keep", type=Path, help="folder of probability rasters")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    totals: dict[tuple[str, bool], ObjectScores] = {}
    spent = {True: 0.0, False: 0.0}
    rows = []
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        keep = options.keep or folder
        keep.mkdir(parents=True, exist_ok=True)
        for task in tasks(options.data, folder, absent=options.absent):
            if options.only and not task.name.startswith(tuple(options.only)):
                continue
            if "trained on" in task.group and not (options.all or options.only):
                continue
            raster = keep / f"{task.group.split(',')[0]}--{task.name}.tif"
            looked_at(task, raster, options.weights)
            for parted in (False, True):
                scores, seconds = scored(
                    task, raster, threshold=options.threshold, parted=parted
                )
                spent[parted] += seconds
                key = (task.group, parted)
                totals[key] = totals.get(key, ObjectScores()) + scores
                rows.append(
                    {
                        "set": task.group,
                        "scene": task.name,
                        "parted": parted,
                        **asdict(scores),
                    }
                )
            print(f"{task.group}  {task.name}", flush=True)
    for (group, parted), scores in totals.items():
        print(f"\n{group}, {'touching objects parted' if parted else 'whole'}")
        for name, value in measures(scores, borders=True):
            print(f"  {name:36} {value}")
    print(f"\ntracing with parting / without: {spent[True] / spent[False]:.2f}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
