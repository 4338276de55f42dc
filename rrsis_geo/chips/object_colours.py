"""Colours of labelled objects, measured from the pixels inside their outlines.

Only clear cases get a colour. The names that somebody might use are kept as well, so
that "the blue court" is ambiguous where another court is partly blue.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely import affinity

from rrsis_geo.colour.colour_names import NAMES, colour_masks
from rrsis_geo.datasets.annotations import LabelledObject, Layout

MAIN_SHARE = 0.6
"""Share of an object's pixels in the narrow range of a colour, from which on it is the
object's colour."""

MENTION_SHARE = 0.12
"""Share in the wide range of a colour, from which on somebody might name it."""

MIN_PIXELS = 25
"""An object of fewer pixels mostly shows the colour of its surroundings."""


def with_colours(pixels: NDArray[np.uint8], layout: Layout) -> Layout:
    """Add the attributes "colour" and "colours" where no colour is labelled.

    Args:
        pixels: (3, H, W) RGB as displayed.
        layout: Labelled objects of that image.

    Returns:
        The same objects. "colour" is the name of the main colour, if there is one.
        "colours" holds all names that somebody might use, separated by blanks; it is
        missing where too few pixels lie inside the image.
    """
    return replace(
        layout,
        objects=tuple(_with_colour(pixels, item) for item in layout.objects),
    )


def _with_colour(pixels: NDArray[np.uint8], item: LabelledObject) -> LabelledObject:
    if "colour" in item.attributes or "color" in item.attributes:
        return item
    _, height, width = pixels.shape
    left, top, right, bottom = item.polygon.bounds
    x, y = max(int(left), 0), max(int(top), 0)
    crop = pixels[:, y : min(int(bottom) + 1, height), x : min(int(right) + 1, width)]
    if not crop.size:
        return item
    # The identity transform maps pixels to themselves, y downwards.
    inside = rasterize(
        [affinity.translate(item.polygon, -x, -y)],
        out_shape=crop.shape[1:],
        dtype="uint8",
    ).astype(bool)
    if inside.sum() < MIN_PIXELS:
        return item
    narrow, wide = (
        [float(mask.mean()) for mask in masks]
        for masks in colour_masks(crop[:, inside])
    )
    mentioned = [
        name for name, share in zip(NAMES, wide, strict=True) if share >= MENTION_SHARE
    ]
    colours = {"colours": " ".join(mentioned)}
    main = int(np.argmax(narrow))
    if narrow[main] >= MAIN_SHARE:
        colours["colour"] = NAMES[main]
    return replace(item, attributes={**item.attributes, **colours})
