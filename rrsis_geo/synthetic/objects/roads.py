"""Roads with their markings, bridges, rivers and runways along the world's lines."""

from __future__ import annotations

import numpy as np

from rrsis_geo.synthetic.canvas import (
    DECK,
    PATCH,
    ROAD,
    WATER,
    Colour,
    DrawnObject,
    Paint,
    Part,
)
from rrsis_geo.synthetic.palette import Style, scaled
from rrsis_geo.synthetic.shapes import Points
from rrsis_geo.synthetic.street_grid import Frame, Line, band

WHITE: Colour = (214, 214, 206)
YELLOW: Colour = (206, 172, 76)


def road(
    frame: Frame,
    line: Line,
    span: tuple[float, float],
    *,
    upright: bool,
    style: Style,
    urban: bool,
) -> list[DrawnObject]:
    """The surface of one road over the whole scene, and its verge."""
    lane = line.kind == "lane"
    colour = style.gravel if lane else style.asphalt
    verge = (
        scaled(style.concrete, 0.96) if urban and not lane else scaled(style.dry, 0.95)
    )
    side = band(
        frame, line, line.half + (2.6 if urban else 1.4), *span, upright=upright
    )
    ring = band(frame, line, line.half, *span, upright=upright)
    paint = Paint(colour=colour, fine=0.04, mid=0.05, coarse=0.05)
    label = {"kind": line.kind}
    return [
        DrawnObject(
            layer=PATCH,
            outline=side,
            parts=(
                Part(rings=(side,), paint=Paint(colour=verge, fine=0.05, mid=0.08)),
            ),
        ),
        DrawnObject(
            layer=ROAD,
            outline=ring,
            parts=(Part(rings=(ring,), paint=paint),),
            category="road",
            attributes=label,
            colour=colour,
        ),
    ]


def markings(
    frame: Frame,
    line: Line,
    start: float,
    stop: float,
    *,
    upright: bool,
    rng: np.random.Generator,
) -> list[DrawnObject]:
    """Dashes and edge lines between two junctions."""
    if line.kind == "lane" or stop - start < 12 or frame.gsd > 1.1:
        return []
    parts = []
    shifts: tuple[float, ...] = (0.0,)
    if line.kind == "avenue":
        shifts = (-line.half / 2, line.half / 2)
        middle = band(frame, line, 0.35, start, stop, upright=upright)
        parts.append(Part(rings=(middle,), paint=Paint(colour=YELLOW, fine=0.06)))
    quads = [
        dash
        for shift in shifts
        for dash in _dashes(
            frame, line.at + shift, start + 2, stop - 4, upright=upright
        )
    ]
    for side in (-1, 1):
        shift = side * (line.half - 0.45)
        quads.append(band(frame, line, 0.11, start, stop, upright=upright, shift=shift))
    if frame.gsd < 0.45 and rng.uniform() < 0.6:
        first, last = start + 0.4, start + 3.6
        quads += [
            band(frame, line, 0.28, first, last, upright=upright, shift=float(shift))
            for shift in np.arange(-line.half + 0.6, line.half - 0.5, 1.1)
        ]
    white = Paint(colour=WHITE, fine=0.06, mid=0.05)
    parts.append(Part(rings=tuple(quads), paint=white))
    outline = band(frame, line, line.half, start, stop, upright=upright)
    return [DrawnObject(layer=ROAD + 1, outline=outline, parts=tuple(parts))]


def river(
    frame: Frame, line: Line, span: tuple[float, float], *, style: Style, natural: bool
) -> list[DrawnObject]:
    """A river along a line of constant u; its bank is soil, or a quay."""
    bank = band(frame, line, line.half + (6 if natural else 4), *span, upright=True)
    ring = band(frame, line, line.half, *span, upright=True)
    edge = scaled(style.soil, 0.85) if natural else style.concrete
    water = Paint(colour=style.water, fine=0.035, mid=0.025, coarse=0.06)
    return [
        DrawnObject(
            layer=PATCH,
            outline=bank,
            parts=(Part(rings=(bank,), paint=Paint(colour=edge, fine=0.07, mid=0.1)),),
        ),
        DrawnObject(
            layer=WATER,
            outline=ring,
            parts=(Part(rings=(ring,), paint=water),),
            category="river",
            colour=style.water,
        ),
    ]


def bridge(
    frame: Frame, over: Line, along: Line, *, style: Style, rng: np.random.Generator
) -> DrawnObject:
    """The bridge that carries a road of constant v over a river."""
    reach = over.half + 7.0
    start, stop = over.at - reach, over.at + reach
    ring = band(frame, along, along.half + 1.5, start, stop, upright=False)
    deck = band(frame, along, along.half, start, stop, upright=False)
    rail = scaled(style.concrete, rng.uniform(0.95, 1.2))
    dash = [
        band(frame, along, 0.15, x, x + 4, upright=False)
        for x in np.arange(start, stop - 4, 9.0)
    ]
    parts = [
        Part(rings=(ring,), paint=Paint(colour=rail, fine=0.03)),
        Part(
            rings=(deck,),
            paint=Paint(colour=scaled(style.asphalt, 1.1), fine=0.03, mid=0.03),
        ),
    ]
    if frame.gsd < 1.1 and dash:
        parts.append(Part(rings=tuple(dash), paint=Paint(colour=WHITE, mid=0)))
    return DrawnObject(
        layer=DECK,
        outline=ring,
        parts=tuple(parts),
        category="bridge",
        colour=scaled(style.asphalt, 1.1),
        shadow=6 * style.reach / frame.gsd,
        flying=True,
    )


def runway(
    frame: Frame, line: Line, span: tuple[float, float], *, style: Style
) -> list[DrawnObject]:
    """A runway or taxiway: no road, so it carries no label."""
    side = band(frame, line, line.half + 8, *span, upright=True)
    ring = band(frame, line, line.half, *span, upright=True)
    surface = Paint(
        colour=scaled(style.asphalt, 0.95), fine=0.04, mid=0.05, coarse=0.05
    )
    quads: list[np.ndarray] = []
    if line.half > 15:
        quads += [
            band(frame, line, 0.45, x, x + 30, upright=True)
            for x in np.arange(*span, 50.0)
        ]
        for edge in (-line.half + 2, line.half - 2):
            quads.append(band(frame, line, 0.45, *span, upright=True, shift=edge))
        colour = WHITE
    else:
        quads.append(band(frame, line, 0.25, *span, upright=True))
        colour = YELLOW
    return [
        DrawnObject(
            layer=PATCH,
            outline=side,
            parts=(
                Part(
                    rings=(side,),
                    paint=Paint(
                        colour=style.concrete, fine=0.04, mid=0.05, coarse=0.05
                    ),
                ),
            ),
        ),
        DrawnObject(
            layer=ROAD,
            outline=ring,
            parts=(
                Part(rings=(ring,), paint=surface),
                Part(rings=tuple(quads), paint=Paint(colour=colour, fine=0.06)),
            ),
        ),
    ]


def _dashes(
    frame: Frame, at: float, start: float, stop: float, *, upright: bool
) -> list[Points]:
    """Dashes of 3.5 m, 9 m apart; short enough to be straight."""
    begin = np.arange(start, stop, 9.0)
    along = begin[:, None] + np.array([0.0, 3.5, 3.5, 0.0])
    across = at + np.array([-0.13, -0.13, 0.13, 0.13]) + np.zeros_like(along)
    world = np.stack((across, along) if upright else (along, across), axis=2)
    return list(frame.px(world.reshape(-1, 2)).reshape(-1, 4, 2))
