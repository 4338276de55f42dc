"""What is asked for as red must show some red: colour words held against the pixels.

A small network learns what a running track is, and hardly that the one in view is not
red. Colours are there to be measured. Evidence is looked for where the network thinks
the thing is, at several scales, so that a red car counts beside ten white ones, and so
does a track that is red along its lanes alone. Without evidence a probability fades;
with some it stays as it is (decision 0132).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.colours import may_have
from rrsis_geo.query import make_plan

Tints = tuple[tuple[str, ...], ...]
"""For each expression the colours that what it means may have; () for any."""

ALIKE: dict[str, tuple[str, ...]] = {
    "white": ("white",),
    "grey": ("grey",),
    "gray": ("grey",),
    "silver": ("grey", "white"),
    "black": ("black",),
    "red": ("red",),
    "orange": ("orange", "red"),
    "yellow": ("yellow", "green"),  # in false colours, yellow things shine green
    "green": ("green",),
    "blue": ("blue",),
    "brown": ("brown", "red", "orange"),
}
"""Colour word -> colours by which a thing that is called so may be seen."""

LIKELY = 0.3
"""Probability from which on pixels take part in the evidence."""

STEP = 3
"""Every so-manieth pixel and row is looked at; a ninth of the work tells as much."""

REACHES = (2, 7, 20)
"""Steps around a place in which evidence counts: a car, a house, a stadium."""

NONE, ENOUGH = 0.03, 0.1
"""Share of pixels of the colour: up to the first there is no evidence, from the second
on it is no question."""

LEFT = 0.1
"""Times the probability that is left where there is no evidence."""


def tint_of(expression: str) -> tuple[str, ...]:
    """Colours that a thing may have that is meant by a text; () for any.

    Only colour words straight before the name of a known thing count: "red running
    track", "small blue car", and not "house with a red roof".
    """
    find = make_plan(expression).finds[0]
    if not find.categories:
        return ()
    words = re.findall(r"[a-z-]+", find.phrase.lower())
    names = re.findall(r"[a-z-]+", find.noun.lower())
    ends = [
        place
        for place in range(len(words) - len(names) + 1)
        if words[place : place + len(names)] == names
    ]
    before = words[: ends[0]] if ends else []
    found = [colour for word in before for colour in ALIKE.get(word, ())]
    return tuple(dict.fromkeys(found))


def tints_of(expressions: Iterable[str]) -> Tints:
    """`tint_of` each."""
    return tuple(tint_of(text) for text in expressions)


def held(
    pixels: NDArray[np.uint8],
    probability: NDArray[np.float32],
    tints: Tints,
) -> NDArray[np.float32]:
    """Probabilities that fade where a thing has not the colour it was asked for in.

    Args:
        pixels: (3, H, W) RGB as displayed.
        probability: (E, H, W).
        tints: of each expression.

    Returns:
        (E, H, W), nowhere above the given one; the very same array without any tint.
    """
    if not any(tints):
        return probability
    result = probability.copy()
    for chance, tint in zip(result, tints, strict=True):
        likely = chance >= LIKELY
        if tint and likely.any():
            rows = np.flatnonzero(likely.any(axis=1))
            columns = np.flatnonzero(likely.any(axis=0))
            part = (  # nothing else takes part
                slice(rows[0], rows[-1] + 1),
                slice(columns[0], columns[-1] + 1),
            )
            some = (slice(None, None, STEP), slice(None, None, STEP))
            coloured = may_have(pixels[:, *part][:, *some], tint)
            weight = np.where(likely[part], chance[part], 0)[some]
            kept = np.clip((_evidence(coloured, weight) - NONE) / (ENOUGH - NONE), 0, 1)
            factor = (LEFT + (1 - LEFT) * kept).repeat(STEP, axis=0)
            height, width = chance[part].shape
            chance[part] *= factor[:height].repeat(STEP, axis=1)[:, :width]
    return result


def _evidence(
    coloured: NDArray[np.bool_], weight: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(H, W) largest share of coloured pixels among the weighed ones around a place.

    1 where there are none to judge by.
    """
    best = np.zeros(weight.shape)
    for reach in REACHES:
        total = _around(weight, reach)
        judged = total > LIKELY / 2
        some = _around(weight * coloured, reach)
        best = np.maximum(best, np.divide(some, total, out=best.copy(), where=judged))
    return np.where(judged, best, 1.0)  # the last reach is the widest


def _around(values: NDArray[np.float32], reach: int) -> NDArray[np.float64]:
    """(H, W) sums over squares of 2 reach + 1 pixels, cut at the frame."""
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
