"""Rows of a scene settled by one worker, in this process or in another."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from rasterio.windows import Window

from rrsis_geo.colour.colour_filter import held
from rrsis_geo.colour.colour_terms import ColourTerms, colour_terms
from rrsis_geo.errors import Cancelled, WeightsError
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.journal import Journal
from rrsis_geo.pipeline.run_plan import RunPlan, make_run_plan, open_scene
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.stitch import stitch
from rrsis_geo.tiling.windows import windows_in_rows
from rrsis_geo.types import Patch, Prediction, Predictor, Strip


@dataclass(frozen=True, kw_only=True)
class Shard:
    """A piece of a run as plain data that crosses to other processes."""

    job: SegmentJob
    gsd_range: tuple[float, float] | None
    rows: range
    """Rows of the grid that it owns."""
    folder: str
    """Working folder of the run, seen by every worker."""
    predictor: Predictor | None
    """None: the network of the job's weights."""


def run_shard(shard: Shard) -> range:
    """Settle a shard's rows into the working folder; stop early where others failed."""
    journal = Journal(shard.folder)
    try:
        predictor = shard.predictor or bind(shard.job)
        with open_scene(shard.job) as scene:
            strips = settle(
                scene,
                make_run_plan(scene, shard.job.options, shard.gsd_range),
                shard.job,
                predictor,
                rows=shard.rows,
                passed=lambda windows: journal.note_passed(shard.rows, windows),
                cancelled=lambda: journal.stopping,
            )
            for strip in strips:
                journal.write(strip)
    except Cancelled:
        pass  # whoever asked to stop raises it
    except BaseException:
        journal.stop()
        raise
    return shard.rows


def bind(job: SegmentJob) -> Predictor:
    """The network of the job's weights, with its expressions encoded once."""
    from rrsis_geo.model.predictor import make_predictor  # loads torch: only now

    return make_predictor(
        job.weights,
        job.expressions,
        device=job.options.device,
        precision=job.options.precision,
        batch_size=job.options.batch_size,
    )


def settle(
    scene: Scene,
    plan: RunPlan,
    job: SegmentJob,
    predictor: Predictor,
    *,
    rows: range,
    passed: Callable[[int], None],
    cancelled: Callable[[], bool],
) -> Iterator[Strip]:
    """Strips that cover `rows`, from the top.

    A row's value never depends on `rows`: every window that touches a row is looked
    at, those that reach in from neighbouring shards too.

    Args:
        scene: The open scene.
        plan: Where to look.
        job: What to look for, and how.
        predictor: The network, expressions bound.
        rows: Rows of the grid to settle.
        passed: Called after every batch with the windows passed since the last call,
            skipped ones included; windows that begin above `rows` are not counted.
        cancelled: Asked before every batch.

    Raises:
        Cancelled: `cancelled` said so.
        WeightsError: the network gave values that are no probabilities.
    """
    windows = windows_in_rows(plan.windows, rows.start, rows.stop)
    places = {_corner(window): place for place, window in enumerate(windows, 1)}
    above = sum(window.row_off < rows.start for window in windows)
    batch_size = job.options.batch_size or getattr(predictor, "batch_size", 1)
    tints = colour_terms(job.expressions)

    def looked() -> Iterator[Prediction]:
        before = above
        patches = scene.patches(plan.grid, windows, aoi=plan.aoi)
        try:
            for batch in _batches(patches, batch_size):
                if cancelled():
                    raise Cancelled("stopped")
                yield from predict(batch, predictor, tints)
                place = max(places[_corner(batch[-1].window)], above)
                passed(place - before)
                before = place
        finally:
            if isinstance(patches, Generator):
                patches.close()  # ends the thread that reads ahead
        if before < len(windows):  # the last ones held no data
            passed(len(windows) - before)

    yield from stitch(
        looked(),
        expressions=len(job.expressions),
        width=plan.grid.width,
        height=plan.grid.height,
        size=job.options.window_size,
        overlap=job.options.overlap,
        rows=rows,
    )


def predict(
    batch: list[Patch], predictor: Predictor, tints: ColourTerms
) -> Iterator[Prediction]:
    """What the network says about a batch, in the batch's order.

    Args:
        batch: what it is shown.
        predictor: the network, expressions bound.
        tints: colours that each of the expressions asks for.

    Raises:
        WeightsError: the network gave values that are no probabilities.
    """
    pixels = np.stack([patch.pixels for patch in batch])
    probabilities = predictor(pixels)
    wanted = (len(batch), len(tints), *pixels.shape[2:])
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
        probability = held(patch.pixels, probability, tints)
        yield Prediction(
            window=patch.window,
            probability=np.where(patch.valid, probability, np.float32(0)),
            valid=patch.valid,
        )


def _batches(patches: Iterable[Patch], size: int) -> Iterator[list[Patch]]:
    remaining = iter(patches)
    while batch := list(islice(remaining, size)):
        yield batch


def _corner(window: Window) -> tuple[int, int]:
    return window.row_off, window.col_off
