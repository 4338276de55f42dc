"""The part of a scene that place words speak of: where there is data."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rrsis_geo.types import NODATA, Strip


class ValidArea:
    """The hull of all valid pixels, gathered from strips however they are cut.

    Outside of an area of interest nothing is valid, so its hull is what remains.
    """

    def __init__(self) -> None:
        self._hull: BaseGeometry = shapely.Polygon()

    def add(self, strip: Strip) -> None:
        """Take the next rows."""
        valid = strip.levels[0] != NODATA
        rows = np.flatnonzero(valid.any(axis=1))
        if not len(rows):
            return
        first = valid[rows].argmax(axis=1)
        last = valid.shape[1] - valid[rows, ::-1].argmax(axis=1)
        top = strip.top + rows
        corners = [
            np.column_stack([columns, edge])
            for columns in (first, last)
            for edge in (top, top + 1)
        ]
        points = shapely.MultiPoint(np.concatenate(corners))
        self._hull = shapely.GeometryCollection([points, self._hull]).convex_hull

    @property
    def outline(self) -> BaseGeometry:
        """In pixels; empty where no pixel was valid."""
        return self._hull
