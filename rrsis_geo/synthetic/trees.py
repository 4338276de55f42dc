"""Trees as textured crowns."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import CROWN, Paint, Part, Thing
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import Spot, blob


def tree(
    spot: Spot, radius: float, *, style: Style, rng: np.random.Generator
) -> Thing:
    """One tree whose crown stays within `radius` metres."""
    colour = scaled(style.tree[int(rng.integers(len(style.tree)))], rng.uniform(0.85, 1.15))
    crown = blob(radius, rng, rough=0.3)
    outline = spot.px(crown)
    lit = np.asarray(style.toward) * (-radius * 0.22)
    parts = [Part(rings=(outline,), paint=Paint(colour=scaled(colour, 0.72), fine=0.2, mid=0))]
    if radius / spot.gsd > 2:
        level = Spot(x=spot.x, y=spot.y, heading=0.0, gsd=spot.gsd)
        bright = level.px(blob(radius * 0.62, rng, rough=0.35, count=14) + lit)
        parts.append(Part(rings=(bright,), paint=Paint(colour=colour, fine=0.24, mid=0)))
    if radius / spot.gsd > 5:
        tufts = []
        for _ in range(int(min(radius * 1.6, 10))):
            turn, far = rng.uniform(0, 2 * math.pi), radius * 0.5 * math.sqrt(rng.uniform())
            offset = np.array([far * math.cos(turn), far * math.sin(turn)]) + lit
            size = rng.uniform(0.12, 0.2) * radius
            tufts.append(level.px(blob(size, rng, count=8) + offset))
        parts.extend(
            Part(rings=(ring,), paint=Paint(colour=scaled(colour, 1.22), fine=0.2, mid=0))
            for ring in tufts
        )
    return Thing(
        layer=CROWN,
        parts=tuple(parts),
        outline=outline,
        category="tree",
        attributes={},
        shadow=radius * 1.5 * style.reach / spot.gsd,
    )
