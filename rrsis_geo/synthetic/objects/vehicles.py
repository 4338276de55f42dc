"""Cars, vans, lorries and buses."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from rrsis_geo.synthetic.canvas import RAISED, Colour, DrawnObject, Paint, Part
from rrsis_geo.synthetic.palette import CARS, Style, scaled
from rrsis_geo.synthetic.shapes import Points, Pose, rect

DICE = 8
"""Numbers in [0, 1) that decide on one vehicle; a car park throws them at once."""

LONGEST = 17.0
"""Metres."""

_KINDS = ("car", "van", "truck", "bus")
_KIND_SUMS = tuple(accumulate((0.8, 0.1, 0.07, 0.03)))
_NAMES = ("white", "black", "gray", "red", "blue", "yellow", "green", "beige")
_NAME_SUMS = tuple(accumulate((0.3, 0.15, 0.22, 0.12, 0.1, 0.04, 0.03, 0.04)))
_LOADS = ("white", "gray", "blue", "beige")

_GLASS = Paint(colour=(44.0, 50.0, 58.0), fine=0, mid=0)


def vehicle(
    spot: Pose, *, style: Style, dice: Sequence[float], kind: str = ""
) -> DrawnObject:
    """One vehicle.

    Args:
        spot: its middle and where it is heading.
        style: of the scene.
        dice: DICE numbers in [0, 1) that decide on all the rest.
        kind: car, van, truck or bus; up to the dice where empty.
    """
    kind = kind or _KINDS[min(bisect(_KIND_SUMS, dice[0]), 3)]
    name = _NAMES[min(bisect(_NAME_SUMS, dice[1]), len(_NAMES) - 1)]
    colour = _shade(name, dice[2], dice[3])
    if kind == "bus":
        body, parts = _bus(spot, colour, dice)
    elif kind == "truck":
        body, parts = _truck(spot, colour, dice)
    else:
        body, parts = _car(spot, colour, dice, van=kind == "van")
    # At a glance shadows of cars are worth their cost only where they can be seen.
    height = 3.4 if kind in ("bus", "truck") else 1.5
    shadow = height * 0.7 * style.reach / spot.gsd
    return DrawnObject(
        layer=RAISED,
        parts=parts,
        outline=body,
        category="vehicle",
        attributes={"kind": kind},
        colour=colour,
        shadow=shadow if shadow > 0.7 else 0.0,
        flying=True,
    )


def _car(
    spot: Pose, colour: Colour, dice: Sequence[float], *, van: bool
) -> tuple[Points, tuple[Part, ...]]:
    length = 5.2 + dice[4] if van else 4.1 + 0.8 * dice[4]
    width = 2.0 + 0.2 * dice[5] if van else 1.75 + 0.2 * dice[5]
    inner = width - 0.35
    body, pane, top = spot.rings(
        (
            _rounded(length, width),
            rect(length * 0.52, inner, -length * 0.06),
            rect(length * 0.3, inner, -length * 0.08),
        )
    )
    parts = [
        Part(rings=(body,), paint=Paint(colour=colour, fine=0, mid=0)),
        Part(rings=(pane,), paint=_GLASS),
    ]
    if spot.gsd < 0.8:
        roof = Paint(colour=scaled(colour, 1.1), fine=0, mid=0)
        parts.append(Part(rings=(top,), paint=roof))
    return body, tuple(parts)


def _bus(
    spot: Pose, colour: Colour, dice: Sequence[float]
) -> tuple[Points, tuple[Part, ...]]:
    length = 11 + 2 * dice[4]
    body = spot.px(rect(length, 2.6))
    hatches = spot.rings([rect(1.2, 1.2, x * length) for x in (-0.25, 0.2)])
    dark = Paint(colour=scaled(colour, 0.75), fine=0, mid=0)
    return body, (
        Part(rings=(body,), paint=Paint(colour=colour, fine=0.02, mid=0)),
        Part(rings=tuple(hatches), paint=dark),
    )


def _truck(
    spot: Pose, colour: Colour, dice: Sequence[float]
) -> tuple[Points, tuple[Part, ...]]:
    length = 9 + 7 * dice[4]
    body, cab, gap = spot.rings(
        (
            rect(length, 2.6),
            rect(2.2, 2.4, length / 2 - 1.2),
            rect(0.6, 2.6, length / 2 - 2.6),
        )
    )
    paint = _shade(_LOADS[int(dice[6] * len(_LOADS))], dice[7], dice[5])
    return body, (
        Part(rings=(body,), paint=Paint(colour=colour, fine=0.02, mid=0)),
        Part(rings=(gap,), paint=_GLASS),
        Part(rings=(cab,), paint=Paint(colour=scaled(paint, 0.9), fine=0, mid=0)),
    )


def _shade(name: str, which: float, light: float) -> Colour:
    shades = CARS[name]
    return scaled(shades[int(which * len(shades))], 0.96 + 0.08 * light)


def _rounded(length: float, width: float) -> Points:
    a, b = length / 2, width / 2
    c = width * 0.22
    right, left = a - c, -a + c * 0.6
    return np.array(
        [
            [left, -b], [right, -b], [a, -b + c], [a, b - c], [right, b], [left, b],
            [-a, b - c * 0.6], [-a, -b + c * 0.6],
        ]
    )  # fmt: skip
