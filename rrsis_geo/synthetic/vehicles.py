"""Cars, vans, lorries and buses."""

from __future__ import annotations

import numpy as np

from rrsis_geo.synthetic.canvas import RAISED, Paint, Part, Thing
from rrsis_geo.synthetic.palette import CARS, Style, pick, scaled
from rrsis_geo.synthetic.shapes import Points, Spot, rect

NAMES = ("white", "black", "gray", "red", "blue", "yellow", "green", "beige")
KINDS = ("car", "van", "truck", "bus")
KIND_SHARES = (0.8, 0.1, 0.07, 0.03)
SHARES = (0.3, 0.15, 0.22, 0.12, 0.1, 0.04, 0.03, 0.04)


def vehicle(
    spot: Spot, *, style: Style, rng: np.random.Generator, kind: str = ""
) -> Thing:
    """One vehicle; the kind is drawn where none is given: car, van, truck or bus."""
    kind = kind or KINDS[_draw(rng, KIND_SHARES)]
    name = NAMES[_draw(rng, SHARES)]
    colour = pick(CARS, rng, name)
    if kind in ("truck", "bus"):
        return _long(spot, kind, colour, style, rng)
    length = rng.uniform(4.1, 4.9) if kind == "car" else rng.uniform(5.2, 6.2)
    width = rng.uniform(1.75, 1.95) if kind == "car" else rng.uniform(2.0, 2.2)
    glass = Paint(colour=(44, 50, 58), fine=0, mid=0)
    roof = Paint(colour=scaled(colour, 1.1), fine=0, mid=0)
    inner = width - 0.35
    body, pane, top = spot.rings(
        (
            _rounded(length, width),
            rect(length * 0.52, inner, -length * 0.06),
            rect(length * 0.3, inner, -length * 0.08),
        )
    )
    parts = (
        Part(rings=(body,), paint=Paint(colour=colour, fine=0.02, mid=0)),
        Part(rings=(pane,), paint=glass),
        Part(rings=(top,), paint=roof),
    )
    return _thing(spot, body, parts, {"kind": kind}, colour, style, 1.5)


def _long(
    spot: Spot,
    kind: str,
    colour: tuple[float, float, float],
    style: Style,
    rng: np.random.Generator,
) -> Thing:
    width = 2.6
    if kind == "bus":
        length = rng.uniform(11, 13)
        body = spot.px(rect(length, width))
        hatches = tuple(
            spot.px(rect(1.2, 1.2, x)) for x in (-length * 0.25, length * 0.2)
        )
        parts = [
            Part(rings=(body,), paint=Paint(colour=colour, fine=0.02, mid=0)),
            Part(rings=hatches, paint=Paint(colour=scaled(colour, 0.75), mid=0)),
        ]
    else:
        length = rng.uniform(9, 16)
        body = spot.px(rect(length, width))
        cab = spot.px(rect(2.2, width - 0.2, length / 2 - 1.2))
        load = pick(CARS, rng, str(rng.choice(("white", "gray", "blue", "beige"))))
        gap = spot.px(rect(0.6, width, length / 2 - 2.6))
        parts = [
            Part(rings=(body,), paint=Paint(colour=colour, fine=0.02, mid=0)),
            Part(rings=(gap,), paint=Paint(colour=(50, 50, 54), mid=0)),
            Part(rings=(cab,), paint=Paint(colour=scaled(load, 0.9), mid=0)),
        ]
    return _thing(spot, body, tuple(parts), {"kind": kind}, colour, style, 3.4)


def _thing(
    spot: Spot,
    body: Points,
    parts: tuple[Part, ...],
    attributes: dict[str, str],
    colour: tuple[float, float, float],
    style: Style,
    height: float,
) -> Thing:
    return Thing(
        layer=RAISED,
        parts=parts,
        outline=body,
        category="vehicle",
        attributes=attributes,
        colour=colour,
        shadow=height * 0.7 * style.reach / spot.gsd,
        flying=True,
    )


def _draw(rng: np.random.Generator, shares: tuple[float, ...]) -> int:
    # Generator.choice costs as much as drawing a car.
    return min(int(np.searchsorted(np.cumsum(shares), rng.uniform())), len(shares) - 1)


def _rounded(length: float, width: float) -> Points:
    a, b = length / 2, width / 2
    c = width * 0.22
    half = np.array([[-a + c * 0.6, -b], [a - c, -b], [a, -b + c]])
    return np.concatenate(
        [half, half[::-1] * [1, -1], [[-a, b - c * 0.6]], [[-a, -b + c * 0.6]]]
    )
