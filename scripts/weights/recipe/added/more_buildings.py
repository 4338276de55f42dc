"""Read the drone mosaics of Zanzibar and Nairobi with their buildings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from rasterio.features import shapes
from shapely.geometry import shape

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import (
    LabelledImage,
    WrittenExpression,
    read_rgb,
)
from rrsis_geo.datasets.transforms.crops import Crop, crop_layout
from rrsis_geo.errors import DataError

from .files import Wanted, read_json, written_lines

OAM_SPLIT = {"area5_1": 1536}
"""Scene of `oam-more-buildings` -> first row of the part that is kept."""


def more_buildings(folder: Path, wanted: Wanted) -> list[LabelledImage]:
    """Return drone mosaics of Zanzibar and Nairobi, in parts, and described crops."""
    base = folder / "oam-more-buildings"
    written = written_lines(folder, "oam.jsonl", "oam-more-buildings")
    images = []
    for item in read_json(base / "index.json"):
        name = item["name"]
        objects = instance_objects(base / f"{name}_instances.png")
        number = {one.attributes["id"]: row for row, one in enumerate(objects)}
        layout = Layout(
            width=item["width"],
            height=item["height"],
            objects=tuple(
                LabelledObject(category="building", polygon=one.polygon)
                for one in objects
            ),
            complete=frozenset({"building", "airplane"}),
            gsd=0.15,
        )
        path = base / f"{name}.tif"
        split = OAM_SPLIT.get(name)
        bands = [(0, item["height"])]
        if split is not None:
            bands = [(0, split), (split, item["height"])]
        for part, (top, bottom) in enumerate(bands):
            part_layout, _ = _cut(layout, (0, top, item["width"], bottom))
            images.append(
                LabelledImage(
                    name=name if len(bands) == 1 else f"{name}-{part}",
                    path=path,
                    place=name if len(bands) == 1 else f"{name}-{part}",
                    rows=(top, bottom),
                    layout=part_layout,
                )
            )
        images += _described(path, layout, number, written[path.name], split)
    return [image for image in images if wanted(image.place)]


def _described(
    path: Path,
    layout: Layout,
    number: Mapping[str, int],
    lines: Iterable[Mapping[str, Any]],
    split: int | None,
) -> list[LabelledImage]:
    """Return the scene or crops of it that people wrote about, one image for each."""
    by_crop = defaultdict(list)
    for line in lines:
        crop = line.get("crop") or (0, 0, layout.width, layout.height)
        by_crop[tuple(crop)].append(line)
    images = []
    for (left, top, right, bottom), about in by_crop.items():
        if split is not None and bottom > split:
            continue  # shows ground on both sides
        inside, kept = _cut(layout, (left, top, right, bottom))
        index = {old: new for new, old in enumerate(kept)}
        image = LabelledImage(
            name=f"{path.stem}-{left}-{top}",
            path=path,
            place=path.stem if split is None else f"{path.stem}-0",
            layout=inside,
            written=tuple(
                WrittenExpression(
                    text=line["expression"],
                    targets=tuple(index[number[str(one)]] for one in line["targets"]),
                    type=line["type"],
                )
                for line in about
                if all(number[str(one)] in index for one in line["targets"])
            ),
        )
        pixels = read_rgb(path, rows=(top, bottom))
        # Cached, as a file's columns cannot be chosen.
        image.__dict__["pixels"] = np.ascontiguousarray(pixels[:, :, left:right])
        images.append(image)
    return images


def instance_objects(path: Path) -> list[LabelledObject]:
    """Outline the instances of a raster of ids; 0 is no building."""
    try:
        with Image.open(path) as image:
            ids = np.asarray(image).astype(np.int32)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    parts = defaultdict(list)
    for outline, value in shapes(ids, mask=ids > 0):
        parts[int(value)].append(shape(outline))
    return [
        LabelledObject(
            category="building",
            polygon=polygons_of(
                shapely.make_valid(shapely.union_all(outlines).simplify(0.6))
            ),
            attributes={"id": str(value)},
        )
        for value, outlines in sorted(parts.items())
    ]


def _cut(
    layout: Layout, edges: tuple[int, int, int, int]
) -> tuple[Layout, tuple[int, ...]]:
    """Return the layout of a rectangle, objects clipped, and their former indices."""
    left, top, right, bottom = edges
    size = right - left, bottom - top
    piece = Crop(left=left, top=top, width=size[0], height=size[1], size=size)
    inside, kept = crop_layout(layout, piece)
    frame = shapely.box(0, 0, *size)
    clipped = tuple(
        replace(one, polygon=polygons_of(shapely.make_valid(one.polygon) & frame))
        for one in inside.objects
    )
    return replace(inside, objects=clipped), kept
