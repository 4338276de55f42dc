"""Find hard negatives: places in training images where a network is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import shapes

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.tiling.windows import plan_windows

Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(3, 480, 480) pixels to (E, 480, 480) probabilities of E classes."""

WINDOW = 480
MIN_AREA = 24.0
"""Square pixels; smaller predicted regions are noise."""

FALSE_POSITIVE_OVERLAP = 0.2
"""A region with a smaller share of labelled pixels is a false positive."""

MISSED_OVERLAP = 0.2
"""An object with a smaller share of predicted pixels was missed."""


def find_mistakes(
    pixels: NDArray[np.uint8],
    layout: Layout,
    categories: Sequence[str],
    predict: Predict,
    *,
    scale: float,
) -> Iterator[tuple[str, float, float]]:
    """Yield the centroids of false positives and of missed objects.

    Args:
        pixels: (3, H, W).
        layout: the labels; categories that are not labelled completely are skipped.
        categories: E categories, in the order of the network's channels.
        predict: the network.
        scale: result pixels per source pixel.

    Yields:
        (category, x, y), in source pixels.
    """
    _, height, width = pixels.shape
    w, h = max(round(width * scale), WINDOW), max(round(height * scale), WINDOW)
    image = Image.fromarray(pixels.transpose(1, 2, 0))
    resized = np.asarray(image.resize((w, h), Image.Resampling.BILINEAR))
    probabilities = np.zeros((len(categories), h, w), np.float32)
    for window in plan_windows(w, h, size=WINDOW, overlap=0):
        part = window.toslices()
        predicted = predict(np.ascontiguousarray(resized[part].transpose(2, 0, 1)))
        inside = probabilities[:, *part]
        np.maximum(inside, predicted, out=inside)
    names = np.array([item.category for item in layout.objects])
    for category, probability in zip(categories, probabilities, strict=True):
        if category not in layout.complete:
            continue
        truth = shapely.union_all(layout.outlines[names == category])
        regions = shapely.transform(
            _polygons(probability > 0.5), lambda xy: xy * (width / w, height / h)
        )
        if len(regions):
            areas = shapely.area(regions)
            overlaps = shapely.area(shapely.intersection(regions, truth))
            wrong = overlaps < FALSE_POSITIVE_OVERLAP * areas
            for region in regions[wrong & (areas >= MIN_AREA)]:
                yield category, region.centroid.x, region.centroid.y
        predicted_area = shapely.union_all(regions)
        for outline in layout.outlines[names == category]:
            overlap = outline.intersection(predicted_area).area
            if overlap < MISSED_OVERLAP * outline.area:
                yield category, outline.centroid.x, outline.centroid.y


def _polygons(mask: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return (N,) polygons of the 4-connected regions of a mask."""
    regions = shapes(mask.astype(np.uint8), mask=mask)
    return np.array([shapely.geometry.shape(region) for region, _ in regions], object)
