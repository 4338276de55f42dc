"""Sentences that people wrote about images: images, sentences, and what they mean.

Every set is divided by image: `part_of` names the part. Rules and numbers of
the product are chosen on the part "choose" and reported on the part "report".
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from public_data import part_of

METRES: dict[str, float] = {
    "ships-obb": 1.0,
    "estonia-20cm": 0.2,
    "dubai-hitl": 0.5,
    "maps-newyork": 0.9,
    "gsi-roads-jp": 0.2,
    "gsi-solar-jp": 0.2,
    "roads-epfl-eth": 0.3,
    "bh-pools": 0.15,
    "jonkoping-buildings": 0.2,
    "oam-more-buildings": 0.15,
}
"""Folder -> metres per pixel, about."""

SETS = ("oam", "ships-cars", "land")


@dataclass(frozen=True, kw_only=True, eq=False)
class Sentence:
    """A sentence and the pixels that it means."""

    expression: str
    type: str
    mask: NDArray[np.bool_]
    """(H, W); all False: nothing is meant."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """An image, or a part of one, and the sentences about it."""

    name: str
    """The image's path below the data folder, and the corners of a crop."""
    image: str
    set: str
    pixels: NDArray[np.uint8]
    """(3, H, W)"""
    gsd: float
    sentences: tuple[Sentence, ...]


def pictures(data: Path, name: str, part: str) -> Iterator[Picture]:
    """Yield the pictures of one of `SETS`.

    Args:
        data: The folder of public data sets.
        name: One of `SETS`.
        part: choose, report or all.
    """
    lines: dict[tuple[str, tuple[int, ...]], list[dict[str, Any]]] = defaultdict(list)
    for text in (data / "expressions" / f"{name}.jsonl").open(encoding="utf-8"):
        line = json.loads(text)
        if part in ("all", part_of(line["image"])):
            lines[line["image"], tuple(line.get("crop") or ())].append(line)
    for (image, crop), of in lines.items():
        folder = image.split("/")[0]
        path = data / image
        with rasterio.open(path) as dataset:
            pixels = dataset.read()[:3]
        masks = _Masks(data, name, image, pixels.shape[1:])
        found = [
            Sentence(
                expression=line["expression"],
                type=line["type"],
                mask=_cut(masks.of(line["targets"]), crop),
            )
            for line in of
        ]
        yield Picture(
            name="/".join([image, *map(str, crop)]),
            image=image,
            set=name,
            pixels=np.ascontiguousarray(_cut(pixels, crop)),
            gsd=METRES[folder],
            sentences=tuple(found),
        )


def _cut(values: NDArray[Any], crop: tuple[int, ...]) -> NDArray[Any]:
    if not crop:
        return values
    left, top, right, bottom = crop
    return values[..., top:bottom, left:right]


class _Masks:
    """Masks of the targets of one image."""

    def __init__(
        self, data: Path, name: str, image: str, shape: tuple[int, ...]
    ) -> None:
        self._shape = (shape[0], shape[1])
        self._set = name
        path = data / image
        self._polygons: dict[int, list[list[float]]] = {}
        if name == "oam":
            with rasterio.open(path.with_name(f"{path.stem}_instances.png")) as file:
                self._ids = file.read(1)
        elif name == "land":
            sys.path.append(str(data / "expressions"))
            from components import components

            self._components = components
            label = path.parents[1] / "labels" / f"{path.stem}.png"
            with rasterio.open(label) as file:
                self._ids = file.read(1)
        elif image.startswith("ships-obb"):
            ships = json.loads((data / "ships-obb" / "annotations.json").read_text())
            for number, ship in enumerate(ships[path.name]["ships"]):
                self._polygons[number] = ship["obb_estimated"]
        else:
            coco = json.loads((path.parents[1] / "annotations.json").read_text())
            stem = path.stem
            ids = {
                one["id"]
                for one in coco["images"]
                if Path(one["file_name"]).stem == stem
            }
            for one in coco["annotations"]:
                if one["image_id"] in ids:
                    x, y, w, h = one["bbox"]
                    self._polygons[one["id"]] = [
                        [x, y],
                        [x + w, y],
                        [x + w, y + h],
                        [x, y + h],
                    ]

    def of(self, targets: list[Any]) -> NDArray[np.bool_]:
        """(H, W) mask of the targets of a sentence."""
        if not targets:
            return np.zeros(self._shape, np.bool_)
        if self._set == "oam":
            return np.isin(self._ids, targets)
        if self._set == "land":
            mask = np.zeros(self._shape, np.bool_)
            for value, index in targets:
                mask |= self._components(self._ids, value)[index]
            return mask
        drawn = Image.new("1", self._shape[::-1])
        for target in targets:
            corners = [tuple(point) for point in self._polygons[target]]
            ImageDraw.Draw(drawn).polygon(corners, fill=1)
        return np.array(drawn, np.bool_)
