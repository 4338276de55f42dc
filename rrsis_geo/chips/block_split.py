"""Which ground is for training, which for validation, which for the test.

A scene is cut into blocks with gaps between them, and every chip lies in one block. All
chips of a block are of one split, so no ground, and nothing within the gap of it, is in
two. Where scenes show the same ground, the later one follows the earlier one, and what
would still be shared is left out.
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

from rrsis_geo.datasets.referring_sample import SPLITS
from rrsis_geo.errors import OptionError
from rrsis_geo.scene.grid import Grid

SIDES = (4, 3, 2, 1)
"""Chips on a side of a block, the largest first that gives `ENOUGH` blocks."""

ENOUGH = 12
"""Blocks that can be split in fair shares."""


Ground: TypeAlias = tuple[Polygon, Polygon] | None
"""A place on the ground and the same grown by the gap, in longitude and latitude; None
for a picture without a place."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """A rectangle of a scene, all of one split."""

    scene: int
    left: float
    """In pixels of the scene's coarsest grid, as all sides."""
    top: float
    right: float
    bottom: float
    split: str = ""

    def windows(
        self, coarse: Grid, grid: Grid, *, size: int, overlap: float
    ) -> list[Window]:
        """Chips that fill the block, in the pixels of a grid as fine or finer.

        Args:
            coarse: the grid that the block is in pixels of.
            grid: the same ground, as fine or finer.
            size: pixels of a chip's side; smaller where the grid is.
            overlap: share of a chip that its neighbour shows as well.
        """
        wide, high = grid.width / coarse.width, grid.height / coarse.height
        rows = self.top * high, self.bottom * high
        cols = self.left * wide, self.right * wide
        return [
            Window(left, top, min(size, grid.width), min(size, grid.height))
            for top in _starts(*rows, size, overlap, grid.height)
            for left in _starts(*cols, size, overlap, grid.width)
        ]


def cut_blocks(grids: Sequence[Grid], *, size: int, gap: int) -> list[Block]:
    """Blocks of all scenes, the scenes in order, row by row.

    Args:
        grids: the coarsest grid of each scene.
        size: pixels of a chip's side.
        gap: pixels of that grid between two blocks.
    """
    for side in SIDES:
        blocks = [
            Block(scene=scene, left=left, top=top, right=right, bottom=bottom)
            for scene, grid in enumerate(grids)
            for top, bottom in _stretches(grid.height, side * size, gap)
            for left, right in _stretches(grid.width, side * size, gap)
        ]
        if len(blocks) >= ENOUGH:
            break
    return blocks


def assign(
    blocks: Sequence[Block],
    grounds: Sequence[Ground],
    labelled: Sequence[bool],
    places: Sequence[str],
    *,
    shares: tuple[float, float, float],
    seed: int,
) -> list[Block]:
    """Every block with its split, shares held for labelled and for empty ground.

    Args:
        blocks: of `cut_blocks`.
        grounds: of each block (`ground_of`).
        labelled: whether a block holds a labelled object.
        places: blocks of one place are never split.
        shares: of train, val and test; they need not add up to one.
        seed: decides which blocks.

    Raises:
        OptionError: there are fewer blocks than splits.
    """
    under = _earlier(blocks, grounds)
    free = [at for at in range(len(blocks)) if not under[at]]
    wanted = [split for split, share in zip(SPLITS, shares, strict=True) if share > 0]
    units = sorted({places[at] for at in free})
    if len(units) < len(wanted):
        raise OptionError(
            f"only {len(units)} separate pieces of ground, too few for "
            f"{', '.join(wanted)}; give a smaller --size, more pictures, or "
            "--shares 1,0,0"
        )
    rng = np.random.default_rng(seed)
    full = {places[at] for at in free if labelled[at]}
    names: dict[str, str] = {}
    for kind in (True, False):
        of_kind = [unit for unit in units if (unit in full) == kind]
        order = [of_kind[at] for at in rng.permutation(len(of_kind))]
        names |= zip(order, _quota(len(order), shares, least=kind), strict=True)
    done: list[Block] = []
    for at, block in enumerate(blocks):
        # The split of most of the ground that is used already.
        over: dict[str, float] = dict.fromkeys(SPLITS, 0.0)
        for other, area in under[at].items():
            over[done[other].split] += area
        most = max(SPLITS, key=lambda name: over[name])
        split = most if under[at] else names[places[at]]
        done.append(replace(block, split=split))
    return done


