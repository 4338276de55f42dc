"""One image, one referring expression, one mask: what training and evaluation read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image

from rrsis_geo.datasets import coco_rle as rle
from rrsis_geo.datasets.kinds import SPLITS
from rrsis_geo.datasets.labelled_image import read_rgb
from rrsis_geo.errors import DataError
from rrsis_geo.job import MAX_EXPRESSION

MAX_WORDS = 100
"""Longer texts are no referring expressions; the text encoder would truncate them."""


@dataclass(frozen=True, kw_only=True)
class MaskFile:
    """A mask in a raster file of its own."""

    path: Path
    threshold: int = 0
    """Levels above this are the target."""


@dataclass(frozen=True, kw_only=True)
class MaskRuns:
    """A mask as the union of run-length encoded parts, which may overlap."""

    parts: tuple[rle.Runs, ...]
    resize: bool = False
    """Resize to the image by nearest where sizes differ (a defect of RRSIS-D)."""


Target: TypeAlias = MaskFile | MaskRuns


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A referring expression about an image, and the mask of what it refers to."""

    image: Path
    expression: str
    target: Target
    """Where the mask is stored; `read_mask` reads it."""
    split: str
    """train, val or test."""
    type: str = ""
    """category, location, relation, ...; "no-target"; "" where the set has none."""
    category: str = ""
    """Class of the target; "" where the set has none."""
    gsd: float | None = None
    """Metres per pixel of the image; None: not known."""
    same_class: int | None = None
    """Labelled objects of the category in the image; None: not known."""
    origin: str = ""
    """File and line of the sample, for messages: "manifest.jsonl, line 12"."""

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise DataError(
                f"{self._prefix()}split {self.split!r} is none of {', '.join(SPLITS)}"
            )
        words = len(self.expression.split())
        if not words:
            raise DataError(f"{self._prefix()}the expression has no words")
        if words > MAX_WORDS or len(self.expression) > MAX_EXPRESSION:
            raise DataError(
                f"{self._prefix()}the expression {self.expression[:40]!r}... has "
                f"{words} words and {len(self.expression)} characters; at most "
                f"{MAX_WORDS} words and {MAX_EXPRESSION} characters can be read"
            )

    def read_pixels(self) -> NDArray[np.uint8]:
        """Read the image as (3, H, W) RGB.

        Raises:
            DataError: The image is missing or broken; the message names it.
        """
        try:
            return read_rgb(self.image)
        except DataError as error:
            raise DataError(f"{self._prefix()}{error}") from error

    def read_mask(self, shape: tuple[int, int] | None = None) -> NDArray[np.bool_]:
        """Read the mask as (H, W), True on the target.

        Nowhere True for an expression without a target.

        Args:
            shape: (H, W) of the image; None: read the mask at its own size.

        Raises:
            DataError: The mask is missing, broken or of another size than `shape`
                (except where the data set is known for that); the message names it.
        """
        try:
            mask = _read_target(self.target)
        except DataError as error:
            raise DataError(f"{self._prefix()}{error}") from error
        if shape is None or mask.shape == shape:
            return mask
        if isinstance(self.target, MaskRuns) and self.target.resize:
            return resize_mask(mask, shape)
        raise DataError(
            f"{self._prefix()}the mask is {mask.shape[1]} x {mask.shape[0]} pixels, "
            f"its image {self.image} {shape[1]} x {shape[0]}"
        )

    def read(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Read (3, H, W) pixels and the (H, W) mask; errors as above."""
        pixels = self.read_pixels()
        return pixels, self.read_mask((pixels.shape[1], pixels.shape[2]))

    def _prefix(self) -> str:
        return f"{self.origin}: " if self.origin else ""


def of_split(samples: Sequence[Sample], split: str | None, source: str) -> list[Sample]:
    """Select the samples of one split; None: all.

    Args:
        samples: Samples of any splits.
        split: train, val or test.
        source: Name of their file or folder, for messages.

    Raises:
        DataError: There are none; the message says which splits `source` has.
    """
    if not samples:
        raise DataError(f"{source}: holds no sample")
    if split is None:
        return list(samples)
    chosen = [sample for sample in samples if sample.split == split]
    if not chosen:
        counts = Counter(sample.split for sample in samples)
        shown = ", ".join(f"{name} {counts[name]}" for name in SPLITS if counts[name])
        raise DataError(
            f"{source}: no sample of the split {split!r}; there are {shown}"
        )
    return chosen


def resize_mask(mask: NDArray[np.bool_], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Resize a mask to (H, W) by Pillow's nearest."""
    image = Image.fromarray(mask.astype(np.uint8))
    image = image.resize((shape[1], shape[0]), Image.Resampling.NEAREST)
    return np.asarray(image) > 0


def _read_target(target: Target) -> NDArray[np.bool_]:
    if isinstance(target, MaskFile):
        return _read_mask_file(target)
    if not target.parts:
        raise DataError("the mask has no parts")
    masks = [rle.decode(part) for part in target.parts]
    if len({mask.shape for mask in masks}) > 1:
        raise DataError("the parts of the mask differ in size")
    return np.asarray(np.logical_or.reduce(masks))


def _read_mask_file(file: MaskFile) -> NDArray[np.bool_]:
    """Read a mask; one whose levels are all too low is in other units, not empty."""
    levels = _read_levels(file.path)
    mask = np.asarray(levels > file.threshold)
    highest = levels.max(initial=0)
    if 0 < highest <= file.threshold:
        raise DataError(
            f"{file.path}: no level of the mask is above {file.threshold}, and the "
            f"highest is {highest}; save the target as 255, or a mask without one as 0"
        )
    return mask


def _read_levels(path: Path) -> NDArray[Any]:
    """Read the (H, W) levels; of several colour bands the highest, without alpha.

    Those of one bit are 0 and 255.
    """
    if path.suffix.lower() in {".jpg", ".jpeg"}:
        raise DataError(f"{path}: a JPEG blurs a mask; save masks as PNG or GeoTIFF")
    try:
        if path.suffix.lower() in {".tif", ".tiff"}:
            with rasterio.open(path) as dataset:
                levels = np.asarray(dataset.read()).max(axis=0)
                bits = dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS")
                if bits == "1":
                    levels = levels * np.uint8(255)
        else:
            with Image.open(path) as image:
                coloured = image.mode in ("RGB", "RGBA", "LA")
                levels = np.asarray(image.convert("RGB") if coloured else image)
                if image.mode == "1":
                    levels = levels * np.uint8(255)
    except (OSError, rasterio.errors.RasterioError) as error:
        raise DataError(f"{path}: cannot be read as a mask ({error})") from error
    return np.asarray(levels.max(axis=2) if levels.ndim == 3 else levels)
