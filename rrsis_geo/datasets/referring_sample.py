"""One image, one referring expression, one mask: what training and evaluation read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.labelled_image import read_rgb
from rrsis_geo.errors import DataError
from rrsis_geo.job import MAX_EXPRESSION

SPLITS = ("train", "val", "test")

MAX_WORDS = 100
"""Longer texts are no referring expressions, and no network here reads them whole."""

NO_TARGET = "no-target"
"""The type of an expression that nothing in the image answers."""


@dataclass(frozen=True, kw_only=True)
class MaskFile:
    """A mask in a raster file of its own."""

    path: Path
    above: int = 0
    """Higher levels are the target."""


@dataclass(frozen=True, kw_only=True)
class MaskRuns:
    """A mask as the union of run-length parts, which may overlap."""

    parts: tuple[rle.Runs, ...]
    fit: bool = False
    """Resize to the image by nearest where sizes differ (a defect of RRSIS-D)."""


Target: TypeAlias = MaskFile | MaskRuns


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A referring expression about an image, and what it refers to."""

    image: Path
    expression: str
    target: Target
    """Where the mask is; `read_mask` reads it."""
    split: str
    """train, val or test."""
    type: str = ""
    """category, location, relation, ...; "no-target"; "" where the set has none."""
    category: str = ""
    """Class of the target; "" where the set has none."""
    gsd: float | None = None
    """Metres per pixel of the image; None = not known."""
    same_class: int | None = None
    """Labelled objects of the category in the image; None = not known."""
    origin: str = ""
    """Where the sample stands, for messages: "manifest.jsonl, line 12"."""

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise DataError(
                f"{self._where()}split {self.split!r} is none of {', '.join(SPLITS)}"
            )
        words = len(self.expression.split())
        if not words:
            raise DataError(f"{self._where()}the expression has no words")
        if words > MAX_WORDS or len(self.expression) > MAX_EXPRESSION:
            raise DataError(
                f"{self._where()}an expression of {words} words and "
                f"{len(self.expression)} characters; at most {MAX_WORDS} words and "
                f"{MAX_EXPRESSION} characters are read: {self.expression[:40]!r}..."
            )

    def read_pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB.

        Raises:
            DataError: the image is missing or broken; the message names it.
        """
        try:
            return read_rgb(self.image)
        except DataError as error:
            raise DataError(f"{self._where()}{error}") from error

    def read_mask(self, shape: tuple[int, int] | None = None) -> NDArray[np.bool_]:
        """(H, W), True on the target; nowhere True for a no-target expression.

        Args:
            shape: (H, W) of the image; None: the mask at the size it has.

        Raises:
            DataError: the mask is missing, broken or of another size than `shape`
                (except where the data set is known for that); the message names it.
        """
        try:
            mask = _read(self.target)
        except DataError as error:
            raise DataError(f"{self._where()}{error}") from error
        if shape is None or mask.shape == shape:
            return mask
        if isinstance(self.target, MaskRuns) and self.target.fit:
            return resized(mask, shape)
        raise DataError(
            f"{self._where()}the mask is {mask.shape[1]} x {mask.shape[0]} pixels, its "
            f"image {self.image} {shape[1]} x {shape[0]}"
        )

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """(3, H, W) pixels and (H, W) mask of the same size; errors as above."""
        pixels = self.read_pixels()
        return pixels, self.read_mask((pixels.shape[1], pixels.shape[2]))

    def _where(self) -> str:
        return f"{self.origin}: " if self.origin else ""


def of_split(samples: Sequence[Sample], split: str | None, place: str) -> list[Sample]:
    """The samples of one split, or all.

    Raises:
        DataError: there are none; the message says what `place` has.
    """
    if not samples:
        raise DataError(f"{place}: holds no sample")
    if split is None:
        return list(samples)
    chosen = [sample for sample in samples if sample.split == split]
    if not chosen:
        there = {name: sum(item.split == name for item in samples) for name in SPLITS}
        shown = ", ".join(f"{name} {count}" for name, count in there.items() if count)
        raise DataError(f"{place}: no sample of the split {split!r}; there are {shown}")
    return chosen


def resized(mask: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The mask at (H, W), by nearest as Pillow does it."""
    picture = Image.fromarray(mask.astype(np.uint8))
    picture = picture.resize((shape[1], shape[0]), Image.Resampling.NEAREST)
    return np.asarray(picture) > 0


def _read(target: Target) -> NDArray[np.bool_]:
    if isinstance(target, MaskFile):
        return np.asarray(_read_file(target.path) > target.above)
    if not target.parts:
        raise DataError("the mask has no parts")
    masks = [rle.decode(part) for part in target.parts]
    if len({mask.shape for mask in masks}) > 1:
        raise DataError("the parts of the mask differ in size")
    return np.asarray(np.logical_or.reduce(masks))


def _read_file(path: Path) -> NDArray[Any]:
    """(H, W) levels; of several colour bands the highest, transparency left out."""
    if path.suffix.lower() in {".jpg", ".jpeg"}:
        raise DataError(f"{path}: a JPEG blurs a mask; save masks as PNG or GeoTIFF")
    try:
        if path.suffix.lower() in {".tif", ".tiff"}:
            with rasterio.open(path) as dataset:
                levels = np.asarray(dataset.read()).max(axis=0)
        else:
            with Image.open(path) as image:
                coloured = image.mode in ("RGB", "RGBA", "LA")
                levels = np.asarray(image.convert("RGB") if coloured else image)
    except (OSError, rasterio.errors.RasterioError) as error:
        raise DataError(f"{path}: cannot be read as a mask ({error})") from error
    return np.asarray(levels.max(axis=2) if levels.ndim == 3 else levels)
