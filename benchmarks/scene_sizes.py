"""Whether an object is found however much of the scene around it is searched.

    python benchmarks/scene_sizes.py DATA_FOLDER [--weights default]

Six real scenes of tanks and aircraft that the default weights were not trained on. The
window of 480 pixels with most labelled objects is searched alone, in a scene of 2,000
and in one of 6,000 pixels, which other scenes of the kind surround. Prints for each
question how many of the objects inside the window are found, and for how many all three
agree.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from PIL import Image
from rasterio.transform import from_origin
from real_scenes import SETS, VALIDATION, boxes_of

from rrsis_geo import Segmenter

SIDES = (480, 2000, 6000)
"""Pixels."""

MARGIN = 16
"""Pixels; objects nearer to the edge of the window are left out: they may be cut."""

FOUND = 0.3
"""Share of a labelled box and of a polygon that they have in common, at least: outlines
fill boxes in part, a circle 0.79."""

QUESTIONS = {
    "airbus-oiltank": ("storage tanks", "white storage tanks", "round white tank"),
    "airbus-aircraft": ("airplanes", "white airplanes", "parked aircraft"),
}


def main() -> None:
    """Ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    options = parser.parse_args()
    found: dict[str, list[NDArray[np.bool_]]] = defaultdict(list)
    with TemporaryDirectory() as folder, Segmenter(options.weights) as segmenter:
        for name, (_, column, gsd) in SETS.items():
            paths = [
                path
                for path in sorted((options.data / name / "images").glob("*.jpg"))
                if path.stem.startswith(VALIDATION)
            ]
            pictures = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
            labels = boxes_of(options.data / name, column)
            for number, path in enumerate(paths):
                boxes = np.array(labels[path.stem], object)
                corner = densest(boxes, pictures[number].shape)
                moved = shapely.transform(boxes, partial(np.add, np.negative(corner)))
                end = SIDES[0] - MARGIN
                frame = shapely.box(MARGIN, MARGIN, end, end)
                moved = moved[shapely.within(moved, frame)]
                around = [*pictures[number:], *pictures[:number]]
                scenes = [
                    cut(around, corner, side, gsd, Path(folder)) for side in SIDES
                ]
                rows = [
                    found_boxes(segmenter, scene, QUESTIONS[name], moved, gsd)
                    for scene in scenes
                ]
                for index, question in enumerate(QUESTIONS[name]):
                    found[question].append(np.array([row[index] for row in rows]))
    print("| question | objects | " + " | ".join(map(str, SIDES)) + " | all agree |")
    print("| --- " * (len(SIDES) + 3) + "|")
    for question, parts in found.items():
        whole = np.concatenate(parts, axis=1)
        counts = " | ".join(str(row.sum()) for row in whole)
        agree = (whole == whole[0]).all(axis=0)
        print(f"| {question} | {whole.shape[1]} | {counts} | {agree.sum()} |")


def densest(boxes: NDArray[np.object_], shape: tuple[int, ...]) -> tuple[int, int]:
    """Left and top of the window with the most boxes; the first of equal ones."""
    side = SIDES[0]
    best, most = (0, 0), -1
    for top in range(0, shape[0] - side + 1, 80):
        for left in range(0, shape[1] - side + 1, 80):
            frame = shapely.box(left, top, left + side, top + side)
            count = int(shapely.within(boxes, frame).sum())
            if count > most:
                best, most = (left, top), count
    return best


def cut(
    pictures: list[NDArray[np.uint8]],
    corner: tuple[int, int],
    side: int,
    gsd: float,
    folder: Path,
) -> Path:
    """Write a scene with the window of the first picture in its middle.

    The window's upper left corner is the origin of the coordinates.
    """
    height, width, _ = pictures[0].shape
    before = (side - SIDES[0]) // 2
    rows = corner[1] - before + np.arange(side)
    columns = corner[0] - before + np.arange(side)
    scene = np.empty((side, side, 3), np.uint8)
    for down in np.unique(rows // height):
        for across in np.unique(columns // width):
            # the first picture in the middle, the others in turn around it
            picture = pictures[int(abs(down) + abs(across)) % len(pictures)]
            here = np.ix_(rows // height == down, columns // width == across)
            mine = np.ix_(
                rows[rows // height == down] % height,
                columns[columns // width == across] % width,
            )
            scene[here] = picture[mine]
    path = folder / f"{side}.tif"
    place = from_origin(500_000 - before * gsd, 5_000_000 + before * gsd, gsd, gsd)
    with rasterio.open(
        path, "w", driver="GTiff", count=3, dtype="uint8", crs="EPSG:32632",
        width=side, height=side, transform=place, tiled=True,
    ) as dataset:  # fmt: skip
        dataset.write(scene.transpose(2, 0, 1))
    return path


def found_boxes(
    segmenter: Segmenter,
    scene: Path,
    questions: tuple[str, ...],
    boxes: NDArray[np.object_],
    gsd: float,
) -> NDArray[np.bool_]:
    """(Q, N) whether polygons show each labelled box of the window, and little else."""
    polygons = segmenter.segment(str(scene), list(questions), progress=False).polygons
    shapes = shapely.transform(
        polygons.geometry, lambda xy: (xy - (500_000, 5_000_000)) / (gsd, -gsd)
    )
    shared = shapely.area(shapely.intersection(boxes[:, None], shapes[None]))
    areas = np.maximum(shapely.area(boxes)[:, None], shapely.area(shapes)[None])
    shows = shared >= FOUND * areas
    texts = polygons.columns["expression"]
    return np.array([shows[:, texts == text].any(axis=1) for text in questions])


if __name__ == "__main__":
    main()
