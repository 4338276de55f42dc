"""An endless, random-access stream of training samples: item i depends on i only.

So a run can stop anywhere and go on with the very same samples, and worker
processes need to share nothing but the images.

A sample is planned first, as a view, without looking at a pixel; then it is drawn, here
or on a GPU (`training.render`).
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
from rrsis_geo.expressions.mirroring import flip_words
from rrsis_geo.training.data.batch import Sample

STILL_TRUE = frozenset({"category", "synonym", "attribute", "context", "no-target"})
"""Types of written words that stay true of whatever a crop leaves of the image."""

AGAIN = 0.35
"""Share of the pieces cut around a mistake, in images with known ones."""

MARGIN = 0.25
"""Largest empty margin around an image shown as a whole, as a share of its side."""

DENIED = 2.0
"""How much more often words are taken that people wrote of what is not there."""

TRIES = 20
"""Crops looked at before a sample is given up as impossible."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Images of one kind, and how often training should draw from them."""

    name: str
    weight: float
    images: tuple[LabelledImage, ...]
    scale: tuple[float, float]
    """Result pixels per source pixel to crop at, smallest and largest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """What a sample shows, before any pixel of it is looked at."""

    image: LabelledImage
    piece: Crop
    layout: Layout
    """What is in the piece, in the pixels of the sample."""
    texts: tuple[str, ...]
    types: tuple[str, ...]
    targets: tuple[tuple[int, ...], ...]
    """Objects of the layout, by expression."""
    look: PhotometricChange

    def draw(self) -> Sample:
        """The sample."""
        return Sample(
            pixels=apply_photometric_change(
                crop_pixels(self.image.pixels, self.piece), self.look
            ),
            masks=np.stack([parted_mask(self.layout, which) for which in self.targets]),
            texts=self.texts,
            types=self.types,
        )


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Samples drawn from several sources.

    Attributes:
        size: S, pixels of a sample's side.
        expressions: E, expressions per image.
        written: share of the samples of hand-described images that use the words
            written for them rather than made ones.
        strays: share of the expressions that are exchanged for what people wrote of
            things on other images, of a class of which this one has none.
        shares: times the usual share of a type of made expressions, by type.
        seed: the stream's name.
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
        """What sample number `index` shows."""
        rng = np.random.default_rng((self.seed, index))
        shares = np.array([source.weight for source in self.sources])
        for _ in range(TRIES):
            source = self.sources[rng.choice(len(shares), p=shares / shares.sum())]
            image = source.images[rng.integers(len(source.images))]
            if image.written and rng.random() < self.written:
                return self._astray(self._written(image, source.scale, rng), rng)
            view = self._made(image, source.scale, rng)
            if view is not None:
                return self._astray(view, rng)
        raise RuntimeError(f"no sample found for item {index}: the sources are empty")

    def _written(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> View:
        """Words that a person wrote; flipped with the image where the words can.

        They are true of the whole image. Those that do not speak of place, size or
        number stay true of any part, so these are shown parts, too.
        """
        lasting = [item for item in image.written if item.type in STILL_TRUE]
        part = bool(lasting) and rng.random() < 0.4
        chosen = _some(lasting if part else image.written, self.expressions, rng)
        mirror, over = bool(rng.random() < 0.5), bool(rng.random() < 0.3)
        texts = [_flipped(item.text, mirror=mirror, over=over) for item in chosen]
        if any(text is None for text in texts):
            mirror = over = False
            texts = [item.text for item in chosen]
        layout = image.layout
        piece = (
            self._piece(layout, scale, rng) if part else _framed(layout, self.size, rng)
        )
        # Upside down is a mirror image turned by half.
        piece = replace(piece, mirror=mirror != over, turns=2 if over else 0)
        cut, targets = _seen(layout, piece, chosen)
        return View(
            image=image,
            piece=piece,
            layout=cut,
            texts=tuple(cast("list[str]", texts)),
            types=tuple(item.type for item in chosen),
            targets=targets,
            look=sample_photometric_change(rng),
        )

    def _made(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> View | None:
        """A random piece, with words made for what is in it."""
        piece = replace(
            self._piece(image.layout, scale, rng, image.mistakes),
            mirror=bool(rng.random() < 0.5),
            turns=int(rng.integers(4)),
        )
        cut, _ = crop_layout(image.layout, piece)
        made = generate_expressions(
            cut,
            rng=rng,
            count=self.expressions,
            no_target=self.no_target,
            shares={
                kind: share * self.shares.get(kind, 1.0)
                for kind, share in SHARES.items()
            },
        )
        if not made:
            return None
        made = [made[i % len(made)] for i in range(self.expressions)]
        return View(
            image=image,
            piece=piece,
            layout=cut,
            texts=tuple(item.text for item in made),
            types=tuple(item.type for item in made),
            targets=tuple(item.targets for item in made),
            look=sample_photometric_change(rng),
        )

    def _astray(self, view: View, rng: np.random.Generator) -> View:
        """Some of the expressions exchanged for those of things that are not there.

        What people write of a class is more varied, and harder to turn down, than what
        is made to have no target.
        """
        if not self.swapped_expressions:
            return view
        layout = view.image.layout
        there = {item.category for item in layout.objects}
        absent = sorted((layout.complete - there) & self._told.keys())
        if not absent:
            return view
        texts, types, targets = list(view.texts), list(view.types), list(view.targets)
        for place in range(len(texts)):
            if rng.random() < self.swapped_expressions:
                told = self._told[absent[int(rng.integers(len(absent)))]]
                texts[place] = told[int(rng.integers(len(told)))]
                types[place], targets[place] = NO_TARGET, ()
        return replace(
            view, texts=tuple(texts), types=tuple(types), targets=tuple(targets)
        )

    @cached_property
    def _told(self) -> Mapping[str, Sequence[str]]:
        """What people wrote of things, by the class of all that is meant."""
        told: dict[str, dict[str, None]] = {}
        for source in self.sources:
            for image in source.images:
                for item in image.written:
                    named = {image.layout.objects[i].category for i in item.targets}
                    if len(named) == 1:
                        told.setdefault(named.pop(), {})[item.text] = None
        return {category: tuple(texts) for category, texts in told.items()}

    def _piece(
        self,
        layout: Layout,
        scale: tuple[float, float],
        rng: np.random.Generator,
        mistakes: Sequence[tuple[float, float]] = (),
    ) -> Crop:
        """Somewhere at some scale; mostly where something is, or was thought to be."""
        low, high = np.log(scale)
        side = self.size / float(np.exp(rng.uniform(low, high)))
        side = round(min(side, 1.25 * max(layout.width, layout.height)))
        left = _offset(layout.width, side, rng)
        top = _offset(layout.height, side, rng)
        if mistakes and rng.random() < AGAIN:
            x, y = mistakes[int(rng.integers(len(mistakes)))]
            left = x - side * rng.uniform(0.15, 0.85)
            top = y - side * rng.uniform(0.15, 0.85)
        elif layout.objects and rng.random() < 0.7:
            chosen = layout.objects[rng.integers(len(layout.objects))]
            x1, y1, x2, y2 = chosen.polygon.bounds
            left = (x1 + x2) / 2 - side * rng.uniform(0.15, 0.85)
            top = (y1 + y2) / 2 - side * rng.uniform(0.15, 0.85)
        # Whole pixels, so that every way of drawing resamples the very same rectangle.
        return Crop(
            left=round(_held(left, layout.width, side)),
            top=round(_held(top, layout.height, side)),
            width=side,
            height=side,
            size=(self.size, self.size),
        )


def parted_mask(layout: Layout, targets: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W) True on the targets, but for the seams between those that touch."""
    return draw_mask(layout, targets) & ~draw_boundaries(layout, targets)


