"""Outlines that were drawn by eye: ellipses, rectangles, strips and polygons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry


def shape_of(drawn: Mapping[str, Any], size: tuple[int, int]) -> BaseGeometry:
    """Return the outline of an object inside a picture, in pixels.

    Args:
        drawn: one of "ellipse": [x, y, half width, half height, degrees]; "box": [x, y,
            width, height, degrees]; "line": [[x, y], ...] with "width"; "outline":
            [[x, y], ...], with "holes" if there are any. Degrees turn clockwise.
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
