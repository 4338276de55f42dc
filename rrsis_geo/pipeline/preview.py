"""A preview image: the scene, the polygons, a legend and a scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.atomic_write import staged
from rrsis_geo.scene.grid import Grid
from rrsis_geo.tiling.probability_raster import SIDE_FILES
from rrsis_geo.types import Polygons

PREVIEW_SIDE = 1400
"""Pixels of the scene's longer side in the picture, at most."""

SMALLEST_SIDE = 900
"""Smaller scenes are enlarged to this, so that outlines and text stay legible."""

SMOOTH = 2
"""Factor of supersampling, which smooths the outlines."""

Colour = tuple[int, int, int]
COLOURS: tuple[Colour, ...] = (
    (255, 196, 0),  # amber
    (0, 194, 255),  # sky
    (255, 77, 109),  # coral
    (118, 229, 88),  # lime
    (190, 120, 255),  # violet
    (255, 140, 40),  # orange
    (40, 224, 196),  # turquoise
    (255, 130, 208),  # pink
)
"""Bright colours that fields, roofs, roads and water do not have; used in turn."""

PAPER, INK, FAINT = (250, 250, 248), (34, 38, 46), (122, 128, 138)
EMPTY = (232, 232, 228)
"""Shown where the scene has no data."""


def write_preview(
    path: str,
    *,
    pixels: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    grid: Grid,
    polygons: Polygons,
    expressions: Sequence[str],
) -> None:
    """Draw a preview and write it atomically.

    Args:
        path: The PNG.
        pixels: (3, h, w) of the whole scene, small.
        valid: (h, w); True on data.
        grid: Of these pixels, in the polygons' CRS.
        polygons: Drawn over the scene.
        expressions: Rows of the legend, also those without a polygon.

    Raises:
        OutputError: it cannot be written.
    """
    picture = draw(pixels, valid, grid, polygons, expressions)
    with staged(path, SIDE_FILES) as place:
        picture.save(place, format="PNG", optimize=True)


