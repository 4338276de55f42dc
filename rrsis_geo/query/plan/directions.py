"""Directions and parts of a scene.

Words of the screen (left, top) and of the compass (west, north) are kept apart: the
first mean the image as displayed, the others the map.
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
"""A direction: the first eight in the image as displayed, the others on the map."""

Place: TypeAlias = (
    Side
    | Literal["centre", "middle left", "middle right", "top centre", "bottom centre"]
)

SCREEN = ("left", "right", "top", "bottom")
COMPASS = ("west", "east", "north", "south")


def is_compass(place: str) -> bool:
    """Whether a place is meant on the map rather than on the screen."""
    return place.split()[0] in COMPASS
