"""Spatial block split: which ground is for training, validation and test.

A scene is cut into blocks with gaps between them, and every chip lies in one block. All
chips of a block are of one split, so that chips of different splits are at least the
gap apart. Where scenes overlap, a later scene follows the splits of the earlier ones,
and chips that would still share ground are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import shapely
from rasterio.windows import Window
from shapely.geometry import Polygon

from rrsis_geo.datasets.kinds import SPLITS
from rrsis_geo.errors import OptionError
from rrsis_geo.scene.grid import Grid

BLOCK_SIDES = (4, 3, 2, 1)
"""Chips along a side of a block; the largest with `MIN_BLOCKS` blocks is taken."""

MIN_BLOCKS = 12
"""Blocks needed to meet the shares of the splits."""

Footprint: TypeAlias = tuple[Polygon, Polygon] | None
"""An area on the ground, and the same grown by the gap, in longitude and latitude; None
for an image without georeference."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A rectangle of a scene, all of one split."""

    scene: int
    """Index of the scene."""
    left: float
    """All sides are in pixels of the scene's coarsest grid."""
    top: float
    right: float
    bottom: float
    split: str = ""
    """train, val or test; "" before `assign_splits`."""

    def windows(
        self, coarse: Grid, grid: Grid, *, size: int, overlap: float
    ) -> list[Window]:
        """Windows of chips that fill the block, in pixels of `grid`.

        Args:
            coarse: The grid that the block is in pixels of.
            grid: The same ground at the same or a finer resolution.
            size: Pixels of a chip's side; smaller where the grid is smaller.
            overlap: Share of a chip that its neighbour shows as well.
        """
        scale_x, scale_y = grid.width / coarse.width, grid.height / coarse.height
        rows = self.top * scale_y, self.bottom * scale_y
        cols = self.left * scale_x, self.right * scale_x
        return [
            Window(left, top, min(size, grid.width), min(size, grid.height))
            for top in _starts(*rows, size, overlap, grid.height)
            for left in _starts(*cols, size, overlap, grid.width)
        ]


def cut_blocks(grids: Sequence[Grid], *, size: int, gap: int) -> list[Block]:
    """Cut all scenes into blocks, scene by scene, row by row.

    Args:
        grids: The coarsest grid of each scene.
        size: Pixels of a chip's side.
        gap: Pixels of that grid between two blocks.
    """
    for side in BLOCK_SIDES:
        blocks = [
            Block(scene=scene, left=left, top=top, right=right, bottom=bottom)
            for scene, grid in enumerate(grids)
            for top, bottom in _divide(grid.height, side * size, gap)
            for left, right in _divide(grid.width, side * size, gap)
        ]
        if len(blocks) >= MIN_BLOCKS:
            break
    return blocks


def assign_splits(
    blocks: Sequence[Block],
    footprints: Sequence[Footprint],
    labelled: Sequence[bool],
    places: Sequence[str],
    *,
    shares: tuple[float, float, float],
    seed: int,
) -> list[Block]:
    """Assign a split to every block, with the same shares on labelled and empty ground.

    Args:
        blocks: Blocks of `cut_blocks`.
        footprints: Footprint of each block (`footprint_of`).
        labelled: Whether a block holds a labelled object.
        places: Blocks of one place are never split.
        shares: Shares of train, val and test; they need not add up to one.
        seed: Decides which blocks.

    Raises:
        OptionError: There are fewer blocks than splits.
    """
    overlaps = _earlier_overlaps(blocks, footprints)
    free = [at for at in range(len(blocks)) if not overlaps[at]]
    wanted = [split for split, share in zip(SPLITS, shares, strict=True) if share > 0]
    units = sorted({places[at] for at in free})
    if len(units) < len(wanted):
        raise OptionError(
            f"only {len(units)} separate pieces of ground for the splits "
            f"{', '.join(wanted)}; give a smaller --size, more scenes or images, or "
            "--shares 1,0,0"
        )
    rng = np.random.default_rng(seed)
    with_labels = {places[at] for at in free if labelled[at]}
    split_of: dict[str, str] = {}
    for kind in (True, False):
        of_kind = [unit for unit in units if (unit in with_labels) == kind]
        order = [of_kind[at] for at in rng.permutation(len(of_kind))]
        splits = _splits_by_share(len(order), shares, at_least_one=kind)
        split_of |= zip(order, splits, strict=True)
    assigned: list[Block] = []
    for at, block in enumerate(blocks):
        # A block over earlier scenes takes the split of most of the shared ground.
        areas: dict[str, float] = dict.fromkeys(SPLITS, 0.0)
        for other, area in overlaps[at].items():
            areas[assigned[other].split] += area
        largest = max(SPLITS, key=lambda name: areas[name])
        split = largest if overlaps[at] else split_of[places[at]]
        assigned.append(replace(block, split=split))
    return assigned


