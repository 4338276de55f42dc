"""A fast weighted choice: thousands are made for every image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def choose_index(rng: np.random.Generator, weight: NDArray[np.float64]) -> int:
    """Draw an index with probabilities proportional to (N,) weights.

    Gives the same as `rng.choice(len(weight), p=weight / weight.sum())`, which spends
    most of its time on checks, but is the same in all versions of numpy.
    """
    share = (weight / weight.sum()).cumsum()
    share /= share[-1]
    return int(share.searchsorted(rng.random(), side="right"))
