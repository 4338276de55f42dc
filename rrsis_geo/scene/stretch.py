"""From whatever a sensor counts to the eight bits a network sees: one map per scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 2.0, 98.0
"""Percentiles of the valid pixels that become 0 and 255: robust to glints and holes."""

ENOUGH = 0.01
"""Share of the pixels that are not 0 in all bands, from which they alone count."""

NARROW = 16.0
"""Grey levels; 8-bit imagery that uses fewer than these in all bands is stretched."""


@dataclass(frozen=True)
class Stretch:
    """A straight line per band; outside values are clipped. Survives JSON."""

    low: tuple[float, ...]
    """Per band, the value that becomes 0."""

    high: tuple[float, ...]
    """Per band, the value that becomes 255; always above `low`."""

    @property
    def identity(self) -> bool:
        """Whether 8-bit values pass through unchanged."""
        return set(self.low) == {0.0} and set(self.high) == {255.0}

    def apply(
        self, pixels: NDArray[Any], valid: NDArray[np.bool_]
    ) -> NDArray[np.uint8]:
        """(B, H, W) of any real dtype to (B, H, W) uint8; 0 where not valid.

        Every value is mapped by itself, so the result is the same for any window.
        """
        if self.identity and pixels.dtype == np.uint8:
            return np.where(valid, pixels, np.uint8(0))
        small = pixels.dtype.itemsize <= 2
        kind: type[np.floating[Any]] = np.float32 if small else np.float64
        low = np.array(self.low)[:, None, None]
        scale = (255 / (np.array(self.high)[:, None, None] - low)).astype(kind)
        # No NaN reaches the cast to integers.
        values: NDArray[np.floating[Any]] = np.where(valid, pixels, 0).astype(kind)
        values -= low.astype(kind)
        values *= scale
        np.clip(np.rint(values, out=values), 0, 255, out=values)
        values *= valid
        return values.astype(np.uint8)

    def to_mapping(self) -> dict[str, list[float]]:
        """Plain data for a job or a manifest."""
        return {name: list(values) for name, values in asdict(self).items()}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Stretch:
        """The stretch that `to_mapping` described."""
        return cls(low=tuple(values["low"]), high=tuple(values["high"]))


def unchanged(bands: int) -> Stretch:
    """The stretch that leaves 8-bit imagery as it is."""
    return Stretch(low=(0.0,) * bands, high=(255.0,) * bands)


def estimate(samples: NDArray[Any]) -> Stretch:
    """The stretch of a scene from a sample of its valid pixels.

    8-bit imagery is made for the eye and stays as it is, unless it uses fewer than
    `NARROW` grey levels: then one line for all bands, which keeps the hues. All else
    gets a line per band between two percentiles, which also evens out a cast. Pixels
    that are 0 in all bands are mostly a collar that nobody declared as nodata, so the
    others decide where they are at least `ENOUGH`.

    Args:
        samples: (B, N) values of B bands at N valid pixels, of any real dtype.
    """
    bands, count = samples.shape
    if not count:
        return unchanged(bands)
    if samples.dtype == np.uint8:
        low, high = _range(samples.ravel())
        wide = high - low >= NARROW
        return unchanged(bands) if wide else Stretch((low,) * bands, (high,) * bands)
    counted = samples.any(axis=0)
    if counted.mean() >= ENOUGH:
        samples = samples[:, counted]
    lows, highs = zip(*(_range(band) for band in samples), strict=True)
    return Stretch(low=lows, high=highs)


def _range(values: NDArray[Any]) -> tuple[float, float]:
    """Two different numbers between which most values lie."""
    values = values.astype(np.float64)
    low, high = np.percentile(values, (LOWEST, HIGHEST))
    if not high > low:  # nearly all pixels are alike: what differs is all there is
        low, high = values.min(), values.max()
    if not high > low:  # all are: show them as middle grey
        margin = max(1.0, abs(low)) / 2
        low, high = low - margin, high + margin
    return float(low), float(high)
