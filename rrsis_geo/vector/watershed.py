"""One object as the hills of its probability: touching things, told apart.

A hill is an object of its own where, going down from its top, it has sunk by `depth`
and grown to `core` pixels and to `share` of its neighbour before the two meet. Every
other hill belongs to the one that it meets first on the way down. (Watershed by
steepest ascent, basins merged by their dynamics: Grimaud 1992.) So the parts are
connected, disjoint and cover exactly what the object did, and they depend on nothing
but the object's own pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.types import LEVELS


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When a hill is an object of its own."""

    depth: float = 0.05
    """Probability that its top is above the saddle to the next, at least."""
    core: int = 12
    """Pixels it has above the saddle, at least."""
    share: float = 0.15
    """Of the pixels that the next has above the saddle, at least."""


RULE = Rule()
"""What buildings and tanks kept out of training want; see decision 0122."""


def parts_of(
    levels: NDArray[np.uint8], mask: NDArray[np.bool_], rule: Rule = RULE
) -> tuple[NDArray[np.int64], int]:
    """Parts of one object.

    Args:
        levels: (H, W); round(254 p).
        mask: (H, W), True on the object, whose pixels are 4-connected.
        rule: When to part.

    Returns:
        (H, W) 1, 2, ... on the parts in the order of their first pixels, 0 outside,
        and how many there are.
    """
    whole = mask.astype(np.int64)
    inside = levels[mask]
    least = round(rule.depth * LEVELS)
    if len(inside) < 2 * rule.core or int(inside.max()) - int(inside.min()) < least:
        return whole, 1
    basin, heights = _basins(levels, mask)
    if len(heights) < 2:
        return whole, 1
    kept = _merged(basin, heights, levels, mask, rule)
    names = kept[basin[mask]]
    # numbered by first pixel
    found, first, number = np.unique(names, return_index=True, return_inverse=True)
    rank = np.empty(len(found), np.int64)
    rank[np.argsort(first)] = np.arange(1, len(found) + 1)
    whole[mask] = rank[number]
    return whole, len(found)


def _basins(
    levels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(H, W) the hill that steepest ascent leads to, and the top of each hill.

    Of equal levels the pixel that comes first is the higher one, so every pixel but
    the tops has a higher neighbour and plateaus need no care.
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


def _saddles(
    basin: NDArray[np.int64], levels: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(S, 3) level, hill, other hill of every pass between two, the highest first."""
    found = []
    for here, there in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
    ):
        one, other = basin[here], basin[there]
        meets = mask[here] & mask[there] & (one != other)
        height = np.minimum(levels[here][meets], levels[there][meets])
        low = np.minimum(one[meets], other[meets])
        high = np.maximum(one[meets], other[meets])
        found.append(np.column_stack([height.astype(np.int64), low, high]))
    passes = np.concatenate(found)
    passes = passes[np.lexsort((passes[:, 2], passes[:, 1], -passes[:, 0]))]
    _, first = np.unique(passes[:, 1:], axis=0, return_index=True)
    highest: NDArray[np.int64] = passes[np.sort(first)]
    return highest


def _merged(
    basin: NDArray[np.int64],
    tops: NDArray[np.int64],
    levels: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    rule: Rule,
) -> NDArray[np.int64]:
    """For each hill the one that it has become part of."""
    bins = 256
    cells = np.bincount(basin[mask] * bins + levels[mask], minlength=len(tops) * bins)
    # pixels of a hill at a level or above
    above = np.cumsum(cells.reshape(-1, bins)[:, ::-1], axis=1)[:, ::-1].copy()
    leader = list(range(len(tops)))
    top = tops.tolist()
    own = [False] * len(top)
    depth = round(rule.depth * LEVELS)

    def lead(hill: int) -> int:
        while leader[hill] != hill:
            leader[hill] = leader[leader[hill]]
            hill = leader[hill]
        return hill

    def stands(hill: int, other: int, saddle: int) -> bool:
        """Whether a hill is an object of its own where it meets another."""
        size = above[hill, saddle]
        return own[hill] or bool(
            top[hill] - saddle >= depth
            and size >= rule.core
            and size >= rule.share * above[other, saddle]
        )

    for saddle, one, other in _saddles(basin, levels, mask).tolist():
        a, b = lead(one), lead(other)
        if a == b:
            continue
        if stands(a, b, saddle) and stands(b, a, saddle):
            own[a] = own[b] = True
            continue
        # the lower one goes under; of equals the one numbered later
        if (own[b], top[b], above[b, saddle], -b) > (
            own[a], top[a], above[a, saddle], -a,
        ):  # fmt: skip
            a, b = b, a
        leader[b] = a
        above[a] += above[b]
    return np.array([lead(hill) for hill in range(len(top))])
