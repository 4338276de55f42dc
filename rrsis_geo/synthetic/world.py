"""All objects of a scene, made plot by plot from a seed, so that any part can be made
without the rest."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping

import numpy as np

from rrsis_geo.errors import OptionError
from rrsis_geo.synthetic.canvas import DrawnObject, View
from rrsis_geo.synthetic.objects.roads import bridge, markings, river, road, runway
from rrsis_geo.synthetic.palette import Style, make_style
from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.waterfront import fleet
from rrsis_geo.synthetic.street_grid import Frame, Line
from rrsis_geo.synthetic.themes import FILLINGS, THEMES, Theme

KEPT = 256
"""Plots remembered: a row of windows needs the same ones again and again."""

SHADOW = 40.0
"""Metres: no shadow is longer."""

HALVES: Mapping[str, tuple[float, float]] = {
    "road": (3.2, 5.0),
    "avenue": (7.0, 10.0),
    "lane": (1.8, 2.6),
    "river": (10.0, 30.0),
    "runway": (20.0, 30.0),
    "taxiway": (8.0, 12.0),
    "border": (0.0, 0.0),
}


class World:
    """Everything in a scene of `width` x `height` pixels."""

    def __init__(
        self, seed: int, *, width: int, height: int, gsd: float, theme: str | None
    ) -> None:
        if width < 1 or height < 1:
            raise OptionError(f"a scene has at least one pixel, got {width} x {height}")
        if not (math.isfinite(gsd) and gsd > 0):
            raise OptionError(f"gsd must be metres > 0, got {gsd!r}")
        if theme is not None and theme not in THEMES:
            raise OptionError(f"no theme {theme!r}; themes are {sorted(THEMES)}")
        rng = np.random.default_rng([seed, 1])
        names = list(THEMES)
        self.theme_name = theme or names[int(rng.integers(len(names)))]
        self.theme: Theme = THEMES[self.theme_name]
        self.seed, self.width, self.height, self.gsd = seed, width, height, gsd
        self.false_colour = bool(rng.uniform() < 0.12)
        self.style: Style = make_style(rng, false_colour=self.false_colour)
        self.frame = self._frame(rng)
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
        low, high = self.frame.reach(corners)
        size = self._plot_size(rng)
        self.upright = self._lines(rng, self.theme.upright, low[0], high[0], size)
        self.level = self._lines(rng, self.theme.level, low[1], high[1], size)
        self._wide: list[DrawnObject] | None = None
        self._plots: OrderedDict[tuple[int, int], list[DrawnObject]] = OrderedDict()

    def things(self, view: View) -> list[DrawnObject]:
        """Objects that may be visible in a window, in drawing order."""
        found = list(self.wide())
        for place in self.plots(view):
            found += self.plot(*place)
        return sorted(found, key=lambda thing: thing.layer)

    def plots(self, view: View) -> list[tuple[int, int]]:
        """Plots that may reach into a window, including overhanging objects."""
        x0, y0 = view.left, view.top
        x1, y1 = x0 + view.width, y0 + view.height
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)
        low, high = self.frame.reach(corners)
        rows = _between(self.level, low[1] - SHADOW, high[1] + SHADOW + 20)
        columns = _between(self.upright, low[0] - SHADOW, high[0] + 130)
        return [(i, j) for j in rows for i in columns if self._touches(i, j, view)]

    def _touches(self, i: int, j: int, view: View) -> bool:
        """Whether the plot's part of the image, with its shadows, meets the window."""
        west, north = self.upright[i], self.level[j]
        far = SHADOW + self.frame.bend
        u0, v0 = west.at - west.half - 12 - far, north.at - north.half - 4 - far
        u1, v1 = self.upright[i + 1].at + far, self.level[j + 1].at + far
        cos, sin = math.cos(self.frame.angle), math.sin(self.frame.angle)
        x = [(u * cos - v * sin) / self.gsd for u in (u0, u1) for v in (v0, v1)]
        y = [(u * sin + v * cos) / self.gsd for u in (u0, u1) for v in (v0, v1)]
        return (
            min(x) < view.left + view.width
            and max(x) > view.left
            and min(y) < view.top + view.height
            and max(y) > view.top
        )

    def wide(self) -> list[DrawnObject]:
        """Roads, rivers and runways: they cross the whole scene."""
        if self._wide is None:
            urban = self.theme_name in ("residential", "harbour", "sports", "mixed")
            self._wide = []
            for lines, across, upright in (
                (self.upright, self.level, True),
                (self.level, self.upright, False),
            ):
                span = (across[0].at, across[-1].at)
                for line in lines:
                    self._wide += self._along(line, span, upright=upright, urban=urban)
        return self._wide

    def plot(self, i: int, j: int) -> list[DrawnObject]:
        """What belongs to the plot right of upright line i and below level line j."""
        if (i, j) in self._plots:
            self._plots.move_to_end((i, j))
            return self._plots[i, j]
        things = self._fill(i, j)
        self._plots[i, j] = things
        if len(self._plots) > KEPT:
            self._plots.popitem(last=False)
        return things

    def filling(self, rng: np.random.Generator) -> str:
        """Which filling a plot gets."""
        names = list(self.theme.plots)
        weights = np.array([self.theme.plots[name] for name in names])
        return str(rng.choice(names, p=weights / weights.sum()))

    def _fill(self, i: int, j: int) -> list[DrawnObject]:
        rng = np.random.default_rng([self.seed, 2, i, j])
        west, north = self.upright[i], self.level[j]
        east, south = self.upright[i + 1], self.level[j + 1]
        plot = self._plot(west, north, east, south, rng)
        FILLINGS[self.filling(rng)](plot)
        self._edges(plot, west, north, east, south)
        return plot.things

    def _plot(
        self, west: Line, north: Line, east: Line, south: Line, rng: np.random.Generator
    ) -> Plot:
        return Plot(
            left=west.at + _clear(west),
            top=north.at + _clear(north),
            right=east.at - _clear(east),
            bottom=south.at - _clear(south),
            lines=(west, north, east, south),
            frame=self.frame,
            style=self.style,
            size=(self.width, self.height),
            rng=rng,
        )

    def _edges(
        self, plot: Plot, west: Line, north: Line, east: Line, south: Line
    ) -> None:
        """What moves on the lines on the left and the upper side, and the bridge."""
        if west.kind == "river":
            fleet(plot, west, port=self.theme.port, crossings=(north, south))
            if north.is_road:
                rng = plot.rng
                plot.add(bridge(self.frame, west, north, style=self.style, rng=rng))
        top, bottom = north.at + north.half + 3, south.at - south.half - 3
        left, right = west.at + west.half + 3, east.at - east.half - 3
        self._traffic(plot, west, top, bottom, upright=True)
        self._traffic(plot, north, left, right, upright=False)

    def _traffic(
        self, plot: Plot, line: Line, start: float, stop: float, *, upright: bool
    ) -> None:
        if not line.is_road or stop - start < 10:
            return
        rng = plot.rng
        plot.things += markings(self.frame, line, start, stop, upright=upright, rng=rng)
        lanes = (0.25, 0.72) if line.kind == "avenue" else (0.45,)
        gap = rng.uniform(18, 120) if line.kind == "avenue" else rng.uniform(30, 220)
        for side in (-1, 1):
            for lane in lanes:
                at = start + rng.uniform(5, gap)
                while at < stop - 8:
                    # On an upright line cars face along v, and keep to the right.
                    off = line.at + side * lane * line.half
                    u, v = (off, at) if upright else (at, off)
                    turn = (math.pi / 2 if upright else 0.0) + (
                        math.pi if (side > 0) == upright else 0.0
                    )
                    spot = plot.spot(u, v, turn + rng.normal(0, 0.02))
                    plot.vehicle(spot)
                    at += 18 + rng.exponential(gap)

    def _along(
        self, line: Line, span: tuple[float, float], *, upright: bool, urban: bool
    ) -> list[DrawnObject]:
        if line.is_road:
            return road(
                self.frame, line, span, upright=upright, style=self.style, urban=urban
            )
        if line.kind == "river":
            return river(
                self.frame, line, span, style=self.style, natural=not self.theme.port
            )
        if line.kind in ("runway", "taxiway"):
            return runway(self.frame, line, span, style=self.style)
        return []

    def _frame(self, rng: np.random.Generator) -> Frame:
        straight = self.theme_name == "airport" or rng.uniform() < 0.4
        wave = (rng.uniform(90, 220), rng.uniform(90, 220))
        steep = 0.0 if straight else rng.uniform(0.03, 0.14)
        return Frame(
            angle=rng.uniform(0, 2 * math.pi),
            bend=min(steep * min(wave), 22.0),
            wave=wave,
            phase=(rng.uniform(0, 6.28), rng.uniform(0, 6.28)),
            origin=(0.0, 0.0),
            gsd=self.gsd,
        )

    def _plot_size(self, rng: np.random.Generator) -> tuple[float, float]:
        """A close-up of large plots would show one thing only: shrink them."""
        visible = min(self.width, self.height) * self.gsd
        low, high = self.theme.size
        return low, float(np.clip(visible * rng.uniform(0.6, 1.4), low * 1.15, high))

    def _lines(
        self,
        rng: np.random.Generator,
        kinds: Mapping[str, float],
        low: float,
        high: float,
        size: tuple[float, float],
    ) -> list[Line]:
        names, weights = list(kinds), np.array(list(kinds.values()))
        at, lines, last = low - 150 - rng.uniform(0, size[1]), [], ""
        while at < high + 150 + size[1]:
            kind = str(rng.choice(names, p=weights / weights.sum()))
            if kind == last == "river" or kind == last == "runway":
                kind = next(
                    name for name in ("road", "border", "taxiway") if name in names
                )
            half = rng.uniform(*HALVES[kind])
            if kind == "river" and self.theme.port:
                half = rng.uniform(40, 110)
            at += half
            lines.append(Line(at=at, half=half, kind=kind))
            at, last = at + half + rng.uniform(*size), kind
        return lines


def _clear(line: Line) -> float:
    """Metres from a line's middle to where a plot may be built on."""
    verge = {"river": 9.0, "runway": 14.0, "taxiway": 12.0, "border": 1.5, "lane": 2.5}
    return line.half + verge.get(line.kind, 4.0)


def _between(lines: list[Line], low: float, high: float) -> range:
    places = [line.at for line in lines]
    first = max(bisect_right(places, low) - 2, 0)
    last = min(bisect_left(places, high) + 1, len(places) - 1)
    return range(first, last)
