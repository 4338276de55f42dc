"""Tiles of the gallery: parts of images, with an expression and labels.

Each data set has a few easy expressions, and some that fail according to the model
card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from weights.recipe.aircraft_boxes import airbus_boxes, airport_boxes
from weights.recipe.public_datasets import (
    banepa,
    nwpu,
    open_cities,
    split,
    tanks,
)
from weights.recipe.tree_cover import naip_trees

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage, read_rgb
from rrsis_geo.synthetic import draw_scene

Crop = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A data set, with its credit line."""

    title: str
    credit: str


SOURCES = {
    "banepa": Source(
        title="Banepa, Nepal",
        credit="(c) OpenAerialMap contributors, CC BY 4.0; houses (c) OpenStreetMap "
        "contributors, ODbL",
    ),
    "open-cities": Source(
        title="Open Cities AI Challenge",
        credit="GFDRR and OpenAerialMap contributors, CC BY 4.0",
    ),
    "naip": Source(
        title="NAIP, California",
        credit="aerial photos of the USDA, public domain; trees of the urban tree "
        "detection data set, CC BY 4.0; what counts as cover is worked out from both",
    ),
    "airports": Source(title="Aerial Airport", credit="public domain"),
    "dubai-hitl": Source(title="Dubai", credit="Humans in the Loop, CC0 1.0"),
    "gsi-roads-jp": Source(
        title="Japan",
        credit="Geospatial Information Authority of Japan, Public Data License 1.0",
    ),
    "gsi-solar-jp": Source(
        title="Japan, panels",
        credit="Geospatial Information Authority of Japan, Public Data License 1.0",
    ),
    "estonia-20cm": Source(
        title="Estonia", credit="orthophotos of the Estonian Land Board; labels MIT"
    ),
    "aerial-cars": Source(title="drone pictures of cars", credit="CC BY, CC BY-SA"),
    "oam-more-buildings": Source(
        title="Nairobi",
        credit="(c) OpenAerialMap contributors, CC BY 4.0; houses (c) OpenStreetMap "
        "contributors, ODbL",
    ),
    "drawn": Source(title="drawn scene", credit="by `rrsis_geo.synthetic`, ours"),
    "nwpu": Source(title="NWPU VHR-10", credit="for research purposes only"),
    "airbus": Source(title="Airbus", credit="(c) Airbus DS, CC BY-NC-SA 4.0"),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Tile:
    """An image with one expression."""

    name: str
    """Stem of the picture's file name."""
    source: str
    """Key of `SOURCES`."""
    pixels: NDArray[np.uint8]
    """(3, H, W) RGB."""
    gsd: float
    """Metres per pixel."""
    text: str
    truth: NDArray[np.object_] | None
    """Labelled targets in pixels; empty if there are none, None without labels."""
    rule: str = "outline"
    """outline or box, as in `evaluation.scenes.object_matching`, or area: pixel IoU."""
    note: str = ""
    """Remark on the image, independent of the prediction."""
    min_area: float = 0.0
    """Square metres; smaller polygons are dropped."""


NOTHING = np.array([], object)

BANEPA: tuple[tuple[str, Crop, str, str, str], ...] = (
    ("buildings-yard", (1240, 40, 960, 700), "buildings", "all", ""),
    ("buildings-largest", (1240, 40, 960, 700), "the largest building", "largest", ""),
    (
        *("buildings-dense", (2200, 0, 860, 768), "buildings", "all"),
        "Houses stand wall to wall here and come as blocks.",
    ),
    ("buildings-west", (0, 0, 900, 768), "building", "all", ""),
    ("tanks-none", (0, 0, 900, 768), "storage tank", "none", ""),
    ("airplanes-none", (2200, 0, 860, 768), "airplanes", "none", ""),
    ("vehicles-yard", (1240, 40, 960, 700), "vehicles", "?", "Buses and cars."),
)
"""Name, crop of the southern strip, expression, selected buildings, note."""

BANEPA_NEW: tuple[tuple[str, Crop, str, str], ...] = (
    ("pond", (20, 1180, 560, 460), "the pond", ""),
    ("road", (760, 240, 800, 640), "the road", ""),
    ("roofs-blue", (220, 220, 760, 560), "buildings with a blue roof", ""),
)
"""Name, crop of the unlabelled second mosaic, expression, note."""

NAIP: tuple[tuple[str, str, str, str], ...] = (
    ("trees-school", "riverside_2020_65", "trees", "area"),
    ("trees-homes", "claremont_2020_9", "tree cover", "area"),
    ("pools", "claremont_2020_9", "swimming pools", "?"),
    ("tennis", "riverside_2020_51", "tennis courts", "?"),
    ("houses", "riverside_2020_39", "houses", "?"),
)
"""Name, image, expression, rule."""

AIRPORT_TILES: tuple[tuple[str, str, str, str, str], ...] = (
    ("planes-apron", "airport_317", "airplanes", "all", ""),
    ("planes-terminal", "airport_103", "aircraft", "all", ""),
    ("planes-west", "airport_38", "the westernmost airplane", "leftmost", ""),
    ("planes-small", "airport_272", "airplane", "all", ""),
    ("tanks-airport", "airport_188", "storage tank", "none", ""),
)

DRAWN: tuple[tuple[str, int, str, str, str], ...] = (
    ("drawn-tanks", 9001, "industrial", "storage tanks", "storage_tank"),
    ("drawn-track", 9004, "sports", "running tracks", "ground_track_field"),
    ("drawn-ships", 9003, "harbour", "ships", "ship"),
)
"""Name, seed, theme, expression, class."""


def public_tiles(data: Path) -> Iterator[Tile]:
    """Yield tiles of images whose licences allow publication."""
    south = banepa(data)[1]
    for name, crop, text, which, note in BANEPA:
        pixels, shapes = crop_labels(south, crop)
        yield Tile(
            name=name, source="banepa", pixels=pixels, gsd=0.133, text=text,
            truth=select_targets(shapes, which), note=note, min_area=4.0,
        )  # fmt: skip
    path = data / "oam-banepa" / "banepa_predict.tif"
    with rasterio.open(path) as dataset:
        whole = dataset.read([1, 2, 3])
    for name, (left, top, width, height), text, note in BANEPA_NEW:
        pixels = whole[:, top : top + height, left : left + width]
        yield Tile(
            name=name, source="banepa", pixels=pixels, gsd=0.133, text=text,
            truth=None, note=note, min_area=4.0,
        )  # fmt: skip
    kept = open_cities(data)[1]
    yield Tile(
        name="open-cities", source="open-cities", pixels=kept.pixels, gsd=0.02,
        text="buildings", truth=kept.layout.outlines, min_area=1.0,
    )  # fmt: skip
    towns = {Path(image.name).stem: image for image in naip_trees(data)}
    for name, stem, text, rule in NAIP:
        image = towns[stem]
        truth = image.layout.outlines if rule == "area" else None
        yield Tile(
            name=name, source="naip", pixels=image.pixels, gsd=0.6, text=text,
            truth=truth, rule=rule if rule == "area" else "outline", min_area=4.0,
        )  # fmt: skip
    boxes = {path.name.split("_jpg")[0]: item for item in airport_boxes(data).items()
             for path in item[:1]}  # fmt: skip
    for name, stem, text, which, note in AIRPORT_TILES:
        path, rows = boxes[stem]
        shapes = np.array([shapely.box(*row) for row in rows], object)
        yield Tile(
            name=name, source="airports", pixels=read_rgb(path), gsd=0.75, text=text,
            truth=select_targets(shapes, which), rule="box", note=note, min_area=4.0,
        )  # fmt: skip
    for name, seed, theme, text, category in DRAWN:
        scene = draw_scene(seed, width=640, height=480, gsd=0.5, theme=theme)
        yield Tile(
            name=name, source="drawn", pixels=scene.pixels, gsd=0.5, text=text,
            truth=of_class(scene.layout, category), min_area=4.0,
        )  # fmt: skip


def research_tiles(data: Path) -> Iterator[Tile]:
    """Yield tiles of validation images that are for research only."""
    for image in split(nwpu(data), every=7)[1][::5]:
        for number, line in enumerate(image.written[:2]):
            truth = image.layout.outlines[list(line.targets)]
            yield Tile(
                name=f"nwpu-{Path(image.name).stem}-{number}", source="nwpu",
                pixels=image.pixels, gsd=0.7, text=line.text, truth=truth,
                note=f"Written by hand, {line.type}.",
            )  # fmt: skip
    middle = (800, 800, 960, 960)
    for image in split(tanks(data), every=6)[1]:
        pixels, shapes = crop_labels(image, middle)
        yield Tile(
            name=f"tanks-{image.name[:8]}", source="airbus", pixels=pixels, gsd=1.2,
            text="storage tank", truth=shapes, min_area=20.0,
        )  # fmt: skip
    for path, rows in airbus_boxes(data).items():
        if path.stem.startswith(("20bfce20", "70332141")):
            frame = shapely.box(800, 800, 1760, 1760)
            shapes = np.array([shapely.box(*row) for row in rows], object)
            inside = shapely.transform(
                shapes[shapely.within(shapes, frame)], lambda points: points - 800
            )
            yield Tile(
                name=f"aircraft-{path.stem[:8]}", source="airbus", gsd=0.5,
                pixels=read_rgb(path)[:, 800:1760, 800:1760], text="airplane",
                truth=inside, rule="box", min_area=20.0,
            )  # fmt: skip


def crop_labels(
    image: LabelledImage, crop: Crop, shapes: NDArray[np.object_] | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.object_]]:
    """Crop the pixels and the labelled outlines of an image, all or those given."""
    left, top, width, height = crop
    frame = shapely.box(left, top, left + width, top + height)
    given = image.layout.outlines if shapes is None else shapes
    shapes = shapely.intersection(given, frame)
    shapes = shapes[shapely.area(shapes) > 100]
    moved = shapely.transform(shapes, lambda points: points - (left, top))
    return image.pixels[:, top : top + height, left : left + width], moved


def select_targets(
    shapes: NDArray[np.object_], which: str
) -> NDArray[np.object_] | None:
    """Select targets: all, none, largest or leftmost; ? for an unlabelled class."""
    if which == "?":
        return None
    if which == "none":
        return NOTHING
    if which == "largest":
        return shapes[[int(np.argmax(shapely.area(shapes)))]]
    if which == "leftmost":
        return shapes[[int(np.argmin(shapely.bounds(shapes)[:, 0]))]]
    return shapes


def of_class(layout: Layout, category: str) -> NDArray[np.object_]:
    """Return the outlines of one class, clipped to the image."""
    frame = shapely.box(0, 0, layout.width, layout.height)
    polygons = [item.polygon for item in layout.objects if item.category == category]
    shapes = shapely.intersection(np.array(polygons, object), frame)
    found: NDArray[np.object_] = shapes[shapely.area(shapes) > 10]
    return found