def _earlier_overlaps(
    blocks: Sequence[Block], footprints: Sequence[Footprint]
) -> list[dict[int, float]]:
    """For each block: block of an earlier scene on its ground -> area they share."""
    placed = [at for at, footprint in enumerate(footprints) if footprint is not None]
    buffered = [footprint[1] for footprint in footprints if footprint is not None]
    tree = shapely.STRtree(buffered)
    overlaps: list[dict[int, float]] = []
    for block, footprint in zip(blocks, footprints, strict=True):
        near = (
            [] if footprint is None else tree.query(footprint[0], "intersects").tolist()
        )
        overlaps.append(
            {
                placed[other]: buffered[other].intersection(footprint[0]).area
                for other in near
                if footprint is not None and blocks[placed[other]].scene < block.scene
            }
        )
    return overlaps


class SplitOverlap:
    """Finds chips on the ground of another split of an earlier scene."""

    def __init__(
        self, blocks: Sequence[Block], footprints: Sequence[Footprint]
    ) -> None:
        placed = [
            (block, footprint)
            for block, footprint in zip(blocks, footprints, strict=True)
            if footprint is not None
        ]
        self._blocks = [block for block, _ in placed]
        self._tree = shapely.STRtree([footprint[1] for _, footprint in placed])

    def is_taken(self, block: Block, chip: Polygon) -> bool:
        """Whether a chip of a block is within the gap of another split's ground."""
        near = [self._blocks[index] for index in self._tree.query(chip, "intersects")]
        return any(
            other.scene < block.scene and other.split != block.split for other in near
        )


def _splits_by_share(
    count: int, shares: tuple[float, float, float], *, at_least_one: bool
) -> list[str]:
    """`count` names of splits, rounded to the shares by largest remainder.

    With `at_least_one`, every split with a share gets one where there are enough.
    """
    total = sum(shares)
    exact = [count * share / total for share in shares]
    counts = [math.floor(value) for value in exact]
    by_remainder = sorted(range(3), key=lambda index: counts[index] - exact[index])
    for index in by_remainder[: count - sum(counts)]:
        counts[index] += 1
    for index in range(3):
        missing = shares[index] > 0 and not counts[index]
        if at_least_one and missing and max(counts) > 1:
            counts[counts.index(max(counts))] -= 1
            counts[index] += 1
    return [
        split
        for split, number in zip(SPLITS, counts, strict=True)
        for _ in range(number)
    ]


def _divide(length: int, minimum: int, gap: int) -> list[tuple[int, int]]:
    """Divide a length into equal intervals of at least `minimum`, with gaps between."""
    if length < minimum:
        return [(0, length)]
    count = (length + gap) // (minimum + gap)
    each = (length - gap * (count - 1)) // count
    starts = [index * (each + gap) for index in range(count)]
    return [(start, start + each) for start in starts]


def _starts(
    low: float, high: float, size: int, overlap: float, length: int
) -> list[int]:
    """Evenly spaced starts of windows inside [low, high]; none where none fits."""
    first = math.ceil(low - 1e-6)
    last = math.floor(high + 1e-6) - min(size, length)
    if last < first:
        return []
    count = 1 + round((last - first) / (size * (1 - overlap)))
    starts = np.linspace(first, last, count) if count > 1 else [(first + last) / 2]
    return [int(start) for start in starts]


def footprint_of(
    grid: Grid, box: tuple[float, float, float, float], grown: float
) -> Footprint:
    """Footprint of a rectangle (left, top, right, bottom) in pixels of a grid.

    None without a CRS: such an image shares its ground with no other.

    Args:
        grid: The grid of the rectangle.
        box: The rectangle.
        grown: Pixels by which the second polygon is larger on all sides.
    """
    if grid.crs is None:
        return None
    frame = shapely.box(*box)
    frames = np.array([frame, frame.buffer(grown, join_style="mitre")], dtype=object)
    placed = shapely.transform(
        shapely.segmentize(frames, max(grid.width, grid.height) / 16),
        lambda xy: np.column_stack(grid.pixels_to_crs(xy[:, 0], xy[:, 1])),
    )
    exact, buffered = grid.to_lonlat(placed)
    return exact, buffered
