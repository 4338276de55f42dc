"""Sentences about parts of other labelled images: drone scenes, harbours, car parks.

The sources are the training images of the other weights that no sentence of
`expressions/` is about.
"""

from __future__ import annotations

import bz2
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression

from ..added.files import kept_images
from ..added.sources import SETS, read_part
from ..public_datasets import banepa, split, tanks

SENTENCES = Path(__file__).with_name("other_scenes.jsonl.bz2")
"""A line for each sentence: set, image, crop (left, top, right, bottom), expression,
type, and as targets the indices of the image's objects."""

SHOWN = 0.5
"""Share of an object from which on it is one of a part of its image."""

Edges = tuple[int, int, int, int]


def other_scenes(
    folder: Path, file: Path = SENTENCES, *, kept: bool = False
) -> list[LabelledImage]:
    """Parts of images with the sentences of a file about them.

    Args:
        folder: Of public data.
        file: Of sentences.
        kept: Whether they are about images kept for validation.

    Raises:
        ValueError: a sentence is about an image that is not there.
    """
    with bz2.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found: dict[str, dict[str, dict[Edges, list[dict[str, Any]]]]]
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows:
        left, top, right, bottom = row["crop"]
        found[row["set"]][row["image"]][left, top, right, bottom].append(row)
    parts = []
    for name, by_image in found.items():
        images = {image.name: image for image in _images(folder, name, kept=kept)}
        if lost := sorted(by_image.keys() - images.keys()):
            raise ValueError(f"{file}: {lost[0]} is no image of {name} for this")
        for image, by_crop in by_image.items():
            parts += list(_parts(images[image], by_crop))
    return parts


def _images(folder: Path, name: str, *, kept: bool) -> Iterable[LabelledImage]:
    """All images of a set, for training or kept."""
    if name == "banepa":
        return [banepa(folder)[kept]]
    if name == "tanks":
        return split(tanks(folder), every=7)[kept]
    (source,) = (one for one in SETS if one.name == name)
    return read_part(source, folder, kept_images()[name], kept=kept)


def _parts(
    image: LabelledImage, about: Mapping[Edges, Iterable[Mapping[str, Any]]]
) -> Iterator[LabelledImage]:
    for edges, rows in about.items():
        layout, shown = part_of_layout(image.layout, edges)
        index = {old: new for new, old in enumerate(shown)}
        part = replace(
            image,
            name=f"{image.name}-{'-'.join(map(str, edges))}",
            layout=layout,
            written=tuple(
                WrittenExpression(
                    text=row["expression"],
                    targets=tuple(index[target] for target in row["targets"]),
                    type=row["type"],
                )
                for row in rows
            ),
        )
        left, top, right, bottom = edges
        # Cached, as a file's columns cannot be chosen.
        part.__dict__["pixels"] = np.ascontiguousarray(
            image.pixels[:, top:bottom, left:right]
        )
        yield part


def part_of_layout(layout: Layout, edges: Edges) -> tuple[Layout, list[int]]:
    """The objects of which most lies in a rectangle, clipped, and their indices."""
    left, top, right, bottom = edges
    frame = shapely.box(*edges)
    objects, shown = [], []
    for row, one in enumerate(layout.objects):
        inside = polygons_of(shapely.make_valid(one.polygon) & frame)
        if inside.area > SHOWN * one.polygon.area:
            moved = shapely.transform(inside, lambda xy: xy - [left, top])
            objects.append(
                LabelledObject(
                    category=one.category, polygon=moved, attributes=one.attributes
                )
            )
            shown.append(row)
    part = replace(
        layout, width=right - left, height=bottom - top, objects=tuple(objects)
    )
    return part, shown
