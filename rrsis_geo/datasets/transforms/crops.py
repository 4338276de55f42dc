"""Crops of a labelled image at another scale or orientation, labels included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.transforms.polygon_fill import layout_runs

MIN_VISIBLE_AREA = 1.0
"""Square pixels; an object with less inside the crop cannot be seen."""


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A rectangle of the source, and size and orientation of the result."""

    left: float
    """The rectangle is in source pixels and may reach outside the image."""
    top: float
    width: float
    height: float
    size: tuple[int, int]
    """(width, height) of the result in pixels."""
    mirror: bool = False
    """Flip left and right after resizing."""
    turns: int = 0
    """Quarter turns counter-clockwise on the screen, after flipping."""


def full_crop(layout: Layout, side: int) -> Crop:
    """All of an image resized to a square, without keeping its aspect."""
    return Crop(
        left=0,
        top=0,
        width=layout.width,
        height=layout.height,
        size=(side, side),
    )


def crop_pixels(pixels: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
    """Cut (3, h, w) out of (3, H, W) pixels; black outside, antialiased if shrunk."""
    _, height, width = pixels.shape
    left, top = max(crop.left, 0.0), max(crop.top, 0.0)
    right = min(crop.left + crop.width, width)
    bottom = min(crop.top + crop.height, height)
    out_w, out_h = crop.size
    sx, sy = out_w / crop.width, out_h / crop.height
    # Where the part inside the image lands in the result.
    x0, y0 = round((left - crop.left) * sx), round((top - crop.top) * sy)
    x1, y1 = round((right - crop.left) * sx), round((bottom - crop.top) * sy)
    result = np.zeros((3, out_h, out_w), np.uint8)
    if x1 > x0 and y1 > y0:
        # Only the needed rectangle becomes an image, not the whole scene.
        c0, r0, c1, r1 = int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
        box = (left - c0, top - r0, right - c0, bottom - r0)
        for channel, output in zip(pixels[:, r0:r1, c0:c1], result, strict=True):
            source = Image.fromarray(np.ascontiguousarray(channel))
            output[y0:y1, x0:x1] = np.asarray(
                source.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box=box)
            )
    if crop.mirror:
        result = result[:, :, ::-1]
    return np.ascontiguousarray(np.rot90(result, crop.turns, axes=(1, 2)))


def crop_layout(layout: Layout, crop: Crop) -> tuple[Layout, tuple[int, ...]]:
    """Select the objects visible in a crop, in pixels of the crop.

    Objects that reach over the edge are not clipped, because expressions about sizes
    need the whole of them.

    Returns:
        The layout, and for each of its objects the index in the given one.
    """
    out_w, out_h = crop.size
    sx, sy = out_w / crop.width, out_h / crop.height
    # x' = a x + b y + e; y' = c x + d y + f, composed step by step.
    a, b, e, c, d, f = sx, 0.0, -crop.left * sx, 0.0, sy, -crop.top * sy
    if crop.mirror:
        a, b, e = -a, -b, out_w - e
    for _ in range(crop.turns % 4):  # (x, y) -> (y, w - x)
        a, b, e, c, d, f = c, d, f, -a, -b, out_w - e
        out_w, out_h = out_h, out_w

    def transform(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points.T
        return np.stack([a * x + b * y + e, c * x + d * y + f], axis=1)

    # Boxes stay axis-parallel, so two corners are enough; most are out of sight.
    corners = transform(layout.bounds.reshape(-1, 2)).reshape(-1, 2, 2)
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = np.flatnonzero(((high >= 0) & (low <= [out_w, out_h])).all(axis=1))
    within = ((low >= 0) & (high <= [out_w, out_h])).all(axis=1)[near]
    polygons = shapely.transform(layout.outlines[near], transform)
    frame = shapely.box(0, 0, out_w, out_h)
    partial = np.flatnonzero(~within)
    visible = shapely.intersection(shapely.make_valid(polygons[partial]), frame)
    within[partial] = shapely.area(visible) >= MIN_VISIBLE_AREA
    kept = near[within].tolist()
    objects = tuple(
        LabelledObject(
            category=layout.objects[index].category,
            polygon=polygon,
            attributes=layout.objects[index].attributes,
        )
        for index, polygon in zip(kept, polygons[within], strict=True)
    )
    inside = Layout(
        width=out_w,
        height=out_h,
        objects=objects,
        complete=layout.complete,
        uncounted=layout.uncounted,
        gsd=None if layout.gsd is None else layout.gsd / float(np.sqrt(sx * sy)),
    )
    return inside, tuple(kept)


def draw_mask(layout: Layout, targets: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W) True on the target objects; a pixel belongs to what covers its centre."""
    if not targets:
        return np.zeros((layout.height, layout.width), bool)
    return layout_runs(layout).mask(targets)
