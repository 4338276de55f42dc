"""Turn axis-parallel boxes of vehicles and ships into rotated outlines.

A box says how long and wide its object is once the object's length-to-width ratio is
known, and its angle but for the sign. The sign, and how loose the box is, are chosen by
the edges in the image: colours change most across the outline that fits best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

Box = Sequence[float]
"""left, top, right, bottom in pixels."""

TIGHTNESS = (1.0, 0.9, 0.8, 0.7)
"""Sizes of the object's own box that are tried, as shares of the labelled box."""

LOOSENESS_PENALTY = 0.6
"""Contrast lost per unit that the outline's box is smaller than the labelled one."""

SHIFTS = (-0.08, 0.0, 0.08)
"""Offsets of the centre that are tried, as shares of the box's sides."""

EDGE_POINTS = 9
"""Points along each side at which the contrast is measured."""

EDGE_REACH = 1.3
"""Pixels from the outline to the points inside and outside that are compared."""

STRAIGHT = 0.3
"""Radians; up to this angle the box itself is tried too."""

MARGIN = 4
"""Pixels around the box that are looked at."""

BOW = 0.9
"""Length of a ship's pointed ends, as a share of its width."""


def fit_rectangle(
    pixels: NDArray[np.uint8], box: Box, *, aspect: float, loose: bool
) -> Polygon:
    """Return the rotated rectangle of an object in a box.

    Args:
        pixels: (3, H, W).
        box: of the object.
        aspect: length by width of the object, 1 or more.
        loose: whether the box may be larger than the object, and off its centre.
    """
    left, top = (max(int(edge) - MARGIN, 0) for edge in box[:2])
    right, bottom = (int(edge) + MARGIN for edge in box[2:])
    around = pixels[:, top:bottom, left:right].astype(np.float32)
    best, best_score = np.zeros((4, 2)), -np.inf
    for corners, tightness in _candidates(box, aspect, loose=loose):
        penalty = 1 - LOOSENESS_PENALTY * (1 - tightness)
        value = penalty * edge_contrast(around, corners - (left, top))
        if value > best_score:
            best, best_score = corners, value
    return Polygon(best)


def axis_rectangle(width: float, height: float, aspect: float) -> tuple[float, ...]:
    """Return (length, width, angle) of a rectangle with a given bounding box.

    Args:
        width: of the box, in pixels.
        height: of the box; the angle is measured from the box's longer side, in
            [0, pi / 4].
        aspect: length by width of the rectangle.

    A box longer than the aspect allows is returned as it is, at an angle of 0.
    """
    long, short = max(width, height), min(width, height)
    ratio = short / long
    if ratio * aspect <= 1:
        return long, short, 0.0
    # long = w (a cos + sin), short = w (a sin + cos), solved for the angle.
    angle = np.arctan2(ratio * aspect - 1, aspect - ratio)
    across = long / (aspect * np.cos(angle) + np.sin(angle))
    return aspect * across, across, float(angle)


def edge_contrast(image: NDArray[np.float32], corners: NDArray[np.float64]) -> float:
    """Mean difference of colours across the sides of a quadrangle.

    Args:
        image: (3, H, W).
        corners: (4, 2) x, y, in order.
    """
    along = (np.arange(EDGE_POINTS) + 0.5) / EDGE_POINTS
    start, end = corners, np.roll(corners, -1, axis=0)
    points = start[:, None] + (end - start)[:, None] * along[None, :, None]
    outward = points - corners.mean(axis=0)
    side = (end - start)[:, None]
    normal = np.stack([side[..., 1], -side[..., 0]], axis=-1)
    normal = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    sign = np.sign((outward * normal).sum(axis=-1, keepdims=True))
    offset = normal * sign * EDGE_REACH
    _, height, width = image.shape

    def colours(at: NDArray[np.float64]) -> NDArray[np.float32]:
        x = np.clip(np.floor(at[..., 0]).astype(int), 0, width - 1)
        y = np.clip(np.floor(at[..., 1]).astype(int), 0, height - 1)
        return image[:, y, x]

    change = np.linalg.norm(colours(points + offset) - colours(points - offset), axis=0)
    # The mean of roots: all four sides matter, not one strong edge such as a kerb.
    return float(np.sqrt(change.mean(axis=1)).mean())


def ship_outline(corners: NDArray[np.float64], *, widen: float = 1.0) -> Polygon:
    """Return a hull, pointed at both ends, in a rectangle of any orientation.

    Args:
        corners: (4, 2) x, y of the rectangle, in order.
        widen: factor on its width.
    """
    a, b, c, d = np.asarray(corners, np.float64)
    if np.linalg.norm(b - a) < np.linalg.norm(c - b):
        a, b, c, d = b, c, d, a
    along, across = ((b - a) + (c - d)) / 2, ((d - a) + (c - b)) / 2
    centre = (a + b + c + d) / 4
    across = across * widen
    length = np.linalg.norm(along)
    bow = min(BOW * np.linalg.norm(across) / max(length, 1e-9), 0.5)
    shape = [(-0.5, 0.0), (-0.5 + bow, -0.5), (0.5 - bow, -0.5)]
    shape += [(0.5, 0.0), (0.5 - bow, 0.5), (-0.5 + bow, 0.5)]
    hull = Polygon([centre + u * along + v * across for u, v in shape])
    return hull if hull.is_valid else shapely.convex_hull(hull)


_CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def _rotation(angle: float, upright: bool) -> NDArray[np.float64]:
    """Return the matrix that turns row vectors, by a quarter more if upright."""
    turn = angle + (np.pi / 2 if upright else 0.0)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, sin], [-sin, cos]])


def _candidates(
    box: Box, aspect: float, *, loose: bool
) -> Iterator[tuple[NDArray[np.float64], float]]:
    """Yield corners (4, 2) of rectangles that may fill a box, and their tightness."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    shifts = SHIFTS if loose else (0.0,)
    for tightness in TIGHTNESS if loose else TIGHTNESS[:1]:
        size = tightness * width, tightness * height
        length, across, angle = axis_rectangle(*size, aspect)
        upright = height > width
        choices = [(length, across, angle), (length, across, -angle)]
        if angle < STRAIGHT:
            choices.append((max(size), min(size), 0.0))
        for long, short, turn in choices:
            turned = _CORNERS * (long / 2, short / 2) @ _rotation(turn, upright)
            for right_by in shifts:
                for down_by in shifts:
                    centre = (
                        (left + right) / 2 + right_by * width,
                        (top + bottom) / 2 + down_by * height,
                    )
                    yield turned + centre, tightness
