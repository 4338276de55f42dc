"""The highest of many values, measured only where it can be the highest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rrsis_geo.query.candidates.selection import Rows, Values

ROUNDS = 8
"""After so many, what is left is measured at once."""


def best_per_row(
    place: Rows, count: int, at_most: Values, measured: Callable[[Rows], Values]
) -> Values:
    """(R,) highest value of each row's pairs; 0 for none.

    The most promising pair of each row is measured first, and the others only while
    they could be more.

    Args:
        place: (P,) row of each pair.
        count: R.
        at_most: (P,) no pair's value is higher.
        measured: Numbers of pairs to their values, none below 0.
    """
    best = np.zeros(count)
    left = np.lexsort((-at_most, place))
    left = left[at_most[left] > 0]
    for number in range(ROUNDS + 1):
        if not len(left):
            break
        leads = np.diff(place[left], prepend=-1) > 0
        leads |= number == ROUNDS
        now = left[leads]
        np.maximum.at(best, place[now], measured(now))
        left = left[~leads]
        left = left[at_most[left] > best[place[left]]]
    return best
