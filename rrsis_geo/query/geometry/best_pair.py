"""The highest of many values, measured only where it can be the highest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rrsis_geo.query.candidates.selection import Rows, Values

MAX_ROUNDS = 8
"""After so many, what is left is measured at once."""


def max_per_row(
    row_of_pair: Rows,
    count: int,
    upper_bound: Values,
    evaluate: Callable[[Rows], Values],
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
    left = np.lexsort((-upper_bound, row_of_pair))
    left = left[upper_bound[left] > 0]
    for number in range(MAX_ROUNDS + 1):
        if not len(left):
            break
        leading = np.diff(row_of_pair[left], prepend=-1) > 0
        leading |= number == MAX_ROUNDS
        now = left[leading]
        np.maximum.at(best, row_of_pair[now], evaluate(now))
        left = left[~leading]
        left = left[upper_bound[left] > best[row_of_pair[left]]]
    return best
