"""Where objects lie, how large they are and how they stand to each other, as numbers.

All are ratios, so that an enlarged image gives the same ones. Nothing depends on the
class: what the segmentation network says of an object comes in as its confidence alone,
and of its pixels there is the mean colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

MANY = 6
"""Objects to one side from which on they are not counted."""

EDGE = 1.5
"""Pixels from the edge of the area within which an object is cut by it."""

SURE = 3.0
"""Log odds that are 1 as a feature."""

COLOUR_STEP, COLOUR_CONTRAST = 0.25, 0.15
"""Differences of a colour from grey, and from the usual one, that are 1 as features."""

FEATURES = 44
"""Of an object."""

PAIR_FEATURES = 8
"""Of a pair of objects."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ObjectLayout:
    """N objects in an area, in pixels: x to the right, or east, y down, or south."""

    boxes: Values
    """(N, 4) left, top, right, bottom."""
    centres: Values
    """(N, 2) centroids."""
    areas: Values
    """(N,) square pixels."""
    sides: Values
    """(N, 2, 2) sides of the smallest rectangle around each; see `rectangle_sides`."""
    extent: Values
    """(4,) left, top, right, bottom of the area that words of place refer to."""
    log_odds: Values
    """(N,) of the chance that each is one whole object of its class."""
    is_anchor: NDArray[np.bool_]
    """(N,) whether the others are measured against it, so that it is not meant."""
    colours: Values
    """(N, 3) mean red, green and blue of each, 0 to 1; NaN: not known."""

    def __len__(self) -> int:
        return len(self.areas)

    @property
    def long_sides(self) -> Values:
        """(N, 2) the longer side of each rectangle, as a vector."""
        longer = np.linalg.norm(self.sides, axis=2).argmax(axis=1)
        return np.asarray(self.sides[np.arange(len(self)), longer])

    @property
    def short(self) -> Values:
        """(N,) length of the shorter side of each."""
        return np.asarray(np.linalg.norm(self.sides, axis=2).min(axis=1))


def object_features(layout: ObjectLayout) -> NDArray[np.float32]:
    """(N, FEATURES) of each object, alone and in comparison with those of its role."""
    left, top, right, bottom = layout.extent
    size = np.maximum([right - left, bottom - top], 1e-9)
    place = (layout.centres - [left, top]) / size  # (N, 2), 0 to 1
    box = (layout.boxes - [left, top, left, top]) / np.tile(size, 2)
    share = layout.areas / np.prod(size)
    long_sides = layout.long_sides
    long = np.linalg.norm(long_sides, axis=1)
    round_ = np.clip(layout.short / np.maximum(long, 1e-9), 0, 1)  # 1: a square
    twice = 2 * np.arctan2(long_sides[:, 1], long_sides[:, 0])
    alike = layout.is_anchor[:, None] == layout.is_anchor  # (N, N)
    usual = np.array([np.median(share[row]) for row in alike])
    near = EDGE / np.tile(size, 2)
    columns = [
        *(2 * place - 1).T,
        box[:, 2] - box[:, 0],
        box[:, 3] - box[:, 1],
        np.log(share + 1e-6) / 3 + 2,
        round_,
        np.cos(twice) * (1 - round_),
        np.sin(twice) * (1 - round_),
        *(
            column
            for values in (*place.T, share, round_)
            for column in _order(values, alike)
        ),
        np.log(share / np.maximum(usual, 1e-9) + 1e-6),
        np.log(alike.sum(axis=1)),
        np.full(len(layout), np.log(max(len(layout), 1))),
        *(box[:, :2] < near[:2]).T,
        *(box[:, 2:] > 1 - near[2:]).T,
        layout.is_anchor,
        layout.log_odds / SURE,
        *_colours(layout.colours, alike).T,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def pair_features(layout: ObjectLayout) -> NDArray[np.float32]:
    """(N, N, PAIR_FEATURES) of each object as seen from another one (first axis)."""
    height = max(float(layout.extent[3] - layout.extent[1]), 1e-9)
    centres = layout.centres / height
    side = np.sqrt(np.maximum(layout.areas, 0)) / height  # (N,)
    step = centres[None] - centres[:, None]  # (N, N, 2)
    distance = np.linalg.norm(step, axis=2) + 1e-6
    columns: list[NDArray[Any]] = [
        step[..., 0],
        step[..., 1],
        step[..., 0] / distance,
        step[..., 1] / distance,
        np.log(distance + 0.01),
        np.log((distance + 0.001) / (side[:, None] + side + 1e-3)),
        layout.is_anchor[:, None] == layout.is_anchor,
        np.eye(len(layout)),
    ]
    return np.stack(columns, axis=2).astype(np.float32)


def _colours(colours: Values, alike: NDArray[np.bool_]) -> Values:
    """(N, 7) whether each colour is known, it, and how it differs from those alike."""
    known = np.asarray(np.isfinite(colours).all(axis=1))
    usual = np.zeros_like(colours)
    for row in np.flatnonzero(known):
        usual[row] = np.median(colours[alike[row] & known], axis=0)
    return np.column_stack(
        [
            known,
            np.where(known[:, None], (colours - 0.5) / COLOUR_STEP, 0.0),
            np.where(known[:, None], (colours - usual) / COLOUR_CONTRAST, 0.0),
        ]
    )


def _order(values: Values, alike: NDArray[np.bool_]) -> list[NDArray[Any]]:
    """Where each value stands among those alike: 5 columns of (N,)."""
    less = ((values < values[:, None]) & alike).sum(axis=1)
    more = ((values > values[:, None]) & alike).sum(axis=1)
    return [
        less / np.maximum(less + more, 1),
        less == 0,
        more == 0,
        np.minimum(less, MANY) / MANY,
        np.minimum(more, MANY) / MANY,
    ]