def written_masks(
    layout: Layout, piece: Crop, items: Sequence[WrittenExpression]
) -> NDArray[np.bool_]:
    """(E, h, w) of what is seen in a piece of the targets of E written expressions."""
    cut, targets = _seen(layout, piece, items)
    return np.stack([draw_mask(cut, which) for which in targets])


def _seen(
    layout: Layout, piece: Crop, items: Sequence[WrittenExpression]
) -> tuple[Layout, tuple[tuple[int, ...], ...]]:
    """What is in a piece, and which of it each expression means."""
    cut, kept = crop_layout(layout, piece)
    place = {old: new for new, old in enumerate(kept)}
    targets = (tuple(place[t] for t in item.targets if t in place) for item in items)
    return cut, tuple(targets)


def _some(
    items: Sequence[WrittenExpression], count: int, rng: np.random.Generator
) -> list[WrittenExpression]:
    """So many of the items, each once before any twice."""
    shares = np.array([1.0 if item.targets else DENIED for item in items])
    order = rng.choice(len(items), len(items), replace=False, p=shares / shares.sum())
    return [items[order[i % len(order)]] for i in range(count)]


def _framed(layout: Layout, size: int, rng: np.random.Generator) -> Crop:
    """The whole image; every other time with margins, and so stretched a little.

    Words about the whole of it stay true, and no two samples are the same.
    """
    piece = full_crop(layout, size)
    if rng.random() < 0.5:
        return piece
    wide = round(layout.width * rng.uniform(0, MARGIN))
    high = round(layout.height * rng.uniform(0, MARGIN))
    return replace(
        piece,
        left=-int(rng.integers(wide + 1)),
        top=-int(rng.integers(high + 1)),
        width=layout.width + wide,
        height=layout.height + high,
    )


def _flipped(text: str, *, mirror: bool, over: bool) -> str | None:
    result: str | None = text
    if mirror:
        result = flip_words(text, "horizontal")
    if over and result is not None:
        result = flip_words(result, "vertical")
    return result


def _offset(length: float, side: float, rng: np.random.Generator) -> float:
    """Anywhere inside, or centred with a margin where the image is smaller."""
    spare = length - side
    return float(rng.uniform(min(0.0, spare), max(0.0, spare)))


def _held(offset: float, length: float, side: float) -> float:
    """Moved so that the piece covers the image, or lies inside it."""
    spare = length - side
    return float(min(max(offset, min(0.0, spare)), max(0.0, spare)))
