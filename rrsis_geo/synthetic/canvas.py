"""Drawn objects as plain values, and the raster that they are drawn on.

Every pixel depends only on its coordinates: polygons are filled by the pixel-centre
rule in absolute coordinates and textures come from hashed noise, so that a scene drawn
window by window equals the scene drawn at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.synthetic.noise import value_noise
from rrsis_geo.synthetic.shapes import Points, swept

Colour = tuple[float, float, float]
"""Red, green, blue in [0, 255]."""

SAMPLES = 2
"""Supersampling along each axis, for smooth edges."""

# Drawing order. Shadows fall on everything below RAISED.
GROUND, PATCH, WATER, ROAD, FLAT, DECK, RAISED, ROOF, CROWN = range(9)


@dataclass(frozen=True, kw_only=True)
class Stripes:
    """Parallel bands: crop rows, roof sheets, mown grass."""

    angle: float
    """Radians, across the bands."""
    period: float
    """Pixels of the image."""
    strength: float
    """Largest relative change of brightness."""


@dataclass(frozen=True, kw_only=True)
class Paint:
    """A colour and how it varies over a surface."""

    colour: Colour
    fine: float = 0.03
    """Relative change of brightness from pixel to pixel."""
    mid: float = 0.03
    """Relative change over some metres."""
    coarse: float = 0.0
    """Relative change over tens of metres."""
    slope: tuple[float, float] = (0.0, 0.0)
    """Relative change of brightness from the middle to the edge, along x and y."""
    stripes: Stripes | None = None
    stain: tuple[Colour, float] | None = None
    """A second colour, and the share of the surface that it covers."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Rings filled with one paint, even-odd."""

    rings: tuple[Points, ...]
    """Pixels of the scene."""
    paint: Paint


