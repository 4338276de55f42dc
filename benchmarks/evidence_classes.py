"""Evidence for plain names of classes, asked of labelled images of many sensors.

Most questions name a class and nothing else. The labels say which pixels are meant; of
classes that cannot be in a picture, such as aircraft in a residential street, nothing
is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from added_bars import BARS, burnt, evenly, known_pixels, outlines_of, whole_images
from evidence_cases import Case
from evidence_scenes import evidence_of
from numpy.typing import NDArray
from PIL import Image
from public_data import added_sources, part_of
from query_weights import ScenePredictor
from rasterio.features import rasterize
from real_scenes import SETS, VALIDATION, boxes_of
from sentence_sets import Picture, Sentence

from rrsis_geo.datasets.labelled_image import LabelledImage

MOST = 8
"""Images of a data set and a part."""

ABSENT = {
    "roads-epfl-eth": ("airplane", "ship"),
    "gsi-roads-jp": ("airplane", "ship"),
    "jonkoping-buildings": ("airplane", "ship"),
    "gsi-solar-jp": ("airplane", "ship"),
    "bh-pools": ("airplane", "storage tank"),
    "estonia-20cm": ("airplane", "storage tank"),
    "airbus-oiltank": ("airplane",),
}
"""Data set -> classes of which there is nothing in its pictures."""


def class_cases(data: Path, predictor: ScenePredictor, part: str) -> list[Case]:
    """Gather the evidence for plain names of classes.

    Args:
        data: The folder of public data sets.
        predictor: Weights and their cache.
        part: choose, report or all.
    """
    return [
        case
        for picture in _pictures(data, part)
        for case in evidence_of(picture, predictor)
    ]


def _pictures(data: Path, part: str) -> Iterator[Picture]:
    sources = {source.name: source for source in added_sources(data, kept=True)}
    for name in dict.fromkeys(bar.source for bar in BARS):
        asked = {bar.text: bar.category for bar in BARS if bar.source == name}
        images = whole_images(sources[name])
        for image in chosen(
            images, lambda one, name=name: f"{name}/images/{one.name}", part, MOST
        ):
            known = known_pixels(image)
            masks = {
                text: known & burnt(outlines_of(image, category), known.shape)
                for text, category in asked.items()
            }
            yield _picture(name, image.name, image.pixels, image.layout.gsd, masks)
    for name, (text, column, gsd) in SETS.items():
        boxes = boxes_of(data / name, column)
        for path in sorted((data / name / "images").glob("*.jpg")):
            address = f"{name}/images/{path.name}"
            if path.stem.startswith(VALIDATION) and part in ("all", part_of(address)):
                pixels = np.asarray(Image.open(path).convert("RGB")).transpose(2, 0, 1)
                mask = rasterize(boxes[path.stem], out_shape=pixels.shape[1:]) > 0
                yield _picture(name, path.name, pixels, gsd, {text: mask})


def chosen(
    images: Sequence[LabelledImage],
    address: Callable[[LabelledImage], str],
    part: str,
    most: int,
) -> list[LabelledImage]:
    """At most so many images of each part; those of one do not depend on the other."""
    parts = ("choose", "report") if part == "all" else (part,)
    return [
        image
        for one in parts
        for image in evenly([x for x in images if part_of(address(x)) == one], most)
    ]


def _picture(
    name: str,
    image: str,
    pixels: NDArray[np.uint8],
    gsd: float | None,
    masks: dict[str, NDArray[np.bool_]],
) -> Picture:
    nothing = np.zeros(pixels.shape[1:], np.bool_)
    masks = {**masks, **dict.fromkeys(ABSENT.get(name, ()), nothing)}
    return Picture(
        name=f"{name}/images/{image}",
        image=f"{name}/images/{image}",
        set="classes",
        pixels=pixels,
        gsd=gsd or 1.0,
        sentences=tuple(
            Sentence(expression=text, type="made class", mask=mask)
            for text, mask in masks.items()
        ),
    )
