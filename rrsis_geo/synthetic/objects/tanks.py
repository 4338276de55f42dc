"""Storage tanks: cone roofs, domes and floating roofs."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import ROOF, Colour, DrawnObject, Paint, Part
from rrsis_geo.synthetic.palette import TANKS, Style, pick, scaled
from rrsis_geo.synthetic.shapes import Pose, disc, fan, lens, line

NAMES = ("white", "gray", "beige", "brown", "green")
SHARES = (0.5, 0.2, 0.14, 0.12, 0.04)


def storage_tank(
    spot: Pose,
    diameter: float,
    *,
    style: Style,
    rng: np.random.Generator,
    colour: str = "",
    kind: str = "",
) -> DrawnObject:
    """One upright cylindrical tank; kind cone, dome or floating, drawn if not given."""
    name = colour or str(rng.choice(NAMES, p=SHARES))
    kind = kind or str(rng.choice(("cone", "dome", "floating"), p=(0.45, 0.25, 0.3)))
    shade = pick(TANKS, rng, name)
    radius = diameter / 2
    height = min(rng.uniform(0.35, 0.7) * diameter, 20.0) + 2
    level = Pose(x=spot.x, y=spot.y, heading=0.0, gsd=spot.gsd)
    outline = level.px(disc(radius, count=64))
    if kind == "floating":
        parts, main = _floating(level, radius, shade, style, rng)
    else:
        parts, main = _roof(level, radius, shade, style, rng, cone=kind == "cone")
    parts.insert(
        0, Part(rings=(outline,), paint=Paint(colour=scaled(shade, 0.9), mid=0.02))
    )
    parts.extend(_stairs(spot, radius, shade))
    return DrawnObject(
        layer=ROOF,
        parts=tuple(parts),
        outline=outline,
        category="storage_tank",
        attributes={"shape": "round", "roof": kind},
        colour=main,
        shadow=height * style.reach / spot.gsd,
    )


def _roof(
    spot: Pose,
    radius: float,
    colour: Colour,
    style: Style,
    rng: np.random.Generator,
    *,
    cone: bool,
) -> tuple[list[Part], Colour | None]:
    """Parts, and the colour of most of them; None where rust makes it doubtful."""
    toward = style.toward
    tilt = rng.uniform(0.06, 0.14) if cone else rng.uniform(0.12, 0.24)
    slope = (-toward[0] * tilt, -toward[1] * tilt)
    rust = ((150, 104, 72), rng.uniform(0.0, 0.5)) if rng.uniform() < 0.3 else None
    inner = disc(radius * 0.955, count=64)
    paint = Paint(colour=colour, fine=0.02, mid=0.02, slope=slope, stain=rust)
    parts = [Part(rings=(spot.px(inner),), paint=paint)]
    if cone and radius / spot.gsd > 6:
        sectors = int(rng.choice((8, 12, 16)))
        wide = 2 * math.pi / sectors
        slices = tuple(
            spot.px(fan(radius * 0.955, k * wide, k * wide + wide / 2, 6))
            for k in range(sectors)
        )
        darker = Paint(colour=scaled(colour, 0.965), fine=0.02, mid=0.02, slope=slope)
        if rust is None:
            parts.append(Part(rings=slices, paint=darker))
    if radius / spot.gsd > 4:
        cap = Paint(colour=scaled(colour, rng.uniform(0.7, 0.92)), mid=0)
        parts.append(Part(rings=(spot.px(disc(radius * 0.09, count=12)),), paint=cap))
    return parts, colour if rust is None or rust[1] < 0.15 else None


def _floating(
    spot: Pose, radius: float, colour: Colour, style: Style, rng: np.random.Generator
) -> tuple[list[Part], Colour | None]:
    """The deck lies deep in the shell: a bright rim and a crescent of shadow."""
    inner = disc(radius * 0.93, count=64)
    depth = radius * rng.uniform(0.1, 0.45)
    deck = scaled(colour, rng.uniform(0.72, 0.95))
    rust = ((150, 108, 78), rng.uniform(0.1, 0.6)) if rng.uniform() < 0.5 else None
    lit = lens(inner, inner + np.asarray(style.toward) * depth)
    paint = Paint(colour=deck, fine=0.03, mid=0.05, stain=rust)
    dark = Paint(colour=scaled(deck, 0.48), fine=0.03, mid=0.03)
    parts = [
        Part(rings=(spot.px(inner),), paint=dark),
        Part(rings=(spot.px(lit),), paint=paint),
    ]
    if radius / spot.gsd > 8:
        ring = (spot.px(disc(radius * 0.72)), spot.px(disc(radius * 0.69)))
        parts.append(Part(rings=ring, paint=Paint(colour=scaled(deck, 0.85), mid=0)))
    return parts, deck if rust is None or rust[1] < 0.15 else None


def _stairs(spot: Pose, radius: float, colour: Colour) -> list[Part]:
    if radius / spot.gsd < 10:
        return []
    path = np.array([[radius * 0.1, 0.0], [radius * 0.95, 0.0]])
    quads = tuple(spot.px(quad) for quad in line(path, 1.0))
    return [Part(rings=quads, paint=Paint(colour=scaled(colour, 0.78), mid=0))]
