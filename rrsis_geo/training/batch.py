"""Batches: what the training loop is fed, from whatever source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Shown(Protocol):
    """One image of side S with E expressions about it."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """(3, S, S) RGB."""
        ...

    @property
    def masks(self) -> NDArray[np.bool_]:
        """(E, S, S); all False where nothing fits."""
        ...

    @property
    def texts(self) -> tuple[str, ...]:
        """E expressions."""
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


def collate(samples: Sequence[Shown]) -> Batch:
    """Samples side by side; all of one size, with as many expressions each."""
    return Batch(
        images=torch.from_numpy(np.stack([sample.pixels for sample in samples])),
        masks=torch.from_numpy(np.stack([sample.masks for sample in samples])),
        texts=tuple(sample.texts for sample in samples),
    )
