"""Polygons that were found against true ones, object by object.

Two rules. `outline`, for true outlines: pairs are made one to one, the highest IoU
first, and count from an IoU of 0.5. `box`, where only boxes are known: a box is found
where a polygon has at least half of its own area in it and covers at least a fifth of
it, since things do not fill their boxes; a polygon is right where at least half of it
lies in one box. Under both, a polygon over several true objects is a mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from rrsis_geo.errors import OptionError

RULES = ("outline", "box")

LEAST_IOU = 0.5
INSIDE = 0.5
"""Share of a polygon that has to lie in a box or an object to belong to it."""
COVERED = 0.2
"""Share of a box that a polygon has to cover."""

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ObjectScores:
    """Counts over one or more scenes; those of several add up."""

    objects: int = 0
    """True ones."""
    polygons: int = 0
    found: int = 0
    """Objects that a polygon stands for."""
    right: int = 0
    """Polygons that stand for an object."""
    broken: int = 0
    """Objects with most of two polygons in them."""
    merged: int = 0
    """Polygons over at least half of two objects or more."""
    border_broken: int = 0
    """Objects broken or covered twice where a window ends."""
    shared: float = 0.0
    """Area that polygons and objects share."""
    joint: float = 0.0
    """Area of polygons and objects together."""
    km2: float = 0.0
    """Ground that was searched; 0 = not known."""

    def __add__(self, other: ObjectScores) -> ObjectScores:
        """The counts of both."""
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
        """Polygons too many; negative: too few."""
        return self.polygons - self.objects

    @property
    def iou(self) -> float:
        """Shared area over joint area: all polygons against all objects."""
        return self.shared / self.joint if self.joint else 0.0

    @property
    def wrong_per_km2(self) -> float | None:
        """Polygons that are not right, by square kilometre; None: area not known."""
        return (self.polygons - self.right) / self.km2 if self.km2 else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Matches:
    """Which polygon stands for which object."""

    found: NDArray[np.bool_]
    """For each object."""
    right: NDArray[np.bool_]
    """For each polygon."""
    pieces: tuple[Numbers, ...]
    """For each object the polygons that lie mostly in it."""
    over: Numbers
    """For each polygon, of how many objects it covers at least half."""


def match(polygons: Shapes, objects: Shapes, *, rule: str) -> Matches:
    """Say which polygons stand for which objects.

    Args:
        polygons: (N,) found, in some plane; valid.
        objects: (M,) true ones, in the same plane; valid.
        rule: One of `RULES`.

    Raises:
        OptionError: there is no such rule.
    """
    if rule not in RULES:
        raise OptionError(f"no rule {rule!r}; there are {', '.join(RULES)}")
    which, whose = np.zeros((2, 0), np.int64)
    if len(polygons) and len(objects):
        which, whose = shapely.STRtree(objects).query(polygons, "intersects")
    shared = shapely.area(shapely.intersection(polygons[which], objects[whose]))
    own, true = shapely.area(polygons)[which], shapely.area(objects)[whose]
    inside = (shared >= INSIDE * own) & (shared > 0)
    found, right = np.zeros(len(objects), bool), np.zeros(len(polygons), bool)
    if rule == "box":
        right[which[inside]] = True
        found[whose[inside & (shared >= COVERED * true)]] = True
    else:
        iou = shared / (own + true - shared)
        for k in np.argsort(-iou, kind="stable"):
            if iou[k] < LEAST_IOU:
                break
            if not (right[which[k]] or found[whose[k]]):
                right[which[k]] = found[whose[k]] = True
    order = np.lexsort((which[inside], whose[inside]))
    cuts = np.searchsorted(whose[inside][order], np.arange(1, len(objects)))
    pieces = np.split(which[inside][order], cuts) if len(objects) else []
    covers = which[(shared >= INSIDE * true) & (shared > 0)]
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
    """Count one scene.

    Args:
        polygons: (N,) found, in pixels of the grid that was searched.
        objects: (M,) true ones, in the same pixels.
        rule: One of `RULES`.
        borders: Columns and rows where windows end; None: not known, so that nothing
            is broken at them.
        km2: Ground that was searched; 0: not known.

    Raises:
        OptionError: there is no such rule.
    """
    matches = match(polygons, objects, rule=rule)
    all_found, all_true = shapely.union_all(polygons), shapely.union_all(objects)
    shared = float(all_found.intersection(all_true).area)
    at_border = 0
    if borders is not None:
        at_border = sum(
            _parted_at(polygons[pieces], borders) for pieces in matches.pieces
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
        joint=float(all_found.area + all_true.area) - shared,
        km2=km2,
    )
    return scores, matches


REACH = 2.0
"""Pixels from a window's end within which a gap or a double is put down to it."""


def _parted_at(pieces: Shapes, borders: tuple[Numbers, Numbers]) -> bool:
    """Whether two pieces of one object meet, or lie over each other, at a border."""
    for k, one in enumerate(pieces):
        for other in pieces[k + 1 :]:
            gap: Any = one.intersection(other)
            if gap.is_empty:
                gap = shapely.shortest_line(one, other)
            left, top, right, bottom = gap.bounds
            if right - left > 4 * REACH and bottom - top > 4 * REACH:
                continue  # apart, or one in the other: no work of a border
            for low, high, lines in (
                (left, right, borders[0]),
                (top, bottom, borders[1]),
            ):
                if high - low <= 4 * REACH and _near(lines, low - REACH, high + REACH):
                    return True
    return False


def _near(lines: Numbers, low: float, high: float) -> bool:
    return bool(((lines >= low) & (lines <= high)).any())
