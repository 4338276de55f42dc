"""A mixture of labelled images as a stream of samples with generated expressions.

A sample is first planned as a `View`, which needs no pixels, and then drawn: by
`View.draw`, or on a GPU by `gpu_rendering`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.datasets.transforms.boundaries import draw_boundaries
from rrsis_geo.datasets.transforms.crops import (
    Crop,
    crop_layout,
    crop_pixels,
    draw_mask,
    full_crop,
)
from rrsis_geo.datasets.transforms.photometric import (
    PhotometricChange,
    apply_photometric_change,
    sample_photometric_change,
)
from rrsis_geo.expressions.generate import NO_TARGET, SHARES, generate_expressions
from rrsis_geo.training.data.augmentation import CROP_SAFE_TYPES, flip_text
from rrsis_geo.training.data.batch import Sample

HARD_NEGATIVE_SHARE = 0.35
"""Share of crops around a mistake, in images with known mistakes."""

MAX_MARGIN = 0.25
"""Largest empty margin of an image shown as a whole, as a share of its side."""

NO_TARGET_WEIGHT = 2.0
"""Sampling weight of hand-written expressions without a target; others have 1."""

MAX_ATTEMPTS = 20
"""Images drawn for a sample before giving up."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Images of one data set, and how often training draws from them."""

    name: str
    weight: float
    """Sampling weight among the sources."""
    images: tuple[LabelledImage, ...]
    scale: tuple[float, float]
    """Smallest and largest scale of a crop, in result pixels per source pixel."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """A planned sample: which part of which image it shows, with which expressions."""

    image: LabelledImage
    piece: Crop
    layout: Layout
    """The objects in the piece, in pixels of the sample."""
    texts: tuple[str, ...]
    types: tuple[str, ...]
    targets: tuple[tuple[int, ...], ...]
    """Indices of the objects of `layout` that each expression refers to."""
    look: PhotometricChange

    def draw(self) -> Sample:
        """Render the sample."""
        return Sample(
            pixels=apply_photometric_change(
                crop_pixels(self.image.pixels, self.piece), self.look
            ),
            masks=np.stack(
                [separated_mask(self.layout, indices) for indices in self.targets]
            ),
            texts=self.texts,
            types=self.types,
        )


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """An endless stream of samples from several sources: item i depends on i only.

    Attributes:
        sources: to draw images from.
        size: S, pixels of a sample's side.
        expressions: E, expressions per image.
        written: probability of hand-written expressions for an image that has some.
        no_target: share of generated expressions without a target.
        swapped_expressions: share of expressions that are replaced by hand-written ones
            of other images, about a class that is absent here.
        shares: factors on the default shares of types of generated expressions.
        seed: of the stream.
    """

    sources: tuple[Source, ...]
    size: int
    expressions: int
    written: float = 0.5
    no_target: float = 0.25
    swapped_expressions: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __getitem__(self, index: int) -> Sample:
        return self.view(index).draw()

    def view(self, index: int) -> View:
        """Plan sample number `index`."""
        rng = np.random.default_rng((self.seed, index))
        weights = np.array([source.weight for source in self.sources])
        for _ in range(MAX_ATTEMPTS):
            source = self.sources[rng.choice(len(weights), p=weights / weights.sum())]
            image = source.images[rng.integers(len(source.images))]
            if image.written and rng.random() < self.written:
                written = self._written_view(image, source.scale, rng)
                return self._swap_expressions(written, rng)
            view = self._generated_view(image, source.scale, rng)
            if view is not None:
                return self._swap_expressions(view, rng)
        raise RuntimeError(
            f"item {index}: {MAX_ATTEMPTS} images gave no expression; are the sources "
            "empty?"
        )

    def _written_view(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> View:
        """Plan a sample with hand-written expressions.

        They hold for the whole image. Crops are shown only with expressions that stay
        true in any crop, and flipped images only if all expressions can be flipped.
        """
        crop_safe = [item for item in image.written if item.type in CROP_SAFE_TYPES]
        crop = bool(crop_safe) and rng.random() < 0.4
        chosen = _choose_written(
            crop_safe if crop else image.written, self.expressions, rng
        )
        mirror, upside_down = bool(rng.random() < 0.5), bool(rng.random() < 0.3)
        texts = [
            flip_text(item.text, mirror=mirror, upside_down=upside_down)
            for item in chosen
        ]
        if any(text is None for text in texts):
            mirror = upside_down = False
            texts = [item.text for item in chosen]
        layout = image.layout
        piece = (
            self._crop(layout, scale, rng)
            if crop
            else _whole_with_margins(layout, self.size, rng)
        )
        # A vertical flip is a horizontal one turned by 180 degrees.
        turns = 2 if upside_down else 0
        piece = replace(piece, mirror=mirror != upside_down, turns=turns)
        cut, targets = _visible_targets(layout, piece, chosen)
        return View(
            image=image,
            piece=piece,
            layout=cut,
            texts=tuple(cast("list[str]", texts)),
            types=tuple(item.type for item in chosen),
            targets=targets,
            look=sample_photometric_change(rng),
        )

    def _generated_view(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> View | None:
        """Plan a random crop with generated expressions; None: none was possible."""
        piece = replace(
            self._crop(image.layout, scale, rng, image.mistakes),
            mirror=bool(rng.random() < 0.5),
            turns=int(rng.integers(4)),
        )
        cut, _ = crop_layout(image.layout, piece)
        generated = generate_expressions(
            cut,
            rng=rng,
            count=self.expressions,
            no_target=self.no_target,
            shares={
                kind: share * self.shares.get(kind, 1.0)
                for kind, share in SHARES.items()
            },
        )
        if not generated:
            return None
        chosen = [generated[i % len(generated)] for i in range(self.expressions)]
        return View(
            image=image,
            piece=piece,
            layout=cut,
            texts=tuple(item.text for item in chosen),
            types=tuple(item.type for item in chosen),
            targets=tuple(item.targets for item in chosen),
            look=sample_photometric_change(rng),
        )

    def _swap_expressions(self, view: View, rng: np.random.Generator) -> View:
        """Replace some expressions by hand-written ones about classes absent here.

        Hand-written expressions are more varied than generated ones without a target,
        and harder to reject.
        """
        if not self.swapped_expressions:
            return view
        layout = view.image.layout
        present = {item.category for item in layout.objects}
        written = self._written_by_category
        absent = sorted((layout.complete - present) & written.keys())
        if not absent:
            return view
        texts, types, targets = list(view.texts), list(view.types), list(view.targets)
        for position in range(len(texts)):
            if rng.random() < self.swapped_expressions:
                choices = written[absent[int(rng.integers(len(absent)))]]
                texts[position] = choices[int(rng.integers(len(choices)))]
                types[position], targets[position] = NO_TARGET, ()
        return replace(
            view, texts=tuple(texts), types=tuple(types), targets=tuple(targets)
        )

    @cached_property
    def _written_by_category(self) -> Mapping[str, Sequence[str]]:
        """Hand-written expressions by category, if all targets are of one."""
        by_category: dict[str, dict[str, None]] = {}
        for source in self.sources:
            for image in source.images:
                for item in image.written:
                    objects = image.layout.objects
                    categories = {objects[i].category for i in item.targets}
                    if len(categories) == 1:
                        texts = by_category.setdefault(categories.pop(), {})
                        texts[item.text] = None
        return {category: tuple(texts) for category, texts in by_category.items()}

    def _crop(
        self,
        layout: Layout,
        scale: tuple[float, float],
        rng: np.random.Generator,
        mistakes: Sequence[tuple[float, float]] = (),
    ) -> Crop:
        """Choose a random crop and scale, mostly around an object or a mistake."""
        low, high = np.log(scale)
        side = self.size / float(np.exp(rng.uniform(low, high)))
        side = round(min(side, 1.25 * max(layout.width, layout.height)))
        left = _offset(layout.width, side, rng)
        top = _offset(layout.height, side, rng)
        if mistakes and rng.random() < HARD_NEGATIVE_SHARE:
            x, y = mistakes[int(rng.integers(len(mistakes)))]
            left = x - side * rng.uniform(0.15, 0.85)
            top = y - side * rng.uniform(0.15, 0.85)
        elif layout.objects and rng.random() < 0.7:
            chosen = layout.objects[rng.integers(len(layout.objects))]
            x1, y1, x2, y2 = chosen.polygon.bounds
            left = (x1 + x2) / 2 - side * rng.uniform(0.15, 0.85)
            top = (y1 + y2) / 2 - side * rng.uniform(0.15, 0.85)
        # Whole pixels, so that every renderer resamples the same rectangle.
        return Crop(
            left=round(_clamp_offset(left, layout.width, side)),
            top=round(_clamp_offset(top, layout.height, side)),
            width=side,
            height=side,
            size=(self.size, self.size),
        )


def separated_mask(layout: Layout, targets: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return (H, W), True on the targets except on seams between touching ones."""
    return draw_mask(layout, targets) & ~draw_boundaries(layout, targets)


