"""The plan of a run: the grid, the AOI, the windows, the weights and the phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from rasterio.windows import Window

from rrsis_geo.errors import SceneError
from rrsis_geo.files.input_paths import absolute_input
from rrsis_geo.job import SCORE_MARGIN, SegmentJob, SegmentOptions
from rrsis_geo.language.known_classes import KnownClasses
from rrsis_geo.matching.matcher import find_matcher
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.serialization.header import find_weights, read_header
from rrsis_geo.pipeline.own_layers.batch_layers import layer_nouns, with_own_layers
from rrsis_geo.pipeline.own_layers.layer_reading import Frames
from rrsis_geo.query.decision.evidence_weights import DEFAULT_WEIGHTS, EvidenceWeights
from rrsis_geo.query.heads import rows_of_second
from rrsis_geo.query.known_words import with_knowledge
from rrsis_geo.query.query_batch import QueryBatch, make_batch
from rrsis_geo.runtime.choice import choose_runtime
from rrsis_geo.scene.aoi import Aoi, OutsideScene, read_aoi
from rrsis_geo.scene.grid import GSD_TOLERANCE, Grid
from rrsis_geo.scene.scene import Scene
from rrsis_geo.tiling.overview_windows import Overview, plan_overviews
from rrsis_geo.tiling.windows import count_windows, plan_windows
from rrsis_geo.types import NODATA, Predictor, Strip

MAX_ENLARGEMENT = 4.0
"""A scene that is more times coarser than the network was trained for is refused unless
`gsd` is given: detail that is not in the file does not come back."""

OBLONG = 1.1
"""Longer side of a pixel on the ground in shorter ones, from which on they are made
square: the network has not seen things squeezed by more."""


@dataclass(frozen=True, kw_only=True)
class WeightsFacts:
    """What a run needs to know of the network, read without loading it."""

    name: str
    sha256: str | None
    """None for a network that was passed in from Python."""
    gsd_range: tuple[float, float] | None
    """Metres per pixel that the network was trained for; None: any."""
    vocabulary: tuple[str, ...] | None = None
    """Tokens that its text encoder knows; None: not known."""
    categories: tuple[str, ...] | None = None
    """Classes it knows by name; None: not known."""
    evidence: EvidenceWeights = DEFAULT_WEIGHTS
    """How much each kind of evidence counts in the choice among its objects."""
    matcher: str = ""
    """File of the network that compares its objects with sentences; "": none."""
    weak: frozenset[str] = frozenset()
    """Classes among them that it learned from drawn scenes only, or hardly finds."""
    second_head: tuple[str, ...] = ()
    """Classes that a second head finds."""
    runtime: str | None = None
    """Library that computes it; None: not known."""
    score_margin: float = SCORE_MARGIN
    """How far above the threshold its objects have to rise; see `Calibration`."""

    @property
    def known_classes(self) -> KnownClasses | None:
        """What it knows by name; None: its card lists nothing."""
        if not self.categories:
            return None
        return KnownClasses(keys=self.categories, weak=self.weak)

    def needs_both_heads(self, texts: Sequence[str]) -> bool:
        """Whether texts are found partly by the first and partly by the second head."""
        return 0 < len(rows_of_second(texts, self.second_head)) < len(texts)

    def advice(self, texts: Sequence[str]) -> tuple[str, ...]:
        """What the tokenizer cannot read of the texts, one line each."""
        if self.vocabulary is None:
            return ()
        return _tokenizer(self.vocabulary).advice(texts)


@lru_cache(maxsize=2)
def _tokenizer(vocabulary: tuple[str, ...]) -> Tokenizer:
    """Made once for many runs: the vocabulary is large."""
    return Tokenizer(vocabulary)


@dataclass(frozen=True, kw_only=True, eq=False)
class RunPlan:
    """Where a run reads. The same options and scene give the same plan anywhere."""

    grid: Grid
    aoi: Aoi | None
    windows: tuple[Window, ...]
    """Row-major; those that touch the AOI, anchored to the scene whatever the AOI."""
    overviews: tuple[Overview, ...]
    """Coarser views of the whole scene, half the resolution first."""
    outside: int
    """Windows left out, since they lie outside the AOI."""
    stretch: Mapping[str, Any]
    """How the scene's values become 8 bits, as JSON values."""
    advice: tuple[str, ...]


