"""Plots of a run in one image, drawn with Pillow to need no plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.atomic_write import staged

WIDTH, HEIGHT = 900, 260
LEFT, RIGHT, TOP, BOTTOM = 76, 170, 30, 30
"""Margins of a panel in pixels; the right one holds the legend."""

TEXT, GRID, BACKGROUND = "#222222", "#d9d9d9", "white"
COLOURS = (
    *("#1f6fb4", "#d1495b", "#2a9d55", "#e08e1b", "#7b4fa3"),
    *("#17a2b8", "#8c6d46", "#e377c2", "#555555"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """Values at steps."""

    name: str
    steps: Sequence[float]
    values: Sequence[float]


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Curves with the same axes."""

    title: str
    curves: tuple[Curve, ...]
    dots: bool = False
    """Mark every value and do not smooth."""


def write_curves(path: Path, panels: Sequence[Panel]) -> None:
    """Write a PNG of panels below one another; empty ones are left out.

    Raises:
        OutputError: it cannot be written.
    """
    with staged(path) as part:
        draw_curves(panels).save(part)


def draw_curves(panels: Sequence[Panel]) -> Image.Image:
    """Draw panels below one another; empty ones are left out."""
    shown = [panel for panel in panels if any(len(c.steps) for c in panel.curves)]
    image = Image.new("RGB", (WIDTH, HEIGHT * max(len(shown), 1)), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for row, panel in enumerate(shown):
        _draw_panel(draw, panel, top=row * HEIGHT)
    return image


def _draw_panel(draw: ImageDraw.ImageDraw, panel: Panel, *, top: int) -> None:
    font = ImageFont.load_default(13)
    curves = [curve for curve in panel.curves if len(curve.steps)]
    lows, highs = zip(*(_range(curve) for curve in curves), strict=True)
    low, high = _widened(min(lows), max(highs))
    last = max(max(curve.steps) for curve in curves)
    first = min(min(curve.steps) for curve in curves)
    frame = (LEFT, top + TOP, WIDTH - RIGHT, top + HEIGHT - BOTTOM)

    def to_pixels(
        steps: NDArray[np.float64], values: NDArray[np.float64]
    ) -> list[float]:
        x = frame[0] + (steps - first) / max(last - first, 1) * (frame[2] - frame[0])
        y = frame[3] - (values - low) / (high - low) * (frame[3] - frame[1])
        flat = np.stack([x, np.clip(y, frame[1], frame[3])], axis=1).ravel()
        return [float(number) for number in flat]

    draw.text((LEFT, top + 8), panel.title, TEXT, font)
    for tick in np.linspace(low, high, 5):
        _, y = to_pixels(np.array([first]), np.array([tick]))
        draw.line((frame[0], y, frame[2], y), GRID)
        draw.text((frame[0] - 6, y), f"{tick:.3g}", TEXT, font, anchor="rm")
    for tick in np.linspace(first, last, 5):
        x, _ = to_pixels(np.array([tick]), np.array([low]))
        draw.text((x, frame[3] + 14), f"{tick:.0f}", TEXT, font, anchor="mm")
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        steps, values = np.array(curve.steps, float), np.array(curve.values, float)
        if not panel.dots:
            values = smooth(values)
        points = to_pixels(steps, values)
        if len(steps) > 1:
            draw.line(points, colour, width=2)
        for x, y in zip(points[::2], points[1::2], strict=True):
            if panel.dots or len(steps) == 1:
                draw.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        y = frame[1] + 8 + 18 * number
        draw.line((frame[2] + 12, y, frame[2] + 30, y), colour, width=3)
        label = f"{curve.name}  {values[-1]:.3g}"
        draw.text((frame[2] + 36, y), label, TEXT, font, anchor="lm")


def smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a running mean over 2 % of the values, over fewer at both ends."""
    reach = len(values) // 100
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    start = np.maximum(index - reach, 0)
    stop = np.minimum(index + reach + 1, len(values))
    mean: NDArray[np.float64] = (total[stop] - total[start]) / (stop - start)
    return mean


def _range(curve: Curve) -> tuple[float, float]:
    """Return the lowest value and, to leave out outliers, the 99.5 % quantile."""
    low, high = np.percentile(curve.values, (0, 99.5))
    return float(low), float(high)


def _widened(low: float, high: float) -> tuple[float, float]:
    """Widen an empty range, so that it can be drawn."""
    if high - low < 1e-12:
        return low - 0.5, high + 0.5
    return low, high
