"""Plots of open land: parks, sports, farms, woods and lakes."""

from __future__ import annotations

import math

import numpy as np

from rrsis_geo.synthetic.canvas import PATCH, WATER, DrawnObject, Paint, Part, Stripes
from rrsis_geo.synthetic.objects.buildings import hall, house
from rrsis_geo.synthetic.objects.sports import (
    baseball_diamond,
    basketball_court,
    court_colours,
    running_track,
    swimming_pool,
    tennis_court,
)
from rrsis_geo.synthetic.palette import scaled
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.residential import parking
from rrsis_geo.synthetic.shapes import blob


def park(plot: Plot) -> None:
    """Grass with groups of trees, sometimes a pond or a court."""
    plot.ground(plot.style.grass, stain=(plot.style.dry, plot.rng.uniform(0, 0.5)))
    if plot.rng.uniform() < 0.35 and min(plot.width, plot.height) > 50:
        lake(plot, bare=False, share=0.45)
    elif plot.rng.uniform() < 0.4:
        _courts(plot, plot.left + 4, plot.top + 4, 1)
    plot.trees(plot.rng.uniform(20, 130), small=1.8, large=5.5)


def sports(plot: Plot) -> None:
    """A track, diamonds and courts, as far as they fit, with a car park."""
    rng, style = plot.rng, plot.style
    plot.ground(style.grass, stain=(style.dry, rng.uniform(0, 0.4)))
    wishes = [
        "track",
        "diamond",
        "courts",
        "courts",
        "diamond",
        "pool",
        "parking",
        "courts",
        "hall",
    ]
    rng.shuffle(wishes)
    wishes.sort(key=lambda wish: wish != "track")
    top, row = plot.top + 4, 0.0
    u = plot.left + 4
    for wish in wishes:
        size = {
            "track": (184, 100),
            "diamond": (66, 72),
            "courts": (80, 42),
            "pool": (62, 36),
            "parking": (60, 42),
            "hall": (48, 30),
        }[wish]
        wide, tall = size
        if wish == "track" and plot.width < 190 <= plot.height and plot.width > 102:
            wide, tall = tall, wide
        if wish == "courts":
            wide = min(wide, int(plot.right - 2 - u))
        if u + wide > plot.right - 2:
            u, top, row = plot.left + 4, top + row + 6, 0.0
        if wide < 40 or u + wide > plot.right or top + tall > plot.bottom:
            continue
        _facility(plot, wish, u, top, wide, tall)
        u, row = u + wide + rng.uniform(6, 14), max(row, tall)
    plot.trees(rng.uniform(10, 60), small=1.8, large=4.5)


