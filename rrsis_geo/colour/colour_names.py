"""Colour names of pixels, by thresholds on hue, saturation and value.

Each name has two ranges: a narrow one where nearly everybody would use the name, and a
wide one where somebody might. The ranges of different names overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NAMES = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "brown")

SHADES_OF_GREY = ("white", "grey", "black")

HUES = tuple(name for name in NAMES if name not in SHADES_OF_GREY)

Masks = tuple[NDArray[np.bool_], ...]
"""One mask for each of `NAMES`."""


def may_have(pixels: NDArray[np.uint8], names: Sequence[str]) -> NDArray[np.bool_]:
    """Pixels within the wide range of at least one of the names.

    Args:
        pixels: (3, H, W) RGB as displayed.
        names: Some of `NAMES`.

    Returns:
        (H, W)
    """
    _, wide = colour_masks(pixels)
    wanted = [wide[NAMES.index(name)] for name in names]
    return np.asarray(np.any(wanted, axis=0), np.bool_)


def share_of_pixels(
    pixels: NDArray[np.uint8], names: Sequence[str]
) -> NDArray[np.float64]:
    """Whether pixels have one of some colours, where those of others are beside them.

    White, grey and black pixels have no hue, however faint; unlike in `may_have` a
    greenish roof is not white as well.

    Args:
        pixels: (3, N) RGB as displayed.
        names: Some of `NAMES`.

    Returns:
        (N,) 1 or 0.
    """
    narrow, wide = colour_masks(pixels)
    hued = np.any([wide[NAMES.index(name)] for name in HUES], axis=0)
    found = np.zeros(pixels.shape[1:], np.bool_)
    for name in names:
        mask = wide[NAMES.index(name)]
        if name in SHADES_OF_GREY:
            others = [one for one in SHADES_OF_GREY if one not in names]
            mask = mask & ~hued
            for other in others:
                mask = mask & ~narrow[NAMES.index(other)]
        found |= mask
    return found.astype(np.float64)


def colour_masks(rgb: NDArray[np.uint8]) -> tuple[Masks, Masks]:
    """Pixels within the narrow and within the wide range of each name.

    Args:
        rgb: (3, ...) as displayed.

    Returns:
        Narrow and wide masks, each of the shape of one band.
    """
    red, green, blue = rgb.astype(np.float64) / 255
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    saturation = chroma / np.maximum(value, 1e-9)
    safe = np.maximum(chroma, 1e-9)
    hue = 60 * np.select(
        [value == red, value == green],
        [((green - blue) / safe) % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    narrow = (
        (saturation < 0.14) & (value >= 0.75),
        (saturation < 0.08) & (value >= 0.28) & (value < 0.6),
        value < 0.2,
        _hue_in(hue, -18, 12) & (saturation >= 0.45) & (value >= 0.35),
        _hue_in(hue, 18, 40) & (saturation >= 0.55) & (value >= 0.65),
        _hue_in(hue, 44, 64) & (saturation >= 0.45) & (value >= 0.55),
        _hue_in(hue, 78, 165) & (saturation >= 0.28) & (value >= 0.25),
        _hue_in(hue, 190, 255) & (saturation >= 0.28) & (value >= 0.3),
        _hue_in(hue, 8, 38) & (saturation >= 0.35) & (value >= 0.25) & (value < 0.6),
    )
    # dull pixels keep the name of their hue too: a worn green court is green or grey
    wide = (
        (saturation < 0.3) & (value >= 0.5),
        (saturation < 0.35) & (value >= 0.2) & (value < 0.85),
        value < 0.33,
        _hue_in(hue, -30, 28) & (saturation >= 0.15),
        _hue_in(hue, 8, 50) & (saturation >= 0.3),
        _hue_in(hue, 35, 75) & (saturation >= 0.2),
        _hue_in(hue, 60, 180) & (saturation >= 0.08),
        _hue_in(hue, 170, 275) & (saturation >= 0.1),
        _hue_in(hue, -20, 50) & (saturation >= 0.15) & (value < 0.78),
    )
    return narrow, wide


def _hue_in(hue: NDArray[np.float64], start: float, stop: float) -> NDArray[np.bool_]:
    """Whether hues lie in [start, stop] degrees; start may be negative."""
    inside: NDArray[np.bool_] = (hue - start) % 360 <= stop - start
    return inside
