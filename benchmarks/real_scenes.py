"""Objects found in whole real scenes against their labels, split and not.

    python benchmarks/real_scenes.py DATA_FOLDER [--weights default] [--json out.json]

DATA_FOLDER holds `airbus-oiltank`, `airbus-aircraft` and `oam-banepa` as published. The
network predicts every scene once; its probabilities are then polygonized twice, with
touching objects split and not, so that both rows come from the same run. Boxes of
tanks and aircraft are compared by the rule `box` of
`rrsis_geo.evaluation.scenes.object_matching`, outlines of buildings, on the rows that
the default weights were not trained on, by `outline`. `--keep FOLDER` caches the
probabilities for the next run with other options.

`--absent` measures false positives per km2: it searches for aircraft where there are
only tanks, and for both among the buildings of Banepa.
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
from rrsis_geo.evaluation.scenes.layer_scores import (
    transform_geometries,
    window_borders,
)
from rrsis_geo.evaluation.scenes.object_matching import ObjectScores, score
from rrsis_geo.evaluation.scenes.scene_report import measures
from rrsis_geo.job import SegmentOptions
from rrsis_geo.tiling.probability_raster import ProbabilityRaster
from rrsis_geo.vector.polygonize import vectorize

SETS = {
    "airbus-oiltank": ("storage tank", "bounds", 1.2),
    "airbus-aircraft": ("airplane", "geometry", 0.5),
}
VALIDATION = (
    *("285e6333", "588d3d60", "b64ce3b3", "cd0098b4"),
    *("20bfce20", "70332141"),
)
"""Name prefixes of the four tank and two aircraft scenes that no part of the default
weights was trained on."""
BANEPA_SPLIT = 3328
"""First row of the Banepa mosaic that is kept out of training."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A scene to segment, with its labelled objects."""

    group: str
    name: str
    scene: Path
    expression: str
    objects: np.ndarray
    """(M,) labelled objects in the scene's CRS."""
    rule: str
    min_area: float
    bbox: tuple[float, float, float, float] | None = None


def boxes_of(folder: Path, column: str) -> dict[str, list[shapely.Polygon]]:
    """Read the labelled boxes, in pixels, by image stem."""
    found: dict[str, list[shapely.Polygon]] = {}
    with (folder / "annotations.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            numbers = np.array(ast.literal_eval(row[column]), float).reshape(-1, 2)
            (x1, y1), (x2, y2) = numbers.min(axis=0), numbers.max(axis=0)
            stem = Path(row["image_id"]).stem
            found.setdefault(stem, []).append(shapely.box(x1, y1, x2, y2))
    return found


def georeferenced(image: Path, folder: Path, gsd: float) -> Path:
    """Write an image as a GeoTIFF at an arbitrary place in UTM zone 32."""
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
    """List all scenes, with the images georeferenced in a folder.

    Args:
        data: Folder of the public data sets.
        folder: Where the georeferenced images are written.
        absent: Whether to search for classes that do not occur in the scenes.
    """
    with_labels = labelled_tasks(data, folder)
    if not absent:
        return with_labels
    nothing = np.array([], object)
    absent_classes = {
        "airbus-oiltank": ("airplane",),
        "oam-banepa": ("airplane", "storage tank"),
    }
    return [
        replace(task, group=f"no {text}", expression=text, objects=nothing, rule="box")
        for task in with_labels
        for text in absent_classes.get(task.group, ())
    ]


def labelled_tasks(data: Path, folder: Path) -> list[Task]:
    """List every scene with the class that is labelled in it."""
    found = []
    for name, (expression, column, gsd) in SETS.items():
        boxes = boxes_of(data / name, column)
        for image in sorted((data / name / "images").glob("*.jpg")):
            is_validation = image.stem.startswith(VALIDATION)
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
                    group=name if is_validation else f"{name}, trained on",
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


def predict_scene(task: Task, raster: Path, weights: str) -> None:
    """Write the probability raster of a scene, unless it exists."""
    if not raster.exists():
        segment(
            str(task.scene),
            task.expression,
            weights=weights,
            probability=raster,
            bbox=task.bbox,
        )


def score_scene(
    task: Task, raster: Path, *, threshold: float, split: bool, border_shift: int = 0
) -> tuple[ObjectScores, float]:
    """Polygonize a probability raster and score the polygons.

    Args:
        task: The scene and its labels.
        raster: Probabilities of the scene.
        threshold: Of the polygons.
        split: Whether touching objects are split.
        border_shift: Pixels to shift the window borders by, to count how many objects
            are broken at a border by chance.

    Returns:
        Scores, and seconds of polygonizing.
    """
    with ProbabilityRaster.open(str(raster)) as probabilities:
        strips = list(probabilities.strips())
        grid, margin = probabilities.grid, probabilities.score_margin
    began = time.perf_counter()
    polygons = vectorize(
        strips,
        grid,
        [task.expression],
        threshold=threshold,
        min_area=task.min_area,
        fill_holes=0.0,
        simplify=0.0,
        split=(split,),
        min_score=SegmentOptions(threshold=threshold).least_score(margin),
    )
    seconds = time.perf_counter() - began
    area = sum(int(np.count_nonzero(strip.levels != 255)) for strip in strips)
    width, height = grid.pixel_size
    to_pixels = ~grid.transform
    columns, rows = window_borders(grid, SegmentOptions())
    scores, _ = score(
        transform_geometries(polygons.geometry, to_pixels),
        transform_geometries(task.objects, to_pixels),
        rule=task.rule,
        borders=(columns + border_shift, rows + border_shift),
        km2=area * width * height / 1e6,
    )
    return scores, seconds


def main() -> None:
    """Predict, polygonize twice, print a table for every data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", help="prefixes of scene names")
    parser.add_argument("--all", action="store_true", help="trained scenes as well")
    parser.add_argument(
        "--absent", action="store_true", help="search for classes that do not occur"
    )
    parser.add_argument("--keep", type=Path, help="folder of probability rasters")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    totals: dict[tuple[str, bool], ObjectScores] = {}
    polygonize_seconds = {True: 0.0, False: 0.0}
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
            predict_scene(task, raster, options.weights)
            for split in (False, True):
                scores, seconds = score_scene(
                    task, raster, threshold=options.threshold, split=split
                )
                polygonize_seconds[split] += seconds
                key = (task.group, split)
                totals[key] = totals.get(key, ObjectScores()) + scores
                rows.append(
                    {
                        "set": task.group,
                        "scene": task.name,
                        "parted": split,
                        **asdict(scores),
                    }
                )
            print(f"{task.group}  {task.name}", flush=True)
    for (group, split), scores in totals.items():
        print(f"\n{group}, {'touching objects split' if split else 'not split'}")
        for name, value in measures(scores, borders=True):
            print(f"  {name:36} {value}")
    ratio = polygonize_seconds[True] / polygonize_seconds[False]
    print(f"\nseconds of polygonizing, split / not split: {ratio:.2f}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
