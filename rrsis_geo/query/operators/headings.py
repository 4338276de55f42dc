"""Which way things point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.directions import is_compass
from rrsis_geo.language.nodes import Facing
from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.candidates.selection import Rows, Selection
from rrsis_geo.query.geometry.outline_heading import headings

Values = NDArray[np.float64]

WAYS = {
    "left": (-1, 0),
    "right": (1, 0),
    "top": (0, -1),
    "bottom": (0, 1),
    "west": (-1, 0),
    "east": (1, 0),
    "north": (0, -1),
    "south": (0, 1),
}
"""Word of a side -> direction in which x grows to the right and y down."""

LIMIT, DIAGONAL_LIMIT, STEP = 50.0, 36.0, 6.0
"""Degrees from a side, and from a corner, at which a thing faces it as likely as not,
and over which that changes."""


def facing(node: Facing, units: Selection, candidates: Candidates) -> Values:
    """(U,) how well the fronts of objects point to a side."""
    return units.mean(_facing(node, units.rows, candidates))


def _facing(node: Facing, rows: Rows, candidates: Candidates) -> Values:
    fronts, chance = headings(candidates.outlines[rows])
    fronts = fronts @ candidates.metres_to_pixels.T
    if is_compass(node.side):
        centre = candidates.image_frame.centre[rows]
        to = candidates.projection.compass
        fronts = to(centre + fronts) - to(centre)
    words = node.side.split()
    way = np.sum([WAYS[word] for word in words], axis=0)
    length = np.hypot(*fronts.T) * np.hypot(*way)
    turn = np.degrees(np.arccos(np.clip(fronts @ way / length, -1, 1)))
    limit = LIMIT if len(words) == 1 else DIAGONAL_LIMIT
    forward = 1 / (1 + np.exp((turn - limit) / STEP))
    backward = 1 / (1 + np.exp((180 - turn - limit) / STEP))
    return np.asarray(chance * forward + (1 - chance) * backward)
