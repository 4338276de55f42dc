"""Where a network was wrong on its own training images: places to look at again.

Hard negatives are roofs taken for tanks and clearings taken for courts; a random piece
of a large scene hardly ever shows one. `scripts/mine_mistakes.py` collects the places,
and `Mix` cuts some of its pieces around them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import shapes

from rrsis_geo.datasets.annotations import Layout
from rrsis_geo.datasets.labelled_image import LabelledImage
from rrsis_geo.errors import DataError
from rrsis_geo.tiling.windows import plan_windows
from rrsis_geo.training.data.mixture import Source

Predict = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""(3, 480, 480) pixels to (E, 480, 480) probabilities of E classes."""

WINDOW = 480
SMALLEST = 24.0
"""Pixels of what was painted; less is dust."""
WRONG = 0.2
"""Painted, but less than this share of it is labelled: nothing of the kind is there."""
MISSED = 0.2
"""An object of which less than this share was painted was missed."""

Mistakes = dict[tuple[str, str], list[tuple[float, float]]]
"""(source, image) -> places (x, y) in pixels."""


def find_mistakes(
    pixels: NDArray[np.uint8],
    layout: Layout,
    categories: Sequence[str],
    predict: Predict,
    *,
    scale: float,
) -> Iterator[tuple[str, float, float]]:
    """Middles of what was painted and is not there, and of what was missed.

    Args:
        pixels: (3, H, W).
        layout: what is there; a category that is not complete is passed over.
        categories: E of them, in the order of the network's answers.
        predict: the network.
        scale: result pixels per source pixel to look at.

    Yields:
        (category, x, y) in source pixels.
    """
    _, height, width = pixels.shape
    w, h = max(round(width * scale), WINDOW), max(round(height * scale), WINDOW)
    picture = Image.fromarray(pixels.transpose(1, 2, 0))
    read = np.asarray(picture.resize((w, h), Image.Resampling.BILINEAR))
    chances = np.zeros((len(categories), h, w), np.float32)
    for window in plan_windows(w, h, size=WINDOW, overlap=0):
        part = window.toslices()
        seen = predict(np.ascontiguousarray(read[part].transpose(2, 0, 1)))
        np.maximum(chances[:, *part], seen, out=chances[:, *part])
    names = np.array([item.category for item in layout.objects])
    for category, chance in zip(categories, chances, strict=True):
        if category not in layout.complete:
            continue
        truth = shapely.union_all(layout.outlines[names == category])
        painted = shapely.transform(
            _areas(chance > 0.5), lambda xy: xy * (width / w, height / h)
        )
        if len(painted):
            areas = shapely.area(painted)
            shared = shapely.area(shapely.intersection(painted, truth))
            for area in painted[(shared < WRONG * areas) & (areas >= SMALLEST)]:
                yield category, area.centroid.x, area.centroid.y
        found = shapely.union_all(painted)
        for item in layout.outlines[names == category]:
            if item.intersection(found).area < MISSED * item.area:
                yield category, item.centroid.x, item.centroid.y


def read_mistakes(path: Path) -> Mistakes:
    """What `scripts/mine_mistakes.py` wrote.

    Raises:
        DataError: the file is missing or broken.
    """
    found: Mistakes = {}
    try:
        for line in path.read_text().splitlines():
            row = json.loads(line)
            place = (float(row["x"]), float(row["y"]))
            found.setdefault((row["source"], row["image"]), []).append(place)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: mistakes cannot be read ({error})") from error
    return found


def with_mistakes(sources: Sequence[Source], mistakes: Mistakes) -> list[Source]:
    """The sources, their images knowing where a network was wrong."""

    def known(source: Source, image: LabelledImage) -> LabelledImage:
        places = mistakes.get((source.name, image.name))
        return replace(image, mistakes=tuple(places)) if places else image

    return [
        replace(source, images=tuple(known(source, image) for image in source.images))
        for source in sources
    ]


def _areas(mask: NDArray[np.bool_]) -> NDArray[np.object_]:
    """(N,) polygons of what is painted, diagonal neighbours apart."""
    found = shapes(mask.astype(np.uint8), mask=mask)
    return np.array([shapely.geometry.shape(area) for area, _ in found], object)
