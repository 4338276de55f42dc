"""Many samples on one page: image, target and words, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.atomic_write import staged
from rrsis_geo.datasets.referring_sample import Sample

TILE = 300
"""Pixels of a tile's picture."""
TEXT = 58
"""Pixels under it for the words."""
SPACE = 10
PAPER, INK, FAINT = (250, 250, 248), (34, 38, 46), (122, 128, 138)
TARGET = (255, 196, 0)
EDGE = (255, 77, 109)


def choose(samples: Sequence[Sample], *, count: int, seed: int) -> list[Sample]:
    """So many, of as many types and images as there are, in a fair order."""
    rng = np.random.default_rng(seed)
    piles: dict[tuple[str, str], list[Sample]] = {}
    for place in rng.permutation(len(samples)).tolist():
        sample = samples[place]
        piles.setdefault((sample.type, sample.split), []).append(sample)
    chosen: list[Sample] = []
    images: set[Path] = set()
    while len(chosen) < count and any(piles.values()):
        for kind in sorted(piles):
            pile = piles[kind]
            new = [at for at, sample in enumerate(pile) if sample.image not in images]
            if pile and len(chosen) < count:
                chosen.append(pile.pop(new[0] if new else 0))
                images.add(chosen[-1].image)
    return chosen


def write_sheet(path: Path, samples: Sequence[Sample], *, columns: int = 6) -> None:
    """Draw the samples as a PNG, whole or not at all.

    Raises:
        DataError: an image or a mask is broken.
        OutputError: the file cannot be written.
    """
    columns = max(1, min(columns, len(samples)))
    tiles = [_tile(sample) for sample in samples]
    rows = [tiles[at : at + columns] for at in range(0, len(tiles), columns)]
    heights = [max(tile.height for tile in row) for row in rows]
    width = columns * (TILE + SPACE) + SPACE
    sheet = Image.new("RGB", (width, sum(heights) + SPACE * (len(rows) + 1)), PAPER)
    top = SPACE
    for row, height in zip(rows, heights, strict=True):
        for column, tile in enumerate(row):
            place = SPACE + column * (TILE + SPACE), top + height - tile.height
            sheet.paste(tile, place)
        top += height + SPACE
    with staged(path) as file:
        sheet.save(file, format="PNG", optimize=True)


def _tile(sample: Sample) -> Image.Image:
    pixels, mask = sample.read()
    picture = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    size = _fitting(picture.size)
    shown = np.asarray(picture.resize(size, Image.Resampling.BILINEAR))
    covered = Image.fromarray(mask.astype(np.uint8) * 255)
    # Shrunk by its mean, so that the smallest target leaves a trace.
    inside = np.asarray(covered.resize(size, Image.Resampling.BOX)) > 40
    high = size[1]
    tile = Image.new("RGB", (TILE, high + TEXT), PAPER)
    tile.paste(Image.fromarray(_marked(shown, inside)), ((TILE - size[0]) // 2, 0))
    pen = ImageDraw.Draw(tile)
    font = ImageFont.load_default(13)
    for number, line in enumerate(_wrapped(sample.expression, pen, font)[:3]):
        pen.text((2, high + 3 + 16 * number), line, INK, font)
    facts = " · ".join(filter(None, (sample.split, sample.type, sample.category)))
    pen.text((2, high + TEXT - 9), facts, FAINT, ImageFont.load_default(10), "ls")
    return tile


def _marked(shown: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A target is tinted and has an edge."""
    outer = np.pad(inside, 2)
    around = np.zeros_like(inside)
    for down in range(5):
        for across in range(5):
            high, wide = inside.shape
            around |= outer[down : down + high, across : across + wide]
    result = shown.astype(np.float32)
    result[inside] = 0.65 * result[inside] + 0.35 * np.array(TARGET)
    result[around & ~inside] = EDGE
    return result.astype(np.uint8)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    factor = TILE / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _wrapped(
    text: str,
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if pen.textlength(longer, font) > TILE - 6 and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
