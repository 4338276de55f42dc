"""Colours of labelled objects, measured from the pixels under their outlines.

Only plain cases get a name. What else might be said of an object is kept beside it,
so that "the blue court" is doubtful where another court has a share of blue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely import affinity

from rrsis_geo.datasets.annotations import LabelledObject, Layout

NAMES = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "brown")

PLAIN = 0.6
"""Share of an object's pixels from which on it is called by a colour."""

MENTIONED = 0.12
"""Share from which on somebody might call it so."""

FEWEST = 25
"""Pixels below which the colour of an object is that of its surroundings."""


def with_colours(pixels: NDArray[np.uint8], layout: Layout) -> Layout:
    """The layout with "colour" and "colours" measured where they aren't labelled.

    Args:
        pixels: (3, H, W) RGB as displayed.
        layout: Labelled objects of that image.

    Returns:
        The same objects. "colour" is the name of a plainly coloured one; "colours"
        holds every name that might be used, with blanks between, and is missing where
        too few pixels are seen.
    """
    return replace(
        layout,
        objects=tuple(_coloured(pixels, thing) for thing in layout.objects),
    )


def may_have(pixels: NDArray[np.uint8], names: Sequence[str]) -> NDArray[np.bool_]:
    """(H, W) True on pixels that somebody might call by one of some of `NAMES`.

    Args:
        pixels: (3, H, W) RGB as displayed.
        names: of colours.
    """
    _, loose = _named(pixels)
    wanted = [loose[NAMES.index(name)] for name in names]
    return np.asarray(np.any(wanted, axis=0), np.bool_)


def _coloured(pixels: NDArray[np.uint8], thing: LabelledObject) -> LabelledObject:
    if "colour" in thing.attributes or "color" in thing.attributes:
        return thing
    _, height, width = pixels.shape
    left, top, right, bottom = thing.polygon.bounds
    x, y = max(int(left), 0), max(int(top), 0)
    part = pixels[:, y : min(int(bottom) + 1, height), x : min(int(right) + 1, width)]
    if not part.size:
        return thing
    # The identity transform maps pixels to themselves, y downwards.
    inside = rasterize(
        [affinity.translate(thing.polygon, -x, -y)],
        out_shape=part.shape[1:],
        dtype="uint8",
    ).astype(bool)
    if inside.sum() < FEWEST:
        return thing
    plain, loose = _shares(part[:, inside])
    seen = [name for name, part in zip(NAMES, loose, strict=True) if part >= MENTIONED]
    known = {"colours": " ".join(seen)}
    best = int(np.argmax(plain))
    if plain[best] >= PLAIN:
        known["colour"] = NAMES[best]
    return replace(thing, attributes={**thing.attributes, **known})


def _shares(
    rgb: NDArray[np.uint8],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of the pixels that plainly have each of `NAMES`, and that may have it."""
    plain, loose = _named(rgb)
    return (
        np.array([mask.mean() for mask in plain]),
        np.array([mask.mean() for mask in loose]),
    )


Masks = tuple[NDArray[np.bool_], ...]
"""One for each of `NAMES`."""


def _named(rgb: NDArray[np.uint8]) -> tuple[Masks, Masks]:
    """Pixels (3, ...) that plainly have each colour, and that may have it."""
    red, green, blue = rgb.astype(np.float64) / 255
    value = np.maximum(np.maximum(red, green), blue)
    spread = value - np.minimum(np.minimum(red, green), blue)
    strength = spread / np.maximum(value, 1e-9)
    safe = np.maximum(spread, 1e-9)
    hue = 60 * np.select(
        [value == red, value == green],
        [((green - blue) / safe) % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    # Dull pixels keep a name of their hue: a worn green court is grey to some only.
    plain = (
        (strength < 0.14) & (value >= 0.75),
        (strength < 0.08) & (value >= 0.28) & (value < 0.6),
        value < 0.2,
        _hue(hue, -18, 12) & (strength >= 0.45) & (value >= 0.35),
        _hue(hue, 18, 40) & (strength >= 0.55) & (value >= 0.65),
        _hue(hue, 44, 64) & (strength >= 0.45) & (value >= 0.55),
        _hue(hue, 78, 165) & (strength >= 0.28) & (value >= 0.25),
        _hue(hue, 190, 255) & (strength >= 0.28) & (value >= 0.3),
        _hue(hue, 8, 38) & (strength >= 0.35) & (value >= 0.25) & (value < 0.6),
    )
    loose = (
        (strength < 0.3) & (value >= 0.5),
        (strength < 0.35) & (value >= 0.2) & (value < 0.85),
        value < 0.33,
        _hue(hue, -30, 28) & (strength >= 0.15),
        _hue(hue, 8, 50) & (strength >= 0.3),
        _hue(hue, 35, 75) & (strength >= 0.2),
        _hue(hue, 60, 180) & (strength >= 0.08),
        _hue(hue, 170, 275) & (strength >= 0.1),
        _hue(hue, -20, 50) & (strength >= 0.15) & (value < 0.78),
    )
    return plain, loose


def _hue(hue: NDArray[np.float64], start: float, stop: float) -> NDArray[np.bool_]:
    """Whether hues in degrees lie in a stretch that may begin below zero."""
    inside: NDArray[np.bool_] = (hue - start) % 360 <= stop - start
    return inside
