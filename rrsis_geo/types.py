"""Values that packages pass to each other, without behaviour."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

Item = TypeVar("Item")
Result = TypeVar("Result")

NODATA = 255
"""Level of a pixel without data in a probability raster."""

LEVELS = 254
"""A probability p is stored as round(254 p)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Patch:
    """Pixels of one window, padded to the full window size."""

    window: Window
    """In grid pixels; may extend beyond the right and lower edge of the grid."""

    pixels: NDArray[np.uint8]
    """(3, H, W) RGB, after the scene's stretch; 0 where the scene has no data. Pixels
    outside an AOI keep their values: a run over it equals a crop of a full run."""

    valid: NDArray[np.bool_]
    """(H, W); True on data, False on nodata, padding and outside the AOI."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """Target probability over one window."""

    window: Window
    """In grid pixels."""

    probability: NDArray[np.float32]
    """(E, H, W) in [0, 1], one channel per expression; 0 where not valid."""

    valid: NDArray[np.bool_]
    """(H, W); as in the patch."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """Final full-width rows of probability levels, before rasters and polygons."""

    top: int
    """First row, in grid pixels."""

    levels: NDArray[np.uint8]
    """(E, rows, width); round(254 p), 255 where not valid."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Polygons:
    """Objects as polygons with attributes; columns in the order of `SCHEMA`."""

    geometry: NDArray[np.object_]
    """(N,) shapely polygons in `crs`; features of the user's own layers may also be
    lines, points, and of several parts."""

    crs: str | None
    """WKT; None for pixel coordinates."""

    columns: dict[str, NDArray[Any]]
    """Name -> (N,) values; the names of `SCHEMA`, after them the fields of the user's
    own layers where features of these are among the objects, and those that a layer of
    several scenes has."""

    def __len__(self) -> int:
        return len(self.geometry)


SCHEMA: dict[str, str] = {
    "id": "int64",  # 1, 2, ... in the order of the raster
    "expression": "object",  # str: the user's text
    "score": "float32",  # chance to be meant, or mean probability over the object
    "score_max": "float32",  # highest probability in the object
    "area_m2": "float64",  # geodesic
    "perimeter_m": "float64",  # geodesic, holes included
    "lon": "float64",  # centroid, degrees, WGS 84; NaN for pixel coordinates
    "lat": "float64",
    "touches_edge": "bool",  # at the edge of the data, so the object may be cut
    "rank": "int64",  # 1 = first in the requested order; 0 = no order was requested
    "distance_m": "float64",  # geodesic, to the nearest anchor; NaN = no anchor
    "why": "object",  # str: words of the query that are met, and what the network saw
}
"""Attributes of every polygon and their numpy dtypes, in order."""


class Predictor(Protocol):
    """Target probability for E referring expressions, already bound."""

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """(B, 3, H, W) to (B, E, H, W)."""
        ...


class Engine(Protocol):
    """Runs independent pieces of work, for example in other processes."""

    notes: deque[str]
    """What the user should know, to be taken from the left; more come during `map`."""

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Yield results in any order."""
        ...
