"""Objects found in real scenes that no training image shows, against their boxes.

    python benchmarks/real_scenes.py DATA_FOLDER [--weights default] [--json out.json]

DATA_FOLDER holds `airbus-oiltank` and `airbus-aircraft` as published. A labelled box
counts as found when one polygon has at least half of its own area in the box and
covers at least a fifth of it; a polygon counts as right when at least half of it lies
in one box. Polygons that merge neighbours are therefore mistakes.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from PIL import Image
from rasterio.transform import from_bounds

from rrsis_geo import segment

SETS = {
    "airbus-oiltank": ("storage tank", "bounds", 1.2),
    "airbus-aircraft": ("airplane", "geometry", 0.5),
}


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
    place = from_bounds(
        500_000,
        5_000_000,
        500_000 + width * gsd,
        5_000_000 + height * gsd,
        width,
        height,
    )
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
        transform=place,
        tiled=True,
    ) as dataset:
        dataset.write(pixels)
    return path


def count(polygons: np.ndarray, boxes: list[shapely.Polygon]) -> tuple[int, int]:
    """(boxes found, polygons that are right)."""
    if not len(polygons):
        return 0, 0
    tree = shapely.STRtree(polygons)
    found, right = 0, set()
    for box in boxes:
        near = tree.query(box)
        inside = shapely.area(shapely.intersection(polygons[near], box))
        areas = shapely.area(polygons[near])
        mostly = inside >= 0.5 * areas
        right |= set(near[mostly].tolist())
        found += bool((mostly & (inside >= 0.2 * box.area)).any())
    return found, len(right)


def main() -> None:
    """Run both sets and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--only", nargs="*", help="stems of the images to look at")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    table = []
    for name, (expression, column, gsd) in SETS.items():
        boxes = boxes_of(options.data / name, column)
        for image in sorted((options.data / name / "images").glob("*.jpg")):
            if options.only and image.stem not in options.only:
                continue
            with TemporaryDirectory() as folder:
                scene = georeferenced(image, Path(folder), gsd)
                with rasterio.open(scene) as dataset:
                    back = ~dataset.transform
                result = segment(
                    str(scene),
                    expression,
                    weights=options.weights,
                    threshold=options.threshold,
                    min_area=20.0,
                )
            polygons = shapely.transform(
                result.polygons.geometry,
                lambda x, y, back=back: back @ (x, y),
                interleaved=False,
            )
            found, right = count(polygons, boxes.get(image.stem, []))
            row = {
                "set": name,
                "image": image.stem,
                "objects": len(boxes.get(image.stem, [])),
                "found": found,
                "polygons": len(polygons),
                "right": right,
            }
            table.append(row)
            print("  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
    for name in SETS:
        rows = [row for row in table if row["set"] == name]
        objects, polygons = (
            max(sum(row[key] for row in rows), 1) for key in ("objects", "polygons")
        )
        recall = sum(row["found"] for row in rows) / objects
        precision = sum(row["right"] for row in rows) / polygons
        print(
            f"{name}: recall {recall:.3f} of {objects}, "
            f"precision {precision:.3f} of {polygons}"
        )
    if options.json:
        options.json.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
