"""Bands of the image that place words name, along one axis.

Place words are fuzzy, so each band has a core that everybody would call so and a
wider zone outside of which nobody would; what lies in between is doubtful.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BANDS: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "first": ((0.0, 0.34), (0.0, 0.50)),
    "middle": ((0.40, 0.60), (0.29, 0.71)),
    "last": ((0.66, 1.0), (0.50, 1.0)),
    "first half": ((0.0, 0.44), (0.0, 0.56)),
    "last half": ((0.56, 1.0), (0.44, 1.0)),
    "first corner": ((0.0, 0.26), (0.0, 0.40)),
    "last corner": ((0.74, 1.0), (0.60, 1.0)),
    "any": ((0.0, 1.0), (0.0, 1.0)),
}
"""Band -> core and wider zone, as shares of the image's width or height."""

ROW = {band: row for row, band in enumerate(BANDS)}

SPILL = 0.14
"""How far, as a share of the image, an object may reach beyond the wider zone."""

DEEP = 0.25
"""An object that covers this share of a core is not plainly outside of it."""

_CORE = np.array([core for core, _ in BANDS.values()])
_ZONE = np.array([zone for _, zone in BANDS.values()])

Judged = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def judge(
    centre: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> Judged:
    """(B, N) surely in the band, (B, N) surely not; rows in the order of `BANDS`.

    Args:
        centre: (N,) centroids along the axis, as shares of the image.
        low: (N,) where the objects begin.
        high: (N,) where they end.
    """
    (start, stop), (zone_start, zone_stop) = _CORE.T[..., None], _ZONE.T[..., None]
    yes = (centre >= start) & (centre <= stop)
    yes &= (low >= zone_start - SPILL) & (high <= zone_stop + SPILL)
    reach = np.minimum(high, stop) - np.maximum(low, start)
    no = (centre < zone_start) | (centre > zone_stop)
    # A large object may reach into the core although its centre is elsewhere.
    no &= reach <= DEEP * (stop - start)
    return yes, no
