"""Which chips to cut, and for which split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rasterio.windows import Window

from rrsis_geo.chips.block_split import (
    Block,
    Ground,
    SharedGround,
    assign,
    cut_blocks,
    ground_of,
)
from rrsis_geo.chips.image_sources import Picture
from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Where one chip comes from."""

    picture: int
    grid: int
    window: Window
    split: str


@dataclass
class Left:
    """What was left out, and why."""

    shared_ground: int = 0
    no_data: int = 0
    partly_hidden: int = 0
    nothing_to_say: int = 0
    unlabelled: int = 0


def plan(pictures: Sequence[Picture], options: BuildOptions) -> tuple[list[Cut], Left]:
    """Which chips to cut, picture by picture, row by row, and their splits.

    Raises:
        OptionError: there is too little ground for the splits.
        DataError: nothing labelled is left.
    """
    left = Left()
    blocks, grounds, places = _blocks(pictures, options)
    labelled = [_has_labels(block, pictures[block.scene]) for block in blocks]
    named = assign(
        blocks, grounds, labelled, places, shares=options.shares, seed=options.seed
    )
    overlap = SharedGround(named, grounds) if len(pictures) > 1 else None
    cuts = []
    for block in named:
        picture = pictures[block.scene]
        for level, window in _windows(block, picture, options):
            ground = ground_of(picture.grids[level], box_of(window), 0.0)
            if not picture.labelled(level, window):
                left.unlabelled += 1
            elif overlap is not None and ground and overlap.taken(block, ground[0]):
                left.shared_ground += 1
            else:
                cuts.append(
                    Cut(
                        picture=block.scene,
                        grid=level,
                        window=window,
                        split=block.split,
                    )
                )
    cuts = _with_few_empty(cuts, pictures, options)
    if not cuts:
        raise DataError(
            "no chip with a labelled object is left: the labelled ground is too small "
            "or too scattered; give a smaller --size or a larger --area"
        )
    return cuts, left


def _blocks(
    pictures: Sequence[Picture], options: BuildOptions
) -> tuple[list[Block], list[Ground], list[str]]:
    """Blocks of scenes; plain images are blocks as wholes, one a place."""
    coarse = [picture.grids[-1] for picture in pictures]
    if all(grid.crs is None for grid in coarse):
        blocks = [
            Block(scene=at, left=0, top=0, right=grid.width, bottom=grid.height)
            for at, grid in enumerate(coarse)
        ]
        return blocks, [None] * len(blocks), [one.place for one in pictures]
    blocks = cut_blocks(coarse, size=options.size, gap=options.gap)
    grounds = [
        ground_of(
            coarse[block.scene],
            (block.left, block.top, block.right, block.bottom),
            options.gap,
        )
        for block in blocks
    ]
    return blocks, grounds, [f"{at:06d}" for at in range(len(blocks))]


def _has_labels(block: Block, picture: Picture) -> bool:
    width, height = block.right - block.left, block.bottom - block.top
    return picture.labels[-1].any_in(Window(block.left, block.top, width, height))


def _windows(
    block: Block, picture: Picture, options: BuildOptions
) -> Iterator[tuple[int, Window]]:
    """(level, window) of a block; what is measured on shows no ground twice."""
    overlap = options.overlap if block.split == "train" else 0.0
    coarse = picture.grids[-1]
    for level, grid in enumerate(picture.grids):
        size = options.size or max(grid.width, grid.height)
        for window in block.windows(coarse, grid, size=size, overlap=overlap):
            yield level, window


def _with_few_empty(
    cuts: list[Cut], pictures: Sequence[Picture], options: BuildOptions
) -> list[Cut]:
    """All cuts with objects, and so many of the others as were asked for."""
    full = [pictures[cut.picture].labels[cut.grid].any_in(cut.window) for cut in cuts]
    rng = np.random.default_rng((options.seed, 1))
    keep = np.array(full, bool)
    for split in {cut.split for cut in cuts}:
        mine = np.array([cut.split == split for cut in cuts])
        bare = np.flatnonzero(mine & ~np.array(full, bool))
        many = round((mine & keep).sum() * options.empty / (1 - options.empty))
        keep[rng.permutation(bare)[:many]] = True
    if not any(full):
        return []
    return [cut for cut, kept in zip(cuts, keep, strict=True) if kept]


def box_of(window: Window) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in pixels of the grid."""
    left, top = float(window.col_off), float(window.row_off)
    return left, top, left + float(window.width), top + float(window.height)
