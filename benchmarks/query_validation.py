"""Validation images: every expression resolved by network, scene and auto."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from affine import Affine
from head_digest import head_digest
from image_colours import colours_on
from numpy.typing import NDArray
from public_data import nwpu, split
from rasterio.crs import CRS
from rasterio.features import rasterize

from rrsis_geo.colour.colour_filter import fade_other_colours
from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import (
    crop_layout,
    crop_pixels,
    draw_mask,
    full_crop,
)
from rrsis_geo.expressions.generate import generate_expressions
from rrsis_geo.job import SegmentOptions
from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.matching.matcher import Matcher, find_matcher
from rrsis_geo.model.predictor import TorchNetwork
from rrsis_geo.pipeline.revectorize import open_polygonizers
from rrsis_geo.query.heads import rows_of_second
from rrsis_geo.query.query_batch import QueryBatch, as_typed, make_batch
from rrsis_geo.runtime.cached_predictor import bind
from rrsis_geo.scene.grid import Grid
from rrsis_geo.training.data.mixture import Source, written_masks
from rrsis_geo.training.validation import made_samples
from rrsis_geo.types import Strip

SIDE = 480
"""Pixels: images and masks are compared at 480 x 480; the aspect is not kept."""

QUIET = 0.001
"""Share of an image; less foreground counts as none."""

MODES = ("network", "scene", "auto")


class CachedNetwork:
    """A network whose probabilities are cached in a folder, as levels of 254."""

    def __init__(self, weights: str) -> None:
        self._network = TorchNetwork(weights, device="cpu")
        self._weights = weights
        info = self._network.info
        self._second_head = info.second_head
        self.categories = info.categories
        self.matcher = find_matcher(info.matcher)
        self.score_margin = info.calibration.score_margin
        self._folder = Path(tempfile.gettempdir()) / "rrsis-queries-images"
        self._folder.mkdir(exist_ok=True)

    def levels(
        self, pixels: NDArray[np.uint8], texts: Sequence[str]
    ) -> dict[str, NDArray[np.uint8]]:
        """Return (H, W) levels by text, after the colour filter."""
        image = hashlib.sha256(pixels.tobytes()).hexdigest()
        second = set(rows_of_second(texts, self._second_head))
        paths = {}
        for row, text in enumerate(texts):
            head = head_digest(self._weights, second=row in second)
            paths[text] = self._folder / f"{_digest(image + head + text)}.npz"
        missing = [text for text, path in paths.items() if not path.exists()]
        if missing:
            predictor = bind(
                self._network, missing, SegmentOptions(precision="float32")
            )
            found = np.rint(predictor(pixels[None])[0] * 254).astype(np.uint8)
            for text, level in zip(missing, found, strict=True):
                np.savez_compressed(paths[text], level=level)
        found = {text: np.load(path)["level"] for text, path in paths.items()}
        return {text: faded(level, pixels, text) for text, level in found.items()}


def faded(
    level: NDArray[np.uint8], pixels: NDArray[np.uint8], text: str
) -> NDArray[np.uint8]:
    """Return (H, W) levels, faded where pixels do not have the colour of a text."""
    term = colour_term(as_typed([text]).phrases[0].head)
    chance = level[None].astype(np.float32) / 254
    kept = fade_other_colours(pixels, chance, (term,))[0]
    return np.rint(kept * 254).astype(np.uint8)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """An expression on an image, and the score of each mode."""

    image: str
    expression: str
    type: str
    operators: tuple[str, ...]
    iou: dict[str, float]
    """IoU by mode; without a target 1 for (nearly) no foreground, else 0."""
    target: bool = True


@dataclass
class Tables:
    """Means of values by row and column."""

    sums: dict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, row: str, column: str, value: float) -> None:
        """Add one value."""
        self.sums[row, column].append(value)

    def lines(self, columns: Sequence[str]) -> Iterator[str]:
        """Yield the lines of the table, rows sorted by name."""
        yield f"{'':22}{'n':>6}" + "".join(f"{name:>10}" for name in columns)
        for row in sorted({row for row, _ in self.sums}):
            values = [self.sums[row, column] for column in columns]
            yield f"{row:22}{len(values[0]):6}" + "".join(
                f"{100 * np.mean(value):10.1f}" for value in values
            )


ROWS = {
    "all": "",
    "location, written and made": "location",
    "extreme (made)": "extreme",
    "size, written and made": "size",
    "relation, written and made": "relation",
    "group, written and made": "group",
    "nested (made)": "nested",
    "context": "context",
    "attribute, written and made": "attribute",
    "category, synonym, written and made": "category synonym",
}
"""Types of expressions of each row of the documented table; "" for all."""


def documented(found: Sequence[Case]) -> Iterator[str]:
    """Yield the lines of the table in the documentation."""
    yield "| type | expressions | network | scene | auto |"
    yield "| --- | --- | --- | --- | --- |"
    for row, types in ROWS.items():
        matching = [
            case
            for case in found
            if case.target
            and (not types or case.type.removeprefix("made ") in types.split())
        ]
        if matching:
            yield _row(row, matching)
    quiet = [case for case in found if not case.target]
    if quiet:
        yield _row("no target: answered with nothing, %", quiet)


def _row(title: str, found: Sequence[Case]) -> str:
    means = [100 * np.mean([case.iou[mode] for case in found]) for mode in MODES]
    cells = " | ".join(f"{mean:.1f}" for mean in means)
    return f"| {title} | {len(found)} | {cells} |"


def cases(data: Path, weights: str, *, made: int, limit: int | None) -> list[Case]:
    """Score every mode on every expression of the validation images."""
    network = CachedNetwork(weights)
    _, kept = split(nwpu(data), every=7)
    found = []
    for image in kept[:limit]:
        texts, types, masks = expressions_of(image, made)
        if texts:
            found += _score(image, texts, types, masks, network)
    return found


def without_target(
    sources: Sequence[Source], weights: str, *, count: int
) -> list[Case]:
    """Score expressions without a target on crops; modes `auto` and network only.

    Args:
        sources: Validation sources.
        weights: Name or file.
        count: Crops of each source.
    """
    network, grid = CachedNetwork(weights), _grid(SIDE, SIDE, 1.0)
    found = []
    for source in sources:
        for number, sample in enumerate(made_samples(source, count=count, seed=7)):
            for text, mask in zip(sample.texts, sample.masks, strict=True):
                if mask.any():
                    continue
                iou = {}
                for mode in ("network", "auto"):
                    batch = plan_expression(
                        text, mode, grid, network.categories, network.matcher
                    )
                    levels = network.levels(sample.pixels, sorted(batch.texts))
                    iou[mode] = overlap(
                        answered_mask(
                            batch,
                            levels,
                            grid,
                            network.score_margin,
                            pixels=sample.pixels,
                        ),
                        mask,
                    )
                found.append(
                    Case(
                        image=f"{source.name} {number}",
                        expression=text,
                        type="no-target",
                        operators=(),
                        iou=iou,
                        target=False,
                    )
                )
    return found


def plan_expression(
    text: str,
    mode: str,
    grid: Grid,
    categories: Sequence[str],
    matcher: Matcher | None = None,
) -> QueryBatch:
    """Plan an expression for a scene of one window."""
    return make_batch(
        [text],
        mode,
        grid=grid,
        window_size=SIDE,
        categories=tuple(categories),
        matcher=matcher,
    )


def grid_of(image: LabelledImage) -> Grid:
    """Return the grid of an image resized to the side that is compared."""
    layout = image.layout
    return _grid(layout.width, layout.height, layout.gsd or 1.0)


def _grid(width: float, height: float, gsd: float) -> Grid:
    """Return the grid of an image of a given size, resized to `SIDE`."""
    step_x, step_y = gsd * width / SIDE, gsd * height / SIDE
    place = Affine(step_x, 0, 500_000, 0, -step_y, 1_000_000)
    return Grid(place, CRS.from_epsg(32631), SIDE, SIDE)


def expressions_of(
    image: LabelledImage, made: int
) -> tuple[list[str], list[str], list[NDArray[np.bool_]]]:
    """Return the texts, types and masks of an image's expressions."""
    crop = full_crop(image.layout, SIDE)
    texts = [item.text for item in image.written]
    types = [item.type for item in image.written]
    masks = list(written_masks(image.layout, crop, image.written)) if texts else []
    layout, _ = crop_layout(image.layout, crop)
    rng = np.random.default_rng(int(_digest(image.name)[:8], 16))
    for item in generate_expressions(layout, rng=rng, count=made):
        if item.text not in texts:
            texts.append(item.text)
            types.append(f"made {item.type}")
            masks.append(draw_mask(layout, item.targets))
    return texts, types, masks


