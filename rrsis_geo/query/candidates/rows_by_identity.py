"""Where polygons stand in the array that they were taken from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


class RowsByIdentity:
    """Rows of N polygons, found by which objects they are and not by what they are."""

    def __init__(self, geometry: NDArray[np.object_]) -> None:
        """Number the polygons.

        Args:
            geometry: (N,) polygons; they stay as long as this does, so that no other
                object gets the identity of one.
        """
        self._geometry = geometry
        ids = _ids(geometry)
        self._row = np.argsort(ids, kind="stable")
        self._ids = ids[self._row]

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, geometry: NDArray[np.object_]) -> Rows:
        """(R,) rows of these very polygons; -1: not among the N."""
        place, found = places(self._ids, _ids(geometry))
        rows = np.full(len(geometry), -1, np.intp)
        rows[found] = self._row[place[found]]
        return rows


def places(ascending: Rows, values: Rows) -> tuple[Rows, NDArray[np.bool_]]:
    """(V,) places of values in an ascending array, and whether they are there."""
    place = np.searchsorted(ascending, values)
    found = place < len(ascending)
    found[found] = ascending[place[found]] == values[found]
    return place, found


def _ids(geometry: NDArray[np.object_]) -> Rows:
    return np.fromiter(map(id, geometry), np.intp, len(geometry))
