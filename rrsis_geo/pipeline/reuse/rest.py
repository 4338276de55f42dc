"""What a run still has to look for, where kept answers say a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.pipeline.reuse.kept_rows import (
    KeptBlock,
    Mask,
    area_mask,
    common_rows,
    kept_rows,
    partly_known,
)
from rrsis_geo.pipeline.run_plan import RunPlan
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.types import NODATA, Item, Strip

OPEN_BLOCKS = 3
"""A window touches the blocks of its own row of windows and of the next."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rest:
    """Phrases to look for in some rows, and where."""

    phrases: int
    """Number of all."""
    missing: tuple[int, ...]
    """Those to look for."""
    blocks: tuple[KeptBlock, ...]
    """Rows of which a part is known; elsewhere all is missing."""

    def of(self, phrases: Sequence[Item]) -> tuple[Item, ...]:
        """The missing ones among all phrases."""
        return tuple(phrases[index] for index in self.missing)

    def within(self, plan: RunPlan) -> Aoi | None:
        """The part of a run's area to look at; None: all."""
        if not self.blocks:
            return plan.aoi
        whole = shapely.box(0, 0, plan.grid.width, plan.grid.height)
        shape = whole if plan.aoi is None else plan.aoi.shape
        return RestArea(shape, blocks=self.blocks)

    def complete(self, strip: Strip, plan: RunPlan) -> Strip:
        """Add what is known to what was found.

        Args:
            strip: Of the missing phrases, inside `within`.
            plan: Of the run.

        Returns:
            Of all phrases, inside the run's area.

        Raises:
            OutputError: what is known cannot be read.
        """
        if not self.blocks:
            return strip
        _, height, width = strip.levels.shape
        levels = np.full((self.phrases, height, width), NODATA, np.uint8)
        levels[list(self.missing)] = strip.levels
        rows = range(strip.top, strip.top + height)
        for block in self.blocks:
            both = common_rows(block.rows, rows)
            if not both:
                continue
            own, theirs = _slice(both, rows), _slice(both, block.rows)
            inside = area_mask(plan.aoi, both, width)
            for phrase in range(self.phrases):
                if block.keys[phrase] is None:
                    continue
                kept, known = block.answer(phrase)
                chosen = known[theirs] if inside is None else known[theirs] & inside
                levels[phrase, own][chosen] = kept[theirs][chosen]
        return Strip(top=strip.top, levels=levels)


def find_rest(folder: Path, gaps: Sequence[range], phrases: int) -> Rest:
    """What is missing in rows, by what a run has taken into its working folder.

    Args:
        folder: The working folder.
        gaps: Rows that are not settled.
        phrases: Number of all phrases.
    """
    blocks, missing = list[KeptBlock](), set[int]()
    for gap in gaps:
        touching = partly_known(folder, gap)
        covered = sum(len(common_rows(block.rows, gap)) for block in touching)
        missing |= {phrase for block in touching for phrase in block.asked}
        if covered < len(gap):
            missing |= set(range(phrases))
        blocks += [block for block in touching if block not in blocks]
    return Rest(phrases=phrases, missing=tuple(sorted(missing)), blocks=tuple(blocks))


def known_windows(
    plan: RunPlan, folder: Path, windows: Sequence[Window]
) -> list[Window]:
    """Windows of which all is known inside the area, so that none is looked at.

    Args:
        plan: Of the run.
        folder: Its working folder, with what it has taken from kept answers.
        windows: Some of the plan's.
    """
    missing = np.ones(plan.grid.height, bool)
    for rows in kept_rows(folder):
        missing[rows.start : rows.stop] = False
    rest = find_rest(folder, [range(plan.grid.height)], 0)
    unseen = missing.copy()
    for block in rest.blocks:
        unseen[block.rows.start : block.rows.stop] = False
    area = rest.within(plan)

    def is_known(window: Window) -> bool:
        rows = slice(int(window.row_off), int(window.row_off + window.height))
        unsure = missing[rows]
        if area is None or not unsure.any():
            return not unsure.any()
        if unseen[rows].all():  # masks of areas with many corners take long
            return False
        return not area.mask(window)[: len(unsure)][unsure].any()

    return [window for window in windows if is_known(window)]


@dataclass(frozen=True, eq=False)
class RestArea(Aoi):
    """An area without the pixels of which all phrases asked there are known."""

    blocks: tuple[KeptBlock, ...] = ()
    _known: dict[int, Mask] = field(default_factory=dict)
    """First row -> what is known to all phrases, of the last blocks."""

    def mask(self, window: Window) -> NDArray[np.bool_]:
        """(H, W), True where a pixel is inside and not known."""
        inside = super().mask(window)
        rows = range(window.row_off, window.row_off + int(window.height))
        columns = slice(window.col_off, window.col_off + int(window.width))
        for block in self.blocks:
            both = common_rows(block.rows, rows)
            if both:
                known = self._known_of(block)[_slice(both, block.rows), columns]
                inside[_slice(both, rows)] &= ~known
        return inside

    def _known_of(self, block: KeptBlock) -> Mask:
        if block.rows.start not in self._known:
            known = np.ones((len(block.rows), block.width), bool)
            for phrase in block.asked:
                known &= block.answer(phrase)[1]
            if len(self._known) >= OPEN_BLOCKS:
                del self._known[min(self._known)]
            self._known[block.rows.start] = known
        return self._known[block.rows.start]


def _slice(part: range, whole: range) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)
