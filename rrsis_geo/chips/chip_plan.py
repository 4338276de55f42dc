"""Windows and splits of the chips, before any pixel is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rasterio.windows import Window

from rrsis_geo.chips.block_split import (
    Block,
    Footprint,
    SplitOverlap,
    assign_splits,
    cut_blocks,
    footprint_of,
)
from rrsis_geo.chips.image_sources import ImageSource
from rrsis_geo.chips.options import BuildOptions
from rrsis_geo.datasets.kinds import SPLITS
from rrsis_geo.errors import DataError


@dataclass(frozen=True, kw_only=True)
class ChipWindow:
    """Where one chip is cut from."""

    source: int
    """Index of the source."""
    grid: int
    """Index of the source's grid."""
    window: Window
    split: str


@dataclass
class LeftOut:
    """Numbers of chips that were left out, by reason; build.json keeps them."""

    shared_ground: int = 0
    """On ground of another split of an earlier scene."""
    no_data: int = 0
    partly_hidden: int = 0
    """With an object half on ground without data."""
    nothing_to_say: int = 0
    """Without an expression that is certainly true."""
    unlabelled: int = 0
    """Outside the area in which everything is labelled."""


def plan_chips(
    sources: Sequence[ImageSource], options: BuildOptions
) -> tuple[list[ChipWindow], LeftOut]:
    """Choose windows and splits of chips, source by source, row by row.

    Raises:
        OptionError: There is too little ground for the splits.
        DataError: No window with a labelled object is left.
    """
    left_out = LeftOut()
    blocks, footprints, places = _blocks(sources, options)
    labelled = [_has_labels(block, sources[block.scene]) for block in blocks]
    assigned = assign_splits(
        blocks, footprints, labelled, places, shares=options.shares, seed=options.seed
    )
    overlap = SplitOverlap(assigned, footprints) if len(sources) > 1 else None
    windows = []
    for block in assigned:
        source = sources[block.scene]
        for level, window in _windows(block, source, options):
            footprint = footprint_of(source.grids[level], window_bounds(window), 0.0)
            if not source.labelled(level, window):
                left_out.unlabelled += 1
            elif overlap and footprint and overlap.is_taken(block, footprint[0]):
                left_out.shared_ground += 1
            else:
                windows.append(
                    ChipWindow(
                        source=block.scene,
                        grid=level,
                        window=window,
                        split=block.split,
                    )
                )
    windows = _limit_empty(windows, sources, options)
    if not windows:
        raise DataError(
            "no chip with a labelled object is left: the labelled ground is too small "
            "or too scattered; give a smaller --size or a larger --area"
        )
    return windows, left_out


def _blocks(
    sources: Sequence[ImageSource], options: BuildOptions
) -> tuple[list[Block], list[Footprint], list[str]]:
    """Blocks, footprints and places of all sources; a plain image is one block."""
    coarse = [source.grids[-1] for source in sources]
    if all(grid.crs is None for grid in coarse):
        blocks = [
            Block(scene=at, left=0, top=0, right=grid.width, bottom=grid.height)
            for at, grid in enumerate(coarse)
        ]
        return blocks, [None] * len(blocks), [one.place for one in sources]
    blocks = cut_blocks(coarse, size=options.size, gap=options.gap)
    footprints = [
        footprint_of(
            coarse[block.scene],
            (block.left, block.top, block.right, block.bottom),
            options.gap,
        )
        for block in blocks
    ]
    return blocks, footprints, [f"{at:06d}" for at in range(len(blocks))]


def _has_labels(block: Block, source: ImageSource) -> bool:
    width, height = block.right - block.left, block.bottom - block.top
    return source.labels[-1].any_in(Window(block.left, block.top, width, height))


def _windows(
    block: Block, source: ImageSource, options: BuildOptions
) -> Iterator[tuple[int, Window]]:
    """(level, window) of a block; windows overlap in the training split only."""
    overlap = options.overlap if block.split == "train" else 0.0
    coarse = source.grids[-1]
    for level, grid in enumerate(source.grids):
        size = options.size or max(grid.width, grid.height)
        for window in block.windows(coarse, grid, size=size, overlap=overlap):
            yield level, window


def _limit_empty(
    windows: list[ChipWindow], sources: Sequence[ImageSource], options: BuildOptions
) -> list[ChipWindow]:
    """Keep all windows with objects, and the share of empty ones that is wanted."""
    full = [sources[one.source].labels[one.grid].any_in(one.window) for one in windows]
    rng = np.random.default_rng((options.seed, 1))
    keep = np.array(full, bool)
    for split in SPLITS:
        in_split = np.array([one.split == split for one in windows])
        empty = np.flatnonzero(in_split & ~np.array(full, bool))
        count = round((in_split & keep).sum() * options.empty / (1 - options.empty))
        keep[rng.permutation(empty)[:count]] = True
    if not any(full):
        return []
    return [one for one, kept in zip(windows, keep, strict=True) if kept]


def window_bounds(window: Window) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in pixels of the grid."""
    left, top = float(window.col_off), float(window.row_off)
    return left, top, left + float(window.width), top + float(window.height)
