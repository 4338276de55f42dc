"""One plot of land between roads and rivers, while objects are added to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from rrsis_geo.synthetic.canvas import (
    GROUND,
    PATCH,
    Colour,
    DrawnObject,
    Paint,
    Part,
    Stripes,
)
from rrsis_geo.synthetic.objects.trees import DICE as TREE_DICE
from rrsis_geo.synthetic.objects.trees import tree
from rrsis_geo.synthetic.objects.vehicles import DICE, LONGEST, vehicle
from rrsis_geo.synthetic.palette import Style
from rrsis_geo.synthetic.shapes import Pose
from rrsis_geo.synthetic.street_grid import Frame, Line, patch

SMALLEST = 4.0
"""Pixels: what is shorter is neither drawn nor labelled."""


@dataclass(kw_only=True)
class Plot:
    """A rectangle in world metres that takes objects."""

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[Line, Line, Line, Line]
    """On the left, top, right and lower side."""
    frame: Frame
    style: Style
    size: tuple[int, int]
    """Width and height of the scene, pixels."""
    rng: np.random.Generator
    things: list[DrawnObject] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Left, top, right, bottom of the rectangles in use."""

    @property
    def width(self) -> float:
        """Along u."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Along v."""
        return self.bottom - self.top

    def spot(self, u: float, v: float, turn: float = 0.0) -> Pose:
        """World metres to a pose in the image."""
        return self.frame.spot(u, v, turn)

    def add(self, thing: DrawnObject) -> bool:
        """Add an object unless it is too small to be seen."""
        if thing.category:
            reach = thing.outline - thing.outline.mean(axis=0)
            if 2 * float(np.sqrt((reach * reach).sum(axis=1).max())) < SMALLEST:
                return False
        self.things.append(thing)
        return True

    def shows(self, spot: Pose, reach: float) -> bool:
        """Whether an object within `reach` metres of a pose may be in the image."""
        far = reach / spot.gsd
        wide, tall = self.size
        return -far < spot.x < wide + far and -far < spot.y < tall + far

    def vehicle(self, spot: Pose, kind: str = "") -> None:
        """Add a vehicle; its random numbers are drawn even if it is out of view."""
        dice = self.rng.random(DICE).tolist()
        if self.shows(spot, LONGEST):
            self.add(vehicle(spot, style=self.style, dice=dice, kind=kind))

    def ground(
        self,
        colour: Colour,
        *,
        fine: float = 0.07,
        mid: float = 0.09,
        coarse: float = 0.12,
        stain: tuple[Colour, float] | None = None,
    ) -> None:
        """Cover the whole plot, up to the middle of its lines."""
        a, b, c, d = (line.at for line in self.lines)
        ring = patch(self.frame, a, b, c, d)
        paint = Paint(colour=colour, fine=fine, mid=mid, coarse=coarse, stain=stain)
        self.things.append(
            DrawnObject(
                layer=GROUND, outline=ring, parts=(Part(rings=(ring,), paint=paint),)
            )
        )

    def area(
        self,
        bounds: tuple[float, float, float, float],
        colour: Colour,
        *,
        layer: int = PATCH,
        category: str | None = None,
        attributes: dict[str, str] | None = None,
        fine: float = 0.05,
        mid: float = 0.06,
        coarse: float = 0.06,
        stripes: Stripes | None = None,
        stain: tuple[Colour, float] | None = None,
    ) -> None:
        """A flat rectangle of some ground."""
        ring = patch(self.frame, *bounds)
        paint = Paint(
            colour=colour,
            fine=fine,
            mid=mid,
            coarse=coarse,
            stripes=stripes,
            stain=stain,
        )
        self.add(
            DrawnObject(
                layer=layer,
                outline=ring,
                parts=(Part(rings=(ring,), paint=paint),),
                category=category,
                attributes=attributes or {},
                colour=colour,
            )
        )

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Mark a rectangle as in use."""
        self.taken.append((left, top, right, bottom))

    def free(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a rectangle is in the plot and touches none in use."""
        if (
            left < self.left
            or top < self.top
            or right > self.right
            or bottom > self.bottom
        ):
            return False
        return not any(
            left < c and right > a and top < d and bottom > b
            for a, b, c, d in self.taken
        )

    def trees(
        self, per_hectare: float, *, small: float = 1.8, large: float = 5.0
    ) -> None:
        """Scatter trees over the free area, most of them in groups."""
        rng = self.rng
        area = max(self.width, 0) * max(self.height, 0) / 10_000
        left = int(rng.poisson(min(per_hectare * area, 900)))
        while left > 0:
            u, v = (
                rng.uniform(self.left, self.right),
                rng.uniform(self.top, self.bottom),
            )
            group = min(left, 1 + int(rng.exponential(2.5)))
            radius = large * rng.uniform(small / large, 1)
            for _ in range(group):
                self.tree(u, v, radius)
                turn, far = rng.uniform(0, 6.283), radius * rng.uniform(1.2, 3.5)
                u, v = u + far * math.cos(turn), v + far * math.sin(turn)
                radius = min(max(radius * rng.uniform(0.75, 1.3), small), large)
            left -= group

    def tree(self, u: float, v: float, radius: float) -> None:
        """Add a tree unless its rectangle is in use; trees may overlap."""
        dice = self.rng.random(TREE_DICE).tolist()
        spot = self.spot(u, v)
        if self.shows(spot, radius + 20) and self.free(
            u - radius, v - radius, u + radius, v + radius
        ):
            self.add(tree(spot, radius, style=self.style, dice=dice))
