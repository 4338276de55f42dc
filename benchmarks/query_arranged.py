"""Synthetic scenes in which spatial relations are clearly true or false.

Scenes drawn from a theme are dense: almost every object is near another, and none is
isolated. Here a meadow of 3 km is divided into cells, with one small arrangement in
each, far from the next: a ring or a part of a ring around an object, a full or an empty
car park, a row, a single object, a road with an object on one side or on both. `CASTS`
lists the classes of the arrangements.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from query_facts import SIDE
from query_objects import SIZES, draw_object, draw_road

from rrsis_geo.synthetic.canvas import DrawnObject
from rrsis_geo.synthetic.geotiff import write_world
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.sensor import make_sensor
from rrsis_geo.synthetic.street_grid import Frame, Line
from rrsis_geo.synthetic.world import World

CELL = 300.0
"""Side of a cell in metres."""

CELLS = 10
"""Number of cells along each side of the scene."""

RIVER, ROAD = 3, 7
"""Indices of the vertical cell borders with a river and a road."""

POSITIONS_INSIDE = ((), (), (0.75,), (0.2, 0.8), (0.14, 0.26, 0.6, 0.85))
"""Positions of objects inside another one, as shares of its width."""

Arrange = Callable[[Plot, float, float], None]
"""Draws objects around a point of a plot, in metres."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Classes of the arrangements of a scene; "big" before classes with sizes."""

    ringing: tuple[str, ...]
    """Classes drawn around each of `ringed`."""
    ringed: tuple[str, ...]
    contained: tuple[tuple[str, str], ...]
    """Class of the inner objects, and class of the outer one."""
    facing: tuple[tuple[str, str], ...]
    """Two classes on opposite sides of a road."""
    lined: tuple[str, ...]
    """Classes in rows, and in a cell with a single object."""
    sized: tuple[str, ...]
    """Classes drawn in two sizes."""
    road: tuple[str, ...]
    """Classes along the road."""
    river: tuple[str, ...]
    """Classes along the river."""


