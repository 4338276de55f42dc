"""Matching of predicted polygons with true objects, and counts of both.

There are two rules. `outline`, for true outlines: pairs are matched one to one, the
highest IoU first, from an IoU of 0.5 on. `box`, where only bounding boxes are known: an
object is found if a polygon has at least half of its area in the box and covers at
least a fifth of it, because objects do not fill their boxes; a polygon is right if at
least half of it lies in one box. Both count a polygon over several objects as `merged`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.errors import OptionError

RULES = ("outline", "box")

MIN_IOU = 0.5
"""IoU from which a polygon and an object match."""
MIN_INSIDE = 0.5
"""Share of a polygon that has to lie in an object, to belong to it."""
MIN_COVERED = 0.2
"""Share of a box that a polygon has to cover, to find it."""

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ObjectScores:
    """Counts over one or more scenes; counts of several scenes are added."""

    objects: int = 0
    """True objects."""
    polygons: int = 0
    """Predicted polygons."""
    found: int = 0
    """Objects that match a polygon."""
    right: int = 0
    """Polygons that match an object."""
    broken: int = 0
    """Objects with two or more polygons that lie mostly inside."""
    merged: int = 0
    """Polygons that cover at least half of two or more objects."""
    border_broken: int = 0
    """Broken objects whose pieces meet or overlap along the border of a window."""
    shared: float = 0.0
    """Area of the intersection of all polygons with all objects."""
    joint: float = 0.0
    """Area of their union."""
    km2: float = 0.0
    """Square kilometres that were searched; 0: not known."""

    def __add__(self, other: ObjectScores) -> ObjectScores:
        """Add all counts."""
        names = [field.name for field in fields(self)]
        return ObjectScores(
            **{name: getattr(self, name) + getattr(other, name) for name in names}
        )

    @property
    def recall(self) -> float:
        """Share of the objects that were found."""
        return self.found / self.objects if self.objects else 0.0

    @property
    def precision(self) -> float:
        """Share of the polygons that are right."""
        return self.right / self.polygons if self.polygons else 0.0

    @property
    def count_error(self) -> int:
        """Number of polygons less number of objects."""
        return self.polygons - self.objects

    @property
    def iou(self) -> float:
        """IoU of the union of all polygons with the union of all objects."""
        return self.shared / self.joint if self.joint else 0.0

    @property
    def wrong_per_km2(self) -> float | None:
        """Wrong polygons per square kilometre; None: the area is not known."""
        return (self.polygons - self.right) / self.km2 if self.km2 else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Matches:
    """Which polygons and objects match."""

    found: NDArray[np.bool_]
    """(M,) whether each object matches a polygon."""
    right: NDArray[np.bool_]
    """(N,) whether each polygon matches an object."""
    pieces: tuple[Numbers, ...]
    """For each object, indices of the polygons that lie mostly in it."""
    over: Numbers
    """(N,) number of objects of which each polygon covers at least half."""


def match(polygons: Shapes, objects: Shapes, *, rule: str) -> Matches:
    """Match polygons with objects.

    Args:
        polygons: (N,) valid predicted polygons, in planar coordinates.
        objects: (M,) valid true objects, in the same coordinates.
        rule: One of `RULES`.

    Raises:
        OptionError: There is no such rule.
    """
    if rule not in RULES:
        raise OptionError(f"no rule {rule!r}; there are {', '.join(RULES)}")
    polygon, obj = np.zeros((2, 0), np.int64)
    if len(polygons) and len(objects):
        polygon, obj = shapely.STRtree(objects).query(polygons, "intersects")
    shared = shapely.area(shapely.intersection(polygons[polygon], objects[obj]))
    own, true = shapely.area(polygons)[polygon], shapely.area(objects)[obj]
    inside = (shared >= MIN_INSIDE * own) & (shared > 0)
    found, right = np.zeros(len(objects), bool), np.zeros(len(polygons), bool)
    if rule == "box":
        right[polygon[inside]] = True
        found[obj[inside & (shared >= MIN_COVERED * true)]] = True
    else:
        iou = shared / (own + true - shared)
        for k in np.argsort(-iou, kind="stable"):
            if iou[k] < MIN_IOU:
                break
            if not (right[polygon[k]] or found[obj[k]]):
                right[polygon[k]] = found[obj[k]] = True
    order = np.lexsort((polygon[inside], obj[inside]))
    cuts = np.searchsorted(obj[inside][order], np.arange(1, len(objects)))
    pieces = np.split(polygon[inside][order], cuts) if len(objects) else []
    covers = polygon[(shared >= MIN_INSIDE * true) & (shared > 0)]
    return Matches(
        found=found,
        right=right,
        pieces=tuple(pieces),
        over=np.bincount(covers, minlength=len(polygons)),
    )


def score(
    polygons: Shapes,
    objects: Shapes,
    *,
    rule: str,
    borders: tuple[Numbers, Numbers] | None = None,
    km2: float = 0.0,
) -> tuple[ObjectScores, Matches]:
    """Match the polygons of one scene and count.

    Args:
        polygons: (N,) predicted polygons, in pixels of the grid that was searched.
        objects: (M,) true objects, in the same pixels.
        rule: One of `RULES`.
        borders: Columns and rows of window borders; None: not known, so that no object
            counts as broken at them.
        km2: Square kilometres that were searched; 0: not known.

    Raises:
        OptionError: There is no such rule.
    """
    matches = match(polygons, objects, rule=rule)
    all_polygons = shapely.union_all(polygons)
    all_objects = shapely.union_all(objects)
    shared = float(all_polygons.intersection(all_objects).area)
    at_border = 0
    if borders is not None:
        at_border = sum(
            _broken_at(polygons[pieces], borders) for pieces in matches.pieces
        )
    scores = ObjectScores(
        objects=len(objects),
        polygons=len(polygons),
        found=int(matches.found.sum()),
        right=int(matches.right.sum()),
        broken=sum(len(pieces) > 1 for pieces in matches.pieces),
        merged=int((matches.over > 1).sum()),
        border_broken=at_border,
        shared=shared,
        joint=float(all_polygons.area + all_objects.area) - shared,
        km2=km2,
    )
    return scores, matches


BORDER_REACH = 2.0
"""Pixels from a window border within which a gap or an overlap is attributed to it."""


def _broken_at(pieces: Shapes, borders: tuple[Numbers, Numbers]) -> bool:
    """Whether two pieces of one object meet or overlap along a window border."""
    for k, one in enumerate(pieces):
        for other in pieces[k + 1 :]:
            gap: Any = one.intersection(other)
            if gap.is_empty:
                gap = shapely.shortest_line(one, other)
            left, top, right, bottom = gap.bounds
            if right - left > 4 * BORDER_REACH and bottom - top > 4 * BORDER_REACH:
                continue  # apart, or one inside the other
            for low, high, lines in (
                (left, right, borders[0]),
                (top, bottom, borders[1]),
            ):
                if high - low <= 4 * BORDER_REACH and _near(
                    lines, low - BORDER_REACH, high + BORDER_REACH
                ):
                    return True
    return False


def _near(lines: Numbers, low: float, high: float) -> bool:
    return bool(((lines >= low) & (lines <= high)).any())
