"""A piece of a labelled image at another scale or orientation, labels included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import rasterize
from shapely.affinity import affine_transform

from rrsis_geo.labels import LabelledObject, Layout

SLIVER = 1.0
"""Pixels of area; of what lies outside but for less, nobody can see anything."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Where to cut, and how to lay out the result."""

    left: float
    top: float
    width: float
    """Of the source rectangle, in source pixels; may reach outside."""
    height: float
    size: tuple[int, int]
    """(width, height) of the result in pixels."""
    mirror: bool = False
    """Flip left and right after resizing."""
    turns: int = 0
    """Quarter turns, counter-clockwise on the screen, after flipping."""


def whole(layout: Layout, side: int) -> Piece:
    """All of an image squeezed to a square, its aspect not kept."""
    return Piece(
        left=0,
        top=0,
        width=layout.width,
        height=layout.height,
        size=(side, side),
    )


def cut_pixels(pixels: NDArray[np.uint8], piece: Piece) -> NDArray[np.uint8]:
    """(3, h, w) of the piece; black outside the image. Antialiased when shrinking."""
    _, height, width = pixels.shape
    left, top = max(piece.left, 0.0), max(piece.top, 0.0)
    right = min(piece.left + piece.width, width)
    bottom = min(piece.top + piece.height, height)
    out_w, out_h = piece.size
    sx, sy = out_w / piece.width, out_h / piece.height
    # Where the part inside the image lands in the result.
    x0, y0 = round((left - piece.left) * sx), round((top - piece.top) * sy)
    x1, y1 = round((right - piece.left) * sx), round((bottom - piece.top) * sy)
    result = np.zeros((out_h, out_w, 3), np.uint8)
    if x1 > x0 and y1 > y0:
        # Only the needed rectangle becomes an image, not the whole scene.
        c0, r0, c1, r1 = int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
        source = Image.fromarray(
            np.ascontiguousarray(pixels[:, r0:r1, c0:c1].transpose(1, 2, 0))
        )
        box = (left - c0, top - r0, right - c0, bottom - r0)
        result[y0:y1, x0:x1] = np.asarray(
            source.resize((x1 - x0, y1 - y0), Image.Resampling.BILINEAR, box=box)
        )
    if piece.mirror:
        result = result[:, ::-1]
    return np.ascontiguousarray(np.rot90(result, piece.turns).transpose(2, 0, 1))


def cut_layout(layout: Layout, piece: Piece) -> tuple[Layout, tuple[int, ...]]:
    """The objects that can be seen in the piece, in its pixels, whole.

    What reaches over the edge is not clipped: whoever speaks of sizes must know.

    Returns:
        The layout, and for each of its objects the index in the given one.
    """
    out_w, out_h = piece.size
    sx, sy = out_w / piece.width, out_h / piece.height
    # x' = a x + b y + e; y' = c x + d y + f, composed step by step.
    a, b, e, c, d, f = sx, 0.0, -piece.left * sx, 0.0, sy, -piece.top * sy
    if piece.mirror:
        a, b, e = -a, -b, out_w - e
    for _ in range(piece.turns % 4):  # (x, y) -> (y, w - x)
        a, b, e, c, d, f = c, d, f, -a, -b, out_w - e
        out_w, out_h = out_h, out_w
    frame = shapely.box(0, 0, out_w, out_h)
    objects: list[LabelledObject] = []
    kept: list[int] = []
    for index, item in enumerate(layout.objects):
        moved = affine_transform(item.polygon, (a, b, c, d, e, f))
        if not frame.covers(moved):
            if not frame.intersects(moved):
                continue
            if shapely.make_valid(moved).intersection(frame).area < SLIVER:
                continue
        objects.append(
            LabelledObject(
                category=item.category, polygon=moved, attributes=item.attributes
            )
        )
        kept.append(index)
    inside = Layout(
        width=out_w,
        height=out_h,
        objects=tuple(objects),
        complete=layout.complete,
        gsd=None if layout.gsd is None else layout.gsd / float(np.sqrt(sx * sy)),
    )
    return inside, tuple(kept)


def draw_mask(layout: Layout, targets: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W) True on the target objects; a pixel counts by its centre."""
    shape = (layout.height, layout.width)
    if not targets:
        return np.zeros(shape, bool)
    polygons = [layout.objects[index].polygon for index in targets]
    drawn = rasterize(polygons, out_shape=shape, dtype="uint8")
    mask: NDArray[np.bool_] = drawn > 0
    return mask
