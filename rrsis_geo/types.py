"""Values handed from one room to the next. No behaviour lives here."""

from __future__ import annotations

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
    """Where the patch lies, in grid pixels; may reach over the right and lower edge."""

    pixels: NDArray[np.uint8]
    """(3, H, W) RGB, after the scene's stretch; 0 where the scene has no data. Around
    an AOI the scene is shown, so that a run over it equals the crop of the full run."""

    valid: NDArray[np.bool_]
    """(H, W); True on data, False on nodata, padding and outside the AOI."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """Target probability over one window."""

    window: Window
    """Where it lies, in grid pixels."""

    probability: NDArray[np.float32]
    """(E, H, W) in [0, 1], one channel per expression; 0 where not valid."""

    valid: NDArray[np.bool_]
    """(H, W); True where the scene has data and a window looked."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """Settled full-width rows, quantised: what rasters and polygons are made of."""

    top: int
    """First row, in grid pixels."""

    levels: NDArray[np.uint8]
    """(E, rows, width); round(254 p), 255 where not valid."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Polygons:
    """What was found, one entry per object; columns in the order of `SCHEMA`."""

    geometry: NDArray[np.object_]
    """(N,) shapely polygons in `crs`."""

    crs: str | None
    """WKT; None for pixel coordinates."""

    columns: dict[str, NDArray[Any]]
    """Name -> (N,) values; exactly the names of `SCHEMA`."""

    def __len__(self) -> int:
        return len(self.geometry)


SCHEMA: dict[str, str] = {
    "id": "int64",  # 1, 2, ... in the order of the raster
    "expression": "object",  # str: the user's text
    "score": "float32",  # mean probability over the object
    "score_max": "float32",  # highest probability in the object
    "area_m2": "float64",  # geodesic
    "perimeter_m": "float64",  # geodesic, holes included
    "lon": "float64",  # centroid, degrees, WGS 84; NaN for pixel coordinates
    "lat": "float64",
    "touches_edge": "bool",  # reaches the edge of the data, so may be cut
    "rank": "int64",  # 1 = first in the size, order or extreme asked for; 0 = none
    "distance_m": "float64",  # geodesic, to the nearest anchor; NaN = none asked for
    "why": "object",  # str: what was asked beyond the thing itself; "" = nothing
}
"""Attributes of every polygon and their numpy dtypes, in order."""


class Predictor(Protocol):
    """Target probability for E referring expressions, already bound."""

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """(B, 3, H, W) to (B, E, H, W)."""
        ...


class Engine(Protocol):
    """Somewhere to run independent pieces of work."""

    def map(
        self, work: Callable[[Item], Result], items: Iterable[Item], /
    ) -> Iterator[Result]:
        """Results in any order."""
        ...
