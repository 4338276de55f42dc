"""Sentences about labelled objects, as examples for the matching network.

The objects that a sentence may mean are those of the class that it is about, as the
planner reads it; what it measures against, of another class, are its anchors.
"""

from __future__ import annotations

import bz2
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.expressions.generate import generate_expressions
from rrsis_geo.matching.mean_colours import mean_colours
from rrsis_geo.matching.object_layout import ObjectLayout
from rrsis_geo.matching.rectangle_sides import rectangle_sides
from rrsis_geo.query import make_plan
from rrsis_geo.query.known_words import targets
from rrsis_geo.training.data.augmentation import flip_text
from rrsis_geo.types import Patch

SENTENCES = Path(__file__).with_name("sentences.jsonl.bz2")
"""Written for this network about the training images of NWPU VHR-10, by writers who
were shown the images with their outlines and nothing of the product."""

LOG_ODDS = 3.0
"""Of what was labelled."""

CELLS = 12
"""Of the raster of colours, along each side of an image."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Example:
    """A sentence, the objects that it may mean, and those that it does mean."""

    text: str
    layout: ObjectLayout
    is_meant: Flags
    """(N,)"""
    type: str
    around: NDArray[np.float64]
    """(K, K, 3) mean colours of the cells of a raster over the image, 0 to 1."""

    @cached_property
    def flipped(self) -> tuple[Example | None, ...]:
        """As it is, mirrored, upside down, and both; None: no words for it."""
        turns = ((False, False), (True, False), (False, True), (True, True))
        return tuple(self._flip(mirror, upside_down) for mirror, upside_down in turns)

    def _flip(self, mirror: bool, upside_down: bool) -> Example | None:
        text = flip_text(self.text, mirror=mirror, upside_down=upside_down)
        if text is None:
            return None
        layout, around = self.layout, self.around
        for axis in [0] * mirror + [1] * upside_down:
            layout, around = mirrored(layout, axis), np.flip(around, 1 - axis)
        return replace(self, text=text, layout=layout, around=around)


def mirrored(layout: ObjectLayout, axis: int) -> ObjectLayout:
    """A layout with an axis (0: x, 1: y) turned round in its extent."""
    total = layout.extent[axis] + layout.extent[axis + 2]
    boxes, centres = layout.boxes.copy(), layout.centres.copy()
    sides = layout.sides.copy()
    boxes[:, [axis, axis + 2]] = total - layout.boxes[:, [axis + 2, axis]]
    centres[:, axis] = total - centres[:, axis]
    sides[..., axis] *= -1
    return replace(layout, boxes=boxes, centres=centres, sides=sides)


@dataclass(frozen=True, kw_only=True, eq=False)
class Colours:
    """Colours of an image with labelled objects."""

    objects: NDArray[np.float64]
    """(N, 3) mean of each, 0 to 1; NaN: none of its pixels is in the image."""
    around: NDArray[np.float64]
    """See `Example.around`."""


def colours_of(image: LabelledImage) -> Colours:
    """Measure the colours of an image."""
    pixels = image.pixels
    _, height, width = pixels.shape
    patch = Patch(
        pixels=pixels,
        valid=np.ones((height, width), np.bool_),
        window=Window(0, 0, width, height),
    )
    rows, columns = (np.arange(CELLS) * size // CELLS for size in (height, width))
    around = np.add.reduceat(
        np.add.reduceat(pixels.astype(np.float64), rows, axis=1), columns, axis=2
    )
    area = np.outer(np.diff([*rows, height]), np.diff([*columns, width]))
    return Colours(
        objects=mean_colours(image.layout.outlines, [patch]),
        around=np.moveaxis(around / area, 0, 2) / 255,
    )


def layout_of(
    image: LabelledImage, rows: Sequence[int], anchors: Flags, colours: Colours
) -> ObjectLayout:
    """The layout of some labelled objects of an image."""
    shapes = [image.layout.objects[row].polygon for row in rows]
    outlines = np.array(shapes, np.object_)
    size = image.layout.width, image.layout.height
    return ObjectLayout(
        boxes=shapely.bounds(outlines),
        centres=shapely.get_coordinates(shapely.centroid(outlines)),
        areas=shapely.area(outlines),
        sides=rectangle_sides(outlines),
        extent=np.array([0.0, 0.0, *size]),
        log_odds=np.full(len(outlines), LOG_ODDS),
        is_anchor=anchors,
        colours=colours.objects[rows],
    )


def written_examples(
    images: Iterable[LabelledImage], *, made: int = 0, rng: np.random.Generator
) -> Iterator[Example]:
    """Examples of what was written about images, and of made sentences.

    Args:
        images: With their expressions.
        made: Made sentences for each image.
        rng: Makes them.
    """
    for image in images:
        colours = colours_of(image)
        for one in image.written:
            if (example := example_of(image, one, colours)) is not None:
                yield example
        for new in generate_expressions(image.layout, rng=rng, count=made):
            one = WrittenExpression(text=new.text, targets=new.targets, type="made")
            if (example := example_of(image, one, colours)) is not None:
                yield example


def example_of(
    image: LabelledImage, one: WrittenExpression, colours: Colours
) -> Example | None:
    """The example of an expression; None where the image has nothing of its class."""
    plan = make_plan(one.text)
    heads = list(targets(plan.root))
    of_head = {name for find in heads for name in find.categories}
    of_head |= {image.layout.objects[row].category for row in one.targets}
    rest = [find for find in plan.finds if not any(find is head for head in heads)]
    of_anchor = {name for find in rest for name in find.categories} - of_head
    names = [labelled.category for labelled in image.layout.objects]
    if not of_head.intersection(names):
        return None
    rows = [row for row, name in enumerate(names) if name in of_head | of_anchor]
    anchors = np.array([names[row] in of_anchor for row in rows], np.bool_)
    return Example(
        text=one.text,
        layout=layout_of(image, rows, anchors, colours),
        is_meant=np.isin(rows, one.targets),
        type=one.type,
        around=colours.around,
    )


def with_sentences(
    images: Iterable[LabelledImage], file: Path = SENTENCES
) -> list[LabelledImage]:
    """Training images with the sentences of a file added to their own."""
    images = list(images)
    with bz2.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: dict[str, list[WrittenExpression]] = {}
    for row in rows:
        found.setdefault(row["image"], []).append(
            WrittenExpression(
                text=row["expression"],
                targets=tuple(row["targets"]),
                type=row["type"],
            )
        )
    if unknown := sorted(set(found) - {image.name for image in images}):
        raise ValueError(f"{file}: {unknown[0]} is no training image")
    return [
        replace(image, written=(*image.written, *found.get(image.name, ())))
        for image in images
    ]