def _score(
    image: LabelledImage,
    texts: list[str],
    types: list[str],
    masks: list[NDArray[np.bool_]],
    network: CachedNetwork,
) -> list[Case]:
    pixels = crop_pixels(image.pixels, full_crop(image.layout, SIDE))
    grid = grid_of(image)
    batches = {
        mode: [
            plan_expression(text, mode, grid, network.categories, network.matcher)
            for text in texts
        ]
        for mode in MODES
    }
    all_phrases = {
        phrase
        for of_mode in batches.values()
        for batch in of_mode
        for phrase in batch.texts
    }
    levels = network.levels(pixels, sorted(all_phrases))
    found = []
    for place, (text, kind, mask) in enumerate(zip(texts, types, masks, strict=True)):
        masks_by_mode = {
            mode: answered_mask(
                batches[mode][place],
                levels,
                grid,
                network.score_margin,
                pixels=pixels,
            )
            for mode in MODES
        }
        found.append(
            Case(
                image=image.name,
                expression=text,
                type=kind,
                operators=tuple(sorted(_operators(batches["scene"][place]))),
                iou={mode: overlap(masks_by_mode[mode], mask) for mode in MODES},
                target=bool(mask.any()),
            )
        )
    return found


def _operators(batch: QueryBatch) -> set[str]:
    return {
        type(node).__name__
        for plan in batch.plans
        for node in walk(plan.root)
        if not isinstance(node, n.Find)
    }


