"""Turn labelled boxes of aircraft into outlines, by the probabilities of a network.

In each box the threshold is chosen at which the predicted shape fits the box best; a
shape that does not look like an aircraft in its box is rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import shapes

from rrsis_geo.tiling.windows import plan_windows

from .aircraft_boxes import Box

Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(3, 480, 480) pixels to (480, 480) probabilities of an aircraft."""

WINDOW = 480
OVERLAP = 96
GRID = 64
"""Cells along a box's side in which its shape is traced."""

THRESHOLDS = (0.6, 0.5, 0.4, 0.3, 0.2, 0.12, 0.07)
MIN_EXTENT = 0.72
"""Area of an accepted shape's bounding box as a share of the labelled box."""

FILL_RANGE = (0.15, 0.75)
"""Area of an accepted shape as a share of the labelled box."""

MAX_BORDER = 0.35
"""Share of the labelled box's border cells above the threshold."""


def outline_boxes(
    pixels: NDArray[np.uint8],
    boxes: Sequence[Box],
    predict: Predict,
    *,
    scales: Sequence[float],
) -> list[shapely.Polygon | None]:
    """Return an outline per box, in pixels; None where no shape was accepted.

    Args:
        pixels: (3, H, W).
        boxes: (left, top, right, bottom), in pixels.
        predict: the network.
        scales: result pixels per source pixel; probabilities are averaged over them.
    """
    _, height, width = pixels.shape
    maps = [_probability_map(pixels, boxes, predict, scale=scale) for scale in scales]
    outlines: list[shapely.Polygon | None] = []
    for box in boxes:
        parts = [_crop_box(whole, box, (width, height)) for whole in maps]
        outlines.append(_best_shape(np.mean(parts, axis=0), box))
    return outlines


def _probability_map(
    pixels: NDArray[np.uint8], boxes: Sequence[Box], predict: Predict, *, scale: float
) -> NDArray[np.float32]:
    """Return (h, w) probabilities at a scale; windows without a box stay 0."""
    _, height, width = pixels.shape
    w, h = max(WINDOW, round(width * scale)), max(WINDOW, round(height * scale))
    image = Image.fromarray(pixels.transpose(1, 2, 0)).resize(
        (w, h), Image.Resampling.BILINEAR
    )
    resized = np.asarray(image).transpose(2, 0, 1)
    total, count = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    for window in plan_windows(w, h, size=WINDOW, overlap=OVERLAP):
        left, top = window.col_off, window.row_off
        frame = shapely.box(left, top, left + WINDOW, top + WINDOW)
        has_box = any(
            frame.intersects(shapely.box(*_scaled(box, w / width, h / height)))
            for box in boxes
        )
        if has_box:
            part = window.toslices()
            total[part] += predict(np.ascontiguousarray(resized[:, *part]))
            count[part] += 1
    mean = total / np.maximum(count, 1)
    return mean.astype(np.float32)


def _scaled(box: Box, x: float, y: float) -> Box:
    return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def _crop_box(
    probability: NDArray[np.float32], box: Box, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Resample the probabilities in a box to (GRID, GRID)."""
    h, w = probability.shape
    part = Image.fromarray(probability).transform(
        (GRID, GRID),
        Image.Transform.EXTENT,
        _scaled(box, w / size[0], h / size[1]),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(part, np.float32)


def _best_shape(probability: NDArray[np.float32], box: Box) -> shapely.Polygon | None:
    """Return the largest region at the best threshold, holes filled."""
    best: tuple[float, shapely.Polygon] | None = None
    for threshold in THRESHOLDS:
        mask = probability > threshold
        region = _largest_region(mask, box)
        if region is None:
            continue
        left, top, right, bottom = region.bounds
        area = (box[2] - box[0]) * (box[3] - box[1])
        extent = (right - left) * (bottom - top) / area
        fill = region.area / area
        border = np.mean([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        low, high = FILL_RANGE
        accepted = extent > MIN_EXTENT and low < fill < high and border < MAX_BORDER
        score = extent - 2 * border - 0.8 * abs(fill - 0.38)
        if accepted and (best is None or score > best[0]):
            best = float(score), region
    return None if best is None else best[1]


def _largest_region(mask: NDArray[np.bool_], box: Box) -> shapely.Polygon | None:
    wide, high = (box[2] - box[0]) / GRID, (box[3] - box[1]) / GRID
    transform = Affine(wide, 0, box[0], 0, high, box[1])
    regions = [
        shapely.Polygon(outline["coordinates"][0])
        for outline, _ in shapes(mask.astype(np.uint8), mask=mask, transform=transform)
    ]
    return max(regions, key=lambda region: region.area, default=None)
