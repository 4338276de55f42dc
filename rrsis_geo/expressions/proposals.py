"""Guesses at what could be said of a layout; `truth` decides whether they hold.

A guess starts from an object that is there, so that most of them come true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.attributes import SPOKEN_KEYS
from rrsis_geo.expressions.image_regions import places_of
from rrsis_geo.expressions.measurements import SIDES, Measured
from rrsis_geo.expressions.spatial_relations import form_of, groups
from rrsis_geo.expressions.tree import (
    All,
    AtEdge,
    Beside,
    Between,
    Corner,
    Distant,
    Extreme,
    Grouped,
    InPlace,
    Isolated,
    Meaning,
    Near,
    Shape,
    Shaped,
    Side,
    SizeClass,
    Sized,
    With,
    Without,
)
from rrsis_geo.expressions.verification import resolve
from rrsis_geo.expressions.wording.weighted_choice import pick

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
"""Forms that people use for a category; a round tank is no news."""


_LIKELY = {"half": 0.6, "corner": 1.0}
"""Weights of places by their last word; 2 for all others."""


class Proposer:
    """Guesses over one layout, with one source of chance."""

    def __init__(self, measured: Measured, rng: np.random.Generator) -> None:
        self._measured = measured
        self._rng = rng
        self._count = np.array(
            [len(measured.members(name)) for name in measured.present]
        )
        # Two hundred trees are not what people ask for two hundred times.
        self._weight = np.minimum(np.sqrt(self._count), 3.0)
        self.kinds: dict[str, Callable[[], Meaning | None]] = {
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

    def category(self) -> Meaning:
        """A whole category."""
        return All(self._category())

    def group(self) -> Meaning | None:
        """Several objects by number, place, order or standing together."""
        category = self._repeated()
        if category is None:
            return None
        base = All(category)
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
        left_out = self._single(base)
        return None if left_out is None else Without(base, left_out)

    def location(self) -> Meaning | None:
        """Objects by the part of the image."""
        base = All(self._category())
        chance = self._rng.random()
        if chance < 0.06:
            return Isolated(base)
        if chance < 0.16:
            rows = self._measured.members(base.category)
            sides = np.flatnonzero(self._measured.cut[rows].any(axis=0))
            if sides.size:
                side = cast(Side, SIDES[int(sides[self._rng.integers(len(sides))])])
                return AtEdge(base, side)
        return self._place(base)

    def extreme(self) -> Meaning | None:
        """One object by its order along a side."""
        category = self._repeated()
        return None if category is None else self._extreme(All(category))

    def size(self) -> Meaning | None:
        """Objects by size."""
        category = self._repeated()
        return None if category is None else self._sized(All(category))

    def attribute(self) -> Meaning | None:
        """Objects by a labelled attribute or a measured form."""
        base = All(self._category())
        shapes = MEASURED_SHAPES.get(base.category, ())
        valued = self._valued(base)
        if valued is not None and (not shapes or self._rng.random() < 0.7):
            return valued
        return Shaped(base, self._pick(shapes)) if shapes else None

    def relation(self) -> Meaning | None:
        """Objects by where they stand to others."""
        return self._related(All(self._category()))

    def nested(self) -> Meaning | None:
        """Two conditions, the inner one first."""
        category = self._repeated()
        if category is None:
            return None
        base = All(category)
        chance = self._rng.random()
        if chance < 0.3:
            inner: Meaning | None = self._place(base)
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

    def _category(self) -> str:
        """A category that is there, the frequent ones a little more often."""
        return self._pick(self._measured.present, self._weight)

    def _repeated(self) -> str | None:
        """A category with more than one object."""
        weight = np.where(self._count > 1, self._weight, 0.0)
        return self._pick(self._measured.present, weight) if weight.any() else None

    def _place(self, base: Meaning) -> Meaning | None:
        rows = resolve(self._measured, base)
        if rows is None or not rows.size:
            return None
        row = int(rows[self._rng.integers(len(rows))])
        fitting = places_of(self._measured, row)
        if not fitting:
            return None
        weight = np.array([_LIKELY.get(place.split()[-1], 2.0) for place in fitting])
        return InPlace(base, self._pick(fitting, weight))

    def _grouped(self, base: Meaning) -> Meaning | None:
        rows = resolve(self._measured, base)
        if rows is None:
            return None
        found = [one for one in groups(self._measured, rows) if 2 <= len(one) <= 12]
        if not found:
            return None
        one = self._pick(found)
        straight = self._rng.random() < 0.8
        form = form_of(self._measured, one) if straight else "cluster"
        return Grouped(base, form, len(one))

    def _extreme(self, base: Meaning) -> Meaning:
        rank = self._pick((1, 2, 3), np.array([0.68, 0.22, 0.10]))
        return Extreme(base, self._side(), rank=rank)

    def _sized(self, base: Meaning) -> Meaning:
        chance = self._rng.random()
        if chance < 0.25:
            return SizeClass(base, self._kind())
        order: Literal["largest", "smallest"]
        order = "largest" if self._rng.random() < 0.6 else "smallest"
        if chance < 0.37:
            return Sized(base, order, rank=2)
        return Sized(base, order, count=1 if chance < 0.88 else 2)

    def _single(self, base: Meaning) -> Meaning | None:
        """A meaning that is likely to stand for one object of a set."""
        chance = self._rng.random()
        if chance < 0.45:
            return Extreme(base, self._side())
        if chance < 0.65:
            return Sized(base, "largest" if chance < 0.56 else "smallest")
        if chance < 0.85:
            return self._place(base)
        return self._valued(base) or self._place(base)

    def _valued(self, base: Meaning) -> Meaning | None:
        """Those that share a labelled attribute with one of them."""
        rows = resolve(self._measured, base)
        if rows is None or not rows.size:
            return None
        known = self._measured.attributes[int(rows[self._rng.integers(len(rows))])]
        keys = [key for key in SPOKEN_KEYS if key in known]
        if not keys:
            return None
        key = self._pick(keys)
        return With(base, key, known[key])

    def _anchor(self, base: Meaning, *, single: bool) -> Meaning | None:
        name = self._category()
        other = All(name)
        alone = len(self._measured.members(name)) == 1
        if alone or (not single and self._rng.random() < 0.5):
            return None if other == base else other
        return self._single(other)

    def _related(self, base: Meaning) -> Meaning | None:
        chance = self._rng.random()
        if chance < 0.3:
            anchor = self._anchor(base, single=False)
            return None if anchor is None else Near(base, anchor)
        if chance < 0.65:
            anchor = self._anchor(base, single=True)
            if anchor is None:
                return None
            side = self._side_of(base, anchor)
            if isinstance(base, All) and self._rng.random() < 0.3:
                return Beside(Near(base, anchor), side, anchor)
            return Beside(base, side, anchor)
        if chance < 0.9:
            anchor = self._anchor(base, single=False)
            order: Literal["closest", "farthest"]
            order = "closest" if self._rng.random() < 0.75 else "farthest"
            return None if anchor is None else Distant(base, order, anchor)
        rows = resolve(self._measured, base)
        if rows is not None and len(rows) == 3:
            # The middle one of three; see `Writer` for "between the other two".
            middle = self._measured.centre[rows]
            across, down = np.ptp(middle, axis=0)
            ends: tuple[Side, Side]
            ends = ("left", "right") if across > down else ("top", "bottom")
            return Between(base, *(Extreme(base, side) for side in ends))
        first = self._anchor(base, single=True)
        second = self._anchor(base, single=True)
        if first is None or second is None or first == second:
            return None
        return Between(base, first, second)

    def _side_of(self, base: Meaning, anchor: Meaning) -> Side | Corner:
        """The side of the anchor on which some object is, the likeliest to hold."""
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
        return self._pick(get_args(Side))

    def _pick(
        self, choices: Sequence[T], weight: NDArray[np.float64] | None = None
    ) -> T:
        if weight is None:
            return choices[int(self._rng.integers(len(choices)))]
        return choices[pick(self._rng, weight)]
