"""An endless, random-access stream of training samples: item i depends on i only.

So a run can stop anywhere and go on with the very same samples, and worker
processes need to share nothing but the images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.datasets.colours import disturb
from rrsis_geo.datasets.crops import (
    Piece,
    cut_layout,
    cut_pixels,
    draw_mask,
    whole,
)
from rrsis_geo.datasets.samples import LabelledImage, Written
from rrsis_geo.datasets.seams import draw_seams
from rrsis_geo.expressions.describe import SHARES, describe
from rrsis_geo.expressions.flips import flip_words
from rrsis_geo.labels import Layout
from rrsis_geo.training.batch import Sample

STILL_TRUE = frozenset({"category", "synonym", "attribute", "context", "no-target"})
"""Types of written words that stay true of whatever a crop leaves of the image."""

AGAIN = 0.35
"""Share of the pieces cut around a mistake, in images with known ones."""

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


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Samples drawn from several sources.

    Attributes:
        size: S, pixels of a sample's side.
        expressions: E, expressions per image.
        written: share of the samples of hand-described images that use the words
            written for them rather than made ones.
        shares: times the usual share of a type of made expressions, by type.
        seed: the stream's name.
    """

    sources: tuple[Source, ...]
    size: int
    expressions: int
    written: float = 0.5
    no_target: float = 0.25
    shares: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng((self.seed, index))
        shares = np.array([source.weight for source in self.sources])
        for _ in range(TRIES):
            source = self.sources[rng.choice(len(shares), p=shares / shares.sum())]
            image = source.images[rng.integers(len(source.images))]
            if image.written and rng.random() < self.written:
                return self._written(image, source.scale, rng)
            sample = self._made(image, source.scale, rng)
            if sample is not None:
                return sample
        raise RuntimeError(f"no sample found for item {index}: the sources are empty")

    def _written(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> Sample:
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
        piece = self._piece(layout, scale, rng) if part else whole(layout, self.size)
        # Upside down is a mirror image turned by half.
        piece = replace(piece, mirror=mirror != over, turns=2 if over else 0)
        return Sample(
            pixels=disturb(cut_pixels(image.pixels, piece), rng),
            masks=written_masks(layout, piece, chosen, parted=True),
            texts=tuple(cast("list[str]", texts)),
            types=tuple(item.type for item in chosen),
        )

    def _made(
        self,
        image: LabelledImage,
        scale: tuple[float, float],
        rng: np.random.Generator,
    ) -> Sample | None:
        """A random piece, with words made for what is in it."""
        piece = replace(
            self._piece(image.layout, scale, rng, image.mistakes),
            mirror=bool(rng.random() < 0.5),
            turns=int(rng.integers(4)),
        )
        cut, _ = cut_layout(image.layout, piece)
        made = describe(
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
        return Sample(
            pixels=disturb(cut_pixels(image.pixels, piece), rng),
            masks=np.stack([parted_mask(cut, item.targets) for item in made]),
            texts=tuple(item.text for item in made),
            types=tuple(item.type for item in made),
        )

    def _piece(
        self,
        layout: Layout,
        scale: tuple[float, float],
        rng: np.random.Generator,
        mistakes: Sequence[tuple[float, float]] = (),
    ) -> Piece:
        """Somewhere at some scale; mostly where something is, or was thought to be."""
        low, high = np.log(scale)
        side = self.size / float(np.exp(rng.uniform(low, high)))
        side = min(side, 1.25 * max(layout.width, layout.height))
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
        return Piece(
            left=_held(left, layout.width, side),
            top=_held(top, layout.height, side),
            width=side,
            height=side,
            size=(self.size, self.size),
        )


def parted_mask(layout: Layout, targets: tuple[int, ...]) -> NDArray[np.bool_]:
    """(H, W) True on the targets, but for the seams between those that touch."""
    return draw_mask(layout, targets) & ~draw_seams(layout, targets)


def written_masks(
    layout: Layout, piece: Piece, items: Sequence[Written], *, parted: bool = False
) -> NDArray[np.bool_]:
    """(E, h, w) of what is seen in a piece of the targets of E written expressions."""
    cut, kept = cut_layout(layout, piece)
    place = {old: new for new, old in enumerate(kept)}
    draw = parted_mask if parted else draw_mask
    return np.stack(
        [
            draw(cut, tuple(place[t] for t in item.targets if t in place))
            for item in items
        ]
    )


def _some(
    items: Sequence[Written], count: int, rng: np.random.Generator
) -> list[Written]:
    """So many of the items, each once before any twice."""
    order = [items[i] for i in rng.permutation(len(items))]
    return [order[i % len(order)] for i in range(count)]


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
