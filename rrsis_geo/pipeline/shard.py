"""Rows of a scene predicted and stitched by one worker, in this process or another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np
from rasterio.windows import Window

from rrsis_geo.colour.colour_filter import fade_other_colours
from rrsis_geo.colour.colour_terms import ColourTerms, colour_term
from rrsis_geo.errors import Cancelled, WeightsError
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.journal import Journal
from rrsis_geo.pipeline.reuse.rest import Rest, find_rest
from rrsis_geo.pipeline.run_plan import RunPlan, make_run_plan, open_scene
from rrsis_geo.query.query_batch import Phrase
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import Grid
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.overviews import overview_rows, with_overview
from rrsis_geo.tiling.stitch import stitch
from rrsis_geo.tiling.windows import windows_in_rows
from rrsis_geo.types import Patch, Prediction, Predictor, Strip


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Some rows of a run, as plain data that crosses to other processes."""

    job: SegmentJob
    phrases: tuple[Phrase, ...]
    """What the network is given."""
    gsd_range: tuple[float, float] | None
    rows: range
    """Rows of the grid that it settles."""
    folder: str
    """Working folder of the run, which every worker can reach."""
    predictor: Predictor | None
    """Already bound to the phrases; None: the network of the job's weights."""


def run_shard(shard: Shard) -> range:
    """Settle a shard's rows in the working folder; stop where another shard failed.

    Rows that are settled already, by a worker that died, are kept.
    """
    journal = Journal(shard.folder)
    missing = journal.gaps_in(shard.rows)
    rest = find_rest(journal.folder, missing, len(shard.phrases))
    try:
        predictor = shard.predictor or bind(shard.job, _texts(rest.of(shard.phrases)))
        with open_scene(shard.job) as scene:
            plan = make_run_plan(scene, shard.job.options, shard.gsd_range)
            journal.start_passed(shard.rows, _settled_windows(plan, shard, missing))
            for rows in missing:
                strips = settle(
                    scene,
                    plan,
                    shard.job,
                    shard.phrases,
                    predictor,
                    rest=rest,
                    rows=rows,
                    passed=lambda windows: journal.note_passed(shard.rows, windows),
                    cancelled=lambda: journal.stopping,
                )
                for strip in strips:
                    journal.write(strip)
    except Cancelled:
        pass  # raised by the process that asked to stop
    except BaseException:
        journal.stop()
        raise
    return shard.rows


def bind(job: SegmentJob, texts: Sequence[str]) -> Predictor:
    """The network of the job's weights, bound to texts that are encoded once."""
    from rrsis_geo.runtime.cached_predictor import CachedPredictor  # only now

    return CachedPredictor().bind(job, texts)


