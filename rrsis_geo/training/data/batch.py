"""Batches: what the training loop is fed, from whatever source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """One image with E expressions about it."""

    pixels: NDArray[np.uint8]
    """(3, S, S)."""
    masks: NDArray[np.bool_]
    """(E, S, S); all False where nothing fits."""
    texts: tuple[str, ...]
    types: tuple[str, ...]


class Stream(Protocol):
    """An endless, random-access stream of samples: item i depends on i only.

    So a run can stop anywhere and go on with the very same samples, and processes that
    prepare them need to share nothing.
    """

    def __getitem__(self, index: int, /) -> Sample:
        """Sample number `index`, from 0."""
        ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """B images with E expressions each."""

    images: Tensor
    """(B, 3, S, S) uint8."""
    masks: Tensor
    """(B, E, S, S) bool."""
    texts: tuple[tuple[str, ...], ...]
    """B rows of E."""

    def pin_memory(self) -> Batch:
        """The same in memory that a GPU reads by itself; a data loader asks for it."""
        return Batch(
            images=self.images.pin_memory(),
            masks=self.masks.pin_memory(),
            texts=self.texts,
        )


def collate(samples: Sequence[Sample]) -> Batch:
    """Samples side by side; all of one size, with as many expressions each."""
    return Batch(
        images=torch.from_numpy(np.stack([sample.pixels for sample in samples])),
        masks=torch.from_numpy(np.stack([sample.masks for sample in samples])),
        texts=tuple(sample.texts for sample in samples),
    )
