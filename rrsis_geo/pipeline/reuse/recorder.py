"""Keeps what a run has found for later runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.answer_cache.scene_state import is_unchanged
from rrsis_geo.answer_cache.store import AnswerStore, EntryKey
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.reuse.conditions import Conditions
from rrsis_geo.pipeline.reuse.kept_rows import (
    KEPT,
    PARTLY,
    Mask,
    area_mask,
    block_path,
    read_block,
    unpack_mask,
)
from rrsis_geo.pipeline.reuse.take_over import name_of
from rrsis_geo.pipeline.run_plan import RunPlan
from rrsis_geo.types import Strip


class Recorder:
    """Collects strips to blocks of rows and keeps each as soon as it is whole."""

    def __init__(
        self,
        folder: Path,
        blocks: Sequence[range],
        *,
        store: AnswerStore,
        conditions: Conditions,
        job: SegmentJob,
        plan: RunPlan,
    ) -> None:
        """Begin at the first row.

        Args:
            folder: The working folder; what was taken from there is kept already.
            blocks: All blocks of the grid, from the top.
            store: Where answers are kept.
            conditions: Of the run.
            job: Whose scene is read.
            plan: Of the run.
        """
        self._folder = folder
        self._blocks = [
            rows for rows in blocks if not block_path(folder, rows, KEPT).exists()
        ]
        self._store, self._conditions = store, conditions
        self._job, self._plan = job, plan
        self._levels: NDArray[np.uint8] | None = None
        """(E, rows, width) of the first of the blocks, filled from the top."""

    def add(self, strip: Strip) -> None:
        """Take the next strip from the top."""
        bottom = strip.top + strip.levels.shape[1]
        while self._blocks and self._blocks[0].start < bottom:
            rows = self._blocks[0]
            if self._levels is None:
                shape = len(strip.levels), len(rows), strip.levels.shape[2]
                self._levels = np.empty(shape, np.uint8)
            start, stop = max(rows.start, strip.top), min(rows.stop, bottom)
            if start < stop:
                self._levels[:, start - rows.start : stop - rows.start] = strip.levels[
                    :, start - strip.top : stop - strip.top
                ]
            if bottom < rows.stop:
                return
            levels, self._levels = self._levels, None
            del self._blocks[0]
            if not is_unchanged(self._job.scene, self._conditions.state):
                self._blocks.clear()
                return
            self._keep(rows, levels)

    def _keep(self, rows: range, levels: NDArray[np.uint8]) -> None:
        inside = area_mask(self._plan.aoi, rows, self._plan.grid.width)
        if inside is not None and not inside.any():
            return
        partly = read_block(block_path(self._folder, rows, PARTLY))
        for phrase in range(len(levels)):
            if partly is None or phrase in partly.asked:
                self._keep_phrase(phrase, rows, levels[phrase], inside)

    def _keep_phrase(
        self, phrase: int, rows: range, levels: NDArray[np.uint8], inside: Mask | None
    ) -> None:
        key = self._conditions.key(phrase, name_of(rows))
        arrays = {"levels": levels}
        if inside is not None:
            known, levels = self._with_older(key, rows, levels, inside)
            arrays = {"levels": levels}
            if not known.all():
                arrays["known"] = np.packbits(known)
        self._store.write(key, self._conditions.about(phrase), arrays)

    def _with_older(
        self, key: EntryKey, rows: range, levels: NDArray[np.uint8], inside: Mask
    ) -> tuple[Mask, NDArray[np.uint8]]:
        """What is known now, and levels there; other runs may have kept more."""
        old = self._store.read(key)
        if old is None or old["levels"].shape != levels.shape:
            return inside, levels
        before = unpack_mask(old.get("known"), rows, levels.shape[1])
        return inside | before, np.where(inside, levels, old["levels"])
