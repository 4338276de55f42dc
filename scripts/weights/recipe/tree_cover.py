"""Tree cover of NAIP images: high NDVI near a labelled tree."""

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

MAX_DISTANCE = 8
"""Pixels; vegetation farther from every labelled tree is lawn or another plant."""

MIN_NDVI = 0.08
"""Low, because trees of dry towns are not very green."""

MIN_AREA = 6.0
"""Square pixels; smaller patches are dropped."""

TREE_EXPRESSIONS = (
    *("tree", "trees", "the trees", "all trees", "all the trees", "tree cover"),
    *("tree canopy", "tree crowns", "any trees", "trees and their crowns"),
)
NO_TARGET_EXPRESSIONS = (
    *("airplane", "planes", "ships", "a storage tank", "oil tanks", "harbour"),
)
"""None of the images shows any of these."""


def naip_trees(folder: Path) -> list[LabelledImage]:
    """Return the urban tree detection set: 256 x 256 px at 0.6 m, trees as points.

    Crowns that touch form one patch, so patches cannot be counted or ranked: the only
    expressions are those for all trees.

    Raises:
        DataError: a file is missing or broken.
    """
    base = folder / "urban-tree-naip"
    images = []
    for points in sorted((base / "csv").glob("*.csv")):  # some images have no points
        path = base / "images" / f"{points.stem}.tif"
        with rasterio.open(path) as dataset:
            bands = dataset.read().astype(np.float32)
        mask = tree_cover(bands, _points(points))
        outlines = shapes(mask.astype(np.uint8), mask=mask)
        patches = [polygons_of(shape(outline)) for outline, _ in outlines]
        objects = tuple(
            LabelledObject(category="tree", polygon=patch)
            for patch in patches
            if patch.area >= MIN_AREA
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
                        for text in TREE_EXPRESSIONS
                    ),
                    *(
                        WrittenExpression(text=text, targets=(), type="no-target")
                        for text in NO_TARGET_EXPRESSIONS
                    ),
                ),
            )
        )
    return images


def tree_cover(
    bands: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return a (H, W) mask of tree cover.

    Args:
        bands: (4, H, W) red, green, blue, near infrared.
        points: (N, 2), x and y of trees in pixels.
    """
    red, infrared = bands[0], bands[3]
    ndvi = (infrared - red) / np.maximum(infrared + red, 1)
    height, width = ndvi.shape
    rows, cols = np.mgrid[:height, :width]
    near = np.zeros((height, width), bool)
    if len(points):
        tree = shapely.STRtree([shapely.Point(point) for point in points])
        pixels = shapely.points(cols.ravel() + 0.5, rows.ravel() + 0.5)
        hits = tree.query(pixels, predicate="dwithin", distance=MAX_DISTANCE)[0]
        near.ravel()[np.unique(hits)] = True
    cover: NDArray[np.bool_] = near & (ndvi > MIN_NDVI)
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
