"""Plots of an airport."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import PATCH, DrawnObject, Paint, Part
from rrsis_geo.synthetic.objects.aircraft import PLANS, airplane
from rrsis_geo.synthetic.objects.buildings import block, hall
from rrsis_geo.synthetic.palette import scaled
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.shapes import line

SLABS = 7.5
"""Metres between the joints of the concrete."""


def apron(plot: Plot) -> None:
    """Parked aircraft in rows on concrete, with a terminal or hangars on one side."""
    rng, style = plot.rng, plot.style
    surface = style.concrete if rng.uniform() < 0.75 else scaled(style.asphalt, 1.1)
    plot.ground(
        scaled(surface, rng.uniform(0.85, 1.12)),
        fine=0.03,
        mid=0.04,
        coarse=0.07,
        stain=(scaled(surface, 0.82), 0.25),
    )
    _joints(plot, scaled(surface, 0.9))
    top = plot.top
    if rng.uniform() < 0.6 and plot.height > 90:
        deep = rng.uniform(22, 40)
        build = hall if rng.uniform() < 0.5 else block
        u = (plot.left + plot.right) / 2
        plot.add(
            build(
                plot.spot(u, top + deep / 2),
                plot.width * rng.uniform(0.6, 0.9),
                deep,
                style=style,
                rng=rng,
            )
        )
        plot.take(plot.left, top, plot.right, top + deep + 3)
        top += deep + 3
    big = min(plot.width, plot.bottom - top)
    fits = [name for name, plan in PLANS.items() if plan.length[1] * 1.1 < big]
    if not fits:
        return
    kind = str(rng.choice(fits))
    mixed = rng.uniform() < 0.3
    pitch = (
        PLANS[kind].length[1] * max(PLANS[kind].span, 1.0) * rng.uniform(1.08, 1.5) + 3
    )
    heading = math.pi / 2 * int(rng.integers(4)) + (
        rng.normal(0, 0.25) if rng.uniform() < 0.4 else 0
    )
    full = rng.uniform(0.5, 1.0)
    for u in np.arange(plot.left + pitch / 2, plot.right - pitch / 2 + 0.1, pitch):
        for v in np.arange(
            top + pitch / 2, plot.bottom - pitch / 2 + 0.1, pitch * 1.08
        ):
            if rng.uniform() > full:
                continue
            turn = heading if rng.uniform() < 0.85 else rng.uniform(0, 2 * math.pi)
            spot = plot.spot(float(u), float(v), turn + rng.normal(0, 0.03))
            smaller = [
                name for name in fits if PLANS[name].length[1] <= PLANS[kind].length[1]
            ]
            which = str(rng.choice(smaller)) if mixed else kind
            plot.add(airplane(spot, kind=which, style=style, rng=rng))
            edge = pitch / 2
            plot.take(u - edge, v - edge, u + edge, v + edge)
            if rng.uniform() < 0.4:
                cart = spot.moved(
                    rng.uniform(-0.2, 0.2) * pitch, 0.4 * pitch, rng.uniform(0, 6)
                )
                if PLANS[kind].length[0] > 30:
                    plot.vehicle(cart, "van")


def meadow(plot: Plot) -> None:
    """Mown grass beside the runways, here and there an aircraft on a stand."""
    rng, style = plot.rng, plot.style
    plot.ground(style.grass, stain=(style.dry, rng.uniform(0.2, 0.6)))
    if rng.uniform() < 0.4 and min(plot.width, plot.height) > 50:
        u, v = plot.left + 0.5 * plot.width, plot.top + 0.5 * plot.height
        reach = 24.0
        plot.area((plot.left - 8, v - 9, u + reach, v + 9), style.asphalt, layer=PATCH)
        plot.area(
            (u - reach, v - reach, u + reach, v + reach), style.concrete, layer=PATCH
        )
        kind = str(
            rng.choice(("business jet", "propeller plane", "fighter", "turboprop"))
        )
        plot.add(
            airplane(
                plot.spot(u, v, rng.uniform(0, 2 * math.pi)),
                kind=kind,
                style=style,
                rng=rng,
            )
        )
        plot.take(plot.left, v - reach, u + reach, v + reach)
    plot.trees(rng.uniform(0, 6), small=1.5, large=3.5)


def _joints(plot: Plot, colour: tuple[float, float, float]) -> None:
    if plot.frame.gsd > 0.8:
        return
    quads = []
    a, b, c, d = (side.at for side in plot.lines)
    for u in np.arange(a, c, SLABS * 2):
        quads += line(
            plot.frame.px(np.array([[u, v] for v in np.linspace(b, d, 12)])), 0.6
        )
    thing = DrawnObject(
        layer=PATCH,
        outline=np.concatenate(quads),
        parts=(Part(rings=tuple(quads), paint=Paint(colour=colour, fine=0.05)),),
    )
    plot.things.append(thing)
