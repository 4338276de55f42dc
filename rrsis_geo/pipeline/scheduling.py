"""Strips of a whole scene in order, settled in this process or by an engine."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import numpy as np
from rasterio.windows import Window

from rrsis_geo.errors import Cancelled, EngineError
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.journal import Journal
from rrsis_geo.pipeline.reuse.rest import Rest
from rrsis_geo.pipeline.run_plan import RunPlan, absolute_job
from rrsis_geo.pipeline.shard import Shard, run_shard, settle
from rrsis_geo.query.query_batch import Phrase
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.windows import shard_rows
from rrsis_geo.types import Engine, Predictor, Strip

POLL = 0.1
"""Seconds between two checks of what the workers have settled."""


def strips_here(
    scene: Scene,
    plan: RunPlan,
    job: SegmentJob,
    phrases: Sequence[Phrase],
    predictor: Predictor | None,
    *,
    rest: Rest,
    journal: Journal,
    passed: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> Generator[Strip, None, None]:
    """All strips from the top: read where the journal has them, else settled.

    Args:
        scene: The open scene.
        plan: Where to read.
        job: Whose options say how.
        phrases: What the run looks for.
        predictor: The network, bound to those that are missing; None where the journal
            is complete.
        rest: What is missing.
        journal: Holds what an interrupted run has settled; takes what is settled now.
        passed: Called after every batch with the windows done since the last call.
        cancelled: Called before every batch.
    """
    row = 0
    for gap in journal.gaps(plan.grid.height):
        yield from journal.strips(row, gap.start)
        assert predictor is not None  # noqa: S101 - the caller binds one for any gap
        for strip in settle(
            scene,
            plan,
            job,
            phrases,
            predictor,
            rest=rest,
            rows=gap,
            passed=passed,
            cancelled=cancelled,
        ):
            journal.write(strip)
            yield strip
        row = gap.stop
    yield from journal.strips(row, plan.grid.height)


def strips_elsewhere(
    engine: Engine,
    work: Sequence[Shard],
    *,
    journal: Journal,
    height: int,
    passed: Callable[[int], None],
    note: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> Generator[Strip, None, None]:
    """All strips from the top, taken from the journal as the workers settle them.

    Args:
        engine: Where the shards run.
        work: Shards that cover the journal's gaps.
        journal: Holds what an interrupted run has settled; workers write to its folder.
        height: Rows of the grid.
        passed: Called from time to time with the windows done since the last call.
        note: Called with what the user should know of the engine, a line each.
        cancelled: Called from time to time.

    Raises:
        Cancelled: `cancelled` said so.
        EngineError: the engine lost a shard.
    """
    row = reported = 0
    with ThreadPoolExecutor(1) as thread:
        # a deque of length 0 takes the results and keeps none
        running = thread.submit(lambda: deque(engine.map(run_shard, work), maxlen=0))
        try:
            over = False
            while not over:
                over = running.done()  # before reading, so that no strip is missed
                for strip in journal.strips(row, height):
                    row = strip.top + strip.levels.shape[1]
                    yield strip
                total = journal.passed()
                if total > reported:
                    passed(total - reported)
                    reported = total
                while engine.notes:
                    note(engine.notes.popleft())
                if cancelled():
                    raise Cancelled("stopped")
                wait([running], timeout=POLL)
        finally:
            if not running.done():
                journal.stop()
        running.result()
    if row < height:
        raise EngineError(f"no worker settled rows {row} to {height}; run again")


def make_shards(
    job: SegmentJob,
    plan: RunPlan,
    phrases: tuple[Phrase, ...],
    gaps: Sequence[range],
    *,
    journal: Journal,
    gsd_range: tuple[float, float] | None,
    predictor: Predictor | None,
) -> list[Shard]:
    """Shards that cover the gaps, one or more for each worker."""
    options = job.options
    rows = balanced(
        gaps,
        plan.windows,
        shard_rows(
            plan.grid.height,
            size=options.window_size,
            overlap=options.overlap,
            count=plan.grid.height,
        ),
        count=options.workers,
    )
    return [
        Shard(
            job=absolute_job(job),
            phrases=phrases,
            gsd_range=gsd_range,
            rows=part,
            folder=os.path.abspath(journal.folder),
            predictor=predictor,
        )
        for part in rows
    ]


def balanced(
    gaps: Sequence[range],
    windows: Sequence[Window],
    slices: Sequence[range],
    *,
    count: int,
) -> list[range]:
    """Cut the gaps between slices into `count` parts with about as many windows each.

    Args:
        gaps: Rows that are not settled, from the top.
        windows: Windows to predict; each counts for the slice that it begins in.
        slices: Disjoint rows that cover the grid, the finest possible cut.
        count: Parts wanted; there are more where the gaps are not adjacent.
    """
    pieces = [
        range(max(gap.start, part.start), min(gap.stop, part.stop))
        for gap in gaps
        for part in slices
        if gap.start < part.stop and part.start < gap.stop
    ]
    starts = np.sort([int(window.row_off) for window in windows])
    loads = [
        int(np.diff(np.searchsorted(starts, (piece.start, piece.stop)))[0])
        for piece in pieces
    ]
    total = max(sum(loads), 1)
    parts: list[range] = []
    before, group = 0, -1
    for piece, load in zip(pieces, loads, strict=True):
        own = min(before * count // total, count - 1)
        if own == group and parts[-1].stop == piece.start:
            parts[-1] = range(parts[-1].start, piece.stop)
        else:
            parts.append(piece)
        before, group = before + load, own
    return parts