def settle(
    scene: Scene,
    plan: RunPlan,
    job: SegmentJob,
    phrases: Sequence[Phrase],
    predictor: Predictor,
    *,
    rest: Rest,
    rows: range,
    passed: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> Iterator[Strip]:
    """Strips that cover `rows`, from the top.

    A row's value never depends on `rows`: every window that touches a row is
    predicted, also those that reach in from neighbouring shards.

    Args:
        scene: The open scene.
        plan: Where to read.
        job: Whose options say how.
        phrases: What the run looks for.
        predictor: The network, bound to those among them that are missing.
        rest: What is missing; the strips hold what is known too.
        rows: Rows of the grid to settle.
        passed: Called after every batch with the number of windows done since the last
            call, skipped ones included; windows that begin above `rows` do not count.
        cancelled: Called before every batch.

    Raises:
        Cancelled: `cancelled` said so.
        WeightsError: the network's output holds values that are no probabilities.
    """
    windows = windows_in_rows(plan.windows, rows.start, rows.stop)
    above = sum(window.row_off < rows.start for window in windows)
    area = rest.within(plan)
    look = partial(
        _look,
        scene,
        job=job,
        predictor=predictor,
        colours=tuple(colour_term(phrase.head) for phrase in rest.of(phrases)),
        cancelled=cancelled,
    )
    full = plan.grid
    strips = look(full, windows, rows, aoi=area, above=above, passed=passed)
    for overview in plan.overviews:
        height, width = overview.grid.height, overview.grid.width
        needed = overview_rows(rows, height=full.height, overview_height=height)
        coarser = overview.windows_for(needed, full, area)
        strips = with_overview(
            strips,
            look(overview.grid, coarser, needed),
            height=full.height,
            width=full.width,
            overview_height=height,
            overview_width=width,
        )
    for strip in strips:
        yield rest.complete(strip, plan)


def _look(
    scene: Scene,
    grid: Grid,
    windows: Sequence[Window],
    rows: range,
    *,
    job: SegmentJob,
    predictor: Predictor,
    colours: ColourTerms,
    cancelled: Callable[[], bool],
    aoi: Aoi | None = None,
    above: int = 0,
    passed: Callable[[int], None] = lambda windows: None,
) -> Iterator[Strip]:
    """Strips of some rows of a grid of the scene, predicted and stitched.

    Args:
        scene: The open scene.
        grid: Of the scene.
        windows: Of the grid, all that touch the rows and matter.
        rows: Of the grid.
        job: Whose options say how.
        predictor: The network, bound to E phrases.
        colours: What each of the E phrases asks for.
        cancelled: Called before every batch.
        aoi: Only pixels inside it are valid; None: all.
        above: How many of the first windows do not count.
        passed: Called after every batch with the windows done since the last call.
    """
    numbers = {_corner(window): number for number, window in enumerate(windows, 1)}
    batch_size = job.options.batch_size or getattr(predictor, "batch_size", 1)

    def predictions() -> Iterator[Prediction]:
        before = above
        patches = scene.patches(grid, windows, aoi=aoi)
        try:
            for batch in _batches(patches, batch_size):
                if cancelled():
                    raise Cancelled("stopped")
                yield from predict(batch, predictor, colours)
                number = max(numbers[_corner(batch[-1].window)], above)
                passed(number - before)
                before = number
        finally:
            if isinstance(patches, Generator):
                patches.close()  # ends the prefetching thread
        if before < len(windows):  # the last ones held no data
            passed(len(windows) - before)

    return stitch(
        predictions(),
        expressions=len(colours),
        width=grid.width,
        height=grid.height,
        size=job.options.window_size,
        overlap=job.options.overlap,
        rows=rows,
    )


def predict(
    batch: list[Patch], predictor: Predictor, colours: ColourTerms
) -> Iterator[Prediction]:
    """Predictions for a batch, in the batch's order.

    Args:
        batch: Patches of one size.
        predictor: The network, bound to E phrases.
        colours: What each of the E phrases asks for.

    Raises:
        WeightsError: the network's output has another shape than (B, E, H, W), or
            holds values that are no probabilities.
    """
    pixels = np.stack([patch.pixels for patch in batch])
    probabilities = predictor(pixels)
    wanted = (len(batch), len(colours), *pixels.shape[2:])
    if probabilities.shape != wanted:
        raise WeightsError(
            f"the network answers in shape {probabilities.shape}, wanted {wanted}"
        )
    for patch, probability in zip(batch, probabilities, strict=True):
        # NaN fails both comparisons
        if not (probability.min() >= 0 and probability.max() <= 1):
            raise WeightsError(
                f"the network gave no probabilities at row {patch.window.row_off}, "
                f"column {patch.window.col_off}: try --precision float32, "
                "or check the weights with `rrsis-geo weights verify`"
            )
        probability = fade_other_colours(patch.pixels, probability, colours)
        yield Prediction(
            window=patch.window,
            probability=np.where(patch.valid, probability, np.float32(0)),
            valid=patch.valid,
        )


def _settled_windows(plan: RunPlan, shard: Shard, missing: Sequence[range]) -> int:
    """Windows that begin in rows of the shard which are not missing."""
    return sum(
        window.row_off in shard.rows
        and not any(window.row_off in rows for rows in missing)
        for window in plan.windows
    )


def _batches(patches: Iterable[Patch], size: int) -> Iterator[list[Patch]]:
    remaining = iter(patches)
    while batch := list(islice(remaining, size)):
        yield batch


def _texts(phrases: Iterable[Phrase]) -> tuple[str, ...]:
    return tuple(phrase.text for phrase in phrases)


def _corner(window: Window) -> tuple[int, int]:
    return window.row_off, window.col_off
