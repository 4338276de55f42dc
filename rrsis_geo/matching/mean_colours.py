"""The mean colours of objects, from the pixels inside their outlines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.matching.outline_pixels import pixels_by_outline
from rrsis_geo.types import Patch

Values = NDArray[np.float64]

ColoursOf = Callable[[NDArray[np.object_]], Values]
"""(N,) outlines in the CRS of a scene -> their (N, 3) mean colours; see
`mean_colours`."""


def mean_colours(outlines: NDArray[np.object_], patches: Iterable[Patch]) -> Values:
    """Mean colours of objects over their pixels; see `pixels_by_outline`.

    Args:
        outlines: (N,) in pixels of the patches' grid.
        patches: Parts of the image, without overlap.

    Returns:
        (N, 3) red, green and blue, 0 to 1; NaN where no pixel is valid.
    """
    total, count = np.zeros((len(outlines), 3)), np.zeros(len(outlines))
    for pixels, owner in pixels_by_outline(outlines, patches):
        count += np.bincount(owner, minlength=len(outlines))
        for band in range(3):
            total[:, band] += np.bincount(owner, pixels[band], minlength=len(outlines))
    with np.errstate(invalid="ignore"):
        mean: Values = total / count[:, None] / 255
    return mean
