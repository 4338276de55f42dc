"""Fades predictions whose pixels do not have the colour that was asked for.

A small network learns what a running track is, but hardly that the one in view is not
red, while colours can be measured. Pixels are examined where the network expects the
object, at several scales, so that one red car among ten white ones counts, and so does
a ship that is red along its deck alone. Without pixels of the colour the probability
fades; with enough of them it stays as it is (decision 0132).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.colour.colour_names import may_have
from rrsis_geo.colour.colour_terms import ColourTerms

LIKELY = 0.3
"""Probability from which pixels are examined."""

STEP = 3
"""Every third row and column is examined: a ninth of the work, the same result."""

REACHES = (2, 7, 20)
"""Steps around a pixel in which others count: a car, a house, a stadium."""

NONE, ENOUGH = 0.03, 0.1
"""Share of pixels of the colour at which there is no evidence, and full evidence."""

RIM = 0.2
"""Share of the way from the outline to the middle that counts as the rim."""

RIM_NONE, RIM_ENOUGH = 0.2, 0.35
"""`NONE` and `ENOUGH` for the pixels of a rim, all of which has one colour."""

LEFT = 0.1
"""Factor on the probability where there is no evidence."""


def fade_other_colours(
    pixels: NDArray[np.uint8],
    probability: NDArray[np.float32],
    colours: ColourTerms,
) -> NDArray[np.float32]:
    """Lower the probabilities of objects that do not have the colour asked for.

    Args:
        pixels: (3, H, W) RGB as displayed.
        probability: (E, H, W).
        colours: What each of the E phrases asks for.

    Returns:
        (E, H, W), nowhere above the given values; the same array where no colour is
        asked for.
    """
    if not any(term.colours for term in colours):
        return probability
    result = probability.copy()
    for chance, term in zip(result, colours, strict=True):
        likely = chance >= LIKELY
        if term.colours and likely.any():
            rows = np.flatnonzero(likely.any(axis=1))
            columns = np.flatnonzero(likely.any(axis=0))
            part = (  # one step more than the likely pixels, to see where objects end
                slice(max(rows[0] - STEP, 0), rows[-1] + STEP + 1),
                slice(max(columns[0] - STEP, 0), columns[-1] + STEP + 1),
            )
            # the rim of an object that the window cuts is not in view
            rim = term.rim and not _is_cut(likely)
            chance[part] *= _factor(
                pixels[:, *part], chance[part], likely[part], term.colours, rim=rim
            )
    return result


def _factor(
    pixels: NDArray[np.uint8],
    chance: NDArray[np.float32],
    likely: NDArray[np.bool_],
    colours: Sequence[str],
    *,
    rim: bool,
) -> NDArray[np.float64]:
    """(H, W) factors on the probabilities, in [LEFT, 1]."""
    some = (slice(None, None, STEP), slice(None, None, STEP))
    coloured = may_have(pixels[:, *some], colours)
    weight = np.where(likely, chance, 0)[some]
    reaches: Sequence[int] = REACHES
    none, enough = NONE, ENOUGH
    if rim:
        depth = _depth(likely[some])
        weight = np.where(depth <= max(RIM * depth.max(), 1), weight, 0)
        reaches = (int(1.5 * depth.max()) + 1,)  # from the middle to the rim
        none, enough = RIM_NONE, RIM_ENOUGH
    share = _evidence(coloured, weight, reaches)
    kept = np.clip((share - none) / (enough - none), 0, 1)
    factor = (LEFT + (1 - LEFT) * kept).repeat(STEP, axis=0).repeat(STEP, axis=1)
    return np.asarray(factor[: chance.shape[0], : chance.shape[1]])


def _is_cut(inside: NDArray[np.bool_]) -> bool:
    """Whether a pixel on the edge is inside."""
    edges = (inside[0], inside[-1], inside[:, 0], inside[:, -1])
    return any(bool(edge.any()) for edge in edges)


def _depth(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(H, W) steps to the outside; 0 outside."""
    depth = np.zeros(inside.shape, np.int64)
    left = inside
    while left.any():
        depth += left
        wide = np.pad(left, 1)
        left = left & wide[:-2, 1:-1] & wide[2:, 1:-1]
        left &= wide[1:-1, :-2] & wide[1:-1, 2:]
    return depth


def _evidence(
    coloured: NDArray[np.bool_],
    weight: NDArray[np.float32],
    reaches: Sequence[int],
) -> NDArray[np.float64]:
    """(H, W) largest weighted share of coloured pixels, over the reaches.

    1 where there is no weight to judge by.
    """
    best = np.zeros(weight.shape)
    for reach in reaches:
        total = _around(weight, reach)
        judged = total > LIKELY / 2
        some = _around(weight * coloured, reach)
        best = np.maximum(best, np.divide(some, total, out=best.copy(), where=judged))
    return np.where(judged, best, 1.0)  # the last reach is the widest


def _around(values: NDArray[np.float32], reach: int) -> NDArray[np.float64]:
    """(H, W) sums over squares of 2 reach + 1 pixels, clipped at the edges."""
    sums: NDArray[np.float64] = values.astype(np.float64)
    for axis in (0, 1):
        length = sums.shape[axis]
        before = np.zeros((1, sums.shape[1 - axis]))
        running = np.cumsum(np.moveaxis(sums, axis, 0), axis=0)
        running = np.concatenate([before, running])
        last = np.minimum(np.arange(length) + reach + 1, length)
        first = np.maximum(np.arange(length) - reach, 0)
        sums = np.moveaxis(running[last] - running[first], 0, axis)
    return sums
