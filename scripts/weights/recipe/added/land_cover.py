"""Class rasters as labelled images: every connected part of a class is an object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from rasterio.features import shapes
from shapely.geometry import shape

from rrsis_geo.datasets.annotations import LabelledObject, Layout
from rrsis_geo.datasets.formats.coco import polygons_of
from rrsis_geo.datasets.labelled_image import LabelledImage, read_rgb
from rrsis_geo.errors import DataError

MIN_PIXELS = 60
"""Smaller parts are dropped, as where the parts of hand-written targets are counted."""

TOLERANCE = 1.0
"""Pixels by which outlines may be simplified."""


@dataclass(frozen=True, kw_only=True)
class LandClass:
    """What a value of a class raster stands for."""

    category: str
    kind: str | None = None
    """Narrower noun, such as "motorway" for a road."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PartlyLabelledImage(LabelledImage):
    """An image whose unlabelled pixels are black, so that nothing is learned there."""

    labels: Path
    unlabelled: int
    """Value of the raster for what nobody has labelled."""

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB, read at first use and cached."""
        pixels = read_rgb(self.path, rows=self.rows)
        pixels[:, read_labels(self.labels) == self.unlabelled] = 0
        return pixels


def read_labels(path: Path) -> NDArray[np.uint8]:
    """Read a class raster as (H, W).

    Raises:
        DataError: the file is missing or broken.
    """
    try:
        with Image.open(path) as image:
            return np.asarray(image, np.uint8)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error


def raster_objects(
    labels: NDArray[np.uint8], classes: Mapping[int, LandClass]
) -> tuple[tuple[LabelledObject, ...], dict[tuple[int, int], int]]:
    """Outline the parts of all classes.

    Args:
        labels: (H, W) class values.
        classes: value -> class; other values are skipped.

    Returns:
        The objects, and (value, number of the part) -> index of the object. Parts are
        numbered per class by their topmost, then leftmost pixel.
    """
    objects: list[LabelledObject] = []
    index: dict[tuple[int, int], int] = {}
    for value, land_class in classes.items():
        inside = labels == value
        outlines = [
            shape(outline)
            for outline, _ in shapes(
                inside.astype(np.uint8), mask=inside, connectivity=8
            )
        ]
        large = [outline for outline in outlines if outline.area >= MIN_PIXELS]
        large.sort(key=lambda outline: _first_pixel(outline, inside))
        for number, outline in enumerate(large):
            repaired = shapely.make_valid(outline)
            simple = polygons_of(shapely.make_valid(repaired.simplify(TOLERANCE)))
            kind = {} if land_class.kind is None else {"kind": land_class.kind}
            index[value, number] = len(objects)
            objects.append(
                LabelledObject(
                    category=land_class.category, polygon=simple, attributes=kind
                )
            )
    return tuple(objects), index


def read_raster(
    image: Path,
    labels: Path,
    classes: Mapping[int, LandClass],
    *,
    counted: Sequence[str] = (),
    absent: Sequence[str] = (),
    gsd: float | None = None,
    unlabelled: int | None = None,
) -> tuple[LabelledImage, dict[tuple[int, int], int]]:
    """Read an image with its class raster.

    Args:
        image: The pixels.
        labels: The class raster, of the same size.
        classes: value -> class; all of them are labelled completely.
        counted: Categories whose parts are single objects.
        absent: Categories of which surely none is in the image.
        gsd: Metres per pixel.
        unlabelled: Value of pixels that nobody has labelled.

    Returns:
        The image, and the index of its objects as `raster_objects` returns it.
    """
    raster = read_labels(labels)
    objects, index = raster_objects(raster, classes)
    categories = {one.category for one in classes.values()}
    fields = {
        "name": image.name,
        "path": image,
        "place": image.stem,
        "layout": Layout(
            width=raster.shape[1],
            height=raster.shape[0],
            objects=objects,
            complete=frozenset(categories) | frozenset(absent),
            uncounted=frozenset(categories) - frozenset(counted),
            gsd=gsd,
        ),
    }
    if unlabelled is None:
        return LabelledImage(**fields), index
    return PartlyLabelledImage(**fields, labels=labels, unlabelled=unlabelled), index


def _first_pixel(outline: shapely.Geometry, inside: NDArray[np.bool_]) -> int:
    """Return the row-major number of the topmost, then leftmost pixel of a part."""
    xy = shapely.get_coordinates(outline)
    row = xy[:, 1].min()
    # Pixels of the top row lie below its horizontal edges.
    column = xy[xy[:, 1] == row, 0].min()
    return int(row) * inside.shape[1] + int(column)
