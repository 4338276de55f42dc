"""Chips with true and unambiguous expressions, from sources with labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from rrsis_geo.chips.block_split import footprint_of
from rrsis_geo.chips.chip_expressions import (
    ChipExpression,
    describe_chip,
    visible_objects,
)
from rrsis_geo.chips.chip_plan import ChipWindow, LeftOut, window_bounds
from rrsis_geo.chips.image_sources import ImageSource
from rrsis_geo.chips.object_colours import with_colours
from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.types import Patch

MIN_VALID = 0.5
"""Share of a chip's pixels that must have data."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Chip:
    """A window of a source, and expressions about it."""

    name: str
    split: str
    pixels: NDArray[np.uint8]
    """(3, H, W)."""
    gsd: float | None
    """Metres per pixel; None: not known."""
    footprint: Polygon | None
    """In longitude and latitude; None without georeference."""
    expressions: tuple[ChipExpression, ...]
    file: Path | None = None
    """An image file that the chip is all of; None: the chip has to be written."""


def build_chips(
    sources: Sequence[ImageSource],
    windows: Sequence[ChipWindow],
    options: BuildOptions,
    *,
    left_out: LeftOut,
    on_chip: Callable[[int], None] = lambda done: None,
) -> Iterator[Chip]:
    """Read and describe the chips, one after the other; the same for the same seed.

    Args:
        sources: What to cut from.
        windows: Windows of `plan_chips`.
        options: Which expressions to make.
        left_out: Counts what is left out.
        on_chip: Called with the number of windows done.

    Raises:
        SceneError: A scene is damaged.
        DataError: An image is damaged.
    """
    done = 0
    for number, source in enumerate(sources):
        for level in range(len(source.grids)):
            chosen = [
                one for one in windows if (one.source, one.grid) == (number, level)
            ]
            split_of = {window_bounds(one.window): one.split for one in chosen}
            count = 0
            for patch in source.read(level, [one.window for one in chosen]):
                count += 1
                split = split_of[window_bounds(patch.window)]
                chip = _build_chip(
                    source, (number, level), patch, split, options, left_out
                )
                on_chip(done + count)
                if chip is not None:
                    yield chip
            left_out.no_data += len(chosen) - count
            done += len(chosen)
            on_chip(done)


def _build_chip(
    source: ImageSource,
    index: tuple[int, int],
    patch: Patch,
    split: str,
    options: BuildOptions,
    left_out: LeftOut,
) -> Chip | None:
    """One chip; None where no expression is certainly true.

    `index` is that of the source, and of the grid in it.
    """
    number, level = index
    grid, window = source.grids[level], patch.window
    if patch.valid.mean() < MIN_VALID:
        left_out.no_data += 1
        return None
    objects = visible_objects(source.labels[level].within(window), patch.valid)
    if objects is None:
        left_out.partly_hidden += 1
        return None
    gsd = None if grid.crs is None else grid.gsd
    layout = Layout(
        width=int(window.width),
        height=int(window.height),
        objects=objects,
        complete=source.complete | frozenset(options.absent),
        gsd=gsd,
    )
    if options.colours:
        layout = with_colours(patch.pixels, layout)
    row, col = int(window.row_off), int(window.col_off)
    expressions = describe_chip(
        layout,
        np.random.default_rng((options.seed, number, level, row, col)),
        options,
    )
    if not expressions:
        left_out.nothing_to_say += 1
        return None
    footprint = footprint_of(grid, window_bounds(window), 0.0)
    return Chip(
        name=f"{number:04d}-{_file_stem(source.name)}-{level}-r{row:05d}-c{col:05d}",
        split=split,
        pixels=patch.pixels,
        gsd=gsd,
        footprint=None if footprint is None else footprint[0],
        expressions=expressions,
        file=source.file if patch.valid.shape == (grid.height, grid.width) else None,
    )


def _file_stem(name: str) -> str:
    """The name of a file, in characters that every file system takes."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", Path(name).stem)[:40]
