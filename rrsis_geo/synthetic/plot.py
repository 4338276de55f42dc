"""One plot of land between the world's lines, while it is being filled."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rrsis_geo.synthetic.canvas import GROUND, PATCH, Colour, Paint, Part, Stripes, Thing
from rrsis_geo.synthetic.frame import Frame, Line, patch
from rrsis_geo.synthetic.palette import Style
from rrsis_geo.synthetic.shapes import Spot
from rrsis_geo.synthetic.trees import tree

SMALLEST = 4.0
"""Pixels: what is shorter is neither drawn nor labelled."""


@dataclass(kw_only=True)
class Plot:
    """Where things go; lengths in metres of the world."""

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[Line, Line, Line, Line]
    """On the left, top, right and lower side."""
    frame: Frame
    style: Style
    rng: np.random.Generator
    things: list[Thing] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Left, top, right, bottom of what stands already."""

    @property
    def width(self) -> float:
        """Along u."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Along v."""
        return self.bottom - self.top

    def spot(self, u: float, v: float, turn: float = 0.0) -> Spot:
        """A place in the image."""
        return self.frame.spot(u, v, turn)

    def add(self, thing: Thing) -> bool:
        """Keep a thing unless it is too small to be seen."""
        size = np.ptp(thing.outline, axis=0)
        if thing.category and float(np.hypot(*size)) < SMALLEST:
            return False
        self.things.append(thing)
        return True

    def ground(self, colour: Colour, *, fine: float = 0.07, mid: float = 0.09, coarse: float = 0.12, stain: tuple[Colour, float] | None = None) -> None:
        """Cover the whole plot, up to the middle of its lines."""
        a, b, c, d = (line.at for line in self.lines)
        ring = patch(self.frame, a, b, c, d)
        paint = Paint(colour=colour, fine=fine, mid=mid, coarse=coarse, stain=stain)
        self.things.append(Thing(layer=GROUND, outline=ring, parts=(Part(rings=(ring,), paint=paint),)))

    def area(
        self, bounds: tuple[float, float, float, float], colour: Colour, *, layer: int = PATCH,
        category: str | None = None, attributes: dict[str, str] | None = None, fine: float = 0.05,
        mid: float = 0.06, coarse: float = 0.06, stripes: Stripes | None = None,
        stain: tuple[Colour, float] | None = None,
    ) -> None:
        """A flat rectangle of some ground."""
        ring = patch(self.frame, *bounds)
        paint = Paint(colour=colour, fine=fine, mid=mid, coarse=coarse, stripes=stripes, stain=stain)
        self.add(Thing(layer=layer, outline=ring, parts=(Part(rings=(ring,), paint=paint),), category=category, attributes=attributes or {}))

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Nothing else may be put here."""
        self.taken.append((left, top, right, bottom))

    def free(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a rectangle lies in the plot and touches nothing that stands."""
        if left < self.left or top < self.top or right > self.right or bottom > self.bottom:
            return False
        return not any(
            left < c and right > a and top < d and bottom > b for a, b, c, d in self.taken
        )

    def trees(self, per_hectare: float, *, small: float = 1.8, large: float = 5.0) -> None:
        """Scatter trees over what is free."""
        spacing = max(100 / max(per_hectare, 0.01) ** 0.5, 2 * large * 0.9)
        for v in np.arange(self.top + large, self.bottom - large, spacing):
            for u in np.arange(self.left + large, self.right - large, spacing):
                shift = self.rng.uniform(-0.5, 0.5, 2) * (spacing - 2 * large * 0.8)
                radius = large * self.rng.uniform(small / large, 1) 
                if self.rng.uniform() < 0.85:
                    self.tree(float(u + shift[0]), float(v + shift[1]), radius)

    def tree(self, u: float, v: float, radius: float) -> None:
        """One tree, where it finds room."""
        if self.free(u - radius, v - radius, u + radius, v + radius):
            thing = tree(self.spot(u, v), radius, style=self.style, rng=self.rng)
            if self.add(thing):
                self.take(u - radius, v - radius, u + radius, v + radius)
