"""Validation images: each expression by the network, by the map, by auto."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
import torch
from affine import Affine
from numpy.typing import NDArray
from public_data import nwpu, split
from rasterio.crs import CRS
from rasterio.features import rasterize

from rrsis_geo.colour.colour_filter import fade_other_colours
from rrsis_geo.colour.colour_terms import colour_term
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.datasets.transforms.crops import crop_pixels, draw_mask, full_crop
from rrsis_geo.expressions.generate import generate_expressions
from rrsis_geo.job import SegmentOptions
from rrsis_geo.language import nodes as n
from rrsis_geo.language.traversal import walk
from rrsis_geo.model.encoders.tokenizer import Tokenizer
from rrsis_geo.model.predictor import NetPredictor
from rrsis_geo.model.serialization.weights import load_weights
from rrsis_geo.query.query_batch import QueryBatch, as_typed, make_batch
from rrsis_geo.scene.grid import Grid
from rrsis_geo.training.data.mixture import Source, written_masks
from rrsis_geo.training.validation import made_samples
from rrsis_geo.types import Strip
from rrsis_geo.vector.instance_splitting import split_by_class
from rrsis_geo.vector.polygonize import vectorize

SIDE = 480
"""Pixels: images and masks are compared at 480 x 480, aspect not kept."""

QUIET = 0.001
"""Share of an image; less is next to nothing."""

MODES = ("network", "scene", "auto")


class Cache:
    """A network whose probabilities are kept in a folder, as levels of 254."""

    def __init__(self, weights: str) -> None:
        self._net, self._info = load_weights(weights)
        self._tokenizer = Tokenizer(self._info.vocabulary)
        self.categories = self._info.categories
        self.score_margin = self._info.calibration.score_margin
        name = f"rrsis-queries-{self._info.sha256[:12]}"
        self._folder = Path(tempfile.gettempdir()) / name
        self._folder.mkdir(exist_ok=True)

    def levels(
        self, pixels: NDArray[np.uint8], texts: Sequence[str]
    ) -> dict[str, NDArray[np.uint8]]:
        """Text -> (H, W) levels of an image, faded where the colour is another."""
        mark = hashlib.sha256(pixels.tobytes())
        places = {
            text: self._folder / f"{_digest(mark.hexdigest() + text)}.npz"
            for text in texts
        }
        missing = [text for text, path in places.items() if not path.exists()]
        if missing:
            predictor = NetPredictor(
                self._net,
                self._tokenizer,
                missing,
                calibration=self._info.calibration,
                device=torch.device("cpu"),
                precision=torch.float32,
                batch_size=1,
            )
            found = np.rint(predictor(pixels[None])[0] * 254).astype(np.uint8)
            for text, level in zip(missing, found, strict=True):
                np.savez_compressed(places[text], level=level)
        found = {text: np.load(path)["level"] for text, path in places.items()}
        return {text: faded(level, pixels, text) for text, level in found.items()}


def faded(
    level: NDArray[np.uint8], pixels: NDArray[np.uint8], text: str
) -> NDArray[np.uint8]:
    """(H, W) levels, faded where pixels have another colour than a text asks for."""
    term = colour_term(as_typed([text]).phrases[0].head)
    chance = level[None].astype(np.float32) / 254
    left = fade_other_colours(pixels, chance, (term,))[0]
    return np.rint(left * 254).astype(np.uint8)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """An expression on an image, and how well each mode answers it."""

    image: str
    expression: str
    type: str
    operators: tuple[str, ...]
    iou: dict[str, float]
    """Mode -> intersection over union; for no-target 1 for next to nothing."""
    target: bool = True


@dataclass
class Tables:
    """Means by anything."""

    sums: dict[tuple[str, str], list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, row: str, column: str, value: float) -> None:
        """One more."""
        self.sums[row, column].append(value)

    def lines(self, columns: Sequence[str]) -> Iterator[str]:
        """Ready to print, rows by name, with their number."""
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
"""Row of the table in the documentation -> types; "" for all."""


def documented(found: Sequence[Case]) -> Iterator[str]:
    """The table of the documentation, with the bars that auto has to pass."""
    yield "| type | expressions | network | scene | auto |"
    yield "| --- | --- | --- | --- | --- |"
    for row, types in ROWS.items():
        these = [
            case
            for case in found
            if case.target
            and (not types or case.type.removeprefix("made ") in types.split())
        ]
        if these:
            yield _row(row, these)
    quiet = [case for case in found if not case.target]
    if quiet:
        yield _row("no target: answered with nothing, %", quiet)


def _row(title: str, found: Sequence[Case]) -> str:
    means = [100 * np.mean([case.iou[mode] for case in found]) for mode in MODES]
    cells = " | ".join(f"{mean:.1f}" for mean in means)
    return f"| {title} | {len(found)} | {cells} |"


def cases(data: Path, weights: str, *, made: int, limit: int | None) -> list[Case]:
    """All validation images, every mode of every expression."""
    cache = Cache(weights)
    _, kept = split(nwpu(data), every=7)
    found = []
    for image in kept[:limit]:
        texts, types, masks = _asked(image, made)
        if texts:
            found += _answered(image, texts, types, masks, cache)
    return found


def without_target(
    sources: Sequence[Source], weights: str, *, count: int
) -> list[Case]:
    """What nothing fits, on pieces of any kept images; `auto` and network only.

    Args:
        sources: kept back.
        weights: name or file.
        count: pieces of each source.
    """
    cache, grid = Cache(weights), _grid(SIDE, SIDE, 1.0)
    found = []
    for source in sources:
        for number, sample in enumerate(made_samples(source, count=count, seed=7)):
            for text, mask in zip(sample.texts, sample.masks, strict=True):
                if mask.any():
                    continue
                painted = {}
                for mode in ("network", "auto"):
                    asked = question(text, mode, grid, cache.categories)
                    levels = cache.levels(sample.pixels, sorted(asked.texts))
                    painted[mode] = overlap(
                        answered_mask(asked, levels, grid, cache.score_margin), mask
                    )
                found.append(
                    Case(
                        image=f"{source.name} {number}",
                        expression=text,
                        type="no-target",
                        operators=(),
                        iou=painted,
                        target=False,
                    )
                )
    return found


def question(text: str, mode: str, grid: Grid, categories: Sequence[str]) -> QueryBatch:
    """An expression as a run of one window asks it."""
    return make_batch(
        [text], mode, grid=grid, window_size=SIDE, categories=tuple(categories)
    )


def grid_of(image: LabelledImage) -> Grid:
    """Of an image squeezed to the side that is compared."""
    layout = image.layout
    return _grid(layout.width, layout.height, layout.gsd or 1.0)


def _grid(width: float, height: float, gsd: float) -> Grid:
    """Of an image of so many pixels, squeezed to the side that is compared."""
    step_x, step_y = gsd * width / SIDE, gsd * height / SIDE
    place = Affine(step_x, 0, 500_000, 0, -step_y, 1_000_000)
    return Grid(place, CRS.from_epsg(32631), SIDE, SIDE)


def _asked(
    image: LabelledImage, made: int
) -> tuple[list[str], list[str], list[NDArray[np.bool_]]]:
    piece = full_crop(image.layout, SIDE)
    texts = [item.text for item in image.written]
    types = [item.type for item in image.written]
    masks = list(written_masks(image.layout, piece, image.written)) if texts else []
    from rrsis_geo.datasets.transforms.crops import crop_layout

    layout, _ = crop_layout(image.layout, piece)
    rng = np.random.default_rng(int(_digest(image.name)[:8], 16))
    for item in generate_expressions(layout, rng=rng, count=made):
        if item.text not in texts:
            texts.append(item.text)
            types.append(f"made {item.type}")
            masks.append(draw_mask(layout, item.targets))
    return texts, types, masks


def _answered(
    image: LabelledImage,
    texts: list[str],
    types: list[str],
    masks: list[NDArray[np.bool_]],
    cache: Cache,
) -> list[Case]:
    pixels = crop_pixels(image.pixels, full_crop(image.layout, SIDE))
    grid = grid_of(image)
    asked = {
        mode: [question(text, mode, grid, cache.categories) for text in texts]
        for mode in MODES
    }
    every = {
        phrase
        for questions in asked.values()
        for question in questions
        for phrase in question.texts
    }
    levels = cache.levels(pixels, sorted(every))
    found = []
    for place, (text, kind, mask) in enumerate(zip(texts, types, masks, strict=True)):
        masked = {
            mode: answered_mask(asked[mode][place], levels, grid, cache.score_margin)
            for mode in MODES
        }
        found.append(
            Case(
                image=image.name,
                expression=text,
                type=kind,
                operators=tuple(sorted(_operators(asked["scene"][place]))),
                iou={mode: overlap(masked[mode], mask) for mode in MODES},
                target=bool(mask.any()),
            )
        )
    return found


def _operators(questions: QueryBatch) -> set[str]:
    return {
        type(node).__name__
        for plan in questions.plans
        for node in walk(plan.root)
        if not isinstance(node, n.Find)
    }


def answered_mask(
    questions: QueryBatch,
    levels: dict[str, NDArray[np.uint8]],
    grid: Grid,
    score_margin: float,
) -> NDArray[np.bool_]:
    """As the product answers: objects, without those that barely pass."""
    stack = np.stack([levels[phrase] for phrase in questions.texts])
    polygons = vectorize(
        [Strip(top=0, levels=stack)],
        grid,
        questions.texts,
        threshold=0.5,
        min_area=0,
        fill_holes=0,
        simplify=0,
        min_score=SegmentOptions().least_score(score_margin),
        split=split_by_class(
            [phrase.head.categories for phrase in questions.phrases], None
        ),
    )
    meant = questions.answer(polygons, grid, None).polygons.geometry
    if not len(meant):
        return np.zeros((SIDE, SIDE), np.bool_)
    back = Grid(~grid.transform, None, 1, 1)
    pixels = shapely.transform(
        meant, lambda xy: np.column_stack(back.pixels_to_crs(*xy.T))
    )
    return np.asarray(rasterize(pixels, out_shape=(SIDE, SIDE)) > 0)


def overlap(found: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    """Intersection over union; where nothing is meant 1 for next to nothing."""
    if not mask.any():
        return float(found.mean() < QUIET)
    return float((found & mask).sum() / (found | mask).sum())
