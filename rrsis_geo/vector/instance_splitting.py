"""Instance splitting in a stream of rows: outlines of objects to those of instances."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import LEVELS, NODATA
from rrsis_geo.vector.boundary_tracing import BoundaryTracer
from rrsis_geo.vector.rings import Outlines, concatenate
from rrsis_geo.vector.watershed import (
    DEFAULT_PARAMETERS,
    watershed_labels,
)

MAX_HEIGHT = 1024
"""Rows; higher objects are not split, which bounds the rows that are buffered. It is
a limit on objects, so the result does not depend on how rows were cut into strips."""


SPLIT_CLASSES = frozenset({"building", "storage_tank", "tennis_court", "vehicle"})
"""Classes whose touching objects are split unless told otherwise: on images kept out of
training that brings more of them whole (decision 0122)."""


def split_by_class(
    categories: Iterable[Collection[str]], wanted: bool | None
) -> tuple[bool, ...]:
    """For each mask, whether its touching objects are split.

    Args:
        categories: For each mask the classes that its phrase names; empty: unknown.
        wanted: `SegmentOptions.split`; None: by the classes.
    """
    if wanted is not None:
        return tuple(wanted for _ in categories)
    return tuple(bool(each) and SPLIT_CLASSES.issuperset(each) for each in categories)


class InstanceSplitter:
    """Splits the objects of one mask into instances; see `watershed`."""

    def __init__(
        self,
        width: int,
        height: int,
        *,
        threshold: float,
    ) -> None:
        self._width, self._height = width, height
        self._threshold = threshold
        self._rows: deque[tuple[int, NDArray[np.uint8]]] = deque()

    def add_rows(self, top: int, levels: NDArray[np.uint8]) -> None:
        """Buffer rows (rows, width) from row `top` on; call it before `split`."""
        while self._rows and _end_row(self._rows[0]) < top - MAX_HEIGHT - 1:
            self._rows.popleft()
        self._rows.append((top, levels.copy()))

    def split(self, closed: Sequence[Outlines]) -> list[Outlines]:
        """Split objects whose last rows were added just now."""
        return [concatenate([*self._split_objects(outlines)]) for outlines in closed]

    def _split_objects(self, outlines: Outlines) -> Iterator[Outlines]:
        begin = outlines.rings[outlines.polygons[:-1]]
        upper = np.maximum.reduceat(outlines.vertices, begin, axis=0)
        lower = np.minimum.reduceat(outlines.vertices, begin, axis=0)
        deep = outlines.highest >= LEVELS * (
            self._threshold + DEFAULT_PARAMETERS.min_depth
        )
        large = outlines.count >= 2 * DEFAULT_PARAMETERS.min_pixels
        low = upper[:, 1] - lower[:, 1] <= MAX_HEIGHT
        unsplit = np.ones(len(outlines), np.bool_)
        for index in np.flatnonzero(deep & large & low).tolist():
            (left, top), (right, bottom) = lower[index], upper[index]
            mask = _rasterize(outlines, index, (left, top, right, bottom))
            levels = self._window(left - 1, top - 1, right + 1, bottom + 1)
            label, count = watershed_labels(levels[1:-1, 1:-1], mask)
            if count > 1:
                unsplit[index] = False
                yield from self._trace_instances(
                    levels, label, count, left - 1, top - 1
                )
        yield outlines.take(np.flatnonzero(unsplit))

    def _trace_instances(
        self,
        levels: NDArray[np.uint8],
        label: NDArray[np.int64],
        count: int,
        left: int,
        top: int,
    ) -> Iterator[Outlines]:
        """Trace the instances of one object, in pixels of the raster.

        Args:
            levels: (h + 2, w + 2), the object's bounding box with a margin of a pixel.
            label: (h, w) 1 ... count, 0 outside.
            count: Number of instances.
            left: First column of `levels` in the raster.
            top: First row of `levels` in the raster.
        """
        rows, cols = np.nonzero(label)
        number = label[rows, cols] - 1
        low = np.full((count, 2), np.iinfo(np.int64).max)
        high = np.zeros((count, 2), np.int64)
        position = np.column_stack([rows, cols])
        np.minimum.at(low, number, position)
        np.maximum.at(high, number, position)
        for instance, ((r0, c0), (r1, c1)) in enumerate(zip(low, high, strict=True), 1):
            around = levels[r0 : r1 + 3, c0 : c1 + 3]
            isolated = np.where(around == NODATA, NODATA, np.uint8(0))
            here = label[r0 : r1 + 1, c0 : c1 + 1] == instance
            isolated[1:-1, 1:-1][here] = around[1:-1, 1:-1][here]
            height, width = isolated.shape
            tracer = BoundaryTracer(width, height, threshold=self._threshold)
            (outline,) = tracer.add(isolated)
            row, col = outline.first // width + r0 + top, outline.first % width
            yield outline.translated(
                left + c0, top + r0, row * self._width + col + c0 + left
            )

    def _window(
        self, left: int, top: int, right: int, bottom: int
    ) -> NDArray[np.uint8]:
        """Buffered levels of the rows and columns, nodata outside the raster."""
        window = np.full((bottom - top, right - left), NODATA, np.uint8)
        c0, c1 = max(left, 0), min(right, self._width)
        for start, levels in self._rows:
            r0, r1 = max(top, start), min(bottom, start + len(levels))
            if r0 < r1:
                window[r0 - top : r1 - top, c0 - left : c1 - left] = levels[
                    r0 - start : r1 - start, c0:c1
                ]
        return window


def _end_row(rows: tuple[int, NDArray[np.uint8]]) -> int:
    return rows[0] + len(rows[1])


def _rasterize(
    outlines: Outlines, index: int, box: tuple[int, int, int, int]
) -> NDArray[np.bool_]:
    """(h, w) mask of an object: vertical edges switch between outside and inside."""
    left, top, right, bottom = box
    first, last = outlines.polygons[index : index + 2]
    switch = np.zeros((bottom - top, right - left + 1), np.uint8)
    for ring in range(first, last):
        corners = outlines.vertices[outlines.rings[ring] : outlines.rings[ring + 1]]
        x, y = corners[:-1, 0], corners[:, 1]
        down = np.flatnonzero(y[1:] != y[:-1])
        low, high = np.minimum(y[1:], y[:-1])[down], np.maximum(y[1:], y[:-1])[down]
        length = high - low
        offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        switch[
            np.repeat(low - top, length) + offset, np.repeat(x[down] - left, length)
        ] = 1
    inside: NDArray[np.bool_] = np.bitwise_xor.accumulate(switch, axis=1)[:, :-1] > 0
    return inside