def _facility(
    plot: Plot, wish: str, u: float, v: float, wide: float, tall: float
) -> None:
    rng, style = plot.rng, plot.style
    x, y = u + wide / 2, v + tall / 2
    if wish == "courts":
        _courts(plot, u, v, max(1, int(wide // 38)))
        return
    if wish == "parking":
        parking(plot, u, v, u + wide, v + tall)
        return
    plot.take(u, v, u + wide, v + tall)
    if wish == "track":
        plot.add(
            running_track(
                plot.spot(x, y, 0.0 if wide > tall else math.pi / 2),
                style=style,
                rng=rng,
            )
        )
    elif wish == "diamond":
        spot = plot.spot(x, y, math.pi / 2 * int(rng.integers(4)) + math.pi / 4)
        _outfield(plot, x, y)
        plot.add(baseball_diamond(spot.moved(-20), style=style, rng=rng))
    elif wish == "pool":
        plot.add(swimming_pool(plot.spot(x, y), style=style, rng=rng, big=True))
    else:
        plot.add(hall(plot.spot(x, y), wide - 4, tall - 4, style=style, rng=rng))


def _outfield(plot: Plot, x: float, y: float) -> None:
    ring = plot.frame.px(blob(36, plot.rng, rough=0.1, count=30) + np.array([x, y]))
    bands = Stripes(
        angle=plot.rng.uniform(0, 3), period=8 / plot.frame.gsd, strength=0.05
    )
    paint = Paint(
        colour=scaled(plot.style.grass, 1.06), fine=0.06, mid=0.05, stripes=bands
    )
    plot.add(
        DrawnObject(
            layer=PATCH, outline=ring, parts=(Part(rings=(ring,), paint=paint),)
        )
    )


def _courts(plot: Plot, u: float, v: float, most: int) -> None:
    rng, style = plot.rng, plot.style
    tennis = rng.uniform() < 0.65
    wide, tall = (37.4, 19.0) if tennis else (32.0, 18.6)
    names = court_colours(rng)
    for i in range(int(rng.integers(1, most + 1))):
        for j in range(int(rng.integers(1, 3))):
            a, b = u + i * wide, v + j * tall
            if not plot.free(a, b, a + wide, b + tall):
                continue
            spot = plot.spot(a + wide / 2, b + tall / 2)
            court = (
                tennis_court(spot, style=style, rng=rng, names=names)
                if tennis
                else basketball_court(spot, style=style, rng=rng)
            )
            plot.add(court)
            plot.take(a, b, a + wide - 0.01, b + tall - 0.01)


def farm(plot: Plot) -> None:
    """Fields side by side, hedges between them, sometimes a farmstead."""
    rng, style = plot.rng, plot.style
    plot.ground(style.dry, stain=(style.grass, rng.uniform(0.3, 0.8)))
    if rng.uniform() < 0.3 and min(plot.width, plot.height) > 60:
        _farmstead(plot)
    upright = rng.uniform() < 0.5
    length = plot.width if upright else plot.height
    start = 2.0
    while start < length - 14:
        wide = min(rng.uniform(22, 90), length - start - 2)
        if upright:
            bounds = (
                plot.left + start,
                plot.top + 2,
                plot.left + start + wide,
                plot.bottom - 2,
            )
        else:
            bounds = (
                plot.left + 2,
                plot.top + start,
                plot.right - 2,
                plot.top + start + wide,
            )
        if wide > 10 and plot.free(*bounds) and rng.uniform() < 0.93:
            _field(plot, bounds, upright)
        start += wide + rng.uniform(2.5, 6)
    for _ in range(int(rng.integers(0, 14))):
        u, v = rng.uniform(plot.left, plot.right), rng.uniform(plot.top, plot.bottom)
        plot.tree(u, v, rng.uniform(1.8, 4.5))


def _field(
    plot: Plot, bounds: tuple[float, float, float, float], upright: bool
) -> None:
    rng, style = plot.rng, plot.style
    colour = scaled(
        style.crops[int(rng.integers(len(style.crops)))], rng.uniform(0.88, 1.12)
    )
    spot = plot.spot((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    angle = spot.heading + (0 if upright else math.pi / 2)
    period = max(float(rng.choice((1.6, 3.2, 6.0, 14.0))) / plot.frame.gsd, 2.6)
    rows = Stripes(angle=angle, period=period, strength=rng.uniform(0.01, 0.09))
    plot.area(
        bounds,
        colour,
        layer=PATCH,
        category="field",
        fine=0.05,
        mid=0.05,
        coarse=0.12,
        stripes=rows,
        stain=(scaled(colour, 0.86), rng.uniform(0, 0.4)),
    )
    plot.take(*bounds)


def _farmstead(plot: Plot) -> None:
    rng, style = plot.rng, plot.style
    u, v = plot.left + 24, plot.top + 22
    plot.area((u - 22, v - 20, u + 22, v + 20), style.gravel, layer=PATCH, mid=0.1)
    plot.add(house(plot.spot(u - 8, v - 8), 15, 10, style=style, rng=rng))
    plot.add(hall(plot.spot(u + 4, v + 10), 26, 12, style=style, rng=rng))
    plot.take(plot.left, plot.top, u + 23, v + 21)


def forest(plot: Plot) -> None:
    """A closed wood."""
    plot.ground(scaled(plot.style.tree[0], 0.75), fine=0.2, mid=0.2, coarse=0.1)
    large = 5.5 if plot.frame.gsd < 1 else 7.0
    pitch = large * 1.35
    for v in np.arange(plot.top + large, plot.bottom - large, pitch):
        for u in np.arange(plot.left + large, plot.right - large, pitch):
            shift = plot.rng.uniform(-0.4, 0.4, 2) * pitch
            radius = large * plot.rng.uniform(0.5, 1.0)
            plot.tree(float(u + shift[0]), float(v + shift[1]), radius)


def lake(plot: Plot, *, bare: bool = True, share: float = 0.85) -> None:
    """Still water with a bent shore."""
    rng, style = plot.rng, plot.style
    if bare:
        plot.ground(style.grass, stain=(style.dry, rng.uniform(0.1, 0.5)))
    a, b = plot.width / 2, plot.height / 2
    shore = blob(1.0, rng, rough=0.4, count=48) * [a * share, b * share]
    shore = _smooth(shore)
    middle = np.array([plot.left + a, plot.top + b])
    for ring, paint in (
        (shore * 1.04, Paint(colour=scaled(style.sand, 0.8), fine=0.07, mid=0.1)),
        (shore, Paint(colour=style.water, fine=0.03, mid=0.02, coarse=0.06)),
    ):
        outline = plot.frame.px(ring + middle)
        named = paint.colour == style.water
        plot.add(
            DrawnObject(
                layer=WATER,
                outline=outline,
                parts=(Part(rings=(outline,), paint=paint),),
                category="lake" if named else None,
                colour=paint.colour,
            )
        )
    plot.take(
        middle[0] - a * share,
        middle[1] - b * share,
        middle[0] + a * share,
        middle[1] + b * share,
    )
    if bare:
        plot.trees(rng.uniform(10, 80), small=2, large=5)


def waste(plot: Plot) -> None:
    """Bare ground with shrubs."""
    plot.ground(plot.style.soil, stain=(plot.style.dry, plot.rng.uniform(0.2, 0.7)))
    plot.trees(plot.rng.uniform(0, 25), small=1.2, large=3.0)


def _smooth(points: np.ndarray) -> np.ndarray:
    for _ in range(3):
        points = (
            np.roll(points, 1, axis=0) + 2 * points + np.roll(points, -1, axis=0)
        ) / 4
    return points
