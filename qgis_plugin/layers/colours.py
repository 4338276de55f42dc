"""Colours of results: one for each question of each run, kept in the project."""

from __future__ import annotations

from typing import Set

from qgis.core import QgsProject
from qgis.PyQt.QtGui import QColor

COLOURS = (
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
    (204, 121, 167),  # purple
    (0, 158, 115),  # bluish green
    (213, 94, 0),  # vermilion
    (240, 228, 66),  # yellow
    (0, 114, 178),  # blue
)
"""Those of Okabe and Ito, which people with colour-blindness tell apart. None of them
is that of the drawn area."""

COLOUR = "rrsis_geo/colour"
"""Property of groups and layers: number of their (first) colour."""


def colour(number: int) -> QColor:
    """Return a colour by its number; they repeat."""
    return QColor(*COLOURS[number % len(COLOURS)])


def free_number(count: int) -> int:
    """Return the first of `count` neighbouring numbers that the project uses least."""
    used = _used_numbers()
    count = min(count, len(COLOURS))

    def taken(start: int) -> int:
        return sum((start + step) % len(COLOURS) in used for step in range(count))

    return min(range(len(COLOURS)), key=taken)


def _used_numbers() -> Set[int]:
    """Return the numbers of all groups and layers."""
    project = QgsProject.instance()
    owners = [
        *project.layerTreeRoot().findGroups(True),
        *project.mapLayers().values(),
    ]
    numbers = (owner.customProperty(COLOUR) for owner in owners)
    return {int(number) % len(COLOURS) for number in numbers if number is not None}
