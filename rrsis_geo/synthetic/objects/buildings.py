"""Houses, blocks and halls."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry import Polygon

from rrsis_geo.synthetic.canvas import ROOF, Colour, DrawnObject, Paint, Part, Stripes
from rrsis_geo.synthetic.palette import ROOFS, Style, pick, scaled
from rrsis_geo.synthetic.shapes import Points, Pose, box, rect


def house(
    spot: Pose,
    length: float,
    width: float,
    *,
    style: Style,
    rng: np.random.Generator,
) -> DrawnObject:
    """A house under a gable or hip roof, sometimes with a wing."""
    name = _roof_name(style, rng)
    shade = pick(ROOFS, rng, name)
    parts = _ridge(spot, length, width, shade, style, hip=rng.uniform() < 0.5)
    outline = rect(length, width)
    if rng.uniform() < 0.35 and length > 11:
        wing, deep = length * 0.42, width * rng.uniform(0.35, 0.6)
        side = 1 if rng.uniform() < 0.5 else -1
        x = side * (length - wing) / 2
        turned = spot.moved(x, width / 2 + deep / 2 - width * 0.25, math.pi / 2)
        parts += _ridge(turned, deep + width * 0.5, wing, shade, style, hip=False)
        a, b, c = length / 2, width / 2, width / 2 + deep
        left, right = x - wing / 2, x + wing / 2
        outline = np.array(
            [
                [-a, -b],
                [a, -b],
                [a, b],
                [right, b],
                [right, c],
                [left, c],
                [left, b],
                [-a, b],
            ]
        )
        outline = _without_repeats(outline)
    if rng.uniform() < 0.5 and spot.gsd < 0.7:
        chimney = spot.px(rect(0.9, 0.9, rng.uniform(-0.3, 0.3) * length, 0.12 * width))
        parts.append(Part(rings=(chimney,), paint=Paint(colour=(96, 84, 78), mid=0)))
    return _thing(spot, outline, parts, shade, style, 6.5)


def block(
    spot: Pose,
    length: float,
    width: float,
    *,
    style: Style,
    rng: np.random.Generator,
    height: float = 12.0,
) -> DrawnObject:
    """A flat-roofed building, rectangular, L- or U-shaped, with gear on the roof."""
    name = str(
        rng.choice(
            ("gray", "white", "beige", "brown", "black"), p=(0.36, 0.28, 0.2, 0.1, 0.06)
        )
    )
    shade = pick(ROOFS, rng, name)
    form = str(rng.choice(("rectangular", "L-shaped", "U-shaped"), p=(0.6, 0.25, 0.15)))
    outline = _form(form, length, width)
    roof = Polygon(outline).buffer(-0.8, join_style="mitre")
    inside = shapely.get_coordinates(roof)[:-1]
    parts = [
        Part(
            rings=(spot.px(outline),), paint=Paint(colour=scaled(shade, 1.14), mid=0.02)
        ),
        Part(
            rings=(spot.px(inside),),
            paint=Paint(colour=shade, fine=0.03, mid=0.05, coarse=0.02),
        ),
    ]
    gear, shadows = [], []
    low = -width / 2 + 0.1 * width
    for _ in range(int(rng.integers(2, 9))):
        x, y = rng.uniform(-0.4, 0.4) * length, low + rng.uniform(0, 0.2) * width
        size = rng.uniform(1.2, 3.5)
        gear.append(spot.px(rect(size, size * rng.uniform(0.6, 1.4), x, y)))
        shadows.append(gear[-1] + np.asarray(style.toward) * (1.4 / spot.gsd))
    if spot.gsd < 0.9:
        dark = Paint(colour=scaled(shade, 0.55), mid=0)
        light = Paint(colour=scaled(shade, 1.2 if sum(shade) < 480 else 0.85), mid=0)
        for ring, under in zip(gear, shadows, strict=True):
            parts += [
                Part(rings=(under,), paint=dark),
                Part(rings=(ring,), paint=light),
            ]
    return _thing(spot, outline, parts, shade, style, height, shape=form)


def hall(
    spot: Pose, length: float, width: float, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """A warehouse or hangar with a low, ribbed roof of one or several ridges."""
    name = str(
        rng.choice(
            ("white", "gray", "blue", "red", "beige", "green", "brown"),
            p=(0.34, 0.22, 0.14, 0.08, 0.12, 0.05, 0.05),
        )
    )
    shade = pick(ROOFS, rng, name)
    outline = rect(length, width)
    ridges = max(1, round(width / rng.uniform(14, 28)))
    parts = []
    ribs = Stripes(angle=spot.heading, period=max(3.0 / spot.gsd, 3.0), strength=0.04)
    for number in range(2 * ridges):
        low = -width / 2 + number * width / (2 * ridges)
        down = spot.heading + (-math.pi / 2 if number % 2 == 0 else math.pi / 2)
        colour = scaled(shade, style.light(down, 0.09))
        ring = spot.px(box(-length / 2, low, length / 2, low + width / (2 * ridges)))
        parts.append(
            Part(rings=(ring,), paint=Paint(colour=colour, mid=0.03, stripes=ribs))
        )
    if rng.uniform() < 0.4:
        panes = tuple(
            spot.px(rect(1.2, width * 0.3, x, 0.25 * width))
            for x in np.arange(-length / 2 + 5, length / 2 - 4, 8.0)
        )
        if panes:
            parts.append(
                Part(rings=panes, paint=Paint(colour=scaled(shade, 0.8), mid=0))
            )
    return _thing(spot, outline, parts, shade, style, rng.uniform(7, 12))


def _thing(
    spot: Pose,
    outline: Points,
    parts: list[Part],
    colour: Colour,
    style: Style,
    height: float,
    *,
    shape: str = "rectangular",
) -> DrawnObject:
    return DrawnObject(
        layer=ROOF,
        parts=tuple(parts),
        outline=spot.px(outline),
        category="building",
        attributes={"shape": shape},
        colour=colour,
        shadow=height * style.reach / spot.gsd,
    )


def _ridge(
    spot: Pose, length: float, width: float, shade: Colour, style: Style, *, hip: bool
) -> list[Part]:
    a, b = length / 2, width / 2
    inset = min(b, a * 0.6) if hip else 0.0
    planes = [
        (-math.pi / 2, np.array([[-a, -b], [a, -b], [a - inset, 0], [-a + inset, 0]])),
        (math.pi / 2, np.array([[-a, b], [a, b], [a - inset, 0], [-a + inset, 0]])),
    ]
    if hip:
        planes += [
            (math.pi, np.array([[-a, -b], [-a, b], [-a + inset, 0]])),
            (0.0, np.array([[a, -b], [a, b], [a - inset, 0]])),
        ]
    return [
        Part(
            rings=(spot.px(ring),),
            paint=Paint(
                colour=scaled(shade, style.light(spot.heading + down, 0.22)),
                fine=0.06,
                mid=0.04,
            ),
        )
        for down, ring in planes
    ]


def _form(form: str, length: float, width: float) -> Points:
    a, b = length / 2, width / 2
    if form == "L-shaped":
        return np.array(
            [
                [-a, -b],
                [a, -b],
                [a, -b * 0.1],
                [-a * 0.3, -b * 0.1],
                [-a * 0.3, b],
                [-a, b],
            ]
        )
    if form == "U-shaped":
        c = a * 0.45
        return np.array(
            [
                [-a, -b],
                [a, -b],
                [a, b],
                [c, b],
                [c, -b * 0.1],
                [-c, -b * 0.1],
                [-c, b],
                [-a, b],
            ]
        )
    return rect(length, width)


def _roof_name(style: Style, rng: np.random.Generator) -> str:
    shares = np.array([0.4, 0.25, 0.17, 0.1, 0.08])
    return style.roofs[int(rng.choice(5, p=shares))]


def _without_repeats(points: Points) -> Points:
    keep = np.hypot(*(points - np.roll(points, 1, axis=0)).T) > 1e-9
    kept: Points = points[keep]
    return kept
