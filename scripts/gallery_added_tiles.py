"""Tiles of the gallery from the data added last: surfaces, vehicles, panels, houses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gallery_tiles import Crop, Tile, crop_labels, of_class
from weights.recipe.added.sources import added_sources
from weights.recipe.public_datasets import kept_airports

from rrsis_geo.datasets.labelled_image import LabelledImage, read_rgb

SURFACES = frozenset(
    ("water", "vegetation", "road", "runway", "taxiway", "apron", "terminal")
)
"""Classes that are measured by pixels."""

ADDED: tuple[tuple[str, str, str, str, str, Crop | None, str], ...] = (
    ("water-lake", "dubai-hitl", "t3_003", "water", "the water", None, ""),
    ("water-pools", "dubai-hitl", "t2_008", "water", "water", None, ""),
    ("green", "dubai-hitl", "t3_003", "vegetation", "vegetation", None, ""),
    ("roads-dubai", "dubai-hitl", "t3_008", "road", "roads", None, ""),
    (
        *("blocks", "dubai-hitl", "t2_002", "building", "buildings", None),
        "One label is a block of several houses.",
    ),
    ("road-fields", "gsi-roads-jp", "363", "road", "road", None, ""),
    ("road-town", "gsi-roads-jp", "854", "road", "the road", None, ""),
    ("panels", "gsi-solar-jp", "432", "solar_panel", "solar panels", None, ""),
    (
        *("panels-many", "gsi-solar-jp", "hflipped_302", "solar_panel"),
        *("solar panels", None, ""),
    ),
    (
        *("cars-street", "estonia-20cm", "image_0_03_05", "vehicle", "cars"),
        *((0, 0, 640, 640), "Labels are loose boxes."),
    ),
    (
        *("boats", "estonia-20cm", "image_0_03_02", "ship", "boats", None),
        "Labels are loose boxes.",
    ),
    (
        *("cars-drone", "aerial-cars", "DJI_0762-00031", "vehicle", "cars"),
        *((400, 200, 1100, 800), "Labels are boxes."),
    ),
    (
        *("houses-nairobi", "oam-more-buildings", "area1_2-0-280", "building"),
        *("houses", None, ""),
    ),
)
"""Name, data set, image, class, expression, crop, note."""

OUTLINED_AIRPORTS: tuple[tuple[str, str, str, str], ...] = (
    ("runway", "airport_218", "runway", "the runways"),
    ("runway-343", "airport_343", "runway", "the runway"),
    ("terminal", "airport_259", "terminal", "the terminal"),
    ("terminal-103", "airport_103", "terminal", "terminal"),
    ("taxiways", "airport_272", "taxiway", "taxiways"),
    ("apron", "airport_116", "apron", "the apron"),
    ("parking", "airport_59", "parking_lot", "parking lots"),
    ("parking-103", "airport_103", "parking_lot", "car parks"),
)
"""Name, image of Aerial Airport, class, expression."""


def added_tiles(data: Path) -> Iterator[Tile]:
    """Yield tiles of kept images whose licences allow publication."""
    sources = {source.name: source for source in added_sources(data, kept=True)}
    for name, source, stem, category, text, crop, note in ADDED:
        image = _of_name(sources[source].images, stem)
        shapes = of_class(image.layout, category)
        pixels = image.pixels
        if crop is not None:
            pixels, shapes = crop_labels(image, crop, shapes)
        boxes = source in ("estonia-20cm", "aerial-cars")
        yield Tile(
            name=name, source=source, pixels=pixels, gsd=image.layout.gsd or 1.0,
            text=text, truth=shapes, note=note, min_area=1.0,
            rule="area" if category in SURFACES else "box" if boxes else "outline",
        )  # fmt: skip


def airport_tiles(data: Path) -> Iterator[Tile]:
    """Yield tiles of kept airports that were outlined by eye."""
    kept = {image.name.split("_jpg")[0]: image for image in kept_airports(data)}
    for name, stem, category, text in OUTLINED_AIRPORTS:
        image = kept[stem]
        yield Tile(
            name=name, source="airports", gsd=0.75, text=text,
            pixels=read_rgb(image.path),  # without black boxes
            truth=of_class(image.layout, category), min_area=20.0,
            rule="area" if category in SURFACES else "outline",
        )  # fmt: skip


def _of_name(images: tuple[LabelledImage, ...], stem: str) -> LabelledImage:
    return next(image for image in images if Path(image.name).stem == stem)