def absolute_job(job: SegmentJob) -> SegmentJob:
    """The job with inputs that hold in any working directory."""
    aoi = job.options.aoi
    return replace(
        job,
        scene=absolute_input(job.scene),
        weights=absolute_input(job.weights),
        own_layers=tuple(
            replace(one, path=absolute_input(one.path) if one.path else "")
            for one in job.own_layers
        ),
        options=replace(job.options, aoi=None if aoi is None else absolute_input(aoi)),
    )


def open_scene(job: SegmentJob) -> AbstractContextManager[Scene]:
    """The job's scene, opened as its options say."""
    return Scene.open(
        job.scene,
        bands=job.options.bands,
        crs=job.options.crs,
        pixel_coordinates=job.options.pixel_coordinates,
    )


def weights_facts(
    weights: str, predictor: Predictor | None, options: SegmentOptions | None = None
) -> WeightsFacts:
    """Read what a run needs to know of the network.

    Args:
        weights: Name or path.
        predictor: A network that is used instead.
        options: Of the run, which choose the runtime; None: not needed.

    Raises:
        WeightsError: there are no such weights, or they are altered.
        EngineError: the runtime is not installed.
        OptionError: the runtime cannot do what the options want.
    """
    if predictor is not None:
        kind = getattr(predictor, "__qualname__", type(predictor).__qualname__)
        return WeightsFacts(name=kind, sha256=None, gsd_range=None)
    header = read_header(find_weights(weights))
    return WeightsFacts(
        name=header.name,
        sha256=header.sha256,
        gsd_range=header.gsd_range,
        vocabulary=header.vocabulary,
        categories=header.categories,
        weak=frozenset(k for k, score in header.class_scores.items() if score.is_weak),
        second_head=header.second_head,
        matcher=header.matcher,
        runtime=None if options is None else choose_runtime(options, header),
        score_margin=header.calibration.score_margin,
    )


def make_query_batch(
    job: SegmentJob,
    plan: RunPlan,
    weights: WeightsFacts,
    *,
    frames: Frames | None = None,
) -> QueryBatch:
    """Plan the job's expressions for its scene and weights, and read its own layers.

    A network that was passed in from Python was bound to texts by the caller: with
    `auto` these are the expressions, with `scene` the phrases of their plans.

    Args:
        job: What is asked for.
        plan: Where it is looked for.
        weights: Which network looks.
        frames: Own layers that were given as tables.

    Raises:
        OptionError: an own layer cannot be used.
    """
    resolve = job.options.resolve
    passed_in = weights.sha256 is None
    batch = make_batch(
        job.expressions,
        "network" if passed_in and resolve == "auto" else resolve,
        grid=plan.grid,
        window_size=job.options.window_size,
        categories=weights.categories,
        weights=weights.evidence,
        matcher=find_matcher(weights.matcher),
        caution=job.options.caution,
        layers=layer_nouns(job.own_layers),
    )
    batch = with_knowledge(batch, weights.known_classes, guess=job.options.guess)
    return with_own_layers(batch, job.own_layers, plan.grid, plan.aoi, frames=frames)


