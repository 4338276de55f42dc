"""A contact sheet: many samples on one PNG, each with its target and expression."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rrsis_geo.atomic_write import check_writable, staged
from rrsis_geo.datasets.referring_sample import Sample
from rrsis_geo.errors import OutputError

TILE = 300
"""Pixels of the longer side of an image on the sheet."""
TEXT = 58
"""Pixels below an image for its expression."""
COLUMNS = 6
"""Samples in a row of a sheet."""

SPACE = 10
"""Pixels between tiles."""
PAPER, INK, FAINT = (250, 250, 248), (34, 38, 46), (122, 128, 138)
TARGET = (255, 196, 0)
EDGE = (255, 77, 109)


def choose_samples(samples: Sequence[Sample], *, count: int, seed: int) -> list[Sample]:
    """Choose samples of every type and split in turn, from as many images as possible.

    Args:
        samples: What to choose from.
        count: Samples wanted, at most.
        seed: Decides which.
    """
    rng = np.random.default_rng(seed)
    groups: dict[tuple[str, str], list[Sample]] = {}
    for index in rng.permutation(len(samples)).tolist():
        sample = samples[index]
        groups.setdefault((sample.type, sample.split), []).append(sample)
    chosen: list[Sample] = []
    images: set[Path] = set()
    while len(chosen) < count and any(groups.values()):
        for key in sorted(groups):
            group = groups[key]
            new = [at for at, sample in enumerate(group) if sample.image not in images]
            if group and len(chosen) < count:
                chosen.append(group.pop(new[0] if new else 0))
                images.add(chosen[-1].image)
    return chosen


def check_sheet(path: Path, overwrite: bool) -> None:
    """Check before any work that `write_sheet` can write a file.

    Raises:
        OutputError: The name does not end in .png, or the file cannot be written.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"{path}: the name of a --sheet must end in .png")
    check_writable(path, overwrite)


def write_sheet(path: Path, samples: Sequence[Sample]) -> None:
    """Draw the samples as a PNG, which is written whole or not at all.

    Raises:
        DataError: An image or a mask is broken.
        OutputError: The file cannot be written.
    """
    columns = max(1, min(COLUMNS, len(samples)))
    tiles = [_tile(sample) for sample in samples]
    rows = [tiles[at : at + columns] for at in range(0, len(tiles), columns)]
    heights = [max(tile.height for tile in row) for row in rows]
    width = columns * (TILE + SPACE) + SPACE
    sheet = Image.new("RGB", (width, sum(heights) + SPACE * (len(rows) + 1)), PAPER)
    top = SPACE
    for row, height in zip(rows, heights, strict=True):
        for column, tile in enumerate(row):
            left = SPACE + column * (TILE + SPACE)
            sheet.paste(tile, (left, top + height - tile.height))
        top += height + SPACE
    with staged(path) as file:
        sheet.save(file, format="PNG", optimize=True)


def _tile(sample: Sample) -> Image.Image:
    pixels, mask = sample.read()
    image = Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))
    size = _scaled_size(image.size)
    small = np.asarray(image.resize(size, Image.Resampling.BILINEAR))
    target = Image.fromarray(mask.astype(np.uint8) * 255)
    # Averaged over areas, so that the smallest target stays visible.
    small_mask = np.asarray(target.resize(size, Image.Resampling.BOX)) > 40
    high = size[1]
    tile = Image.new("RGB", (TILE, high + TEXT), PAPER)
    tile.paste(Image.fromarray(_overlay(small, small_mask)), ((TILE - size[0]) // 2, 0))
    pen = ImageDraw.Draw(tile)
    font = ImageFont.load_default(13)
    for number, line in enumerate(_wrap(sample.expression, pen, font)[:3]):
        pen.text((2, high + 3 + 16 * number), line, INK, font)
    facts = " · ".join(filter(None, (sample.split, sample.type, sample.category)))
    pen.text((2, high + TEXT - 9), facts, FAINT, ImageFont.load_default(10), "ls")
    return tile


def _overlay(pixels: NDArray[np.uint8], mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Tint the target in (H, W, 3) pixels and draw an edge around it."""
    padded = np.pad(mask, 2)
    dilated = np.zeros_like(mask)
    for down in range(5):
        for across in range(5):
            high, wide = mask.shape
            dilated |= padded[down : down + high, across : across + wide]
    result = pixels.astype(np.float32)
    result[mask] = 0.65 * result[mask] + 0.35 * np.array(TARGET)
    result[dilated & ~mask] = EDGE
    return result.astype(np.uint8)


def _scaled_size(size: tuple[int, int]) -> tuple[int, int]:
    factor = TILE / max(size)
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _wrap(
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