CASTS = (
    Cast(
        ringing=("tree", "vehicle"),
        ringed=("big building", "big storage_tank", "lake", "tennis_court"),
        contained=(("vehicle", "parking_lot"), ("tree", "field"), ("ship", "lake")),
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
        contained=(("ship", "lake"), ("building", "field"), ("tree", "parking_lot"),
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
        contained=(("storage_tank", "field"), ("swimming_pool", "parking_lot"),
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
        contained=(("tree", "ground_track_field"), ("vehicle", "field"),
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
            _draw_along(plot, west, lines[i][j % len(lines[i])], v)
        return plot.things


def write_arranged(path: Path, labels: Path, number: int) -> None:
    """Draw the scene of a cast, by its index in `CASTS`."""
    world = ArrangedWorld(100 + number, CASTS[number])
    sensor = make_sensor(np.random.default_rng([100 + number, 3]))
    origin = (500_000.0, 5_300_000.0)
    write_world(world, sensor, path, labels, crs="EPSG:32632", origin=origin)


def _cells(rng: np.random.Generator, cast: Cast) -> dict[tuple[int, int], Arrange]:
    """Assign an arrangement to each cell at random."""
    arranged: list[Arrange] = []
    for amid in cast.ringed:
        for one in cast.ringing:
            arranged += [
                partial(_draw_ring, one, amid, turn) for turn in (1.0, 1.0, 0.3)
            ]
        arranged += [partial(_draw_single, amid)] * 2
    for one, inside in cast.contained:
        arranged += [
            partial(_draw_contained, one, inside, places) for places in POSITIONS_INSIDE
        ]
    for one, other in cast.facing:
        arranged += [
            partial(_draw_facing, one, other, across) for across in (True, False)
        ]
        arranged.append(partial(_draw_single, other))
    for one in cast.lined:
        arranged += [partial(_draw_row, one, count) for count in (3, 4, 5)]
    for one in cast.sized:
        arranged += [partial(_draw_pair, f"{size}{one}") for size in ("", "big ") * 3]
    alone = [partial(_draw_single, one) for one in cast.lined]
    places = [(i, j) for i in range(CELLS) for j in range(CELLS)]
    rng.shuffle(places)
    empty = partial(_draw_single, "")
    cells: dict[tuple[int, int], Arrange] = dict.fromkeys(places, empty)
    # corner cells are far from all others of their class
    corners: Sequence[tuple[int, int]] = ((0, 0), (CELLS - 1, CELLS - 1))
    cells |= dict(zip(corners, alone, strict=True))
    free = [(i, j) for i, j in places if (i, j) not in corners]
    if len(arranged) > len(free):
        raise ValueError(f"{len(arranged)} arrangements for {len(free)} cells")
    cells |= dict(zip(free, arranged, strict=False))
    return cells


def _draw_single(name: str, plot: Plot, u: float, v: float) -> None:
    if name:
        draw_object(plot, name, u, v)


def _draw_pair(name: str, plot: Plot, u: float, v: float) -> None:
    step = 0.8 * SIZES[name][0]
    draw_object(plot, name, u - step, v)
    draw_object(plot, name, u + step, v)


def _draw_row(name: str, count: int, plot: Plot, u: float, v: float) -> None:
    step = 1.25 * SIZES[name][0]
    for place in range(count):
        draw_object(plot, name, u + step * (place - (count - 1) / 2), v)


def _draw_ring(
    name: str, amid: str, share: float, plot: Plot, u: float, v: float
) -> None:
    """Draw a share of a ring around an object."""
    draw_object(plot, amid, u, v)
    wide, tall = SIZES[name]
    gap = 0.6 * min(wide, tall) + max(wide, tall) / 2
    a, b = (half / 2 + gap for half in SIZES[amid])
    around = 2 * math.pi * math.hypot(a, b) / math.sqrt(2)
    count = max(int(around / (1.9 * max(wide, tall))), 7)
    start = plot.rng.uniform(0, 2 * math.pi)
    for place in range(max(round(share * count), 2)):
        angle = start + 2 * math.pi * place / count
        draw_object(plot, name, *_on_box(u, v, a, b, angle), turn=angle + math.pi / 2)


def _on_box(
    u: float, v: float, a: float, b: float, angle: float
) -> tuple[float, float]:
    """Intersect a ray from the centre (u, v) with a box of half sides a and b."""
    x, y = math.cos(angle), math.sin(angle)
    far = min(a / max(abs(x), 1e-9), b / max(abs(y), 1e-9))
    return u + far * x, v + far * y


def _draw_contained(
    name: str, inside: str, places: Sequence[float], plot: Plot, u: float, v: float
) -> None:
    draw_object(plot, inside, u, v)
    for place in places:
        off = (place - 0.5) * SIZES[inside][0]
        draw_object(plot, name, u + off, v + plot.rng.uniform(-2, 2), turn=math.pi / 2)


def _draw_facing(
    name: str, other: str, across: bool, plot: Plot, u: float, v: float
) -> None:
    """Draw a piece of road, with objects on one side or on both."""
    half = 2.0
    draw_road(plot, u, v - 60, v + 60, half)
    draw_object(plot, other, u - half - 2 - SIZES[other][0] / 2, v)
    if across:
        draw_object(
            plot, name, u + half + 1 + max(SIZES[name]) / 2, v, turn=math.pi / 2
        )


def _draw_along(plot: Plot, line: Line, name: str, v: float) -> None:
    """Draw four objects along a river or road, all on its right."""
    wide = max(SIZES[name])
    off = line.half + (6 if line.kind == "river" else 2) + wide / 2
    for place in range(4):
        along = v + (place - 1.5) * max(2.5 * wide, 20)
        draw_object(plot, name, line.at + off, along, turn=math.pi / 2)
