"""Outlines of touching objects replaced by those of their parts, as rows pass by."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import LEVELS, NODATA
from rrsis_geo.vector.boundary_tracing import BoundaryTracer
from rrsis_geo.vector.rings import Outlines, joined
from rrsis_geo.vector.watershed import RULE, Rule, parts_of

TALLEST = 1024
"""Rows: higher objects stay whole, so that no more rows than these are kept. It is a
property of the object, so the result does not depend on how rows were cut."""


SPLIT_CLASSES = frozenset({"building", "storage_tank", "tennis_court"})
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
    """Parts the objects of one mask; see `watershed`."""

    def __init__(
        self, width: int, height: int, *, threshold: float, rule: Rule = RULE
    ) -> None:
        self._width, self._height = width, height
        self._threshold = threshold
        self._rule = rule
        self._rows: deque[tuple[int, NDArray[np.uint8]]] = deque()

    def remember(self, top: int, levels: NDArray[np.uint8]) -> None:
        """The rows (rows, width) from `top` on, before their outlines are parted."""
        while self._rows and _bottom(self._rows[0]) < top - TALLEST - 1:
            self._rows.popleft()
        self._rows.append((top, levels.copy()))

    def part(self, closed: Sequence[Outlines]) -> list[Outlines]:
        """What the last rows closed, with the touching objects parted."""
        return [joined([*self._parted(outlines)]) for outlines in closed]

    def _parted(self, outlines: Outlines) -> Iterator[Outlines]:
        begin = outlines.rings[outlines.polygons[:-1]]
        upper = np.maximum.reduceat(outlines.vertices, begin, axis=0)
        lower = np.minimum.reduceat(outlines.vertices, begin, axis=0)
        deep = outlines.highest >= LEVELS * (self._threshold + self._rule.depth)
        large = outlines.count >= 2 * self._rule.core
        low = upper[:, 1] - lower[:, 1] <= TALLEST
        whole = np.ones(len(outlines), np.bool_)
        for index in np.flatnonzero(deep & large & low).tolist():
            (left, top), (right, bottom) = lower[index], upper[index]
            mask = _filled(outlines, index, (left, top, right, bottom))
            levels = self._window(left - 1, top - 1, right + 1, bottom + 1)
            label, count = parts_of(levels[1:-1, 1:-1], mask, self._rule)
            if count > 1:
                whole[index] = False
                yield from self._traced(levels, label, count, left - 1, top - 1)
        yield outlines.take(np.flatnonzero(whole))

    def _traced(
        self,
        levels: NDArray[np.uint8],
        label: NDArray[np.int64],
        count: int,
        left: int,
        top: int,
    ) -> Iterator[Outlines]:
        """Outlines of the parts of one object, in pixels of the raster.

        Args:
            levels: (h + 2, w + 2), with a ring of what lies around the object.
            label: (h, w) 1 ... count, 0 outside.
            count: How many parts.
            left: First column of `levels` in the raster.
            top: First row.
        """
        rows, cols = np.nonzero(label)
        number = label[rows, cols] - 1
        low = np.full((count, 2), np.iinfo(np.int64).max)
        high = np.zeros((count, 2), np.int64)
        place = np.column_stack([rows, cols])
        np.minimum.at(low, number, place)
        np.maximum.at(high, number, place)
        for part, ((r0, c0), (r1, c1)) in enumerate(zip(low, high, strict=True), 1):
            around = levels[r0 : r1 + 3, c0 : c1 + 3]
            alone = np.where(around == NODATA, NODATA, np.uint8(0))
            here = label[r0 : r1 + 1, c0 : c1 + 1] == part
            alone[1:-1, 1:-1][here] = around[1:-1, 1:-1][here]
            height, width = alone.shape
            tracer = BoundaryTracer(width, height, threshold=self._threshold)
            (outline,) = tracer.add(alone)
            row, col = outline.first // width + r0 + top, outline.first % width
            yield outline.moved(
                left + c0, top + r0, row * self._width + col + c0 + left
            )

    def _window(
        self, left: int, top: int, right: int, bottom: int
    ) -> NDArray[np.uint8]:
        """Levels of the rows and columns, nodata outside the raster."""
        window = np.full((bottom - top, right - left), NODATA, np.uint8)
        c0, c1 = max(left, 0), min(right, self._width)
        for start, levels in self._rows:
            r0, r1 = max(top, start), min(bottom, start + len(levels))
            if r0 < r1:
                window[r0 - top : r1 - top, c0 - left : c1 - left] = levels[
                    r0 - start : r1 - start, c0:c1
                ]
        return window


def _bottom(rows: tuple[int, NDArray[np.uint8]]) -> int:
    return rows[0] + len(rows[1])


def _filled(
    outlines: Outlines, index: int, box: tuple[int, int, int, int]
) -> NDArray[np.bool_]:
    """(h, w) pixels of an object: inside and outside change at vertical borders."""
    left, top, right, bottom = box
    first, last = outlines.polygons[index : index + 2]
    turn = np.zeros((bottom - top, right - left + 1), np.uint8)
    for ring in range(first, last):
        corners = outlines.vertices[outlines.rings[ring] : outlines.rings[ring + 1]]
        x, y = corners[:-1, 0], corners[:, 1]
        down = np.flatnonzero(y[1:] != y[:-1])
        low, high = np.minimum(y[1:], y[:-1])[down], np.maximum(y[1:], y[:-1])[down]
        length = high - low
        offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        turn[
            np.repeat(low - top, length) + offset, np.repeat(x[down] - left, length)
        ] = 1
    inside: NDArray[np.bool_] = np.bitwise_xor.accumulate(turn, axis=1)[:, :-1] > 0
    return inside