def written_masks(
    layout: Layout, piece: Crop, items: Sequence[WrittenExpression]
) -> NDArray[np.bool_]:
    """Return (E, h, w) masks of E hand-written expressions in a piece."""
    cut, targets = _visible_targets(layout, piece, items)
    return np.stack([draw_mask(cut, indices) for indices in targets])


def _visible_targets(
    layout: Layout, piece: Crop, items: Sequence[WrittenExpression]
) -> tuple[Layout, tuple[tuple[int, ...], ...]]:
    """Return the layout of a piece, and the targets of each expression in it."""
    cut, kept = crop_layout(layout, piece)
    new_index = {old: new for new, old in enumerate(kept)}
    targets = (
        tuple(new_index[target] for target in item.targets if target in new_index)
        for item in items
    )
    return cut, tuple(targets)


def _choose_written(
    items: Sequence[WrittenExpression], count: int, rng: np.random.Generator
) -> list[WrittenExpression]:
    """Choose `count` items at random; none is repeated before all are used."""
    weights = np.array([1.0 if item.targets else NO_TARGET_WEIGHT for item in items])
    order = rng.choice(len(items), len(items), replace=False, p=weights / weights.sum())
    return [items[order[i % len(order)]] for i in range(count)]


def _whole_with_margins(layout: Layout, size: int, rng: np.random.Generator) -> Crop:
    """Show the whole image, in half of the cases with random margins.

    Margins vary the samples and keep expressions about the whole image true.
    """
    piece = full_crop(layout, size)
    if rng.random() < 0.5:
        return piece
    margin_w = round(layout.width * rng.uniform(0, MAX_MARGIN))
    margin_h = round(layout.height * rng.uniform(0, MAX_MARGIN))
    return replace(
        piece,
        left=-int(rng.integers(margin_w + 1)),
        top=-int(rng.integers(margin_h + 1)),
        width=layout.width + margin_w,
        height=layout.height + margin_h,
    )


def _offset(length: float, side: float, rng: np.random.Generator) -> float:
    """Choose a random offset: inside the image, or around it if it is smaller."""
    spare = length - side
    return float(rng.uniform(min(0.0, spare), max(0.0, spare)))


def _clamp_offset(offset: float, length: float, side: float) -> float:
    """Move an offset so that the crop lies inside the image, or covers it."""
    spare = length - side
    return float(min(max(offset, min(0.0, spare)), max(0.0, spare)))