def make_run_plan(
    scene: Scene, options: SegmentOptions, gsd_range: tuple[float, float] | None
) -> RunPlan:
    """Plan the windows of a job.

    Args:
        scene: The open scene.
        options: How to read it.
        gsd_range: Metres per pixel that the network was trained for; None: any.

    Raises:
        OptionError: the AOI cannot be read or misses the scene.
    """
    gsd, advice = choose_gsd(scene, options, gsd_range)
    grid = scene.grid(gsd)
    aoi = read_aoi(options, grid)
    sides: dict[str, int] = {"size": options.window_size, "overlap": options.overlap}
    near = plan_windows(
        grid.width,
        grid.height,
        **sides,
        bounds=None if aoi is None else aoi.shape.bounds,
    )
    windows = [window for window in near if aoi is None or aoi.touches(window)]
    if not windows:
        raise OutsideScene("the area of interest lies outside the scene")
    stretch = scene.stretch.to_mapping()  # may add to the scene's advice
    return RunPlan(
        grid=grid,
        aoi=aoi,
        windows=tuple(windows),
        overviews=find_overviews(grid, options, gsd_range),
        outside=count_windows(grid.width, grid.height, **sides) - len(windows),
        stretch=stretch,
        advice=(*scene.advice, *(() if aoi is None else aoi.notes), *advice),
    )


def find_overviews(
    grid: Grid, options: SegmentOptions, gsd_range: tuple[float, float] | None
) -> tuple[Overview, ...]:
    """Coarser views in which the network may know what is too large in the full one.

    None for a network of which nothing is known, and none that is coarser than it was
    trained for; pixel coordinates have no metres, so there all are made.
    """
    if gsd_range is None:
        return ()
    return plan_overviews(
        grid,
        options.overviews,
        coarsest=None if grid.crs is None else gsd_range[1],
        size=options.window_size,
        overlap=options.overlap,
    )


def choose_gsd(
    scene: Scene, options: SegmentOptions, gsd_range: tuple[float, float] | None
) -> tuple[float | None, tuple[str, ...]]:
    """Metres per pixel to read at, and advice about it; None: the scene's own.

    The scene's own GSD, moved into the range that the network was trained for; with it
    oblong pixels become square, as those of degrees away from the equator. Pixel
    coordinates have no metres, so such a scene is read as it is unless `gsd` is given
    (decision 0178).

    Raises:
        SceneError: the scene is far too coarse for the network.
    """
    if options.gsd is not None:
        return options.gsd, ()
    if gsd_range is None or options.pixel_coordinates:
        return None, ()
    low, high = gsd_range
    wanted = min(max(scene.gsd, low), high)
    if abs(wanted - scene.gsd) <= GSD_TOLERANCE * scene.gsd:
        across, down = scene.native.pixel_size
        if max(across, down) <= OBLONG * min(across, down):
            return None, ()
        oblong = f"the scene's pixels are {across:.3g} m wide and {down:.3g} m high"
        return wanted, (f"{oblong}: read at {wanted:.3g} m, square",)
    reason = (
        f"the scene has {scene.gsd:.3g} m pixels and the weights were trained for "
        f"{low:.3g} to {high:.3g} m"
    )
    if scene.gsd > wanted * MAX_ENLARGEMENT:
        raise SceneError(
            f"{scene.path}: {reason}, so what they know is too small in it to be seen; "
            f"give a finer scene, or --gsd {scene.gsd / MAX_ENLARGEMENT:.3g} to read "
            "this one all the same"
        )
    return wanted, (f"{reason}: read at {wanted:.3g} m",)


class ValidWindows:
    """Counts the windows that hold data, from the strips that they ended up in.

    A window is predicted exactly where it has a valid pixel, and that pixel is valid in
    its strip: so the count is the same for any engine and after any interruption.
    """

    def __init__(self, windows: Iterable[Window]) -> None:
        self._pending = sorted(windows, key=lambda window: int(window.row_off))
        self.count = 0

    def add(self, strip: Strip) -> None:
        """Take the next strip from the top."""
        bottom = strip.top + strip.levels.shape[1]
        pending = []
        for index, window in enumerate(self._pending):
            if window.row_off >= bottom:
                pending += self._pending[index:]
                break
            rows = slice(
                max(window.row_off - strip.top, 0),
                window.row_off + window.height - strip.top,
            )
            columns = slice(window.col_off, window.col_off + window.width)
            if (strip.levels[0, rows, columns] != NODATA).any():
                self.count += 1
            elif window.row_off + window.height > bottom:
                pending.append(window)
        self._pending = pending
