"""Add what was outlined by eye for this project to images with labels of their own.

The files hold image -> "objects", as `outline_shapes` reads them, "incomplete": names
of classes of which there is more in the image, and "drop": numbers of the image's own
labels that are wrong or were drawn anew. A class of which something is unsure is not
complete either, unless its pixels are made black.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely

from rrsis_geo.datasets.annotations import LabelledObject
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage

from .files import read_json
from .outline_shapes import shape_of
from .unsure_images import UnsureImage

_FIELDS = fields(LabelledImage)

UNCOUNTED = frozenset(
    {
        *("road", "railway", "water", "beach", "apron", "taxiway", "vegetation"),
        *("tree", "golf_course", "construction_site"),
    }
)


@dataclass(frozen=True, kw_only=True)
class FurtherOutlines:
    """A file of outlines, and what its names stand for."""

    file: str
    categories: Mapping[str, tuple[str, ...]]
    """Name in the file -> categories: people name trees so, and vegetation."""
    partly: frozenset[str] = frozenset()
    """Categories that are never complete."""
    blackens: bool = False
    """Whether the box around what is unsure is black in training; for images that
    have no black pixels yet."""

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
        dropped = frozenset(drawn.get("drop", ()))
        kept = [row for row in range(len(layout.objects)) if row not in dropped]
        objects = [
            LabelledObject(
                category=category,
                polygon=polygons_of(shapely.make_valid(shape)),
            )
            for one in drawn["objects"]
            if not one.get("unsure")
            and (shape := shape_of(one, size)).area > 0  # else outside the image
            for category in self.categories.get(one["class"], ())
        ]
        unsure = [one for one in drawn["objects"] if one.get("unsure")]
        doubtful = set() if self.blackens else {one["class"] for one in unsure}
        incomplete = self._named(doubtful | {*drawn.get("incomplete", ())})
        added = self._named(self.categories)
        further = replace(
            image,
            layout=replace(
                layout,
                objects=(*(layout.objects[row] for row in kept), *objects),
                complete=(layout.complete | added) - incomplete - self.partly,
                uncounted=layout.uncounted | (UNCOUNTED & added),
            ),
            written=tuple(
                replace(one, targets=tuple(map(kept.index, one.targets)))
                for one in image.written
                if dropped.isdisjoint(one.targets)
            ),
        )
        if not (self.blackens and unsure):
            return further
        # Boxes, since a black aircraft is still an aircraft to look at.
        shapes = tuple(shape_of(one, size).envelope for one in unsure)
        kept_fields = {each.name: getattr(further, each.name) for each in _FIELDS}
        return UnsureImage(**kept_fields, unsure=shapes)

    def _named(self, names: Iterable[str]) -> set[str]:
        return {
            category for name in names for category in self.categories.get(name, ())
        }


def _same(names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in names.split()}


NEW_YORK = FurtherOutlines(
    file="newyork_outlines.json.bz2",
    categories={"pier": ("harbor",)}
    | _same(
        "bridge overpass railway stadium golf_course ground_track_field "
        "baseball_diamond football_field tennis_court parking_lot"
    ),
    partly=frozenset({"parking_lot"}),  # small ones were not looked for
)

NWPU = FurtherOutlines(
    file="nwpu_outlines.json.bz2",
    categories={"trees": ("tree", "vegetation"), "grass": ("vegetation",)}
    | _same(
        "road water parking_lot terminal apron runway railway beach overpass "
        "football_field stadium"
    ),
)
"""Surroundings of the ten classes; piers are left to the labels of harbours."""

SHIPS = FurtherOutlines(
    file="ship_outlines.json.bz2",
    categories={"ship": ("ship",), "harbor": ("harbor",)},
    blackens=True,
)
"""Ships that `ships-obb` does not label, mostly small ones, and piers."""

AIRCRAFT = FurtherOutlines(
    file="airport_aircraft.json.bz2",
    categories={"airplane": ("airplane",)},
    blackens=True,
)
"""Large aircraft of Aerial Airport, in the place of their boxes."""

AIRPORTS = FurtherOutlines(
    file="airport_grounds.json.bz2",
    categories=_same("runway taxiway terminal apron parking_lot road water"),
)
"""What is around the aircraft of Aerial Airport."""

RARE = FurtherOutlines(
    file="rare_outlines.json.bz2",
    categories=_same("roundabout golf_course construction_site solar_panel"),
)
"""What few images of the other sets show; the file lists those without any as well."""
