"""Plots where people live, shop and park."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import FLAT, DrawnObject, Paint, Part
from rrsis_geo.synthetic.objects.buildings import block, house
from rrsis_geo.synthetic.objects.sports import swimming_pool
from rrsis_geo.synthetic.objects.vehicles import DICE, LONGEST, vehicle
from rrsis_geo.synthetic.palette import scaled
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.shapes import rect

LARGEST = (100.0, 62.0)
"""Metres; a larger car park is cut, for there is more to see than cars."""


def residential(plot: Plot) -> None:
    """Houses in gardens along the roads, some with pools and parked cars."""
    rng, style = plot.rng, plot.style
    plot.ground(style.grass, stain=(style.dry, rng.uniform(0.1, 0.6)))
    lot, deep = rng.uniform(16, 24), rng.uniform(9, 12)
    rows = [(plot.top + 6 + deep / 2, 1.0)]
    if plot.height > 52:
        rows.append((plot.bottom - 6 - deep / 2, -1.0))
    pools = rng.uniform(0, 0.45)
    for v, inward in rows:
        for u in np.arange(plot.left + lot / 2 + 2, plot.right - lot / 2, lot):
            if rng.uniform() < 0.08:
                continue
            length = min(rng.uniform(11, 17), lot - 3)
            place = v + rng.uniform(-1, 2) * inward
            turn = 0.0 if inward > 0 else math.pi
            spot = plot.spot(float(u), place, turn + rng.normal(0, 0.02))
            reach = length / 2
            plot.add(
                house(spot, length, deep * rng.uniform(0.8, 1.0), style=style, rng=rng)
            )
            plot.take(u - reach - 0.6, place - deep, u + reach + 0.6, place + deep)
            _garden(plot, float(u), place, inward, deep, pools)
    plot.trees(rng.uniform(15, 80), small=1.6, large=4.6)


def _garden(
    plot: Plot, u: float, v: float, inward: float, deep: float, pools: float
) -> None:
    rng = plot.rng
    if rng.uniform() < 0.55:
        side = u + rng.uniform(5, 6.5) * (1 if rng.uniform() < 0.5 else -1)
        drive = v - inward * (deep / 2 + 3.2)
        plot.area(
            (side - 1.6, drive - 3.2, side + 1.6, drive + 3.2), plot.style.concrete
        )
        if rng.uniform() < 0.7:
            spot = plot.spot(side, drive, math.pi / 2 * inward + rng.normal(0, 0.05))
            plot.vehicle(spot, "car")
        plot.take(side - 2.5, drive - 3.5, side + 2.5, drive + 3.5)
    away = v + inward * (deep + 8)
    if rng.uniform() < pools and plot.free(u - 6, away - 5, u + 6, away + 5):
        pool = swimming_pool(
            plot.spot(u, away, rng.normal(0, 0.1)), style=plot.style, rng=rng
        )
        if plot.add(pool):
            plot.take(u - 7, away - 5, u + 7, away + 5)


def town(plot: Plot) -> None:
    """Blocks of flats or offices with car parks and some green."""
    rng, style = plot.rng, plot.style
    colour = style.concrete if rng.uniform() < 0.5 else style.grass
    plot.ground(colour, stain=(style.asphalt, rng.uniform(0, 0.3)))
    columns = max(1, int(plot.width // rng.uniform(45, 75)))
    rows = max(1, int(plot.height // rng.uniform(38, 60)))
    wide, tall = plot.width / columns, plot.height / rows
    for i in range(columns):
        for j in range(rows):
            u, v = plot.left + (i + 0.5) * wide, plot.top + (j + 0.5) * tall
            if rng.uniform() < 0.25:
                parking(
                    plot,
                    u - wide / 2 + 4,
                    v - tall / 2 + 4,
                    u + wide / 2 - 4,
                    v + tall / 2 - 4,
                )
                continue
            length, width = wide * rng.uniform(0.5, 0.75), tall * rng.uniform(0.4, 0.7)
            if min(length, width) < 9:
                continue
            spot = plot.spot(u, v, math.pi if rng.uniform() < 0.5 else 0.0)
            plot.add(
                block(
                    spot, length, width, style=style, rng=rng, height=rng.uniform(7, 26)
                )
            )
            plot.take(
                u - length / 2 - 1,
                v - width / 2 - 1,
                u + length / 2 + 1,
                v + width / 2 + 1,
            )
    plot.trees(rng.uniform(10, 60), small=1.8, large=4.5)


def parking(plot: Plot, left: float, top: float, right: float, bottom: float) -> None:
    """A car park in a rectangle: double rows of bays with aisles between."""
    right, bottom = min(right, left + LARGEST[0]), min(bottom, top + LARGEST[1])
    if (
        right - left < 17
        or bottom - top < 16
        or not plot.free(left, top, right, bottom)
    ):
        return
    rng, style = plot.rng, plot.style
    surface = scaled(style.asphalt, rng.uniform(0.85, 1.1))
    plot.area(
        (left, top, right, bottom),
        surface,
        layer=FLAT - 1,
        category="parking_lot",
        attributes={"shape": "rectangular"},
    )
    plot.take(left, top, right, bottom)
    places = [
        (float(u), float(middle) + side * 2.6, side)
        for middle in np.arange(top + 6.0, bottom - 5.5, 17.0)
        for side in (-1, 1)
        for u in np.arange(left + 2.6, right - 2.4, 2.6)
    ]
    dice = rng.random((len(places), DICE + 1))
    skew = rng.normal(0, 1, (len(places), 3)) * (0.25, 0.1, 0.03)
    filled, bays = rng.uniform(0.15, 0.95), []
    for (u, v, side), numbers, (along, across, turn) in zip(
        places, dice.tolist(), skew.tolist(), strict=True
    ):
        spot = plot.spot(u, v, math.pi / 2 * side)
        if not plot.shows(spot, LONGEST):
            continue
        bays.append(spot.px(rect(5.0, 0.14, 0, 1.3)))
        if numbers[DICE] < filled:
            turned = spot.moved(along, across, turn)
            plot.add(vehicle(turned, style=style, dice=numbers, kind="car"))
    if bays and plot.frame.gsd < 0.7:
        parts = (Part(rings=tuple(bays), paint=Paint(colour=(206, 206, 200), mid=0)),)
        plot.add(DrawnObject(layer=FLAT, outline=np.concatenate(bays), parts=parts))


def car_park(plot: Plot) -> None:
    """A shopping place: one big building and its car park."""
    rng, style = plot.rng, plot.style
    plot.ground(style.grass)
    deep = plot.height * rng.uniform(0.3, 0.5)
    if deep > 18 and plot.width > 30:
        u, v = (plot.left + plot.right) / 2, plot.top + 3 + deep / 2
        plot.add(
            block(
                plot.spot(u, v), plot.width * 0.8, deep, style=style, rng=rng, height=9
            )
        )
        plot.take(plot.left, plot.top, plot.right, plot.top + deep + 4)
    else:
        deep = 0.0
    parking(plot, plot.left + 3, plot.top + deep + 7, plot.right - 3, plot.bottom - 3)
    plot.trees(rng.uniform(5, 30), small=1.6, large=3.5)
