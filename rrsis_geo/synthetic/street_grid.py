"""The grid of roads and rivers of a world, and its transform to pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rrsis_geo.synthetic.shapes import Points, Pose

STEP = 12.0
"""Metres between the vertices of a bent line."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """World metres (u, v) to pixels: rotated, and slightly bent so that roads curve."""

    angle: float
    bend: float
    """Largest shift by the bending, metres."""
    wave: tuple[float, float]
    """Wavelengths of the bending over 2 pi, metres."""
    phase: tuple[float, float]
    origin: tuple[float, float]
    """World place of the image's upper left corner, metres, before turning back."""
    gsd: float

    def px(self, points: Points) -> Points:
        """(N, 2) world metres to (N, 2) pixels."""
        u = points[:, 0] + self.bend * np.sin(
            points[:, 1] / self.wave[0] + self.phase[0]
        )
        v = points[:, 1] + self.bend * np.sin(
            points[:, 0] / self.wave[1] + self.phase[1]
        )
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        u, v = u - self.origin[0], v - self.origin[1]
        return np.stack([u * cos - v * sin, u * sin + v * cos], 1) / self.gsd

    def spot(self, u: float, v: float, turn: float = 0.0) -> Pose:
        """The place (u, v), its heading along growing u, then turned."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        bent_u = u + self.bend * math.sin(v / self.wave[0] + self.phase[0])
        rise = u / self.wave[1] + self.phase[1]
        a, b = bent_u - self.origin[0], v + self.bend * math.sin(rise) - self.origin[1]
        lean = math.atan2(self.bend * math.cos(rise) / self.wave[1], 1.0)
        return Pose(
            x=(a * cos - b * sin) / self.gsd,
            y=(a * sin + b * cos) / self.gsd,
            heading=self.angle + lean + turn,
            gsd=self.gsd,
        )

    def reach(self, points: Points) -> tuple[Points, Points]:
        """Lowest and highest (u, v) that pixels can have, bending allowed for."""
        x, y = points[:, 0] * self.gsd, points[:, 1] * self.gsd
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        u, v = x * cos + y * sin + self.origin[0], y * cos - x * sin + self.origin[1]
        world = np.stack([u, v], 1)
        return world.min(axis=0) - self.bend, world.max(axis=0) + self.bend


@dataclass(frozen=True, kw_only=True)
class Line:
    """A road, river or other border between plots."""

    at: float
    """Its u (or v), metres."""
    half: float
    """Half its width, metres; 0 for a border without width."""
    kind: str
    """road, avenue, lane, river, runway or border."""

    @property
    def is_road(self) -> bool:
        """Whether cars drive on it."""
        return self.kind in ("road", "avenue", "lane")


def band(
    frame: Frame,
    line: Line,
    half: float,
    start: float,
    stop: float,
    *,
    upright: bool,
    shift: float = 0.0,
) -> Points:
    """Outline in pixels of a strip along a line.

    Args:
        frame: where the world lies.
        line: the line along which the strip runs.
        half: half the strip's width, metres.
        start: where it begins along the line, metres.
        stop: where it ends.
        upright: the line has constant u.
        shift: of the strip's middle from the line, metres.
    """
    first, last = math.ceil(start / STEP), math.floor(stop / STEP)
    along = np.array([start, *(STEP * np.arange(first, last + 1)), stop])
    along = along[np.concatenate([[True], np.diff(along) > 1e-6])]
    low = np.full(len(along), line.at + shift - half)
    high = np.full(len(along), line.at + shift + half)
    there = [low, along] if upright else [along, low]
    back = [high, along] if upright else [along, high]
    return np.concatenate(
        [frame.px(np.stack(there, 1)), frame.px(np.stack(back, 1)[::-1])]
    )


def patch(frame: Frame, left: float, top: float, right: float, bottom: float) -> Points:
    """Outline in pixels of a world rectangle, bent with the world."""
    middle = Line(at=(left + right) / 2, half=(right - left) / 2, kind="border")
    return band(frame, middle, middle.half, top, bottom, upright=True)