def _earlier(
    blocks: Sequence[Block], grounds: Sequence[Ground]
) -> list[dict[int, float]]:
    """For each block, those of earlier scenes on its ground, and how much of it."""
    placed = [at for at, ground in enumerate(grounds) if ground is not None]
    wide = [ground[1] for ground in grounds if ground is not None]
    tree = shapely.STRtree(wide)
    found: list[dict[int, float]] = []
    for block, ground in zip(blocks, grounds, strict=True):
        near = [] if ground is None else tree.query(ground[0], "intersects").tolist()
        found.append(
            {
                placed[other]: wide[other].intersection(ground[0]).area
                for other in near
                if ground is not None and blocks[placed[other]].scene < block.scene
            }
        )
    return found


class SharedGround:
    """Blocks of several scenes: does a chip lie on ground of another split?"""

    def __init__(self, blocks: Sequence[Block], grounds: Sequence[Ground]) -> None:
        placed = [
            (block, ground)
            for block, ground in zip(blocks, grounds, strict=True)
            if ground is not None
        ]
        self._blocks = [block for block, _ in placed]
        self._tree = shapely.STRtree([ground[1] for _, ground in placed])

    def taken(self, block: Block, chip: Polygon) -> bool:
        """Whether a chip of a block is within the gap of an earlier scene's split."""
        near = [self._blocks[place] for place in self._tree.query(chip, "intersects")]
        return any(
            other.scene < block.scene and other.split != block.split for other in near
        )


def _quota(count: int, shares: tuple[float, float, float], *, least: bool) -> list[str]:
    """So many names of splits in the shares; with `least` one of each, if there are."""
    total = sum(shares)
    exact = [count * share / total for share in shares]
    counts = [math.floor(value) for value in exact]
    by_rest = sorted(range(3), key=lambda place: counts[place] - exact[place])
    for place in by_rest[: count - sum(counts)]:
        counts[place] += 1
    for place in range(3):
        if least and shares[place] > 0 and not counts[place] and max(counts) > 1:
            counts[counts.index(max(counts))] -= 1
            counts[place] += 1
    return [
        split for split, many in zip(SPLITS, counts, strict=True) for _ in range(many)
    ]


def _stretches(length: int, wanted: int, gap: int) -> list[tuple[int, int]]:
    """Equal stretches, at least as long as wanted, with gaps between."""
    if length < wanted:
        return [(0, length)]
    count = (length + gap) // (wanted + gap)
    each = (length - gap * (count - 1)) // count
    starts = [place * (each + gap) for place in range(count)]
    return [(start, start + each) for start in starts]


def _starts(
    low: float, high: float, size: int, overlap: float, length: int
) -> list[int]:
    """Evenly spread starts of windows inside a stretch; none where none fits."""
    first = math.ceil(low - 1e-6)
    last = math.floor(high + 1e-6) - min(size, length)
    if last < first:
        return []
    count = 1 + round((last - first) / (size * (1 - overlap)))
    places = np.linspace(first, last, count) if count > 1 else [(first + last) / 2]
    return [int(place) for place in places]


def ground_of(
    grid: Grid, box: tuple[float, float, float, float], grown: float
) -> Ground:
    """Ground of a rectangle (left, top, right, bottom) in pixels of a grid.

    None in pixel coordinates: such a picture shares its ground with no other.
    """
    if grid.crs is None:
        return None
    frame = shapely.box(*box)
    frames = np.array([frame, frame.buffer(grown, join_style="mitre")], dtype=object)
    placed = shapely.transform(
        shapely.segmentize(frames, max(grid.width, grid.height) / 16),
        lambda xy: np.column_stack(grid.pixels_to_crs(xy[:, 0], xy[:, 1])),
    )
    ground, wide = grid.to_lonlat(placed)
    return ground, wide
