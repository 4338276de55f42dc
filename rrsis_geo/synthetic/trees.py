"""Trees as textured crowns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from rrsis_geo.synthetic.canvas import CROWN, Paint, Part, Thing
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import Points, Spot, blob

CROWNS = 48
"""Different crowns; each tree turns and scales one of them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Crown:
    """A tree of radius 1 with the light coming along growing x."""

    outline: Points
    lit: Points
    """The part that the sun reaches."""
    tufts: tuple[Points, ...]


def tree(spot: Spot, radius: float, *, style: Style, rng: np.random.Generator) -> Thing:
    """One tree whose crown stays within `radius` metres."""
    crown = crowns()[int(rng.integers(CROWNS))]
    shade = style.tree[int(rng.integers(len(style.tree)))]
    colour = scaled(shade, rng.uniform(0.85, 1.15))
    sun = math.atan2(style.toward[1], style.toward[0]) + rng.uniform(-0.5, 0.5)
    level = Spot(x=spot.x, y=spot.y, heading=sun, gsd=spot.gsd / radius)
    outline, lit, *tufts = level.rings((crown.outline, crown.lit, *crown.tufts))
    parts = [
        Part(
            rings=(outline,), paint=Paint(colour=scaled(colour, 0.72), fine=0.2, mid=0)
        )
    ]
    if radius / spot.gsd > 2:
        parts.append(Part(rings=(lit,), paint=Paint(colour=colour, fine=0.24, mid=0)))
    if radius / spot.gsd > 5:
        bright = Paint(colour=scaled(colour, 1.22), fine=0.2, mid=0)
        parts.append(Part(rings=tuple(tufts), paint=bright))
    return Thing(
        layer=CROWN,
        parts=tuple(parts),
        outline=outline,
        category="tree",
        shadow=radius * 1.3 * style.reach / spot.gsd,
        flying=True,
    )


@cache
def crowns() -> tuple[Crown, ...]:
    """The crowns that every scene uses."""
    rng = np.random.default_rng(20)
    return tuple(_crown(rng) for _ in range(CROWNS))


def _crown(rng: np.random.Generator) -> Crown:
    light = np.array([-0.22, 0.0])
    tufts = []
    for _ in range(int(rng.integers(4, 9))):
        turn, far = rng.uniform(0, 2 * math.pi), 0.5 * math.sqrt(rng.uniform())
        offset = np.array([far * math.cos(turn), far * math.sin(turn)]) + light
        tufts.append(blob(rng.uniform(0.12, 0.2), rng, count=7) + offset)
    return Crown(
        outline=blob(1.0, rng, rough=0.3),
        lit=blob(0.64, rng, rough=0.35, count=14) + light,
        tufts=tuple(tufts),
    )
