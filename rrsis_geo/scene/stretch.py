"""Contrast stretch of a scene's values to 8 bits, the same for the whole scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 2.0, 98.0
"""Percentiles of valid pixels that become 0 and 255, robust against outliers."""

MIN_NONZERO_SHARE = 0.01
"""Share of pixels that are not 0 in all bands, from which on only they count."""

MIN_RANGE = 16.0
"""Grey levels; 8-bit imagery with a smaller range over all bands is stretched."""

HUGE = 1e15
"""A larger number is no measurement: -3.4e38, 1e20, 9.97e36 and their averages."""

FILL_VALUES = (
    *(-999, -9999, -99999, -32767, -32768, -(2**31), -128),
    *(32767, 55537, 65535, 2**31 - 1, 2**32 - 1),
)
"""Numbers that programs write where there is no data; 55537 is -9999 in 16 bits."""

MIN_FILL_SHARE = 1e-4
"""Share of the pixels of a band, from which on such a number counts as fill."""


@dataclass(frozen=True)
class Fill:
    """Numbers that stand for missing data although the file does not say so."""

    values: tuple[tuple[float, ...], ...]
    """For each band; () where it has none."""

    huge: bool
    """Whether numbers beyond `HUGE` occur."""

    share: float
    """Of the sampled pixels."""

    def missing(self, pixels: NDArray[Any]) -> NDArray[np.bool_]:
        """Where pixels of shape (B, ...) hold no data: fill in all bands, or a huge
        number in any."""
        fill = self.in_bands(pixels).all(axis=0)
        if self.huge and pixels.dtype.kind == "f":
            fill |= (np.abs(pixels) > HUGE).any(axis=0)
        return np.asarray(fill, np.bool_)

    def in_bands(self, pixels: NDArray[Any]) -> NDArray[np.bool_]:
        """(B, ...) where each band holds a fill value of its own."""
        return np.stack(
            [
                np.isin(band, values)
                for band, values in zip(pixels, self.values, strict=True)
            ]
        )

    def __str__(self) -> str:
        known = dict.fromkeys(value for values in self.values for value in values)
        listed = [f"{value:g}" for value in known]
        return " and ".join([*listed, *(["numbers beyond 1e15"] if self.huge else [])])


@dataclass(frozen=True)
class Stretch:
    """A linear stretch per band with clipping."""

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
        """Stretch (B, H, W) of any real dtype to (B, H, W) uint8; 0 where not valid."""
        if self.identity and pixels.dtype == np.uint8:
            return np.where(valid, pixels, np.uint8(0))
        small = pixels.dtype.itemsize <= 2
        kind: type[np.floating[Any]] = np.float32 if small else np.float64
        low = np.array(self.low)[:, None, None]
        scale = (255 / (np.array(self.high)[:, None, None] - low)).astype(kind)
        # invalid pixels may be NaN, which cannot be cast to integers
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
        """Make a stretch from the result of `to_mapping`."""
        return cls(low=tuple(values["low"]), high=tuple(values["high"]))


def identity_stretch(bands: int) -> Stretch:
    """Make a stretch that leaves 8-bit imagery unchanged."""
    return Stretch(low=(0.0,) * bands, high=(255.0,) * bands)


def find_fill(samples: NDArray[Any]) -> Fill | None:
    """Find undeclared fill values in a sample; None where there are none.

    Such a value lies farther from all others than they are apart.

    Args:
        samples: (B, N) values of B bands at N valid pixels, of any real dtype.
    """
    if samples.dtype == np.uint8 or not samples.shape[1]:
        return None
    huge = np.zeros(samples.shape, np.bool_)
    if samples.dtype.kind == "f":
        huge = np.abs(samples) > HUGE
    values = tuple(
        _isolated(band[~beyond]) for band, beyond in zip(samples, huge, strict=True)
    )
    fill = Fill(values=values, huge=bool(huge.any()), share=0.0)
    missing = fill.missing(samples)
    if not (missing.any() or any(values)):
        return None
    return Fill(values=values, huge=fill.huge, share=float(missing.mean()))


def _isolated(band: NDArray[Any]) -> tuple[float, ...]:
    """Fill values that are frequent and lie far from all other values of a band."""
    present = [
        value
        for value in FILL_VALUES
        if len(band) and (band == value).mean() >= MIN_FILL_SHARE
    ]
    others = band[~np.isin(band, present)]
    if not present or not len(others):
        return ()
    low, high = np.percentile(others.astype(np.float64), (0.1, 99.9))
    reach = high - low
    return tuple(
        float(value) for value in present if value < low - reach or value > high + reach
    )


def estimate_stretch(samples: NDArray[Any], fill: Fill | None = None) -> Stretch:
    """Estimate the stretch of a scene from a sample of its valid pixels.

    8-bit imagery stays unchanged, unless its range is below `MIN_RANGE`: then all bands
    get the same stretch, which keeps the hues. Other types get a stretch per band
    between two percentiles, which also removes a colour cast. Pixels that are 0 in all
    bands are mostly undeclared nodata and do not count, if the others are at least a
    share of `MIN_NONZERO_SHARE`.

    Args:
        samples: (B, N) values of B bands at N valid pixels, of any real dtype.
        fill: Values in them that do not count.
    """
    if fill is not None:
        samples = samples[:, ~fill.missing(samples)]
    bands, count = samples.shape
    if not count:
        return identity_stretch(bands)
    if samples.dtype == np.uint8:
        low, high = _range(samples.ravel())
        if high - low >= MIN_RANGE:
            return identity_stretch(bands)
        return Stretch((low,) * bands, (high,) * bands)
    counted = samples.any(axis=0)
    if counted.mean() >= MIN_NONZERO_SHARE:
        samples = samples[:, counted]
    ranges = []
    for number, band in enumerate(samples):
        filled = () if fill is None else fill.values[number]
        ranges.append(_range(band[~np.isin(band, filled)] if filled else band))
    lows, highs = zip(*ranges, strict=True)
    return Stretch(low=lows, high=highs)


def _range(values: NDArray[Any]) -> tuple[float, float]:
    """Two different numbers between which most values lie."""
    if not len(values):
        return 0.0, 1.0
    values = values.astype(np.float64)
    low, high = np.percentile(values, (LOWEST, HIGHEST))
    if not high > low:  # nearly all pixels are equal: use the few others
        low, high = values.min(), values.max()
    if not high > low:  # all are equal: show them as middle grey
        margin = max(1.0, abs(low)) / 2
        low, high = low - margin, high + margin
    return float(low), float(high)
