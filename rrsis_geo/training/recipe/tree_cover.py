"""Tree cover of NAIP images: near a labelled tree and green in the infrared."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from shapely.geometry import shape

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError

NEAR = 8
"""Pixels; cover farther from every labelled tree is lawn, or another plant."""

GREEN = 0.08
"""Least NDVI of a tree; those of dry towns are not very green."""

LEAST = 6.0
"""Square pixels of a patch worth keeping."""

WORDS = (
    *("tree", "trees", "the trees", "all trees", "all the trees", "tree cover"),
    *("tree canopy", "tree crowns", "any trees", "trees and their crowns"),
)
ABSENT = ("airplane", "planes", "ships", "a storage tank", "oil tanks", "harbour")
"""Nothing of this is in any of these images."""


def naip_trees(folder: Path) -> list[LabelledImage]:
    """Urban tree detection: 256 x 256 pixels of 0.6 m, points of trees.

    Crowns that touch are one patch, so patches cannot be counted or ranked: the only
    words about them are those for all.

    Raises:
        DataError: a file is missing or broken.
    """
    base = folder / "urban-tree-naip"
    images = []
    for points in sorted((base / "csv").glob("*.csv")):  # some images have none
        path = base / "images" / f"{points.stem}.tif"
        with rasterio.open(path) as dataset:
            bands = dataset.read().astype(np.float32)
        mask = tree_cover(bands, _points(points))
        found = shapes(mask.astype(np.uint8), mask=mask)
        patches = [polygons_of(shape(outline)) for outline, _ in found]
        objects = tuple(
            LabelledObject(category="tree", polygon=patch)
            for patch in patches
            if patch.area >= LEAST
        )
        everything = tuple(range(len(objects)))
        images.append(
            LabelledImage(
                name=path.name,
                path=path,
                place="-".join(path.stem.split("_")[:-2]),
                layout=Layout(
                    width=mask.shape[1],
                    height=mask.shape[0],
                    objects=objects,
                    complete=frozenset(),
                    gsd=0.6,
                ),
                written=(
                    *(
                        WrittenExpression(
                            text=text, targets=everything, type="category"
                        )
                        for text in WORDS
                    ),
                    *(
                        WrittenExpression(text=text, targets=(), type="no-target")
                        for text in ABSENT
                    ),
                ),
            )
        )
    return images


def tree_cover(
    bands: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """(H, W) True on tree cover.

    Args:
        bands: (4, H, W) red, green, blue, near infrared.
        points: (N, 2) x and y of trees, in pixels.
    """
    red, infrared = bands[0], bands[3]
    ndvi = (infrared - red) / np.maximum(infrared + red, 1)
    height, width = ndvi.shape
    rows, cols = np.mgrid[:height, :width]
    near = np.zeros((height, width), bool)
    if len(points):
        tree = shapely.STRtree([shapely.Point(point) for point in points])
        pixels = shapely.points(cols.ravel() + 0.5, rows.ravel() + 0.5)
        found = tree.query(pixels, predicate="dwithin", distance=NEAR)[0]
        near.ravel()[np.unique(found)] = True
    cover: NDArray[np.bool_] = near & (ndvi > GREEN)
    return cover


def _points(path: Path) -> NDArray[np.float32]:
    try:
        with path.open(newline="") as stream:
            rows = [
                (float(row["x"]), float(row["y"])) for row in csv.DictReader(stream)
            ]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: trees cannot be read ({error})") from error
    return np.array(rows, np.float32).reshape(-1, 2)
