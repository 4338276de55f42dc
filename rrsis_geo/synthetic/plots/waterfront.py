"""What lies on the water of a plot's rivers: piers, moored and sailing ships."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import FLAT, DrawnObject, Paint, Part
from rrsis_geo.synthetic.objects.ships import boat, cargo_ship, wake
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.street_grid import Line, patch


def fleet(plot: Plot, river: Line, *, port: bool, crossings: tuple[Line, Line]) -> None:
    """Ships on the stretch of a river along one side of the plot.

    Args:
        plot: the plot on the right bank, whose upper and lower line end the stretch.
        river: of constant u.
        port: piers and many ships, instead of a boat now and then.
        crossings: roads at both ends, whose bridges ships keep clear of.
    """
    start = crossings[0].at + crossings[0].half + 14
    stop = crossings[1].at - crossings[1].half - 14
    if stop - start < 20 or river.half < 9:
        return
    rng = plot.rng
    right, left = river.at + river.half, river.at - river.half
    busy = 0.0
    if port and river.half > 35:
        for shore, outward in ((right, -1.0), (left, 1.0)):
            if rng.uniform() < 0.5:
                busy = max(busy, _marina(plot, shore, outward, start, stop, river.half))
            else:
                busy = max(busy, _quay(plot, shore, outward, start, stop, river.half))
    channel = river.half - busy
    if channel < 6:
        return
    for _ in range(int(rng.integers(0, 4 if port else 2))):
        length = (
            min(rng.uniform(30, 110), channel * 1.2)
            if rng.uniform() < 0.4 and channel > 20
            else rng.uniform(6, 16)
        )
        v = rng.uniform(start, stop)
        if v - length < start or v + length > stop:
            continue
        turn = math.pi / 2 * (1 if rng.uniform() < 0.5 else -1) + rng.normal(0, 0.08)
        spot = plot.spot(river.at + rng.uniform(-0.5, 0.5) * channel, v, turn)
        ship = (cargo_ship if length > 28 else boat)(
            spot, length, style=plot.style, rng=rng
        )
        if _apart(plot, ship) and plot.add(ship) and rng.uniform() < 0.6:
            plot.add(wake(spot, length, style=plot.style, rng=rng))


def _marina(
    plot: Plot, shore: float, outward: float, start: float, stop: float, half: float
) -> float:
    """Piers with boats on both sides; gives how far they reach."""
    rng, style = plot.rng, plot.style
    reach = min(half * rng.uniform(0.45, 0.7), 70.0)
    berth = rng.uniform(8, 14)
    pitch = 2 * berth + rng.uniform(14, 22)
    wood = (176, 164, 146)
    for v in np.arange(start + pitch / 2, stop - pitch / 2, pitch):
        tip = shore + outward * reach
        west, east = min(shore, tip), max(shore, tip)
        whole = patch(plot.frame, west, v - berth - 1.5, east, v + berth + 1.5)
        pier = patch(plot.frame, west, v - 1.1, east, v + 1.1)
        step = berth * 0.42
        fingers = [
            patch(plot.frame, u - 0.3, v - berth * 0.8, u + 0.3, v + berth * 0.8)
            for u in np.arange(west + 4, east - 1, 2 * step)
        ]
        wooden = Paint(colour=wood, fine=0.04, mid=0.04)
        plot.add(
            DrawnObject(
                layer=FLAT,
                outline=whole,
                category="harbor",
                parts=(
                    Part(rings=(pier,), paint=wooden),
                    *(Part(rings=(ring,), paint=wooden) for ring in fingers),
                ),
            )
        )
        for u in np.arange(west + 4 + step / 2, east - step, step):
            for side in (-1, 1):
                if rng.uniform() < 0.7:
                    length = berth * rng.uniform(0.6, 0.92)
                    turn = math.pi / 2 * side + (math.pi if rng.uniform() < 0.3 else 0)
                    spot = plot.spot(
                        float(u), float(v) + side * (1.6 + length / 2), turn
                    )
                    plot.add(boat(spot, length, style=style, rng=rng))
    return reach + 8


def _quay(
    plot: Plot, shore: float, outward: float, start: float, stop: float, half: float
) -> float:
    """Big ships alongside; gives how far they reach."""
    rng = plot.rng
    v, widest = start, 0.0
    while v < stop - 40:
        length = float(min(rng.uniform(40, 190), half * 2.2, stop - v))
        if length < 30:
            break
        beam = length * 0.19
        if rng.uniform() < 0.7:
            turn = math.pi / 2 * (1 if rng.uniform() < 0.5 else -1)
            spot = plot.spot(shore + outward * (beam / 2 + 2), v + length / 2, turn)
            plot.add(cargo_ship(spot, length * 0.95, style=plot.style, rng=rng))
            widest = max(widest, beam + 8)
        v += length + rng.uniform(8, 40)
    return widest


def _apart(plot: Plot, thing: DrawnObject) -> bool:
    low, high = thing.outline.min(axis=0), thing.outline.max(axis=0)
    for other in plot.things:
        if other.category == "ship":
            a, b = other.outline.min(axis=0), other.outline.max(axis=0)
            if (low < b).all() and (a < high).all():
                return False
    return True
