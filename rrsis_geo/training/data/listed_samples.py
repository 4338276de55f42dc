"""Training samples from lines of (image, expression, mask): a manifest, RRSIS-D."""

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
    LASTING,
    Augmentation,
    augment,
    resize_masks,
    resize_pixels,
)
from rrsis_geo.training.data.batch import Sample


class Referring(Protocol):
    """One line of a data set, as `datasets.referring.Sample`."""

    @property
    def image(self) -> Path:
        """The file; lines of one image are shown together."""
        ...

    @property
    def expression(self) -> str:
        """What is referred to."""
        ...

    @property
    def type(self) -> str:
        """category, location, ...; "" where not known."""
        ...

    def read_pixels(self) -> NDArray[np.uint8]:
        """(3, H, W) RGB."""
        ...

    def read_mask(self, shape: tuple[int, int], /) -> NDArray[np.bool_]:
        """(H, W), True on the target."""
        ...


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The lines of a data set, over and over, in another order each time.

    An item is an image with E of its expressions; an image with more makes several
    items, one with fewer repeats some. One round through the items shows every line.

    Attributes:
        groups: the lines of every item, 1 to E of one image; see `grouped`.
        size: S, pixels of a sample's side; images are squeezed to it, as in evaluation.
        expressions: E.
        how: augmentation.
        seed: the stream's name.
    """

    groups: tuple[tuple[Referring, ...], ...]
    size: int
    expressions: int
    how: Augmentation
    seed: int = 0

    def __len__(self) -> int:
        """Items of one round."""
        return len(self.groups)

    def __getitem__(self, index: int) -> Sample:
        round_, place = divmod(index, len(self.groups))
        order = _order(self.seed, round_, len(self.groups))
        rng = np.random.default_rng((self.seed, index))
        lines = self.groups[order[place]]
        chosen = [lines[i % len(lines)] for i in range(self.expressions)]
        types = tuple(line.type for line in chosen)
        pixels, masks = read_lines(chosen)
        pixels, masks, texts = augment(
            pixels,
            masks,
            [line.expression for line in chosen],
            types,
            side=self.size,
            how=self.how,
            rng=rng,
        )
        return Sample(pixels=pixels, masks=masks, texts=texts, types=types)


def grouped(
    lines: Iterable[Referring], expressions: int
) -> tuple[tuple[Referring, ...], ...]:
    """Lines by image, at most so many together; those that bear a crop keep apart."""
    by_image: dict[tuple[Path, bool], list[Referring]] = defaultdict(list)
    for line in lines:
        by_image[line.image, line.type in LASTING].append(line)
    return tuple(
        tuple(group[start : start + expressions])
        for group in by_image.values()
        for start in range(0, len(group), expressions)
    )


def check_samples(lines: Sequence[Referring], *, size: int) -> Iterator[Sample]:
    """What validation looks at: each image once, whole, with all its expressions."""
    for group in grouped(lines, len(lines)):
        pixels, masks = read_lines(group)
        yield Sample(
            pixels=resize_pixels(pixels, size),
            masks=resize_masks(masks, size),
            texts=tuple(line.expression for line in group),
            types=tuple(line.type for line in group),
        )


def read_lines(
    lines: Sequence[Referring],
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(3, H, W) pixels of the one image of the lines, and their (E, H, W) masks.

    Raises:
        DataError: an image or mask is missing or broken; the message names it.
    """
    pixels = lines[0].read_pixels()
    shape = (pixels.shape[1], pixels.shape[2])
    return pixels, np.stack([line.read_mask(shape) for line in lines])


@lru_cache(maxsize=2)
def _order(seed: int, round_: int, count: int) -> NDArray[np.int64]:
    """(count,) the items of one round, shuffled."""
    return np.random.default_rng((seed, round_, count)).permutation(count)
