"""The part of a scene that words of place refer to: where there is data."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rrsis_geo.types import NODATA, Strip


class ValidArea:
    """Convex hull of all valid pixels, accumulated from strips.

    The result does not depend on how rows are cut into strips. Pixels outside of an
    area of interest are not valid.
    """

    def __init__(self) -> None:
        self._hull: BaseGeometry = shapely.Polygon()

    def add(self, strip: Strip) -> None:
        """Add the next rows."""
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
        """In pixels; empty without valid pixels."""
        return self._hull
