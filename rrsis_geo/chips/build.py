"""Chips with true and unambiguous expressions, from pictures with labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from rrsis_geo.chips.block_split import ground_of
from rrsis_geo.chips.chip_expressions import Line, visible, write_lines
from rrsis_geo.chips.chip_plan import Cut, Left, box_of
from rrsis_geo.chips.image_sources import Picture
from rrsis_geo.chips.object_colours import with_colours
from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.types import Patch

LEAST_VALID = 0.5
"""Share of a chip that must show data."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Chip:
    """A cut of a picture and what can be said about it."""

    name: str
    split: str
    pixels: NDArray[np.uint8]
    """(3, H, W)."""
    gsd: float | None
    ground: Polygon | None
    """In longitude and latitude."""
    lines: tuple[Line, ...]
    file: Path | None = None
    """Where the very same picture lies already; None for a cut."""


def build(
    pictures: Sequence[Picture],
    cuts: Sequence[Cut],
    options: BuildOptions,
    *,
    left: Left,
    on_cut: Callable[[int], None] = lambda done: None,
) -> Iterator[Chip]:
    """The chips, one after the other; the same for the same seed.

    Args:
        pictures: what to cut from.
        cuts: of `plan`.
        options: what to say about the chips.
        left: counts what is left out.
        on_cut: told how many cuts are done.

    Raises:
        SceneError: a scene is damaged.
        DataError: an image is.
    """
    done = 0
    for number, picture in enumerate(pictures):
        for level in range(len(picture.grids)):
            mine = [cut for cut in cuts if (cut.picture, cut.grid) == (number, level)]
            split_of = {box_of(cut.window): cut.split for cut in mine}
            seen = 0
            for patch in picture.read(level, [cut.window for cut in mine]):
                seen += 1
                split = split_of[box_of(patch.window)]
                chip = _chip(picture, (number, level), patch, split, options, left)
                on_cut(done + seen)
                if chip is not None:
                    yield chip
            left.no_data += len(mine) - seen
            done += len(mine)
            on_cut(done)


def _chip(
    picture: Picture,
    place: tuple[int, int],
    patch: Patch,
    split: str,
    options: BuildOptions,
    left: Left,
) -> Chip | None:
    """One chip with its lines; None where nothing sure can be said."""
    number, level = place
    grid, window = picture.grids[level], patch.window
    if patch.valid.mean() < LEAST_VALID:
        left.no_data += 1
        return None
    objects = visible(picture.labels[level].within(window), patch.valid)
    if objects is None:
        left.partly_hidden += 1
        return None
    gsd = None if grid.crs is None else grid.gsd
    layout = Layout(
        width=int(window.width),
        height=int(window.height),
        objects=objects,
        complete=picture.complete | frozenset(options.absent),
        gsd=gsd,
    )
    if options.colours:
        layout = with_colours(patch.pixels, layout)
    top, first = int(window.row_off), int(window.col_off)
    lines = write_lines(
        layout,
        np.random.default_rng((options.seed, number, level, top, first)),
        options,
    )
    if not lines:
        left.nothing_to_say += 1
        return None
    ground = ground_of(grid, box_of(window), 0.0)
    return Chip(
        name=f"{number:04d}-{_stem(picture.name)}-{level}-r{top:05d}-c{first:05d}",
        split=split,
        pixels=patch.pixels,
        gsd=gsd,
        ground=None if ground is None else ground[0],
        lines=lines,
        file=picture.file if patch.valid.shape == (grid.height, grid.width) else None,
    )


def _stem(name: str) -> str:
    """What of a path is fit for the name of a file anywhere."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", Path(name).stem)[:40]
