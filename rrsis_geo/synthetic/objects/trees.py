"""Trees as textured crowns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely.geometry import Polygon

from rrsis_geo.synthetic.canvas import CROWN, DrawnObject, Paint, Part
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import Points, Pose, blob

CROWNS = 48
"""Different crowns; each tree turns and scales one of them."""

DICE = 4
"""Numbers in [0, 1) that decide on one tree."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Crown:
    """A tree of radius 1 with the light coming along growing x."""

    outline: Points
    lit: Points
    """The part that the sun reaches."""
    tufts: tuple[Points, ...]


def tree(
    spot: Pose, radius: float, *, style: Style, dice: Sequence[float]
) -> DrawnObject:
    """One tree whose crown stays within `radius` metres, decided by DICE numbers."""
    crown = crowns()[int(dice[0] * CROWNS)]
    shade = style.tree[int(dice[1] * len(style.tree))]
    colour = scaled(shade, 0.85 + 0.3 * dice[2])
    sun = math.atan2(style.toward[1], style.toward[0]) + dice[3] - 0.5
    level = Pose(x=spot.x, y=spot.y, heading=sun, gsd=spot.gsd / radius)
    near = radius / spot.gsd > 5
    pieces = (crown.outline, crown.lit, *(crown.tufts if near else ()))
    outline, lit, *tufts = level.rings(pieces)
    parts = [
        Part(
            rings=(outline,), paint=Paint(colour=scaled(colour, 0.72), fine=0.2, mid=0)
        )
    ]
    if radius / spot.gsd > 2:
        parts.append(Part(rings=(lit,), paint=Paint(colour=colour, fine=0.24, mid=0)))
    if near:
        bright = Paint(colour=scaled(colour, 1.22), fine=0.2, mid=0)
        parts.append(Part(rings=tuple(tufts), paint=bright))
    return DrawnObject(
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
    outline = blob(1.0, rng, rough=0.3)
    whole = Polygon(outline)
    light = np.array([-0.22, 0.0])
    lit = Polygon(blob(0.64, rng, rough=0.35, count=14) + light).intersection(whole)
    tufts = []
    for _ in range(int(rng.integers(6, 13))):
        turn, far = rng.uniform(0, 2 * math.pi), 0.5 * math.sqrt(rng.uniform())
        offset = np.array([far * math.cos(turn), far * math.sin(turn)]) + light
        tuft = blob(rng.uniform(0.12, 0.2), rng, count=7) + offset
        if whole.contains(Polygon(tuft)):
            tufts.append(tuft)
    return Crown(
        outline=outline, lit=shapely.get_coordinates(lit)[:-1], tufts=tuple(tufts)
    )
