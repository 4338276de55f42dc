"""Areas that pairs of polygons share, measured for one purpose and used for another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.candidates.rows_by_identity import RowsByIdentity, places

Rows = NDArray[np.intp]
Values = NDArray[np.float64]


class KnownAreas:
    """Shared areas of pairs among N polygons; 16 bytes a pair."""

    def __init__(self, geometry: NDArray[np.object_]) -> None:
        """Start with no pair.

        Args:
            geometry: (N,) the polygons, kept as long as this is.
        """
        self.rows = RowsByIdentity(geometry)
        self._pairs, self._areas = np.zeros(0, np.intp), np.zeros(0)

    def keep(self, one: Rows, other: Rows, areas: Values) -> None:
        """Remember (P,) areas of pairs of rows, none of them -1."""
        pairs = np.concatenate([self._pairs, self._number(one, other)])
        self._pairs, first = np.unique(pairs, return_index=True)
        self._areas = np.concatenate([self._areas, areas])[first]

    def read(self, one: Rows, other: Rows) -> tuple[NDArray[np.bool_], Values]:
        """(P,) whether pairs of rows are known, and the areas of the known ones."""
        place, known = places(self._pairs, self._number(one, other))
        return known, self._areas[place[known]]

    def _number(self, one: Rows, other: Rows) -> Rows:
        """(P,) the same both ways round; below 0 where a row is -1."""
        low, high = np.minimum(one, other), np.maximum(one, other)
        return np.where(low < 0, -1, low * len(self.rows) + high)
