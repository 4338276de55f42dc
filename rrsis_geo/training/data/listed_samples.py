"""Training samples from listed (image, expression, mask): a manifest, RRSIS-D."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.training.data.augmentation import (
    CROP_SAFE_TYPES,
    Augmentation,
    augment,
    resize_masks,
    resize_pixels,
)
from rrsis_geo.training.data.batch import Sample


class ReferringLine(Protocol):
    """A line of a data set, as `datasets.referring_sample.Sample`."""

    @property
    def image(self) -> Path:
        """File; lines with the same one are shown together."""
        ...

    @property
    def expression(self) -> str:
        """Referring expression."""
        ...

    @property
    def type(self) -> str:
        """category, location, ...; "" if not known."""
        ...

    def read_pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB."""
        ...

    def read_mask(self, shape: tuple[int, int], /) -> NDArray[np.bool_]:
        """(H, W), True on the target."""
        ...


@dataclass(frozen=True, kw_only=True)
class ListedStream:
    """The lines of a data set, in a new order each epoch.

    An item is an image with E of its expressions. An image with more expressions makes
    several items; one with fewer repeats some. An epoch shows every line.

    Attributes:
        groups: lines of every item, 1 to E of one image; see `group_by_image`.
        size: S, pixels of a sample's side; images are resized to it without keeping the
            aspect, as in evaluation.
        expressions: E.
        augmentation: of the images.
        seed: of order and augmentation.
    """

    groups: tuple[tuple[ReferringLine, ...], ...]
    size: int
    expressions: int
    augmentation: Augmentation
    seed: int = 0

    def __len__(self) -> int:
        """Items per epoch."""
        return len(self.groups)

    def __getitem__(self, index: int) -> Sample:
        epoch, position = divmod(index, len(self.groups))
        order = _epoch_order(self.seed, epoch, len(self.groups))
        rng = np.random.default_rng((self.seed, index))
        lines = self.groups[order[position]]
        chosen = [lines[i % len(lines)] for i in range(self.expressions)]
        types = tuple(line.type for line in chosen)
        pixels, masks = read_lines(chosen)
        pixels, masks, texts = augment(
            pixels,
            masks,
            [line.expression for line in chosen],
            types,
            side=self.size,
            augmentation=self.augmentation,
            rng=rng,
        )
        return Sample(pixels=pixels, masks=masks, texts=texts, types=types)


def group_by_image(
    lines: Iterable[ReferringLine], expressions: int
) -> tuple[tuple[ReferringLine, ...], ...]:
    """Group lines by image, at most `expressions` each.

    Lines that stay true in a crop are kept apart from the others.
    """
    by_image: dict[tuple[Path, bool], list[ReferringLine]] = defaultdict(list)
    for line in lines:
        by_image[line.image, line.type in CROP_SAFE_TYPES].append(line)
    return tuple(
        tuple(group[start : start + expressions])
        for group in by_image.values()
        for start in range(0, len(group), expressions)
    )


def validation_samples(
    lines: Sequence[ReferringLine], *, size: int
) -> Iterator[Sample]:
    """Yield each image once, whole, with all its expressions."""
    for group in group_by_image(lines, len(lines)):
        pixels, masks = read_lines(group)
        yield Sample(
            pixels=resize_pixels(pixels, size),
            masks=resize_masks(masks, size),
            texts=tuple(line.expression for line in group),
            types=tuple(line.type for line in group),
        )


def read_lines(
    lines: Sequence[ReferringLine],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Read (3, H, W) pixels of the image that E lines share, and their (E, H, W) masks.

    Raises:
        DataError: an image or mask is missing or broken; the message names it.
    """
    pixels = lines[0].read_pixels()
    shape = (pixels.shape[1], pixels.shape[2])
    return pixels, np.stack([line.read_mask(shape) for line in lines])


@lru_cache(maxsize=2)
def _epoch_order(seed: int, epoch: int, count: int) -> NDArray[np.int64]:
    """Return the (count,) shuffled items of an epoch."""
    return np.random.default_rng((seed, epoch, count)).permutation(count)
