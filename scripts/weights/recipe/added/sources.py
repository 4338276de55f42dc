"""The added data sets as sources of a mixture, split by place.

Which images are kept for validation is listed by name in `kept_images.json`;
`choose_kept.py` wrote the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rrsis_geo.datasets.labelled_image import LabelledImage, WrittenExpression
from rrsis_geo.errors import DataError
from rrsis_geo.training.data.mixture import Source

from .files import KEPT, Wanted, image_files, kept_images, written_lines
from .further_outlines import NEW_YORK, RARE
from .land_cover import LandClass, read_raster
from .more_buildings import more_buildings
from .outlined_scenes import NAME as OUTLINED
from .outlined_scenes import outlined_scenes
from .vehicles_and_ships import aerial_cars, estonia, ships

ROAD = LandClass(category="road")

RASTERS: Mapping[str, Mapping[str, Any]] = {
    "dubai-hitl": {
        "classes": {
            1: LandClass(category="water"),
            3: ROAD,
            4: LandClass(category="building"),
            5: LandClass(category="vegetation"),
        },
        "gsd": 0.6,
        "unlabelled": 0,
    },
    "maps-newyork": {
        # Buildings are left out: small sheds are not labelled.
        "classes": {
            1: LandClass(category="water"),
            2: LandClass(category="park"),
            3: LandClass(category="road", kind="street"),
            4: LandClass(category="road", kind="motorway"),
            5: LandClass(category="road", kind="main road"),
        },
        "gsd": 0.9,
    },
    "roads-epfl-eth": {
        "classes": {1: ROAD},
        "absent": ("airplane", "ship"),
        "gsd": 0.3,
    },
    "gsi-roads-jp": {"classes": {1: ROAD}, "absent": ("airplane", "ship"), "gsd": 0.2},
    "gsi-solar-jp": {
        "classes": {1: LandClass(category="solar_panel")},
        "absent": ("airplane", "ship", "storage_tank"),
        "gsd": 0.2,
    },
    "jonkoping-buildings": {
        "classes": {1: LandClass(category="building")},
        "absent": ("airplane", "ship"),
        "gsd": 0.2,
    },
    "bh-pools": {
        "classes": {1: LandClass(category="swimming_pool")},
        "counted": ("swimming_pool",),
        "absent": ("airplane",),
        "gsd": 0.12,
    },
}
"""Folder of class rasters -> arguments of `read_raster`."""


def raster_images(folder: Path, wanted: Wanted, name: str) -> list[LabelledImage]:
    """Return the images of a data set with class rasters, and what people wrote."""
    base = folder / name
    written = written_lines(folder, "land.jsonl", name)
    images = []
    for path in image_files(base / "images", "*.webp"):
        if not wanted(path.name):
            continue
        image, index = read_raster(
            path, base / "labels" / f"{path.stem}.png", **RASTERS[name]
        )
        if name == "maps-newyork":
            image = NEW_YORK.add_to(image)
        expressions = [
            WrittenExpression(
                text=line["expression"],
                targets=tuple(
                    index[value, number] for value, number in line["targets"]
                ),
                type=line["type"],
            )
            for line in written[path.name]
            # Some are about classes that are left out.
            if all((value, number) in index for value, number in line["targets"])
        ]
        images.append(RARE.add_to(replace(image, written=tuple(expressions))))
    return images


@dataclass(frozen=True, kw_only=True)
class AddedSet:
    """A data set and how training draws from it."""

    name: str
    weight: float
    scale: tuple[float, float]
    """Result pixels per source pixel."""
    is_open: bool
    """Whether its licence allows any use of weights trained on it."""
    read: Callable[[Path, Wanted], list[LabelledImage]]
    """Reads the images whose names are wanted."""


def _raster_set(
    name: str, weight: float, scale: tuple[float, float], *, is_open: bool = False
) -> AddedSet:
    return AddedSet(
        name=name,
        weight=weight,
        scale=scale,
        is_open=is_open,
        read=partial(raster_images, name=name),
    )


SETS = (
    _raster_set("dubai-hitl", 0.12, (0.25, 2.2), is_open=True),
    _raster_set("maps-newyork", 0.10, (0.5, 2.2)),
    _raster_set("roads-epfl-eth", 0.07, (0.5, 2.0)),
    _raster_set("gsi-roads-jp", 0.05, (0.25, 1.6), is_open=True),
    _raster_set("gsi-solar-jp", 0.04, (0.25, 1.6), is_open=True),
    _raster_set("jonkoping-buildings", 0.06, (0.25, 1.6)),
    _raster_set("bh-pools", 0.05, (0.2, 1.5)),
    AddedSet(
        name="ships-obb", weight=0.08, scale=(0.35, 2.2), is_open=False, read=ships
    ),
    AddedSet(
        name="estonia-20cm", weight=0.08, scale=(0.5, 2.2), is_open=True, read=estonia
    ),
    AddedSet(
        name="aerial-cars",
        weight=0.06,
        scale=(0.15, 1.0),
        is_open=True,
        read=aerial_cars,
    ),
    AddedSet(
        name="oam-more-buildings",
        weight=0.06,
        scale=(0.12, 1.2),
        is_open=True,
        read=more_buildings,
    ),
    AddedSet(
        name=OUTLINED,
        weight=0.08,
        scale=(1.2, 4.0),
        is_open=False,
        read=outlined_scenes,
    ),
)


def added_sources(
    folder: Path, *, kept: bool = False, open_only: bool = False
) -> list[Source]:
    """Return the added data sets, for training or for validation.

    Args:
        folder: of public data.
        kept: the images kept for validation instead of those for training.
        open_only: only data whose licence allows any use.

    Raises:
        DataError: a data set is missing, or its kept images are.
    """
    chosen = [one for one in SETS if one.is_open or not open_only]
    missing = sorted(one.name for one in chosen if not (folder / one.name).is_dir())
    if missing:
        raise DataError(
            f"{folder}: data sets {missing} are missing; docs/reproduce.md lists them"
        )
    listed = kept_images()
    return [
        Source(
            name=one.name,
            weight=one.weight,
            images=tuple(read_part(one, folder, listed[one.name], kept=kept)),
            scale=one.scale,
        )
        for one in chosen
    ]


def read_part(
    one: AddedSet, folder: Path, names: frozenset[str], *, kept: bool
) -> list[LabelledImage]:
    """Return the images of a set that are, or are not, among the kept ones.

    Raises:
        DataError: a kept image is not in the data set.
    """
    images = one.read(folder, lambda name: (name in names) == kept)
    lost = names - {image.name for image in images} if kept else set()
    if lost:
        raise DataError(
            f"{folder / one.name}: lacks {sorted(lost)}, which {KEPT.name} lists; "
            "complete the data set"
        )
    return images
