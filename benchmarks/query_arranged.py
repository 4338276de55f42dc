"""Drawn scenes arranged so that words for how things stand are plainly true or false.

Scenes drawn from a theme are full: everything stands near everything, and nothing is
alone. Here a meadow of 3 km is a chessboard of cells, with one small arrangement in
each, far from the next: a ring around something, a part of a ring, a full and an empty
car park, a row, one thing alone, a road with something on either side. `CASTS` says
what is arranged in which way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from query_facts import SIDE
from query_pieces import REACH, put, put_road

from rrsis_geo.synthetic.canvas import DrawnObject
from rrsis_geo.synthetic.geotiff import write_world
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.sensor import make_sensor
from rrsis_geo.synthetic.street_grid import Frame, Line
from rrsis_geo.synthetic.world import World

CELL = 300.0
"""Metres."""

CELLS = 10
"""Along each side of the scene."""

RIVER, ROAD = 3, 7
"""Upright lines between cells where a river and a road run."""

HELD = ((), (), (0.75,), (0.2, 0.8), (0.14, 0.26, 0.6, 0.85))
"""Where things lie in another one, as shares of its width."""

Arrange = Callable[[Plot, float, float], None]
"""Puts things around a place of a plot, metres."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Which classes are arranged in which way; "big" before a class that has sizes."""

    ringing: tuple[str, ...]
    """Stand around each of `ringed`."""
    ringed: tuple[str, ...]
    held: tuple[tuple[str, str], ...]
    """A thing, and what it lies in."""
    facing: tuple[tuple[str, str], ...]
    """A thing, and what it stands opposite of."""
    lined: tuple[str, ...]
    """Stand in rows, and one of them alone."""
    sized: tuple[str, ...]
    """Big and small ones."""
    road: tuple[str, ...]
    """Along the road, one after the other."""
    river: tuple[str, ...]


CASTS = (
    Cast(
        ringing=("tree", "vehicle"),
        ringed=("big building", "big storage_tank", "lake", "tennis_court"),
        held=(("vehicle", "parking_lot"), ("tree", "field"), ("ship", "lake")),
        facing=(("building", "big storage_tank"), ("tree", "basketball_court"),
                ("swimming_pool", "parking_lot")),
        lined=("tennis_court", "airplane"),
        sized=("swimming_pool", "building"),
        road=("tree", "vehicle", "building"),
        river=("vehicle", "tree", "swimming_pool"),
    ),
    Cast(
        ringing=("tree", "building"),
        ringed=("tennis_court", "baseball_diamond", "big swimming_pool"),
        held=(("ship", "lake"), ("building", "field"), ("tree", "parking_lot"),
              ("vehicle", "field")),
        facing=(("tree", "tennis_court"), ("building", "parking_lot"),
                ("swimming_pool", "baseball_diamond")),
        lined=("storage_tank", "basketball_court"),
        sized=("airplane", "ship"),
        road=("building", "tree", "vehicle"),
        river=("tree", "building", "vehicle"),
    ),
    Cast(
        ringing=("vehicle", "swimming_pool"),
        ringed=("big airplane", "basketball_court", "ground_track_field"),
        held=(("storage_tank", "field"), ("swimming_pool", "parking_lot"),
              ("vehicle", "ground_track_field"), ("tree", "field")),
        facing=(("tree", "big building"), ("storage_tank", "basketball_court"),
                ("swimming_pool", "baseball_diamond")),
        lined=("tennis_court", "ship"),
        sized=("storage_tank", "building"),
        road=("swimming_pool", "vehicle", "tree"),
        river=("tree", "swimming_pool", "vehicle"),
    ),
    Cast(
        ringing=("tree", "storage_tank"),
        ringed=("big building", "lake", "parking_lot", "baseball_diamond"),
        held=(("tree", "ground_track_field"), ("vehicle", "field"),
              ("building", "parking_lot")),
        facing=(("storage_tank", "tennis_court"), ("tree", "big swimming_pool"),
                ("building", "basketball_court")),
        lined=("airplane", "basketball_court"),
        sized=("swimming_pool", "storage_tank"),
        road=("storage_tank", "tree", "vehicle"),
        river=("vehicle", "storage_tank", "tree"),
    ),
)  # fmt: skip


class ArrangedWorld(World):
    """A meadow with a river, a road, and one arrangement in most cells."""

    def __init__(self, seed: int, cast: Cast) -> None:
        super().__init__(seed, width=SIDE, height=SIDE, gsd=0.5, theme="rural")
        self.frame = Frame(
            angle=0.0, bend=0.0, wave=(200.0, 200.0), phase=(0.0, 0.0),
            origin=(0.0, 0.0), gsd=self.gsd,
        )  # fmt: skip
        places = CELL * np.arange(CELLS + 1)
        self.upright = [Line(at=at, half=0.0, kind="border") for at in places]
        self.level = list(self.upright)
        self.upright[RIVER] = Line(at=places[RIVER], half=15.0, kind="river")
        self.upright[ROAD] = Line(at=places[ROAD], half=4.0, kind="road")
        self._cast = cast
        self._cells = _cells(np.random.default_rng([seed, 5]), cast)

    def _fill(self, i: int, j: int) -> list[DrawnObject]:
        west, east = self.upright[i], self.upright[i + 1]
        rng = np.random.default_rng([self.seed, 6, i, j])
        plot = self._plot(west, self.level[j], east, self.level[j + 1], rng)
        plot.ground(self.style.grass, stain=(self.style.dry, 0.2))
        u, v = (i + 0.5) * CELL, (j + 0.5) * CELL
        self._cells[i, j](plot, u, v)
        lines = {RIVER: self._cast.river, ROAD: self._cast.road}
        if i in lines:
            _stand_along(plot, west, lines[i][j % len(lines[i])], v)
        return plot.things