def answered_mask(
    batch: QueryBatch,
    levels: dict[str, NDArray[np.uint8]],
    grid: Grid,
    score_margin: float,
    *,
    pixels: NDArray[np.uint8],
) -> NDArray[np.bool_]:
    """Resolve a batch to a mask, from polygons, as a run does.

    Args:
        batch: Of expressions.
        levels: Text -> (SIDE, SIDE) what was predicted for it.
        grid: Of the image.
        score_margin: Of the weights.
        pixels: (3, H, W) of the image.
    """
    strip = Strip(top=0, levels=np.stack([levels[phrase] for phrase in batch.texts]))
    options = SegmentOptions()
    polygonizers = open_polygonizers(batch, batch.texts, grid, options, score_margin)
    for one in polygonizers:
        one.add(strip)
    polygons, *faint = (one.finish() for one in polygonizers)
    resolved = batch.answer(
        polygons,
        grid,
        None,
        faint=faint[0] if faint else None,
        colours_of=colours_on(pixels, grid),
    ).polygons.geometry
    if not len(resolved):
        return np.zeros((SIDE, SIDE), np.bool_)
    to_pixels = Grid(~grid.transform, None, 1, 1)
    pixels = shapely.transform(
        resolved, lambda xy: np.column_stack(to_pixels.pixels_to_crs(*xy.T))
    )
    return np.asarray(rasterize(pixels, out_shape=(SIDE, SIDE)) > 0)


def overlap(found: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    """Compute the IoU; without a target 1 for (nearly) no foreground, else 0."""
    if not mask.any():
        return float(found.mean() < QUIET)
    return float((found & mask).sum() / (found | mask).sum())