@dataclass(frozen=True, kw_only=True, eq=False)
class DrawnObject:
    """One object or piece of ground."""

    layer: int
    parts: tuple[Part, ...]
    outline: Points
    """(N, 2) pixels of the scene; the label. Nothing is drawn outside of it."""
    category: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the label other than the colour."""
    colour: Colour | None = None
    """The main colour; the label has it as the camera displays it."""
    around: tuple[Part, ...] = ()
    """Drawn first and not part of the object, such as the paving around a pool."""
    shadow: float = 0.0
    """Length of the shadow in pixels."""
    flying: bool = False
    """The shadow is shifted, as of a wing above the ground, instead of swept."""


@dataclass(frozen=True, kw_only=True)
class View:
    """A window of the scene in whole pixels."""

    left: int
    top: int
    width: int
    height: int


def fill(
    rings: Sequence[Points], view: View
) -> tuple[tuple[slice, slice], NDArray[np.bool_]] | None:
    """Rasterize rings: samples whose centre is inside (even-odd rule).

    Args:
        rings: (N, 2) pixels of the scene.
        view: The window; its samples are SAMPLES times finer than pixels.

    Returns:
        Row and column slices of the window's raster and the mask within them; None if
        no sample is inside.
    """
    start = np.concatenate(rings) * SAMPLES
    stop = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings]) * SAMPLES
    left, top = view.left * SAMPLES, view.top * SAMPLES
    low, high = start.min(axis=0), start.max(axis=0)
    x0 = max(math.floor(low[0]), left)
    x1 = min(math.ceil(high[0]), left + view.width * SAMPLES)
    y0 = max(math.floor(low[1]), top)
    y1 = min(math.ceil(high[1]), top + view.height * SAMPLES)
    if x0 >= x1 or y0 >= y1:
        return None
    if len(start) > 64:  # of a long road only a small part is in the window
        near = (np.maximum(start[:, 1], stop[:, 1]) >= y0) & (
            np.minimum(start[:, 1], stop[:, 1]) <= y1
        )
        start, stop = start[near], stop[near]
    centre = np.arange(y0, y1) + 0.5
    ahead = start[:, 1:] <= centre
    edge, row = np.nonzero(ahead != (stop[:, 1:] <= centre))
    a, b = start[edge], stop[edge]
    share = (centre[row] - a[:, 1]) / (b[:, 1] - a[:, 1])
    crossing = a[:, 0] + share * (b[:, 0] - a[:, 0])
    column = np.clip(np.ceil(crossing - 0.5), x0, x1).astype(np.int64) - x0
    wide = x1 - x0 + 1
    toggles = np.bincount(row * wide + column, minlength=(y1 - y0) * wide)
    parity = np.cumsum(toggles.reshape(y1 - y0, wide)[:, :-1], axis=1) & 1
    rows, columns = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
    return (rows, columns), parity.astype(np.bool_)


class Canvas:
    """The raster of one window."""

    def __init__(self, view: View, *, seed: int, gsd: float, base: Colour) -> None:
        self.view = view
        size = (view.height * SAMPLES, view.width * SAMPLES)
        self.rgb = np.empty((*size, 3), np.float32)
        """(H, W, 3), SAMPLES times finer than the image; in [0, 255], may exceed it."""
        self.rgb[:] = base
        self._fine = self._texture(seed, [(1.01, 0.55), (2.3, 0.6)])
        self._mid = self._texture(
            seed + 7, [(2.7 / gsd, 0.35), (6.1 / gsd, 0.45), (15.7 / gsd, 0.5)]
        )
        self._coarse = self._texture(seed + 13, [(45 / gsd, 0.7), (160 / gsd, 0.6)])

    def draw(self, part: Part) -> None:
        """Fill the rings of a part."""
        hit = fill(part.rings, self.view)
        if hit is None:
            return
        place, mask = hit
        self.rgb[place][mask] = self._shade(part, place, mask)

    def shade(
        self, things: Sequence[DrawnObject], *, toward: tuple[float, float]
    ) -> None:
        """Darken the samples in the shadows of objects.

        Args:
            things: Objects that cast one; overlapping shadows darken once.
            toward: Unit vector along which shadows fall.
        """
        dark = np.zeros(self.rgb.shape[:2], np.bool_)
        for thing in things:
            shift = (toward[0] * thing.shadow, toward[1] * thing.shadow)
            if thing.flying:
                rings = [thing.outline + np.asarray(shift)]
            else:
                rings = swept(thing.outline, shift)
            for ring in rings:
                hit = fill([ring], self.view)
                if hit is not None:
                    dark[hit[0]] |= hit[1]
        self.rgb[dark] *= np.array([0.42, 0.45, 0.52], np.float32)

    def image(self) -> NDArray[np.float32]:
        """(H, W, 3) pixels of the image: means of their samples."""
        total = self.rgb[0::2, 0::2] + self.rgb[0::2, 1::2]
        total += self.rgb[1::2, 0::2]
        total += self.rgb[1::2, 1::2]
        total *= np.float32(0.25)
        return total

    def _shade(
        self, part: Part, place: tuple[slice, slice], mask: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        paint = part.paint
        light = np.ones(int(mask.sum()), np.float32)
        mid = self._mid[place][mask] if paint.mid or paint.stain else None
        if paint.fine:
            light += np.float32(paint.fine) * self._fine[place][mask]
        if mid is not None:
            light += np.float32(paint.mid) * mid
        if paint.coarse:
            light += np.float32(paint.coarse) * self._coarse[place][mask]
        if paint.stripes or paint.slope != (0.0, 0.0):
            light += self._pattern(part, place, mask)
        colour = np.asarray(paint.colour, np.float32)
        out = light[:, None] * colour
        if paint.stain and mid is not None:
            second, share = paint.stain
            patches = mid + np.float32(0.7) * self._coarse[place][mask]
            patches += np.float32(0.25) * self._fine[place][mask]
            over = np.clip(
                patches * np.float32(1.3) + np.float32(1.7 * share - 0.7), 0, 1
            )
            out += (light * over)[:, None] * (np.asarray(second, np.float32) - colour)
        return out

    def _pattern(
        self, part: Part, place: tuple[slice, slice], mask: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        paint = part.paint
        row, column = np.nonzero(mask)
        x = (column + (place[1].start + self.view.left * SAMPLES + 0.5)) / SAMPLES
        y = (row + (place[0].start + self.view.top * SAMPLES + 0.5)) / SAMPLES
        light = np.zeros(len(x))
        if paint.stripes:
            bands = paint.stripes
            phase = x * math.cos(bands.angle) + y * math.sin(bands.angle)
            # A triangle wave: exact arithmetic, and as good as a sine for the eye.
            phase = phase / bands.period
            light += bands.strength * (4 * np.abs(phase - np.floor(phase) - 0.5) - 1)
        if paint.slope != (0.0, 0.0):
            points = part.rings[0]
            low, high = points.min(axis=0), points.max(axis=0)
            reach = max(float((high - low).max()) / 2, 1e-6)
            middle = (low + high) / 2
            light += (x - middle[0]) * (paint.slope[0] / reach)
            light += (y - middle[1]) * (paint.slope[1] / reach)
        return light.astype(np.float32)

    def _texture(
        self, seed: int, octaves: Sequence[tuple[float, float]]
    ) -> NDArray[np.float32]:
        view = self.view
        total = np.zeros((view.height, view.width), np.float32)
        for number, (wave, share) in enumerate(octaves):
            total += np.float32(share) * value_noise(
                seed * 31 + number,
                left=view.left,
                top=view.top,
                width=view.width,
                height=view.height,
                wave=max(wave, 1.01),
            )
        return total.repeat(SAMPLES, axis=0).repeat(SAMPLES, axis=1)
