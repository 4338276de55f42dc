"""Directions and places in a scene.

Words of the screen (left, top) and of the compass (west, north) are kept apart: the
former refer to the image as displayed, the latter to the map.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Side: TypeAlias = Literal[
    "left",
    "right",
    "top",
    "bottom",
    "top left",
    "top right",
    "bottom left",
    "bottom right",
    "west",
    "east",
    "north",
    "south",
    "north west",
    "north east",
    "south west",
    "south east",
]
"""A direction: the first eight on the screen, the others on the map."""

Place: TypeAlias = (
    Side
    | Literal["centre", "middle left", "middle right", "top centre", "bottom centre"]
)
"""A part of the scene."""

SCREEN: tuple[Side, ...] = ("left", "right", "top", "bottom")
COMPASS: tuple[Side, ...] = ("west", "east", "north", "south")


def is_compass(place: str) -> bool:
    """Whether a place refers to the map rather than to the screen."""
    return place.split()[0] in COMPASS
