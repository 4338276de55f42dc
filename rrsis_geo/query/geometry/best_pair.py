"""Maximum over many pairs, evaluated only where a pair can be the maximum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rrsis_geo.query.candidates.selection import Rows, Values

MAX_ROUNDS = 8
"""Rounds after which all remaining pairs are evaluated at once."""


def max_per_row(
    row_of_pair: Rows,
    count: int,
    upper_bound: Values,
    evaluate: Callable[[Rows], Values],
) -> Values:
    """(R,) highest value of each row's pairs; 0 without any.

    The pair with the highest upper bound of each row is evaluated first, the others
    only while their bound exceeds the best value.

    Args:
        row_of_pair: (P,) row of each pair.
        count: R.
        upper_bound: (P,) upper bound of each pair's value.
        evaluate: From indices of pairs to their values, none below 0.
    """
    best = np.zeros(count)
    left = np.lexsort((-upper_bound, row_of_pair))
    left = left[upper_bound[left] > 0]
    for round_number in range(MAX_ROUNDS + 1):
        if not len(left):
            break
        leading = np.diff(row_of_pair[left], prepend=-1) > 0
        leading |= round_number == MAX_ROUNDS
        now = left[leading]
        np.maximum.at(best, row_of_pair[now], evaluate(now))
        left = left[~leading]
        left = left[upper_bound[left] > best[row_of_pair[left]]]
    return best
