"""Plots of industry: tank farms and halls."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import PATCH
from rrsis_geo.synthetic.objects.buildings import hall
from rrsis_geo.synthetic.objects.tanks import storage_tank
from rrsis_geo.synthetic.palette import scaled
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.residential import parking


def tank_farm(plot: Plot) -> None:
    """Rows of tanks inside bunds, with pipes between."""
    rng, style = plot.rng, plot.style
    base = (style.gravel, style.grass, style.soil)[int(rng.integers(3))]
    plot.ground(base, stain=(style.dry, rng.uniform(0.1, 0.4)))
    largest = min(plot.width, plot.height) - 14
    if largest < 9:
        return
    diameter = float(np.clip(rng.choice((10, 14, 20, 28, 38, 52, 64)), 8, largest))
    pitch = diameter * rng.uniform(1.35, 1.8) + 4
    columns, rows = int(plot.width // pitch), int(plot.height // pitch)
    colour = str(rng.choice(("white", "", "", "gray")))
    kind = str(rng.choice(("", "cone", "floating", "dome")))
    floor = (style.gravel, style.soil, scaled(style.concrete, 0.9), style.grass)[
        int(rng.integers(4))
    ]
    lone = rng.uniform(0.05, 0.35)
    for i in range(columns):
        for j in range(rows):
            u = plot.left + (plot.width - columns * pitch) / 2 + (i + 0.5) * pitch
            v = plot.top + (plot.height - rows * pitch) / 2 + (j + 0.5) * pitch
            edge = pitch / 2 - 0.8
            plot.area(
                (u - edge, v - edge, u + edge, v + edge),
                scaled(style.concrete, 0.94),
                mid=0.08,
            )
            edge -= 1.4
            plot.area(
                (u - edge, v - edge, u + edge, v + edge),
                floor,
                layer=PATCH,
                mid=0.1,
                stain=(style.dry, 0.2),
            )
            plot.take(u - edge, v - edge, u + edge, v + edge)
            if rng.uniform() < lone:
                continue
            size = diameter * (rng.uniform(0.55, 1.0) if rng.uniform() < 0.4 else 1.0)
            spot = plot.spot(u, v, rng.uniform(0, 2 * math.pi))
            plot.add(
                storage_tank(
                    spot, max(size, 8.0), style=style, rng=rng, colour=colour, kind=kind
                )
            )
    plot.trees(rng.uniform(0, 15), small=1.5, large=3.5)


def factory(plot: Plot) -> None:
    """Halls on a paved yard with lorries and a few tanks."""
    rng, style = plot.rng, plot.style
    yard = (style.concrete, style.asphalt, style.gravel)[int(rng.integers(3))]
    plot.ground(
        scaled(yard, rng.uniform(0.9, 1.1)), stain=(style.soil, rng.uniform(0.1, 0.4))
    )
    columns = max(1, int(plot.width // rng.uniform(50, 95)))
    rows = max(1, int(plot.height // rng.uniform(40, 70)))
    wide, tall = plot.width / columns, plot.height / rows
    for i in range(columns):
        for j in range(rows):
            u, v = plot.left + (i + 0.5) * wide, plot.top + (j + 0.5) * tall
            what = rng.uniform()
            if what < 0.62:
                length, width = (
                    wide * rng.uniform(0.6, 0.86),
                    tall * rng.uniform(0.5, 0.8),
                )
                if min(length, width) < 10:
                    continue
                plot.add(hall(plot.spot(u, v), length, width, style=style, rng=rng))
                plot.take(
                    u - length / 2 - 1,
                    v - width / 2 - 1,
                    u + length / 2 + 1,
                    v + width / 2 + 1,
                )
            elif what < 0.75:
                parking(
                    plot,
                    u - wide / 2 + 3,
                    v - tall / 2 + 3,
                    u + wide / 2 - 3,
                    v + tall / 2 - 3,
                )
            elif what < 0.92:
                _small_tanks(plot, u, v, min(wide, tall))
            for _ in range(int(rng.integers(0, 4))):
                _lorry(
                    plot,
                    u + rng.uniform(-0.5, 0.5) * wide,
                    v + rng.uniform(-0.5, 0.5) * tall,
                )
    plot.trees(rng.uniform(0, 20), small=1.6, large=3.6)


def _small_tanks(plot: Plot, u: float, v: float, room: float) -> None:
    rng = plot.rng
    diameter = float(min(rng.uniform(8, 20), room * 0.4))
    if diameter < 6:
        return
    colour = str(rng.choice(("white", "gray", "beige", "brown")))
    for number in range(int(rng.integers(1, 4))):
        x = u + (number - 1) * diameter * 1.25
        edge = diameter / 2 + 1
        if plot.free(x - edge, v - edge, x + edge, v + edge):
            spot = plot.spot(x, v, rng.uniform(0, 2 * math.pi))
            plot.add(
                storage_tank(spot, diameter, style=plot.style, rng=rng, colour=colour)
            )
            plot.take(x - edge, v - edge, x + edge, v + edge)


def _lorry(plot: Plot, u: float, v: float) -> None:
    if not plot.free(u - 9, v - 9, u + 9, v + 9):
        return
    kind = str(plot.rng.choice(("truck", "van", "car")))
    spot = plot.spot(
        u, v, math.pi / 2 * int(plot.rng.integers(4)) + plot.rng.normal(0, 0.05)
    )
    plot.vehicle(spot, kind)
    plot.take(u - 9, v - 9, u + 9, v + 9)
