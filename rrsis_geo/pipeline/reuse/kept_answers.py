"""The kept answers of one run: what it takes, what it looks for, what it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from rasterio.windows import Window

from rrsis_geo.answer_cache.scene_state import is_unchanged
from rrsis_geo.answer_cache.store import AnswerStore
from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.reuse.conditions import Conditions, find_conditions
from rrsis_geo.pipeline.reuse.kept_overlaps import KeptOverlaps
from rrsis_geo.pipeline.reuse.kept_polygons import KeptPolygons, SearchResult
from rrsis_geo.pipeline.reuse.kept_rows import block_rows, common_rows, remove_blocks
from rrsis_geo.pipeline.reuse.recorder import Recorder
from rrsis_geo.pipeline.reuse.rest import known_windows
from rrsis_geo.pipeline.reuse.take_over import take_over
from rrsis_geo.pipeline.run_plan import RunPlan, WeightsFacts
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.types import Strip


class KeptAnswers:
    """What a run has to do with the answers of earlier and later ones."""

    def __init__(
        self,
        job: SegmentJob,
        *,
        bands: Sequence[int],
        plan: RunPlan,
        batch: QueryBatch,
        weights: WeightsFacts,
    ) -> None:
        """Find the conditions of a run.

        A network that was passed in has no identity, and a scene in an archive or a
        cloud's store has no state: their answers are not kept.

        Args:
            job: What was asked for.
            bands: Of the scene, that are read.
            plan: Where it is read.
            batch: What is looked for.
            weights: Which network looks.
        """
        self.notes: list[str] = []
        """What the user should know, a line each."""
        self._job, self._plan = job, plan
        self._store: AnswerStore | None = None
        self._conditions: Conditions | None = None
        self._recorder: Recorder | None = None
        if not job.options.cache:
            return
        try:
            store = AnswerStore.of_user()
        except OptionError as error:
            self.notes.append(f"answers are not kept: {error}")
            return
        self._conditions = find_conditions(
            job, bands=bands, plan=plan, phrases=batch.phrases, weights=weights
        )
        if self._conditions is None:
            return
        self._store = store
        self._polygons = KeptPolygons(
            store, self._conditions, job=job, batch=batch, plan=plan, weights=weights
        )

    def search_result(self) -> SearchResult | None:
        """What an equal search has found; None where it has to be done."""
        # a raster of probabilities is written from the strips
        if self._store is None or self._job.probability is not None:
            return None
        return self._polygons.read()

    def overlaps(self) -> KeptOverlaps | None:
        """What earlier questions worked out of the same polygons; None: unknown."""
        conditions = self._conditions
        if self._store is None or conditions is None:
            return None
        return KeptOverlaps(
            self._store,
            conditions,
            names=self._polygons.names,
            # once, as a server has to be asked
            is_current=cache(lambda: is_unchanged(self._job.scene, conditions.state)),
        )

    def known(self, windows: Sequence[Window]) -> list[Window]:
        """Those of some windows that a run would not look at."""
        if self.search_result() is not None:
            return list(windows)
        with TemporaryDirectory() as name:
            folder = Path(name)
            self.take(folder, [range(self._plan.grid.height)])
            return known_windows(self._plan, folder, windows)

    def take(self, folder: Path, gaps: Sequence[range]) -> None:
        """Take what is known of some rows into the working folder of the run.

        Args:
            folder: The working folder.
            gaps: Rows that the run has not settled.
        """
        if not self._job.options.cache:
            remove_blocks(folder)
        if self._store is None or self._conditions is None:
            return
        options, grid = self._job.options, self._plan.grid
        blocks = block_rows(
            grid.height, grid.width, size=options.window_size, overlap=options.overlap
        )
        take_over(
            folder,
            [rows for rows in blocks if any(common_rows(rows, gap) for gap in gaps)],
            store=self._store,
            conditions=self._conditions,
            plan=self._plan,
        )
        self._recorder = Recorder(
            folder,
            blocks,
            store=self._store,
            conditions=self._conditions,
            job=self._job,
            plan=self._plan,
        )

    def recorded(self, strips: Iterator[Strip]) -> Iterator[Strip]:
        """The same strips, which are kept as they pass."""
        for strip in strips:
            if self._recorder is not None:
                self._recorder.add(strip)
            yield strip

    def keep(self, result: SearchResult) -> None:
        """Keep what the strips of this run have led to; the last thing to do."""
        if self._store is None or self._conditions is None:
            return
        if is_unchanged(self._job.scene, self._conditions.state):
            self._polygons.keep(result)
        self._store.evict()
        if self._store.failure is not None:
            self.notes.append(f"answers are not kept: {self._store.failure}")


def reuse_note(kept: int, windows: int) -> tuple[str, ...]:
    """What a person is told of answers that were not computed anew.

    Args:
        kept: Windows of which all was known.
        windows: Windows that hold data.
    """
    if not kept:
        return ()
    return (
        f"{kept} of {windows} windows are known from earlier runs (--no-cache looks at "
        "them again)",
    )
