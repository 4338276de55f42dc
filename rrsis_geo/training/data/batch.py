"""Samples and batches of the training loop."""

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
    """An image with E expressions."""

    pixels: NDArray[np.uint8]
    """(3, S, S)."""
    masks: NDArray[np.bool_]
    """(E, S, S); all False for an expression without a target."""
    texts: tuple[str, ...]
    types: tuple[str, ...]


class SampleStream(Protocol):
    """An endless, random-access stream of samples: item i depends on i only.

    A resumed run therefore gets the same samples, and the processes that prepare them
    need no shared state.
    """

    def __getitem__(self, index: int, /) -> Sample:
        """Return sample number `index`, from 0."""
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
        """Copy to pinned memory; torch's DataLoader calls this."""
        return Batch(
            images=self.images.pin_memory(),
            masks=self.masks.pin_memory(),
            texts=self.texts,
        )


def collate(samples: Sequence[Sample]) -> Batch:
    """Stack samples of the same size and the same number of expressions."""
    return Batch(
        images=torch.from_numpy(np.stack([sample.pixels for sample in samples])),
        masks=torch.from_numpy(np.stack([sample.masks for sample in samples])),
        texts=tuple(sample.texts for sample in samples),
    )
