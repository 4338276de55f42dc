"""Outlines that were drawn by eye: ellipses, rectangles, strips, polygons, aircraft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

FUSELAGE = 0.11
"""Width of a fuselage, as a share of its length, where none is given."""


def shape_of(drawn: Mapping[str, Any], size: tuple[int, int]) -> BaseGeometry:
    """Return the outline of an object inside a picture, in pixels.

    Args:
        drawn: one of "ellipse": [x, y, half width, half height, degrees]; "box": [x, y,
            width, height, degrees]; "line": [[x, y], ...] with "width"; "outline":
            [[x, y], ...], with "holes" if there are any; "nose", "tail" and the wing
            "tips" of an aircraft, if need be with its "width" and "swept": false. An
            ellipse may have an elliptic "hole". Degrees turn clockwise.
        size: width and height of the picture.
    """
    if "ellipse" in drawn:
        shape = _ellipse(drawn["ellipse"])
        if "hole" in drawn:
            shape = shape.difference(_ellipse(drawn["hole"]))
    elif "box" in drawn:
        x, y, width, height, turn = drawn["box"]
        half = width / 2, height / 2
        shape = shapely.box(x - half[0], y - half[1], x + half[0], y + half[1])
        shape = affinity.rotate(shape, turn)
    elif "line" in drawn:
        strip = LineString(drawn["line"])
        shape = strip.buffer(drawn["width"] / 2, cap_style="flat")
    elif "nose" in drawn:
        shape = _aircraft(drawn)
    else:
        shape = Polygon(drawn["outline"], drawn.get("holes", ()))
    if not shape.is_valid:
        shape = shape.buffer(0)
    return shape.intersection(shapely.box(0, 0, *size))


def _ellipse(values: Sequence[float]) -> BaseGeometry:
    x, y, half_width, half_height, turn = values
    circle = Point(0, 0).buffer(1, quad_segs=12)
    circle = affinity.scale(circle, half_width, half_height)
    return affinity.translate(affinity.rotate(circle, turn), x, y)


def _aircraft(drawn: Mapping[str, Any]) -> BaseGeometry:
    """Fuselage, wings and tailplane from four points, in proportions of airliners.

    The wings run back from the fuselage to their tips, unless "swept" is false.
    """
    nose, tail, *tips = (
        np.array(point, float)
        for point in (drawn["nose"], drawn["tail"], *drawn["tips"])
    )
    length, span = np.hypot(*(tail - nose)), np.hypot(*(tips[0] - tips[1]))
    back = (tail - nose) / length
    across = np.array([-back[1], back[0]])
    width = drawn.get("width", FUSELAGE * length)
    behind = sum((tip - nose) @ back for tip in tips) / 2
    sweep = (0.22 if drawn.get("swept", True) else 0.02) * span
    root = nose + back * max(behind - sweep, 0.15 * length)
    chord, tip_chord = min(0.24 * length, 0.27 * span), 0.07 * length
    ends = (nose + back * width / 2, tail - back * width / 2)
    parts = [LineString(ends).buffer(width / 2)]
    for tip in tips:
        edge = (tip - back * tip_chord / 2, tip + back * tip_chord / 2)
        parts.append(Polygon([root, *edge, root + back * chord]))
    for side in (across, -across):
        end = tail + side * 0.19 * span
        front = (tail - back * 0.16 * length, end - back * 0.05 * length)
        parts.append(Polygon([*front, end, tail - back * 0.03 * length]))
    return shapely.union_all([part.buffer(0) for part in parts])
