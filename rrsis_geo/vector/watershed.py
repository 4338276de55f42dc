"""Split one object into instances by the hills of its probability (watershed).

Touching things are separate hills. Going down from the tops, two hills meet at a
saddle. Both become instances if each has the depth and the pixels that
`SplitParameters` demand above the saddle. Otherwise the lower hill is merged into the
other. (Watershed by steepest ascent, basins merged by their dynamics: Grimaud 1992.)

The instances are connected and disjoint and cover the object exactly. They depend on
nothing but the object's own pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import LEVELS


@dataclass(frozen=True, kw_only=True)
class SplitParameters:
    """When two neighbouring hills are two instances; each has to fulfil all of them."""

    min_depth: float = 0.05
    """Least difference in probability between the top and the saddle."""
    min_pixels: int = 12
    """Least number of pixels at or above the saddle."""
    min_ratio: float = 0.15
    """Least ratio of that number to the neighbour's."""


DEFAULT_PARAMETERS = SplitParameters()
"""Best on buildings and tanks that were not trained on; see decision 0122."""


def watershed_labels(
    levels: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    parameters: SplitParameters = DEFAULT_PARAMETERS,
) -> tuple[NDArray[np.int64], int]:
    """Label the instances of one object.

    Args:
        levels: (H, W); round(254 p).
        mask: (H, W), True on the object, whose pixels are 4-connected.
        parameters: When to split.

    Returns:
        (H, W) labels 1, 2, ... in the order of the instances' first pixels, 0 outside,
        and the number of instances.
    """
    labels = mask.astype(np.int64)
    inside = levels[mask]
    min_depth = round(parameters.min_depth * LEVELS)
    relief = int(inside.max()) - int(inside.min()) if len(inside) else 0
    if len(inside) < 2 * parameters.min_pixels or relief < min_depth:
        return labels, 1
    basin, tops = _label_basins(levels, mask)
    if len(tops) < 2:
        return labels, 1
    merged = _merge_basins(basin, tops, levels, mask, parameters)
    instance = merged[basin[mask]]
    # number by first pixel
    found, first, number = np.unique(instance, return_index=True, return_inverse=True)
    rank = np.empty(len(found), np.int64)
    rank[np.argsort(first)] = np.arange(1, len(found) + 1)
    labels[mask] = rank[number]
    return labels, len(found)


def _label_basins(
    levels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Assign every pixel to the hill that steepest ascent leads to.

    Of equal levels the pixel that comes first counts as higher, so every pixel but the
    tops has a higher neighbour, on plateaus too.

    Returns:
        (H, W) number of the hill, and (N,) level of the top of each hill.
    """
    height, width = mask.shape
    size = height * width
    order = np.full((height + 2, width + 2), -1, np.int64)
    rank = size - 1 - np.arange(size).reshape(height, width)
    order[1:-1, 1:-1] = np.where(mask, levels.astype(np.int64) * size + rank, -1)
    best = order[1:-1, 1:-1].copy()
    for rows, cols in ((0, 1), (2, 1), (1, 0), (1, 2)):
        np.maximum(best, order[rows : rows + height, cols : cols + width], out=best)
    parent = np.where(mask, size - 1 - best % size, np.arange(size).reshape(mask.shape))
    parent = parent.ravel()
    while not np.array_equal(further := parent[parent], parent):
        parent = further
    tops, number = np.unique(parent[mask.ravel()], return_inverse=True)
    basin = np.zeros(mask.shape, np.int64)
    basin[mask] = number
    return basin, levels.ravel()[tops].astype(np.int64)


def _find_saddles(
    basin: NDArray[np.int64], levels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Find the highest pixel pair on the border of every two hills.

    Returns:
        (S, 3) level of the saddle, hill and other hill, the highest saddle first.
    """
    pairs = []
    for here, there in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
    ):
        one, other = basin[here], basin[there]
        meets = mask[here] & mask[there] & (one != other)
        height = np.minimum(levels[here][meets], levels[there][meets])
        low = np.minimum(one[meets], other[meets])
        high = np.maximum(one[meets], other[meets])
        pairs.append(np.column_stack([height.astype(np.int64), low, high]))
    saddles = np.concatenate(pairs)
    saddles = saddles[np.lexsort((saddles[:, 2], saddles[:, 1], -saddles[:, 0]))]
    _, first = np.unique(saddles[:, 1:], axis=0, return_index=True)
    highest: NDArray[np.int64] = saddles[np.sort(first)]
    return highest


def _merge_basins(
    basin: NDArray[np.int64],
    tops: NDArray[np.int64],
    levels: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    parameters: SplitParameters,
) -> NDArray[np.int64]:
    """(N,) for each hill the one that it is merged into, or itself."""
    bins = 256
    cells = np.bincount(basin[mask] * bins + levels[mask], minlength=len(tops) * bins)
    # pixels of a hill at a level or above
    above = np.cumsum(cells.reshape(-1, bins)[:, ::-1], axis=1)[:, ::-1].copy()
    parent = list(range(len(tops)))
    top = tops.tolist()
    is_instance = [False] * len(top)
    min_depth = round(parameters.min_depth * LEVELS)

    def find_root(hill: int) -> int:
        while parent[hill] != hill:
            parent[hill] = parent[parent[hill]]
            hill = parent[hill]
        return hill

    def is_separate(hill: int, other: int, saddle: int) -> bool:
        """Whether a hill is an instance of its own where it meets another."""
        size = above[hill, saddle]
        return is_instance[hill] or bool(
            top[hill] - saddle >= min_depth
            and size >= parameters.min_pixels
            and size >= parameters.min_ratio * above[other, saddle]
        )

    for saddle, one, other in _find_saddles(basin, levels, mask).tolist():
        a, b = find_root(one), find_root(other)
        if a == b:
            continue
        if is_separate(a, b, saddle) and is_separate(b, a, saddle):
            is_instance[a] = is_instance[b] = True
            continue
        # the lower hill is merged into the higher; of equals the one numbered later
        if (is_instance[b], top[b], above[b, saddle], -b) > (
            is_instance[a], top[a], above[a, saddle], -a,
        ):  # fmt: skip
            a, b = b, a
        parent[b] = a
        above[a] += above[b]
    return np.array([find_root(hill) for hill in range(len(top))])
