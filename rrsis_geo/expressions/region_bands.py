"""Bands of the image that place words name, along one axis.

Each band has a core, where everybody would use the word, and a wider zone, outside of
which nobody would (see `language.region_shares`). What lies in between is doubtful.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.region_shares import MIDDLE, SHARES

Interval = tuple[float, float]


def _bands() -> dict[str, tuple[Interval, Interval]]:
    bands: dict[str, tuple[Interval, Interval]] = {"any": ((0.0, 1.0), (0.0, 1.0))}
    if MIDDLE.core is not None and MIDDLE.zone is not None:
        bands["middle"] = (_about_middle(MIDDLE.core), _about_middle(MIDDLE.zone))
    for extent, (_, core, zone) in SHARES.items():
        if core is not None and zone is not None:
            bands[f"first {extent}"] = ((0.0, core), (0.0, zone))
            bands[f"last {extent}"] = (_to_end(core), _to_end(zone))
    return bands


def _about_middle(reach: float) -> Interval:
    return round(0.5 - reach, 9), round(0.5 + reach, 9)


def _to_end(reach: float) -> Interval:
    return round(1 - reach, 9), 1.0


BANDS = _bands()
"""Band -> core and zone, as shares of the image's width or height. "first half" is the
left or the upper half."""

ROW = {band: row for row, band in enumerate(BANDS)}

SPILL = 0.14
"""How far, as a share of the image, an object may reach beyond the zone."""

DEEP = 0.25
"""An object that covers this share of a core is not clearly outside of it."""

_CORE = np.array([core for core, _ in BANDS.values()])
_ZONE = np.array([zone for _, zone in BANDS.values()])

Verdicts = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def judge_bands(
    centre: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> Verdicts:
    """Judge for every band which objects are in it.

    Args:
        centre: (N,) centroids along the axis, as shares of the image.
        low: (N,) where the objects begin.
        high: (N,) where they end.

    Returns:
        (B, N) surely in the band and (B, N) surely not, in the order of `BANDS`.
    """
    (start, stop), (zone_start, zone_stop) = _CORE.T[..., None], _ZONE.T[..., None]
    yes = (centre >= start) & (centre <= stop)
    yes &= (low >= zone_start - SPILL) & (high <= zone_stop + SPILL)
    reach = np.minimum(high, stop) - np.maximum(low, start)
    no = (centre < zone_start) | (centre > zone_stop)
    # A large object may reach into the core although its centre is elsewhere.
    no &= reach <= DEEP * (stop - start)
    return yes, no
