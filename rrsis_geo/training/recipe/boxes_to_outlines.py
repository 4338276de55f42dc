"""Boxes of aircraft to outlines, by a first network and a check.

A network that has seen a few hundred outlined aircraft finds most of the others, if it
is told where they are: in each labelled box the threshold is chosen at which the found
shape fills the box, and what does not look like an aircraft in its box is left without
an outline. `scripts/outline_aircraft.py` runs it over the public sets.
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
from rrsis_geo.training.recipe.aircraft_boxes import Box

Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(3, 480, 480) pixels to (480, 480) probabilities of an aircraft."""

WINDOW = 480
OVERLAP = 96
FINE = 64
"""Cells of a box's side in which its shape is drawn."""

THRESHOLDS = (0.6, 0.5, 0.4, 0.3, 0.2, 0.12, 0.07)
EXTENT, FILL, RIM = 0.72, (0.15, 0.75), 0.35
"""Accepted shapes fill so much of the box's extent, have so much of its area, and touch
at most so much of its rim."""


def outline_boxes(
    pixels: NDArray[np.uint8],
    boxes: Sequence[Box],
    predict: Predict,
    *,
    scales: Sequence[float],
) -> list[shapely.Polygon | None]:
    """The outline in each box, in pixels; None where none looks right.

    Args:
        pixels: (3, H, W).
        boxes: (left, top, right, bottom) each.
        predict: the first network.
        scales: result pixels per source pixel to look at; the mean of all counts.
    """
    _, height, width = pixels.shape
    fields = [_field(pixels, boxes, predict, scale=scale) for scale in scales]
    found: list[shapely.Polygon | None] = []
    for box in boxes:
        seen = [_inside(field, box, (width, height)) for field in fields]
        found.append(_shape(np.mean(seen, axis=0), box))
    return found


def _field(
    pixels: NDArray[np.uint8], boxes: Sequence[Box], predict: Predict, *, scale: float
) -> NDArray[np.float32]:
    """(h, w) probabilities over the image read at a scale; 0 far from any box."""
    _, height, width = pixels.shape
    w, h = max(WINDOW, round(width * scale)), max(WINDOW, round(height * scale))
    image = Image.fromarray(pixels.transpose(1, 2, 0)).resize(
        (w, h), Image.Resampling.BILINEAR
    )
    read = np.asarray(image).transpose(2, 0, 1)
    total, looks = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    for window in plan_windows(w, h, size=WINDOW, overlap=OVERLAP):
        left, top = window.col_off, window.row_off
        frame = shapely.box(left, top, left + WINDOW, top + WINDOW)
        near = any(
            frame.intersects(shapely.box(*_scaled(box, w / width, h / height)))
            for box in boxes
        )
        if near:
            part = window.toslices()
            total[part] += predict(np.ascontiguousarray(read[:, *part]))
            looks[part] += 1
    field = total / np.maximum(looks, 1)
    return field.astype(np.float32)


def _scaled(box: Box, x: float, y: float) -> Box:
    return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def _inside(
    field: NDArray[np.float32], box: Box, size: tuple[int, int]
) -> NDArray[np.float32]:
    """(FINE, FINE) of the field in the box."""
    h, w = field.shape
    part = Image.fromarray(field).transform(
        (FINE, FINE),
        Image.Transform.EXTENT,
        _scaled(box, w / size[0], h / size[1]),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(part, np.float32)


def _shape(probability: NDArray[np.float32], box: Box) -> shapely.Polygon | None:
    """The largest piece at the threshold that fits the box best, holes filled."""
    best: tuple[float, shapely.Polygon] | None = None
    for threshold in THRESHOLDS:
        mask = probability > threshold
        piece = _largest(mask, box)
        if piece is None:
            continue
        left, top, right, bottom = piece.bounds
        area = (box[2] - box[0]) * (box[3] - box[1])
        extent = (right - left) * (bottom - top) / area
        fill = piece.area / area
        rim = np.mean([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        good = extent > EXTENT and FILL[0] < fill < FILL[1] and rim < RIM
        merit = extent - 2 * rim - 0.8 * abs(fill - 0.38)
        if good and (best is None or merit > best[0]):
            best = float(merit), piece
    return None if best is None else best[1]


def _largest(mask: NDArray[np.bool_], box: Box) -> shapely.Polygon | None:
    wide, high = (box[2] - box[0]) / FINE, (box[3] - box[1]) / FINE
    place = Affine(wide, 0, box[0], 0, high, box[1])
    pieces = [
        shapely.Polygon(outline["coordinates"][0])
        for outline, _ in shapes(mask.astype(np.uint8), mask=mask, transform=place)
    ]
    return max(pieces, key=lambda piece: piece.area, default=None)