def write_arranged(path: Path, labels: Path, number: int) -> None:
    """Draw the scene of one cast."""
    world = ArrangedWorld(100 + number, CASTS[number])
    sensor = make_sensor(np.random.default_rng([100 + number, 3]))
    origin = (500_000.0, 5_300_000.0)
    write_world(world, sensor, path, labels, crs="EPSG:32632", origin=origin)


def _cells(rng: np.random.Generator, cast: Cast) -> dict[tuple[int, int], Arrange]:
    """What each cell holds, anywhere."""
    arranged: list[Arrange] = []
    for amid in cast.ringed:
        for one in cast.ringing:
            arranged += [partial(_ring, one, amid, turn) for turn in (1.0, 1.0, 0.3)]
        arranged += [partial(_only, amid)] * 2
    for one, inside in cast.held:
        arranged += [partial(_held, one, inside, places) for places in HELD]
    for one, other in cast.facing:
        arranged += [partial(_facing, one, other, across) for across in (True, False)]
        arranged.append(partial(_only, other))
    for one in cast.lined:
        arranged += [partial(_row, one, count) for count in (3, 4, 5)]
    for one in cast.sized:
        arranged += [partial(_pair, f"{size}{one}") for size in ("", "big ") * 3]
    alone = [partial(_only, one) for one in cast.lined]
    places = [(i, j) for i in range(CELLS) for j in range(CELLS)]
    rng.shuffle(places)
    empty = partial(_only, "")
    cells: dict[tuple[int, int], Arrange] = dict.fromkeys(places, empty)
    # so that nothing of their kind is anywhere near
    corners: Sequence[tuple[int, int]] = ((0, 0), (CELLS - 1, CELLS - 1))
    cells |= dict(zip(corners, alone, strict=True))
    free = [(i, j) for i, j in places if (i, j) not in corners]
    if len(arranged) > len(free):
        raise ValueError(f"{len(arranged)} arrangements for {len(free)} cells")
    cells |= dict(zip(free, arranged, strict=False))
    return cells


def _only(name: str, plot: Plot, u: float, v: float) -> None:
    if name:
        put(plot, name, u, v)


def _pair(name: str, plot: Plot, u: float, v: float) -> None:
    step = 0.8 * REACH[name][0]
    put(plot, name, u - step, v)
    put(plot, name, u + step, v)


def _row(name: str, count: int, plot: Plot, u: float, v: float) -> None:
    step = 1.25 * REACH[name][0]
    for place in range(count):
        put(plot, name, u + step * (place - (count - 1) / 2), v)


def _ring(name: str, amid: str, share: float, plot: Plot, u: float, v: float) -> None:
    """So much of a ring, each thing beside the next."""
    put(plot, amid, u, v)
    wide, tall = REACH[name]
    gap = 0.6 * min(wide, tall) + max(wide, tall) / 2
    a, b = (half / 2 + gap for half in REACH[amid])
    around = 2 * math.pi * math.hypot(a, b) / math.sqrt(2)
    count = max(int(around / (1.9 * max(wide, tall))), 7)
    start = plot.rng.uniform(0, 2 * math.pi)
    for place in range(max(round(share * count), 2)):
        angle = start + 2 * math.pi * place / count
        put(plot, name, *_on_box(u, v, a, b, angle), turn=angle + math.pi / 2)


def _on_box(
    u: float, v: float, a: float, b: float, angle: float
) -> tuple[float, float]:
    """Where a ray leaves a box with halves a and b around a place."""
    x, y = math.cos(angle), math.sin(angle)
    far = min(a / max(abs(x), 1e-9), b / max(abs(y), 1e-9))
    return u + far * x, v + far * y


def _held(
    name: str, inside: str, places: Sequence[float], plot: Plot, u: float, v: float
) -> None:
    put(plot, inside, u, v)
    for place in places:
        off = (place - 0.5) * REACH[inside][0]
        put(plot, name, u + off, v + plot.rng.uniform(-2, 2), turn=math.pi / 2)


def _facing(
    name: str, other: str, across: bool, plot: Plot, u: float, v: float
) -> None:
    """A piece of road, with things on both sides or on one alone."""
    half = 2.0
    put_road(plot, u, v - 60, v + 60, half)
    put(plot, other, u - half - 2 - REACH[other][0] / 2, v)
    if across:
        put(plot, name, u + half + 1 + max(REACH[name]) / 2, v, turn=math.pi / 2)


def _stand_along(plot: Plot, line: Line, name: str, v: float) -> None:
    """Four beside a river or road, all on its right."""
    wide = max(REACH[name])
    off = line.half + (6 if line.kind == "river" else 2) + wide / 2
    for place in range(4):
        along = v + (place - 1.5) * max(2.5 * wide, 20)
        put(plot, name, line.at + off, along, turn=math.pi / 2)
