"""The head of a network with a neck: what reads encoded images and words. No torch.

Weights may have a second head, which reads the same encodings and finds other classes.
It was trained on data that a network of this size trades against what it knew, so each
head keeps what it was trained on. Not in the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import Predictor

PARTS = ("visual.", "decoder.", "presence.")
"""Prefixes of the tensors of a head."""

SHARED = ("visual.encoder.", "visual.words.")
"""Prefixes of those among them that encode images and words, and are of no head."""

SECOND = "second."
"""Prefix of the tensors of a second head in a weights file."""


def is_of_head(name: str) -> bool:
    """Whether a tensor of a network belongs to its head."""
    return name.startswith(PARTS) and not name.startswith(SHARED)


def names_of_head(stored: Iterable[str], *, second: bool) -> dict[str, str]:
    """Names in the network, to names in a weights file, of what one head needs.

    Args:
        stored: Names in the file, or in two that belong together.
        second: Whether the second head is meant.
    """
    names = {}
    for name in stored:
        if name.startswith(SECOND):
            if second:
                names[name.removeprefix(SECOND)] = name
        elif not (second and is_of_head(name)):
            names[name] = name
    return names


class TwoHeads:
    """A `Predictor` of texts that two heads share."""

    def __init__(
        self, first: Predictor, second: Predictor, second_rows: Sequence[int]
    ) -> None:
        """Join the heads.

        Args:
            first: Bound to the texts of the first head.
            second: Bound to those of the second, of the same network.
            second_rows: Numbers, among all texts, of those of the second.
        """
        self._first = first
        self._second = second
        self._rows = list(second_rows)

    @property
    def batch_size(self) -> int:
        """Windows per pass that both take."""
        sizes = (getattr(one, "batch_size", 1) for one in (self._first, self._second))
        return min(sizes)

    def __call__(self, pixels: NDArray[np.uint8], /) -> NDArray[np.float32]:
        """Target probability of each text.

        Args:
            pixels: (B, 3, H, W) RGB.

        Returns:
            (B, E, H, W) in [0, 1].
        """
        first, second = self._first(pixels), self._second(pixels)
        count, _, height, width = first.shape
        texts = first.shape[1] + second.shape[1]
        joined = np.empty((count, texts, height, width), np.float32)
        rows = np.zeros(texts, bool)
        rows[self._rows] = True
        joined[:, ~rows], joined[:, rows] = first, second
        return joined
