"""Draws single objects into an arranged scene by class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rrsis_geo.synthetic.canvas import FLAT, DrawnObject
from rrsis_geo.synthetic.objects.aircraft import airplane
from rrsis_geo.synthetic.objects.buildings import hall, house
from rrsis_geo.synthetic.objects.roads import road
from rrsis_geo.synthetic.objects.ships import boat, cargo_ship
from rrsis_geo.synthetic.objects.sports import (
    baseball_diamond,
    basketball_court,
    running_track,
    swimming_pool,
    tennis_court,
)
from rrsis_geo.synthetic.objects.tanks import storage_tank
from rrsis_geo.synthetic.objects.trees import DICE as TREE_DICE
from rrsis_geo.synthetic.objects.trees import tree
from rrsis_geo.synthetic.objects.vehicles import DICE, vehicle
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.open_land import lake
from rrsis_geo.synthetic.shapes import Pose
from rrsis_geo.synthetic.street_grid import Line

SIZES: Mapping[str, tuple[float, float]] = {
    "tree": (7, 7),
    "vehicle": (4.6, 2.0),
    "building": (13, 9),
    "big building": (44, 26),
    "storage_tank": (9, 9),
    "big storage_tank": (26, 26),
    "swimming_pool": (10, 6),
    "big swimming_pool": (25, 12),
    "tennis_court": (24, 11),
    "basketball_court": (28, 15),
    "baseball_diamond": (40, 40),
    "ground_track_field": (71, 38),
    "airplane": (11, 13),
    "big airplane": (38, 36),
    "ship": (12, 4),
    "big ship": (60, 11),
    "lake": (60, 46),
    "parking_lot": (50, 24),
    "field": (90, 60),
}
"""Approximate size along u and v before rotation, in metres."""


def draw_object(
    plot: Plot, name: str, u: float, v: float, *, turn: float = 0.0
) -> None:
    """Draw one object of a class, "big" before classes with sizes, at a centre."""
    if name in _AREAS:
        _AREAS[name](plot, u, v)
    else:
        plot.add(_OBJECTS[name](plot, plot.spot(u, v, turn)))


def draw_road(plot: Plot, u: float, start: float, stop: float, half: float) -> None:
    """Draw a short road from north to south."""
    line = Line(at=u, half=half, kind="road")
    span = (start, stop)
    plot.things += road(
        plot.frame, line, span, upright=True, style=plot.style, urban=False
    )


def _bounds(name: str, u: float, v: float) -> tuple[float, float, float, float]:
    wide, tall = SIZES[name]
    return u - wide / 2, v - tall / 2, u + wide / 2, v + tall / 2


def _draw_lake(plot: Plot, u: float, v: float) -> None:
    left, top, right, bottom = _bounds("lake", u, v)
    part = replace(plot, left=left, top=top, right=right, bottom=bottom)
    lake(part, bare=False, share=1.0)


def _draw_parking_lot(plot: Plot, u: float, v: float) -> None:
    plot.area(
        _bounds("parking_lot", u, v), plot.style.asphalt, layer=FLAT - 1,
        category="parking_lot", attributes={"shape": "rectangular"},
    )  # fmt: skip


def _draw_field(plot: Plot, u: float, v: float) -> None:
    plot.area(_bounds("field", u, v), plot.style.crops[0], category="field")


_AREAS: Mapping[str, Callable[[Plot, float, float], None]] = {
    "lake": _draw_lake,
    "parking_lot": _draw_parking_lot,
    "field": _draw_field,
}


def _tree(plot: Plot, spot: Pose) -> DrawnObject:
    dice = plot.rng.random(TREE_DICE).tolist()
    radius = plot.rng.uniform(3.2, 4.0)
    return tree(spot, radius, style=plot.style, dice=dice)


def _car(plot: Plot, spot: Pose) -> DrawnObject:
    dice = plot.rng.random(DICE).tolist()
    return vehicle(spot, style=plot.style, dice=dice, kind="car")


def _plane(plot: Plot, spot: Pose, *, big: bool) -> DrawnObject:
    kind, scale = ("airliner", 0.9) if big else ("propeller plane", 1.0)
    return airplane(spot, kind=kind, style=plot.style, rng=plot.rng, scale=scale)


_OBJECTS: Mapping[str, Callable[[Plot, Pose], DrawnObject]] = {
    "tree": _tree,
    "vehicle": _car,
    "building": lambda p, s: house(s, *_vary(p, 13, 9), style=p.style, rng=p.rng),
    "big building": lambda p, s: hall(s, *_vary(p, 44, 26), style=p.style, rng=p.rng),
    "storage_tank": lambda p, s: storage_tank(
        s, _vary(p, 9, 9)[0], style=p.style, rng=p.rng
    ),
    "big storage_tank": lambda p, s: storage_tank(
        s, _vary(p, 26, 26)[0], style=p.style, rng=p.rng
    ),
    "swimming_pool": lambda p, s: swimming_pool(s, style=p.style, rng=p.rng),
    "big swimming_pool": lambda p, s: swimming_pool(
        s, style=p.style, rng=p.rng, big=True
    ),
    "tennis_court": lambda p, s: tennis_court(s, style=p.style, rng=p.rng),
    "basketball_court": lambda p, s: basketball_court(s, style=p.style, rng=p.rng),
    "baseball_diamond": lambda p, s: baseball_diamond(s, style=p.style, rng=p.rng),
    "ground_track_field": lambda p, s: running_track(
        s, style=p.style, rng=p.rng, scale=0.4
    ),
    "airplane": lambda p, s: _plane(p, s, big=False),
    "big airplane": lambda p, s: _plane(p, s, big=True),
    "ship": lambda p, s: boat(s, _vary(p, 12, 12)[0], style=p.style, rng=p.rng),
    "big ship": lambda p, s: cargo_ship(
        s, _vary(p, 60, 60)[0], style=p.style, rng=p.rng
    ),
}


def _vary(plot: Plot, length: float, width: float) -> tuple[float, float]:
    """Vary both sides by up to 7 %."""
    scale = float(plot.rng.uniform(0.93, 1.07))
    return length * scale, width * scale
