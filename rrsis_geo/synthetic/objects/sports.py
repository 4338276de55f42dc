"""Courts, tracks, diamonds and pools."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import FLAT, Colour, DrawnObject, Paint, Part, Stripes
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import (
    Points,
    Pose,
    blob,
    box,
    disc,
    fan,
    line,
    rect,
    stadium,
)

SURFACES: dict[str, Colour] = {
    "green": (70, 116, 84),
    "blue": (62, 94, 150),
    "red": (150, 74, 62),
    "brown": (150, 104, 76),
}
WHITE = Paint(colour=(226, 228, 224), fine=0.02, mid=0.02)


def tennis_court(
    spot: Pose,
    *,
    style: Style,
    rng: np.random.Generator,
    names: tuple[str, str] | None = None,
) -> DrawnObject:
    """One court with its run-off: 36.6 x 18.3 m, the playing field 23.8 x 11."""
    inner, outer = names or court_colours(rng)
    ring = spot.px(rect(36.6, 18.3))
    field = spot.px(rect(23.8, 11.0))
    parts = [
        Part(
            rings=(ring,),
            paint=Paint(colour=SURFACES[outer], fine=0.03, mid=0.04, coarse=0.03),
        ),
        Part(
            rings=(field,),
            paint=Paint(colour=scaled(SURFACES[inner], 1.04), fine=0.03, mid=0.03),
        ),
    ]
    lines = [
        *_frame(23.8, 11.0),
        *_frame(23.8, 8.2),
        *line(np.array([[-6.4, 0.0], [6.4, 0.0]]), 0.3),
        *line(np.array([[-6.4, -4.1], [-6.4, 4.1]]), 0.3),
        *line(np.array([[6.4, -4.1], [6.4, 4.1]]), 0.3),
    ]
    parts += [_marks(spot, lines), _marks(spot, [rect(0.35, 12.8)], (60, 64, 66))]
    return DrawnObject(
        layer=FLAT,
        parts=tuple(parts),
        outline=ring,
        category="tennis_court",
        attributes={"shape": "rectangular"},
        colour=SURFACES[inner],
    )


def basketball_court(
    spot: Pose, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """One court, 28 x 15 m with a run-off of a metre or two."""
    inner, outer = court_colours(rng)
    if rng.uniform() < 0.35:
        colour = scaled(style.asphalt, 1.15)
        edge = colour
    else:
        colour, edge = SURFACES[inner], SURFACES[outer]
    ring = spot.px(rect(31.0, 17.6))
    parts = [
        Part(rings=(ring,), paint=Paint(colour=edge, fine=0.03, mid=0.05)),
        Part(
            rings=(spot.px(rect(28, 15)),),
            paint=Paint(colour=scaled(colour, 1.05), fine=0.03, mid=0.04),
        ),
    ]
    paint = SURFACES[str(rng.choice(tuple(SURFACES)))]
    keys = [rect(5.8, 4.9, side * 11.1) for side in (-1, 1)]
    parts.append(_marks(spot, keys, scaled(paint, 1.1)))
    arcs: list[Points] = [*_frame(28, 15), *line(np.array([[0, -7.5], [0, 7.5]]), 0.3)]
    for side in (-1, 1):
        angle = np.linspace(-1.25, 1.25, 12)
        arc = np.stack([side * (12.4 - 6.75 * np.cos(angle)), 6.75 * np.sin(angle)], 1)
        arcs += line(arc, 0.3)
    circle = disc(1.8, count=16)
    arcs += line(np.concatenate([circle, circle[:1]]), 0.3)
    parts += [_marks(spot, [quad]) for quad in arcs]
    return DrawnObject(
        layer=FLAT,
        parts=tuple(parts),
        outline=ring,
        category="basketball_court",
        attributes={"shape": "rectangular"},
        colour=colour,
    )


def running_track(
    spot: Pose, *, style: Style, rng: np.random.Generator, scale: float = 1.0
) -> DrawnObject:
    """A 400 m track (177 x 93 m) around a lawn; the label is the whole oval."""
    name = str(rng.choice(("red", "brown", "blue", "gray"), p=(0.6, 0.2, 0.1, 0.1)))
    colour = {
        "red": (158, 82, 66),
        "brown": (160, 112, 84),
        "blue": (70, 98, 150),
        "gray": scaled(style.asphalt, 1.1),
    }[name]
    ring = spot.px(stadium(177, 93) * scale)
    lawn = spot.px(stadium(157, 73) * scale)
    mown = Stripes(angle=spot.heading, period=11 * scale / spot.gsd, strength=0.05)
    parts = [
        Part(
            rings=(ring,), paint=Paint(colour=colour, fine=0.03, mid=0.03, coarse=0.03)
        ),
    ]
    # Lanes are lines of 5 cm: drawn as wide as a drawn pixel, and as faint.
    thick = max(0.3, 0.55 * spot.gsd)
    faint = Paint(colour=scaled(colour, 1 + 0.09 / thick), mid=0)
    for lane in range(1, 8) if spot.gsd < 1.0 else ():
        off = 20 - lane * 2.44
        outer = spot.px(stadium(157 + off, 73 + off) * scale)
        inner = spot.px(stadium(157 + off - 2 * thick, 73 + off - 2 * thick) * scale)
        parts.append(Part(rings=(outer, inner), paint=faint))
    parts.append(
        Part(
            rings=(lawn,),
            paint=Paint(
                colour=scaled(style.grass, 1.05),
                fine=0.06,
                mid=0.05,
                coarse=0.05,
                stripes=mown,
            ),
        )
    )
    pitch = _frame(100 * scale, 64 * scale) + line(
        np.array([[0, -32.0], [0, 32.0]]) * scale, 0.4
    )
    parts.append(_marks(spot, pitch))
    sand = spot.px(
        fan(30 * scale, -math.pi / 2, math.pi / 2) + np.array([54 * scale, 0])
    )
    if rng.uniform() < 0.5:
        parts.append(
            Part(rings=(sand,), paint=Paint(colour=scaled(colour, 0.97), mid=0.04))
        )
    return DrawnObject(
        layer=FLAT,
        parts=tuple(parts),
        outline=ring,
        category="ground_track_field",
        attributes={"shape": "oval"},
        colour=colour,
    )


def baseball_diamond(
    spot: Pose, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """The infield: a fan of bare soil with the diamond of grass, 27.4 m a side."""
    size = float(rng.choice((0.67, 1.0), p=(0.4, 0.6)))
    soil = scaled((172, 132, 98), rng.uniform(0.85, 1.12))
    angle = np.linspace(-0.86, 0.86, 20)
    arc = np.stack([18.4 + 29 * np.cos(angle * 1.35), 29 * np.sin(angle * 1.35)], 1)
    back = np.array([[2.0, 7.0], [-5.0, 6.0], [-7.0, 0.0], [-5.0, -6.0], [2.0, -7.0]])
    ring = spot.px(np.concatenate([arc, back]) * size)
    parts = [Part(rings=(ring,), paint=Paint(colour=soil, fine=0.05, mid=0.05))]
    if rng.uniform() < 0.75:
        d = 25.0 / math.sqrt(2) * size
        middle = 27.4 / math.sqrt(2) * size
        lawn = np.array([[middle - d, 0], [middle, -d], [middle + d, 0], [middle, d]])
        parts.append(
            Part(
                rings=(spot.px(lawn),),
                paint=Paint(colour=style.grass, fine=0.06, mid=0.05),
            )
        )
        mound = spot.px(disc(2.7 * size, 18.4 * size, count=16))
        parts.append(Part(rings=(mound,), paint=Paint(colour=soil, mid=0.03)))
    return DrawnObject(
        layer=FLAT,
        parts=tuple(parts),
        outline=ring,
        category="baseball_diamond",
        attributes={"shape": "fan-shaped"},
        colour=soil,
    )


def swimming_pool(
    spot: Pose, *, style: Style, rng: np.random.Generator, big: bool = False
) -> DrawnObject:
    """A pool of a garden, or of 25 or 50 metres, with its paved edge."""
    water = scaled((86, 178, 204), rng.uniform(0.85, 1.08))
    if big:
        length = float(rng.choice((25.0, 50.0)))
        shape, edge = "rectangular", rect(length, length * 0.45)
    elif rng.uniform() < 0.55:
        length = rng.uniform(7, 12)
        shape, edge = "rectangular", rect(length, length * rng.uniform(0.42, 0.6))
    else:
        length = rng.uniform(8, 12)
        shape, edge = "oval", blob(length / 2, rng, rough=0.25) * [1.0, 0.65]
    ring = spot.px(edge)
    rim = spot.px(
        edge * (1 + 2.4 / length) if not big else rect(length + 8, length * 0.45 + 8)
    )
    paving = Paint(colour=scaled(style.concrete, 1.06), mid=0.03)
    parts = [
        Part(rings=(ring,), paint=Paint(colour=water, fine=0.04, mid=0.04)),
    ]
    if big and spot.gsd < 0.8:
        lanes = [
            box(-length / 2, y - 0.15, length / 2, y + 0.15)
            for y in np.arange(-length * 0.225 + 2.5, length * 0.22, 2.5)
        ]
        parts.append(_marks(spot, lanes, (60, 120, 160)))
    return DrawnObject(
        layer=FLAT,
        parts=tuple(parts),
        outline=ring,
        category="swimming_pool",
        attributes={"shape": shape},
        colour=water,
        around=(Part(rings=(rim,), paint=paving),),
    )


def court_colours(rng: np.random.Generator) -> tuple[str, str]:
    """Playing field and run-off, as courts are painted."""
    pairs = (
        ("green", "green"),
        ("blue", "green"),
        ("green", "red"),
        ("blue", "blue"),
        ("red", "green"),
        ("brown", "brown"),
    )
    return pairs[int(rng.choice(len(pairs), p=(0.26, 0.24, 0.18, 0.1, 0.12, 0.1)))]


def _frame(length: float, width: float) -> list[Points]:
    corners = rect(length, width)
    return line(np.concatenate([corners, corners[:1]]), 0.3)


def _marks(spot: Pose, quads: list[Points], colour: Colour | None = None) -> Part:
    paint = WHITE if colour is None else Paint(colour=colour, mid=0)
    # Thinner than a drawn pixel a line would vanish: widen nothing, let it fade.
    return Part(rings=tuple(spot.px(quad) for quad in quads), paint=paint)
