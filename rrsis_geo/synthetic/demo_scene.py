"""The scene that the demonstration runs on: one storage tank stands near the road."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from affine import Affine
from shapely.affinity import affine_transform
from shapely.geometry import Polygon

from rrsis_geo.synthetic.canvas import PATCH, DrawnObject, Stripes, View
from rrsis_geo.synthetic.geotiff import write_world
from rrsis_geo.synthetic.objects.buildings import block, hall
from rrsis_geo.synthetic.objects.tanks import storage_tank
from rrsis_geo.synthetic.palette import scaled
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.open_land import farm, lake, sports
from rrsis_geo.synthetic.plots.residential import parking, residential
from rrsis_geo.synthetic.sensor import Sensor
from rrsis_geo.synthetic.street_grid import Frame, Line
from rrsis_geo.synthetic.world import World

EXPRESSION = "the storage tank near the road"
GSD = 0.6
CRS = "EPSG:32632"
ORIGIN = (691_200.0, 5_334_600.0)

CAMERA = Sensor(
    blur=0.3, sharpen=0.35, haze=0.03, haze_colour=(188.0, 198.0, 210.0),
    cast=(1.02, 1.0, 0.97), gamma=0.94, contrast=1.08, brightness=4.0,
    saturation=0.9, noise=1.6, quality=100,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DemoScene:
    """Files of the demonstration and what is to be found in them."""

    scene: Path
    labels: Path
    expression: str
    truth: Polygon
    """In the scene's CRS."""
    crs: str
    gsd: float
    """Metres per pixel."""


