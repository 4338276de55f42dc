"""Which pixels of a scene lie inside which outline, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.windows import Window

from rrsis_geo.scene.grid import Grid, window_box
from rrsis_geo.types import Patch

BLOCK = 512
"""Side in pixels of the part of a scene that is read at once."""


def outlines_in_pixels(
    outlines: NDArray[np.object_], grid: Grid
) -> NDArray[np.object_]:
    """(N,) outlines in the CRS of a grid, moved to its pixels."""
    moved: NDArray[np.object_] = shapely.transform(
        outlines, lambda corners: np.column_stack(grid.crs_to_pixels(*corners.T))
    )
    return moved


def blocks_with(outlines: NDArray[np.object_], grid: Grid) -> list[Window]:
    """The blocks of a grid that hold something of outlines in its pixels."""
    if shapely.is_empty(outlines).all():
        return []
    left, top, right, bottom = shapely.total_bounds(outlines)
    columns, rows = (
        np.arange(max(first // BLOCK, 0), min(last // BLOCK, (size - 1) // BLOCK) + 1)
        for first, last, size in (
            (left, right, grid.width),
            (top, bottom, grid.height),
        )
    )
    corners = BLOCK * np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
    boxes = shapely.box(*corners.T, *(corners + BLOCK).T)
    held, _ = shapely.STRtree(outlines).query(boxes, predicate="intersects")
    return [
        Window(int(left), int(top), BLOCK, BLOCK)
        for left, top in corners[np.unique(held)]
    ]


def pixels_by_outline(
    outlines: NDArray[np.object_], patches: Iterable[Patch]
) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.intp]]]:
    """The valid pixels whose centres lie inside outlines.

    Where outlines overlap, a pixel belongs to the smallest.

    Args:
        outlines: (N,) in pixels of the patches' grid.
        patches: Parts of the image, without overlap.

    Yields:
        For each patch with such pixels: (3, K) red, green and blue of them, and (K,)
        the outline that each lies in.
    """
    tree, area = shapely.STRtree(outlines), shapely.area(outlines)
    for patch in patches:
        window = patch.window
        rows = tree.query(window_box(window))
        if not len(rows):
            continue
        rows = rows[np.argsort(-area[rows], kind="stable")]  # the last one drawn stays
        number = rasterize(
            zip(outlines[rows], range(1, len(rows) + 1), strict=True),
            out_shape=patch.valid.shape,
            transform=Affine.translation(window.col_off, window.row_off),
            dtype="int32",
        )
        inside = (number > 0) & patch.valid
        yield patch.pixels[:, inside], rows[number[inside] - 1]