def draw(
    pixels: NDArray[np.uint8],
    valid: NDArray[np.bool_],
    grid: Grid,
    polygons: Polygons,
    expressions: Sequence[str],
    *,
    colours: Sequence[Colour] = COLOURS,
) -> Image.Image:
    """The image of `write_preview`; `colours` are those of the expressions, in turn."""
    shown = np.where(valid, pixels, np.array(EMPTY, np.uint8)[:, None, None])
    scene = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    longest = max(scene.size)
    factor = SMALLEST_SIDE / longest if longest < SMALLEST_SIDE else 1.0
    if factor > 1:
        method = Image.Resampling.NEAREST if factor > 4 else Image.Resampling.BICUBIC
        scene = scene.resize([max(1, round(s * factor)) for s in scene.size], method)
    scene = _with_polygons(scene, grid, factor, polygons, expressions, colours)
    metres = grid.gsd / factor
    legend = _legend(scene.width, polygons, expressions, colours, metres, grid)
    picture = Image.new("RGB", (legend.width, scene.height + legend.height), PAPER)
    picture.paste(scene, ((legend.width - scene.width) // 2, 0))
    picture.paste(legend, (0, scene.height))
    return picture


def _with_polygons(
    scene: Image.Image,
    grid: Grid,
    factor: float,
    polygons: Polygons,
    expressions: Sequence[str],
    colours: Sequence[Colour],
) -> Image.Image:
    """The scene under translucent fills and solid outlines."""
    drawn = scene.copy()
    of = polygons.columns["expression"]
    for place, text in enumerate(expressions):
        shapes = polygons.geometry[of == text]
        if not len(shapes):
            continue
        # one expression at a time: masks of many would fill the memory
        fill, outline = _masks(shapes, grid, factor, scene.size)
        colour = colours[place % len(colours)]
        shadow = tuple(part // 4 for part in colour)
        drawn.paste(colour, mask=fill)
        drawn.paste(shadow, (1, 1), mask=outline.point(lambda level: level // 2))
        drawn.paste(colour, mask=outline)
    return drawn


def _masks(
    shapes: NDArray[np.object_], grid: Grid, factor: float, size: tuple[int, int]
) -> tuple[Image.Image, Image.Image]:
    """Fill and outline of shapes of any kind, as masks of the size of the scene."""
    large = SMOOTH * size[0], SMOOTH * size[1]
    # a fill is drawn as a mask, so that holes can be cut out of it again
    filled, lined = Image.new("L", large, 0), Image.new("L", large, 0)
    fill, line = ImageDraw.Draw(filled), ImageDraw.Draw(lined)
    scale, width = SMOOTH * factor, 2 * SMOOTH + 1

    def corners_of(shape: Any) -> list[tuple[float, ...]]:
        x, y = shapely.get_coordinates(shape).T
        pixels = np.column_stack(grid.crs_to_pixels(x, y)) * scale
        return list(map(tuple, pixels.tolist()))

    parts = shapely.get_parts(shapes)
    # large ones first, so that a hole does not wipe out what lies in it
    extents = shapely.area(shapely.envelope(parts))
    for part in parts[np.argsort(-extents, kind="stable")]:
        dimension = shapely.get_dimensions(part)
        if dimension == 0:
            ((x, y),) = corners_of(part)
            line.ellipse((x - width, y - width, x + width, y + width), fill=255)
            continue
        rings = shapely.get_rings(part) if dimension == 2 else [part]
        for order, ring in enumerate(rings):  # the shell first
            corners = corners_of(ring)
            if dimension == 2:
                fill.polygon(corners, fill=0 if order else 80)
            line.line(corners, fill=255, width=width, joint="curve")
    return (
        filled.resize(size, Image.Resampling.BOX),
        lined.resize(size, Image.Resampling.BOX),
    )


def _legend(
    width: int,
    polygons: Polygons,
    expressions: Sequence[str],
    colours: Sequence[Colour],
    metres: float,
    grid: Grid,
) -> Image.Image:
    """A row for each expression with swatch, text and count; and the scale bar."""
    width = max(width, 480)
    size = max(18, min(30, width // 44))
    font, small = _font(size), _font(round(size * 0.8))
    pad, line = size, round(size * 1.75)
    bar = 0 if grid.crs is None else round(width * 0.25)
    available = width - 3 * pad - (bar + pad if bar else 0) - 2 * size
    height = pad + line * len(expressions) + round(0.6 * pad)
    paper = Image.new("RGB", (width, height), PAPER)
    ink = ImageDraw.Draw(paper)
    for place, text in enumerate(expressions):
        count = int(np.count_nonzero(polygons.columns["expression"] == text))
        top = pad + place * line
        colour = colours[place % len(colours)]
        light = tuple(
            round(0.35 * c + 0.65 * p) for c, p in zip(colour, PAPER, strict=True)
        )
        box = (pad, top, pad + size, top + size)
        ink.rounded_rectangle(box, size // 5, fill=light, outline=colour, width=3)
        found = f"{count:,}" if count else "nothing found"
        tail = font.getlength(f"   {found}")
        shown = _shortened(text, font, available - tail)
        middle = top + size / 2
        ink.text((2 * pad + size // 2, middle), shown, INK, font, anchor="lm")
        start = 2 * pad + size // 2 + font.getlength(f"{shown}   ")
        ink.text((start, middle), found, INK if count else FAINT, font, anchor="lm")
    if bar:
        _scale_bar(ink, width - pad, pad + size / 2, bar, metres, small)
    return paper


def _scale_bar(
    ink: ImageDraw.ImageDraw,
    right: float,
    middle: float,
    available: int,
    metres: float,
    font: ImageFont.FreeTypeFont,
) -> None:
    """Draw a round length that fits into `available` pixels of `metres` each."""
    length = _round_below(available * 0.6 * metres)
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    left = right - length / metres
    ink.line((left, middle, right, middle), INK, 3)
    for end in (left, right):
        ink.line((end, middle - 6, end, middle + 6), INK, 3)
    ink.text((left - 12, middle), label, INK, font, anchor="rm")


def _round_below(length: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... that is not above `length`."""
    power = 10.0 ** math.floor(math.log10(length))
    return next(step * power for step in (5, 2, 1) if step * power <= length * 1.000001)


def _shortened(text: str, font: ImageFont.FreeTypeFont, available: float) -> str:
    if font.getlength(text) <= available:
        return text
    while text and font.getlength(f"{text}...") > available:
        text = text[:-1]
    return f"{text.rstrip()}..."


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's built-in font, so that no system font is needed."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - wheels have FreeType
    return font