def demo_scene(folder: str | os.PathLike[str]) -> DemoScene:
    """Write `demo.tif` and `demo-labels.gpkg` into a folder, always the same.

    The folder is made where it is missing; files of these names are replaced.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    scene, labels = target / "demo.tif", target / "demo-labels.gpkg"
    world = DemoWorld()
    write_world(world, CAMERA, scene, labels, crs=CRS, origin=ORIGIN)
    place = Affine(GSD, 0, ORIGIN[0], 0, -GSD, ORIGIN[1])
    matrix = [place.a, place.b, place.d, place.e, place.c, place.f]
    truth = affine_transform(Polygon(world.lone_tank().outline), matrix)
    return DemoScene(
        scene=scene,
        labels=labels,
        expression=EXPRESSION,
        truth=truth,
        crs=CRS,
        gsd=GSD,
    )


class DemoWorld(World):
    """A valley laid out by hand: town, main road, depot, river and fields."""

    def __init__(self) -> None:
        super().__init__(7, width=1600, height=1200, gsd=GSD, theme="mixed")
        self.style = replace(
            self.style,
            toward=(-0.6, -0.8),
            reach=0.62,
            grass=(104.0, 118.0, 72.0),
            dry=(146.0, 138.0, 98.0),
            soil=(148.0, 124.0, 96.0),
            crops=((108, 132, 70), (186, 168, 112), (126, 100, 78), (134, 148, 86)),
            tree=((52, 76, 42), (62, 86, 46), (70, 90, 50), (58, 74, 48)),
            asphalt=(112.0, 112.0, 112.0),
            concrete=(172.0, 168.0, 158.0),
            gravel=(168.0, 158.0, 140.0),
            water=(50.0, 78.0, 84.0),
            roofs=("red", "brown", "gray", "beige", "white"),
        )
        self.frame = Frame(
            angle=-0.09, bend=15.0, wave=(170.0, 200.0), phase=(0.6, 2.2),
            origin=(0.0, 0.0), gsd=GSD,
        )  # fmt: skip
        west, self.cross, self.stream, east = (
            Line(at=at, half=half, kind=kind)
            for at, half, kind in (
                (-150.0, 0.0, "border"), (300.0, 4.0, "road"),
                (800.0, 26.0, "river"), (1150.0, 0.0, "border"),
            )
        )  # fmt: skip
        north, self.street, self.lane, self.main, south = (
            Line(at=at, half=half, kind=kind)
            for at, half, kind in (
                (-60.0, 0.0, "border"), (165.0, 3.4, "road"), (315.0, 3.4, "road"),
                (470.0, 8.0, "avenue"), (900.0, 0.0, "border"),
            )
        )  # fmt: skip
        shore = Line(at=-75.0, half=34.0, kind="border")
        self.upright = [west, self.cross, self.stream, east]
        self.level = [north, self.street, self.lane, self.main, south]
        self._layout = (
            ((west, north, self.cross, self.street), residential),
            ((west, self.street, self.cross, self.lane), residential),
            ((west, self.lane, self.cross, self.main), residential),
            ((self.cross, north, self.stream, self.main), self._depot),
            ((self.stream, north, east, self.main), farm),
            ((shore, self.main, self.cross, south), sports),
            ((self.cross, self.main, self.stream, south), self._green),
            ((self.stream, self.main, east, south), farm),
        )

    def plots(self, view: View) -> list[tuple[int, int]]:
        """All of them: the scene is small."""
        return [(number, 0) for number in range(len(self._layout))]

    def wide(self) -> list[DrawnObject]:
        """The roads, some of which end at others, and the river."""
        if self._wide is None:
            self._wide = []
            for line, span, upright in (
                (self.stream, (-100.0, 950.0), True),
                (self.street, (-160.0, 300.0), False),
                (self.lane, (-160.0, 300.0), False),
                (self.cross, (-100.0, 950.0), True),
                (self.main, (-160.0, 1160.0), False),
            ):
                urban = line in (self.street, self.lane)
                self._wide += self._along(line, span, upright=upright, urban=urban)
        return self._wide

    def lone_tank(self) -> DrawnObject:
        """The one near the road."""
        rng = np.random.default_rng([7, 9])
        spot = self.frame.spot(585.0, 437.0, 0.4)
        return storage_tank(
            spot, 27.0, style=self.style, rng=rng, colour="white", kind="cone"
        )

    def _fill(self, i: int, j: int) -> list[DrawnObject]:
        (west, north, east, south), filling = self._layout[i]
        plot = self._plot(west, north, east, south, np.random.default_rng([7, 2, i]))
        filling(plot)
        self._edges(plot, west, north, east, south)
        return plot.things

    def _depot(self, plot: Plot) -> None:
        """Tanks far from any road; one more, and two halls, beside the main road."""
        rng, style = plot.rng, self.style
        plot.ground(style.grass, stain=(style.dry, 0.35))
        for u, v in [(540 + 72 * i, 100 + 74 * j) for i in range(3) for j in range(3)]:
            bund = (u - 34.0, v - 35.0, u + 34.0, v + 35.0)
            plot.area(bund, scaled(style.concrete, 0.95), mid=0.06)
            inner = (u - 32.4, v - 33.4, u + 32.4, v + 33.4)
            plot.area(inner, style.gravel, mid=0.08, stain=(style.dry, 0.3))
            plot.take(u - 36, v - 37, u + 36, v + 37)
            if (u, v) == (684, 248):
                continue
            colour = str(rng.choice(("white", "white", "gray", "beige")))
            diameter = float(rng.choice((34.0, 40.0, 44.0)))
            spot = plot.spot(u, v, rng.uniform(0, 2 * math.pi))
            plot.add(storage_tank(spot, diameter, style=style, rng=rng, colour=colour))
        yard = (548.0, 415.0, 690.0, 458.0)
        plot.area(yard, style.concrete, layer=PATCH, mid=0.07, stain=(style.soil, 0.2))
        plot.take(540, 405, 700, 470)
        plot.add(self.lone_tank())
        plot.add(hall(plot.spot(650, 436), 56, 26, style=style, rng=rng))
        self._crops(plot, (322.0, 20.0, 402.0, 300.0), 1)
        self._crops(plot, (408.0, 20.0, 480.0, 300.0), 0)
        parking(plot, 322.0, 395.0, 400.0, 448.0)
        plot.add(block(plot.spot(440, 420), 58, 34, style=style, rng=rng))
        plot.take(408, 398, 472, 442)
        plot.trees(20, small=2.2, large=5.4)

    def _green(self, plot: Plot) -> None:
        lake(plot, share=0.5)
        plot.trees(22, small=2.2, large=5.5)

    def _crops(
        self, plot: Plot, bounds: tuple[float, float, float, float], crop: int
    ) -> None:
        angle = plot.spot(bounds[0], bounds[1]).heading
        rows = Stripes(angle=angle, period=4.2 / GSD, strength=0.05)
        plot.area(
            bounds, self.style.crops[crop], category="field", coarse=0.1, stripes=rows
        )
        plot.take(*bounds)
