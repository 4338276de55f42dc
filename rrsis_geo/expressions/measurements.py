"""Measurements of a layout, taken once and vectorised.

Only complete categories are measured: of any other class an unlabelled object might
fit the words just as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.expressions.region_bands import Verdicts, judge_bands
from rrsis_geo.language.directions import Side
from rrsis_geo.language.nodes import Node

SIDES: tuple[Side, ...] = ("left", "top", "right", "bottom")
"""Order of the columns of `Measurements.cut`, as in a bounding box."""

SLIVER_FRACTION = 0.3
"""A cut object of which less is visible cannot be judged by size or place."""

SLIVER_PIXELS = 4.0
"""A cut object thinner than this is hard to see at all."""

TINY_AREA = 6.0
"""Smallest visible area, in square pixels, that a person can be expected to see."""


_NO_ROWS = np.zeros(0, np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurements:
    """The visible parts of the N objects of complete categories, measured."""

    width: float
    height: float
    complete: frozenset[str]
    uncounted: frozenset[str]
    """Categories of which only all parts together are named."""

    index: NDArray[np.int64]
    """(N,) index of the object in `Layout.objects`."""

    category: NDArray[np.str_]
    """(N,)"""

    attributes: tuple[Mapping[str, str], ...]
    """N mappings."""

    polygon: NDArray[np.object_]
    """(N,) visible parts, in pixels."""

    box: NDArray[np.float64]
    """(N, 4) left, top, right, bottom of the visible part, in pixels."""

    centre: NDArray[np.float64]
    """(N, 2) x, y of the visible part's centroid, in pixels."""

    area: NDArray[np.float64]
    """(N,) visible area in square pixels."""

    area_limit: NDArray[np.float64]
    """(N,) greatest area of the whole object in square pixels; inf where it is cut and
    the rest is unknown."""

    cut: NDArray[np.bool_]
    """(N, 4) which edges of the image it reaches, in the order of `SIDES`."""

    sliver: NDArray[np.bool_]
    """(N,) whether too little is visible to be sure of more than its presence."""

    memo: dict[Node, NDArray[np.int64] | None] = field(default_factory=dict)
    """Results of `verification.resolve`."""

    def __len__(self) -> int:
        return len(self.index)

    @cached_property
    def size(self) -> NDArray[np.float64]:
        """(N,) side of a square of the same area, in pixels."""
        return np.sqrt(self.area)

    @cached_property
    def bands(self) -> tuple[Verdicts, Verdicts]:
        """In which bands of the image the objects are, along x and along y."""
        extent = np.array([self.width, self.height, self.width, self.height])
        centre, box = self.centre / extent[:2], self.box / extent
        return (
            judge_bands(centre[:, 0], box[:, 0], box[:, 2]),
            judge_bands(centre[:, 1], box[:, 1], box[:, 3]),
        )

    @cached_property
    def present(self) -> tuple[str, ...]:
        """Categories with a visible object, sorted."""
        return tuple(sorted(set(self.category.tolist())))

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """Complete categories without a visible object, sorted."""
        return tuple(sorted(self.complete - set(self.present)))

    @cached_property
    def _members(self) -> dict[str, NDArray[np.int64]]:
        return {
            name: np.flatnonzero(self.category == name)
            for name in set(self.category.tolist())
        }

    def members(self, category: str) -> NDArray[np.int64]:
        """Rows of a category; cached, so callers must not change them."""
        return self._members.get(category, _NO_ROWS)

    def nearest(
        self, rows: NDArray[np.int64], anchors: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """(R,) pixels to the nearest anchor other than itself, outline to outline.

        Infinite where there is none. Exact distances are slow, so only anchors whose
        bounding box may be nearest are measured.
        """
        one, other = self.box[rows][:, None], self.box[anchors][None]
        span = np.maximum(one[..., 2:] - other[..., :2], other[..., 2:] - one[..., :2])
        different = rows[:, None] != anchors[None]
        # No two points of the two boxes are farther apart than this.
        limit = np.where(different, np.hypot(span[..., 0], span[..., 1]), np.inf)
        near = self._box_gap(rows, anchors) <= limit.min(axis=1)[:, None]
        nearest: NDArray[np.float64] = self._exact(rows, anchors, different & near).min(
            axis=1
        )
        return nearest

    def linked(self, rows: NDArray[np.int64], *, within: float) -> NDArray[np.float64]:
        """(R, R) pixels from outline to outline where at most `within`, else inf."""
        close = self._box_gap(rows, rows) <= within
        np.fill_diagonal(close, False)
        gap = self._exact(rows, rows, np.triu(close))
        mutual: NDArray[np.float64] = np.minimum(gap, gap.T)
        return mutual

    def _box_gap(
        self, rows: NDArray[np.int64], anchors: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        one, other = self.box[rows][:, None], self.box[anchors][None]
        apart = np.maximum(one[..., :2] - other[..., 2:], other[..., :2] - one[..., 2:])
        away: NDArray[np.float64] = np.hypot(*np.maximum(apart, 0.0).transpose(2, 0, 1))
        return away

    def _exact(
        self,
        rows: NDArray[np.int64],
        anchors: NDArray[np.int64],
        wanted: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """(R, A) distances where wanted, else inf."""
        one, other = np.nonzero(wanted)
        gap = np.full(wanted.shape, np.inf)
        gap[one, other] = shapely.distance(
            self.polygon[rows[one]], self.polygon[anchors[other]]
        )
        return gap


def measure(layout: Layout) -> Measurements:
    """Measure the visible objects of a layout's complete categories."""
    kept = [
        number
        for number, thing in enumerate(layout.objects)
        if thing.category in layout.complete
    ]
    whole = np.empty(len(kept), dtype=object)
    whole[:] = [layout.objects[number].polygon for number in kept]
    index = np.array(kept, dtype=np.int64)
    polygon = _visible(whole, layout.width, layout.height)
    area = np.asarray(shapely.area(polygon), dtype=np.float64)
    shown = area > 0
    whole, polygon, area = whole[shown], polygon[shown], area[shown]
    index = index[shown]
    box = np.asarray(shapely.bounds(polygon), dtype=np.float64).reshape(-1, 4)
    frame = np.array([0.0, 0.0, layout.width, layout.height])
    cut = np.abs(box - frame) <= 0.5
    category = np.array(
        [layout.objects[number].category for number in index], dtype=np.str_
    )
    full = np.asarray(shapely.area(whole), dtype=np.float64)
    # It reaches the frame with nothing beyond: the outline was clipped with the image.
    unknown = cut.any(axis=1) & (full <= area * 1.001)
    return Measurements(
        width=float(layout.width),
        height=float(layout.height),
        complete=layout.complete,
        uncounted=layout.uncounted,
        index=index,
        category=category,
        attributes=tuple(layout.objects[number].attributes for number in index),
        polygon=polygon,
        box=box,
        centre=np.stack(
            [shapely.get_x(middle := shapely.centroid(polygon)), shapely.get_y(middle)],
            axis=-1,
        ).reshape(-1, 2),
        area=area,
        area_limit=np.where(unknown, np.inf, np.maximum(full, area)),
        cut=cut,
        sliver=_slivers(category, area, full, unknown, cut.any(axis=1), box)
        & (~np.isin(category, sorted(layout.uncounted)) | (area < TINY_AREA)),
    )


def _visible(
    whole: NDArray[np.object_], width: int, height: int
) -> NDArray[np.object_]:
    """The parts inside the frame, empty where nothing is."""
    boxes = shapely.bounds(whole).reshape(-1, 4)
    beyond = (boxes[:, :2] < 0).any(axis=1) | (boxes[:, 2:] > [width, height]).any(
        axis=1
    )
    if not beyond.any():
        return whole
    frame = shapely.box(0, 0, width, height)
    visible = whole.copy()
    visible[beyond] = shapely.intersection(shapely.make_valid(whole[beyond]), frame)
    return visible


def _slivers(
    category: NDArray[np.str_],
    area: NDArray[np.float64],
    full: NDArray[np.float64],
    unknown: NDArray[np.bool_],
    cut: NDArray[np.bool_],
    box: NDArray[np.float64],
) -> NDArray[np.bool_]:
    expected = full.copy()
    for name in set(category[unknown].tolist()):
        same = category == name
        # The usual size is that of the uncut objects, else that of the largest one.
        known = area[same & ~cut]
        usual = np.median(known) if known.size else area[same].max()
        expected[same & unknown] = usual
    thin = (box[:, 2:] - box[:, :2]).min(axis=1) < SLIVER_PIXELS
    sliver: NDArray[np.bool_] = (area < TINY_AREA) | (
        cut & (thin | (area < SLIVER_FRACTION * expected))
    )
    return sliver
