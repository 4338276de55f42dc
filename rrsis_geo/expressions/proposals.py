"""Random proposals of what could be said of a layout; `verification` decides on them.

A proposal starts from an object that is there, so that most of them hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import WORDED_KEYS
from rrsis_geo.expressions.categories import find_all
from rrsis_geo.expressions.image_regions import regions_of
from rrsis_geo.expressions.measurements import SIDES, Measurements
from rrsis_geo.expressions.object_relations import form_of, groups
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording.weighted_choice import choose_index
from rrsis_geo.language.directions import SCREEN, Side
from rrsis_geo.language.nodes import (
    AtEdge,
    Beside,
    Between,
    Distant,
    Except,
    Extent,
    Extreme,
    Find,
    Grouped,
    InPlace,
    Isolated,
    Near,
    Node,
    Shape,
    Shaped,
    SizeClass,
    Sized,
    With,
)

T = TypeVar("T")

MEASURED_SHAPES: dict[str, tuple[Shape, ...]] = {
    "building": ("elongated", "round", "square"),
    "field": ("elongated", "round", "square"),
    "lake": ("elongated", "round"),
    "parking_lot": ("elongated", "square"),
    "swimming_pool": ("elongated", "round"),
    "ship": ("horizontal", "vertical"),
    "harbor": ("horizontal", "vertical"),
    "bridge": ("horizontal", "vertical"),
    "tennis_court": ("horizontal", "vertical"),
    "basketball_court": ("horizontal", "vertical"),
    "road": ("horizontal", "vertical"),
}
"""Shapes that people mention of a category; that a tank is round tells nothing."""


_EXTENT_WEIGHTS: dict[Extent, float] = {"part": 2.0, "half": 0.6, "corner": 1.0}
"""How often regions are proposed, by their extent."""


class Proposer:
    """Proposes nodes over one layout with one random generator."""

    def __init__(self, measured: Measurements, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._count = np.array(
            [len(measured.members(name)) for name in measured.present]
        )
        # People do not ask for two hundred trees two hundred times as often.
        self._weight = np.minimum(np.sqrt(self._count), 3.0)
        self._counted = np.array(
            [name not in measured.uncounted for name in measured.present], bool
        )
        self.kinds: dict[str, Callable[[], Node | None]] = {
            "category": self.category,
            "synonym": self.category,
            "group": self.group,
            "location": self.location,
            "extreme": self.extreme,
            "size": self.size,
            "attribute": self.attribute,
            "relation": self.relation,
            "nested": self.nested,
        }

    def category(self) -> Node:
        """A whole category."""
        return find_all(self._category(self._weight))

    def group(self) -> Node | None:
        """Several objects by number, place, order or grouping."""
        category = self._repeated()
        if category is None:
            return None
        base = find_all(category)
        chance = self._rng.random()
        if chance < 0.2 and len(self._measured.members(category)) <= 12:
            return base
        if chance < 0.5:
            return self._place(base)
        if chance < 0.8:
            return self._grouped(base) or self._place(base)
        if chance < 0.92:
            count = 2 + int(self._rng.integers(2))
            return Extreme(base, self._side(), count=count)
        excluded = self._single(base)
        return None if excluded is None else Except(base, excluded)

    def location(self) -> Node | None:
        """Objects by the region of the image."""
        category = self._counted_category()
        if category is None:
            return None
        base = find_all(category)
        chance = self._rng.random()
        if chance < 0.06:
            return Isolated(base)
        if chance < 0.16:
            rows = self._measured.members(category)
            sides = np.flatnonzero(self._measured.cut[rows].any(axis=0))
            if sides.size:
                side = SIDES[int(sides[self._rng.integers(len(sides))])]
                return AtEdge(base, side, cut=True)
        return self._place(base)

    def extreme(self) -> Node | None:
        """One object by its order along a side."""
        category = self._repeated()
        return None if category is None else self._extreme(find_all(category))

    def size(self) -> Node | None:
        """Objects by size."""
        category = self._repeated()
        return None if category is None else self._sized(find_all(category))

    def attribute(self) -> Node | None:
        """Objects by a labelled attribute or a measured shape."""
        category = self._category(self._weight)
        base = find_all(category)
        counted = category not in self._measured.uncounted
        shapes = MEASURED_SHAPES.get(category, ()) if counted else ()
        with_value = self._with_value(base)
        if with_value is not None and (not shapes or self._rng.random() < 0.7):
            return with_value
        return Shaped(base, self._pick(shapes)) if shapes else None

    def relation(self) -> Node | None:
        """Objects by their relation to others."""
        category = self._counted_category()
        return None if category is None else self._related(find_all(category))

    def nested(self) -> Node | None:
        """Two conditions, the inner one applied first."""
        category = self._repeated()
        if category is None:
            return None
        base = find_all(category)
        chance = self._rng.random()
        if chance < 0.3:
            inner: Node | None = self._place(base)
        elif chance < 0.5:
            inner = self._grouped(base) or self._place(base)
        elif chance < 0.7:
            inner = SizeClass(base, self._kind())
        elif chance < 0.85:
            inner = self.attribute()
        else:
            inner = self._related(base)
        if inner is None or isinstance(inner, Grouped):
            # "the leftmost of the row of four" would need words of its own.
            inner = self._place(base)
        rows = None if inner is None else resolve(self._measured, inner)
        if inner is None or rows is None or len(rows) < 2:
            return None
        chance = self._rng.random()
        if chance < 0.45:
            return self._extreme(inner)
        if chance < 0.75 and not isinstance(inner, SizeClass):
            return self._sized(inner)
        if isinstance(inner, InPlace):
            return self._related(inner)
        return self._place(inner)

    def _category(self, weight: NDArray[np.float64]) -> str:
        """A category that is there; frequent ones somewhat more often."""
        return self._pick(self._measured.present, weight)

    def _counted_category(self) -> str | None:
        """A category whose objects can be told apart."""
        weight = np.where(self._counted, self._weight, 0.0)
        return self._category(weight) if weight.any() else None

    def _repeated(self) -> str | None:
        """A category with more than one object, which can be told apart."""
        weight = np.where(self._counted & (self._count > 1), self._weight, 0.0)
        return self._category(weight) if weight.any() else None

    def _place(self, base: Node) -> Node | None:
        rows = resolve(self._measured, base)
        if rows is None or not rows.size:
            return None
        row = int(rows[self._rng.integers(len(rows))])
        regions = regions_of(self._measured, row)
        if not regions:
            return None
        weight = np.array([_EXTENT_WEIGHTS[extent] for _, extent in regions])
        return InPlace(base, *self._pick(regions, weight))

    def _grouped(self, base: Node) -> Node | None:
        rows = resolve(self._measured, base)
        if rows is None:
            return None
        nameable = [one for one in groups(self._measured, rows) if 2 <= len(one) <= 12]
        if not nameable:
            return None
        group = self._pick(nameable)
        name_form = self._rng.random() < 0.8
        form = form_of(self._measured, group) if name_form else "cluster"
        return Grouped(base, form, len(group))

    def _extreme(self, base: Node) -> Node:
        rank = self._pick((1, 2, 3), np.array([0.68, 0.22, 0.10]))
        return Extreme(base, self._side(), rank=rank)

    def _sized(self, base: Node) -> Node:
        chance = self._rng.random()
        if chance < 0.25:
            return SizeClass(base, self._kind())
        order: Literal["largest", "smallest"]
        order = "largest" if self._rng.random() < 0.6 else "smallest"
        if chance < 0.37:
            return Sized(base, order, rank=2)
        return Sized(base, order, count=1 if chance < 0.88 else 2)

    def _single(self, base: Node) -> Node | None:
        """A node that is likely to stand for a single object of a set."""
        chance = self._rng.random()
        if chance < 0.45:
            return Extreme(base, self._side())
        if chance < 0.65:
            return Sized(base, "largest" if chance < 0.56 else "smallest")
        if chance < 0.85:
            return self._place(base)
        return self._with_value(base) or self._place(base)

    def _with_value(self, base: Node) -> Node | None:
        """Those that share a labelled attribute with one of them."""
        rows = resolve(self._measured, base)
        if rows is None or not rows.size:
            return None
        row = int(rows[self._rng.integers(len(rows))])
        attributes = self._measured.attributes[row]
        keys = [key for key in WORDED_KEYS if key in attributes]
        if not keys:
            return None
        key = self._pick(keys)
        return With(base, key, attributes[key])

    def _anchor(self, base: Node, *, single: bool) -> Node | None:
        name = self._category(self._weight)
        other = find_all(name)
        if name in self._measured.uncounted:
            return None if single or other == base else other
        alone = len(self._measured.members(name)) == 1
        if alone or (not single and self._rng.random() < 0.5):
            return None if other == base else other
        return self._single(other)

    def _related(self, base: Node) -> Node | None:
        chance = self._rng.random()
        if chance < 0.3:
            anchor = self._anchor(base, single=False)
            return None if anchor is None else Near(base, anchor)
        if chance < 0.65:
            anchor = self._anchor(base, single=True)
            if anchor is None:
                return None
            side = self._side_of(base, anchor)
            if isinstance(base, Find) and self._rng.random() < 0.3:
                return Beside(Near(base, anchor), side, anchor)
            return Beside(base, side, anchor)
        if chance < 0.9:
            anchor = self._anchor(base, single=False)
            order: Literal["closest", "farthest"]
            order = "closest" if self._rng.random() < 0.75 else "farthest"
            return None if anchor is None else Distant(base, order, anchor)
        rows = resolve(self._measured, base)
        if rows is not None and len(rows) == 3:
            # The middle one of three, in words perhaps "between the other two".
            across, down = np.ptp(self._measured.centre[rows], axis=0)
            ends: tuple[Side, Side]
            ends = ("left", "right") if across > down else ("top", "bottom")
            first, second = (Extreme(base, side) for side in ends)
            return Between(base, first, second)
        one = self._anchor(base, single=True)
        other = self._anchor(base, single=True)
        if one is None or other is None or one == other:
            return None
        return Between(base, one, other)

    def _side_of(self, base: Node, anchor: Node) -> Side:
        """The side of the anchor on which some object lies, which is likely to hold."""
        rows = resolve(self._measured, base)
        anchors = resolve(self._measured, anchor)
        if rows is None or anchors is None or len(anchors) != 1:
            return self._side()
        rest = rows[rows != anchors[0]]
        if not rest.size:
            return self._side()
        centre = self._measured.centre
        across, down = centre[rest[self._rng.integers(len(rest))]] - centre[anchors[0]]
        if 0.5 < abs(across) / max(abs(down), 1e-9) < 2:
            if down < 0:
                return "top left" if across < 0 else "top right"
            return "bottom left" if across < 0 else "bottom right"
        if abs(across) > abs(down):
            return "left" if across < 0 else "right"
        return "top" if down < 0 else "bottom"

    def _kind(self) -> Literal["big", "small"]:
        return "big" if self._rng.random() < 0.6 else "small"

    def _side(self) -> Side:
        return self._pick(SCREEN)

    def _pick(
        self, choices: Sequence[T], weight: NDArray[np.float64] | None = None
    ) -> T:
        if weight is None:
            return choices[int(self._rng.integers(len(choices)))]
        return choices[choose_index(self._rng, weight)]
