"""Add what was outlined by eye for this project to images with labels of their own.

`newyork_outlines.json` and `nwpu_outlines.json` hold image -> "objects", as
`outline_shapes` reads them, and "incomplete": names of classes of which there is more
in the image. A class of which something is unsure is not complete either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely

from rrsis_geo.datasets.annotations import LabelledObject
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage

from .files import read_json
from .outline_shapes import shape_of

UNCOUNTED = frozenset(
    {"road", "railway", "water", "beach", "apron", "vegetation", "tree"}
)


@dataclass(frozen=True, kw_only=True)
class FurtherOutlines:
    """A file of outlines, and what its names stand for."""

    file: str
    categories: Mapping[str, tuple[str, ...]]
    """Name in the file -> categories: people name trees so, and vegetation."""
    partly: frozenset[str] = frozenset()
    """Categories that are never complete."""

    @cached_property
    def drawn(self) -> Mapping[str, Mapping[str, Any]]:
        """Image -> what was outlined in it."""
        return dict(read_json(Path(__file__).with_name(self.file)))

    def add_to(self, image: LabelledImage) -> LabelledImage:
        """Return an image with the outlined objects after its own."""
        drawn = self.drawn.get(image.name)
        if drawn is None:
            return image
        layout = image.layout
        size = layout.width, layout.height
        objects = [
            LabelledObject(
                category=category,
                polygon=polygons_of(shapely.make_valid(shape_of(one, size))),
            )
            for one in drawn["objects"]
            if not one.get("unsure")
            for category in self.categories.get(one["class"], ())
        ]
        unsure = {one["class"] for one in drawn["objects"] if one.get("unsure")}
        incomplete = self._named(unsure | {*drawn.get("incomplete", ())})
        added = self._named(self.categories)
        return replace(
            image,
            layout=replace(
                layout,
                objects=(*layout.objects, *objects),
                complete=layout.complete | (added - incomplete - self.partly),
                uncounted=layout.uncounted | (UNCOUNTED & added),
            ),
        )

    def _named(self, names: Iterable[str]) -> set[str]:
        return {
            category for name in names for category in self.categories.get(name, ())
        }


def _same(names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names.split()}


NEW_YORK = FurtherOutlines(
    file="newyork_outlines.json",
    categories={"pier": ("harbor",)}
    | _same(
        "bridge overpass railway stadium golf_course ground_track_field "
        "baseball_diamond football_field tennis_court parking_lot"
    ),
    partly=frozenset({"parking_lot"}),  # small ones were not looked for
)

NWPU = FurtherOutlines(
    file="nwpu_outlines.json",
    categories={"trees": ("tree", "vegetation"), "grass": ("vegetation",)}
    | _same(
        "road water parking_lot terminal apron runway railway beach overpass "
        "football_field stadium"
    ),
)
"""Surroundings of the ten classes; piers are left to the labels of harbours."""
