"""Themes: shares of the kinds of plots and lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rrsis_geo.synthetic.plot import Plot
from rrsis_geo.synthetic.plots.airport import apron, meadow
from rrsis_geo.synthetic.plots.industry import factory, tank_farm
from rrsis_geo.synthetic.plots.open_land import farm, forest, lake, park, sports, waste
from rrsis_geo.synthetic.plots.residential import car_park, residential, town

FILLINGS: Mapping[str, Callable[[Plot], None]] = {
    "residential": residential,
    "town": town,
    "car_park": car_park,
    "tank_farm": tank_farm,
    "factory": factory,
    "apron": apron,
    "meadow": meadow,
    "park": park,
    "sports": sports,
    "farm": farm,
    "forest": forest,
    "lake": lake,
    "waste": waste,
}


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Shares of plots and lines."""

    plots: Mapping[str, float]
    """Filling to weight."""
    size: tuple[float, float]
    """Shortest and longest side of a plot, metres."""
    upright: Mapping[str, float]
    """Kind of line of constant u to weight."""
    level: Mapping[str, float]
    """Kind of line of constant v to weight."""
    port: bool = False
    """Rivers are wide and have quays and piers."""


THEMES: Mapping[str, Theme] = {
    "residential": Theme(
        plots={
            "residential": 7,
            "town": 1.2,
            "park": 0.8,
            "sports": 0.6,
            "car_park": 0.4,
        },
        size=(62, 130),
        upright={"road": 6, "avenue": 1.2, "river": 0.3, "border": 0.7},
        level={"road": 6, "avenue": 0.6, "lane": 0.5},
    ),
    "industrial": Theme(
        plots={
            "tank_farm": 4,
            "factory": 4,
            "waste": 1,
            "car_park": 0.6,
            "farm": 0.4,
            "lake": 0.3,
        },
        size=(110, 240),
        upright={"road": 5, "avenue": 1, "river": 0.6, "border": 1.5, "lane": 1},
        level={"road": 5, "lane": 1, "border": 1},
    ),
    "airport": Theme(
        plots={
            "apron": 8,
            "meadow": 2.0,
            "car_park": 0.5,
            "factory": 0.6,
            "tank_farm": 0.3,
        },
        size=(150, 330),
        upright={"runway": 2.5, "taxiway": 3, "border": 2, "road": 1.5},
        level={"border": 5, "road": 1.5},
    ),
    "harbour": Theme(
        plots={
            "factory": 4,
            "tank_farm": 2,
            "town": 1,
            "waste": 0.7,
            "car_park": 0.8,
            "park": 0.6,
        },
        size=(120, 230),
        upright={"river": 5, "road": 4},
        level={"border": 4, "road": 3, "avenue": 0.4},
        port=True,
    ),
    "sports": Theme(
        plots={
            "sports": 6,
            "park": 1.2,
            "residential": 1.2,
            "car_park": 0.7,
            "town": 0.8,
        },
        size=(130, 260),
        upright={"road": 5, "avenue": 0.8, "border": 1, "river": 0.3},
        level={"road": 5, "border": 1, "lane": 0.6},
    ),
    "rural": Theme(
        plots={
            "farm": 6,
            "forest": 1.1,
            "lake": 1.1,
            "park": 0.5,
            "waste": 0.7,
            "residential": 0.7,
            "tank_farm": 0.25,
        },
        size=(130, 300),
        upright={"road": 2.5, "lane": 2.5, "border": 2.5, "river": 1.2},
        level={"road": 2, "lane": 2.5, "border": 2.5},
    ),
    "mixed": Theme(
        plots={
            "residential": 2,
            "town": 1.2,
            "car_park": 0.8,
            "tank_farm": 1.2,
            "factory": 1.2,
            "park": 1,
            "sports": 1.6,
            "farm": 1.2,
            "forest": 0.4,
            "lake": 0.7,
            "apron": 0.5,
        },
        size=(100, 240),
        upright={"road": 5, "avenue": 1, "river": 0.9, "border": 0.9, "lane": 0.6},
        level={"road": 5, "avenue": 0.6, "lane": 0.8, "border": 0.7},
    ),
}
