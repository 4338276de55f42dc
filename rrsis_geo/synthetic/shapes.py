"""Outlines in metres around an origin, and their pose in the image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(N, 2): x, y."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Position and heading in the image: transforms metres to pixels."""

    x: float
    """Pixels."""
    y: float
    heading: float
    """Radians, of the object's x axis; image axes, so clockwise as seen."""
    gsd: float
    """Metres per pixel."""

    def px(self, points: Points) -> Points:
        """(N, 2) metres around the spot to (N, 2) pixels of the image."""
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        x, y = points[:, 0] / self.gsd, points[:, 1] / self.gsd
        placed = np.empty((len(points), 2))
        placed[:, 0] = self.x + x * cos - y * sin
        placed[:, 1] = self.y + x * sin + y * cos
        return placed

    def rings(self, outlines: Sequence[Points]) -> list[Points]:
        """`px` of several outlines in one go: cars and trees have many small ones."""
        stops = np.cumsum([len(outline) for outline in outlines])
        return np.split(self.px(np.concatenate(outlines)), stops[:-1])

    def moved(self, along: float, across: float = 0.0, turn: float = 0.0) -> Pose:
        """The spot that lies some metres along and across this one's heading."""
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        x = self.x + (along * cos - across * sin) / self.gsd
        y = self.y + (along * sin + across * cos) / self.gsd
        return Pose(x=x, y=y, heading=self.heading + turn, gsd=self.gsd)


def rect(length: float, width: float, x: float = 0.0, y: float = 0.0) -> Points:
    """A rectangle around (x, y), `length` along x."""
    a, b = length / 2, width / 2
    return np.array([[x - a, y - b], [x + a, y - b], [x + a, y + b], [x - a, y + b]])


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """A rectangle by its sides."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def disc(radius: float, x: float = 0.0, y: float = 0.0, count: int = 40) -> Points:
    """A circle as a polygon."""
    angle = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1)


def stadium(length: float, width: float, count: int = 16) -> Points:
    """A running track's outline: straights of length - width, half circles."""
    radius, half = width / 2, (length - width) / 2
    angle = np.linspace(-math.pi / 2, math.pi / 2, count)
    right = np.stack([half + radius * np.cos(angle), radius * np.sin(angle)], 1)
    return np.concatenate([right, -right])


def fan(radius: float, start: float, stop: float, count: int = 16) -> Points:
    """A slice of a disc, its tip at the origin."""
    angle = np.linspace(start, stop, count)
    arc = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return np.concatenate([np.zeros((1, 2)), arc])


def blob(
    radius: float, rng: np.random.Generator, *, rough: float = 0.18, count: int = 18
) -> Points:
    """A wobbly disc whose radius stays below `radius`."""
    angle = np.linspace(0, 2 * math.pi, count, endpoint=False)
    wobble = np.zeros(count)
    for wave in range(2, 6):
        phase = rng.uniform(0, 2 * math.pi)
        wobble += rng.uniform(0, 1) * np.cos(wave * angle + phase) / wave
    wobble += rng.uniform(-0.5, 0.5, count)
    reach = radius * (1 - rough * (1 + np.clip(wobble, -1, 1)) / 2)
    return np.stack([reach * np.cos(angle), reach * np.sin(angle)], 1)


def line(points: Points, width: float) -> list[Points]:
    """One quad for each stretch of a path."""
    quads = []
    for start, stop in pairwise(points):
        step = stop - start
        span = math.hypot(step[0], step[1])
        if span > 0:
            side = np.array([-step[1], step[0]]) * (width / 2 / span)
            quads.append(
                np.stack([start - side, stop - side, stop + side, start + side])
            )
    return quads


def lens(first: Points, second: Points) -> Points:
    """What two convex outlines of equal discs share; empty where nothing is shared."""
    parts = [_inside(first, second), _inside(second, first)]
    points = np.concatenate(parts)
    if len(points) < 3:
        return np.zeros((0, 2))
    middle = points - points.mean(axis=0)
    return points[np.argsort(np.arctan2(middle[:, 1], middle[:, 0]), kind="stable")]


def swept(points: Points, shift: tuple[float, float]) -> list[Points]:
    """Rings that together are what an outline passes over on its way along a shift.

    Buildings may have inner corners, where a hull would fill the yard; round things
    have none and many points, so one hull does.
    """
    if not 4 < len(points) <= 10:
        return [hull_swept(points, shift)]
    along = np.asarray(shift)
    sides = zip(points, np.roll(points, -1, axis=0), strict=True)
    sheets = [np.stack([a, b, b + along, a + along]) for a, b in sides]
    return [points, points + along, *sheets]


def hull_swept(points: Points, shift: tuple[float, float]) -> Points:
    """Convex hull of an outline and its shifted copy (Andrew's monotone chain)."""
    both = np.concatenate([points, points + np.asarray(shift)])
    ordered = sorted({(float(x), float(y)) for x, y in both})
    lower = _chain(ordered)
    upper = _chain(ordered[::-1])
    return np.array(lower[:-1] + upper[:-1])


def _chain(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2], chain[-1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain


def _inside(points: Points, convex: Points) -> Points:
    following = np.roll(convex, -1, axis=0)
    edge = following - convex
    offset = points[:, None, :] - convex[None, :, :]
    cross = edge[:, 0] * offset[..., 1] - edge[:, 1] * offset[..., 0]
    return points[(cross >= 0).all(axis=1) | (cross <= 0).all(axis=1)]
