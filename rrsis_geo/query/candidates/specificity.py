"""Which phrases are more specific than others: "red ship" than "ship"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.language.nodes import Find


def more_specific(finds: Sequence[Find], phrases: Sequence[str]) -> NDArray[np.bool_]:
    """(Q, Q) whether the second phrase narrows the first, as "red ship" does "ship".

    Args:
        finds: Nouns of a plan.
        phrases: Q phrases given to the network; unknown ones compare as False.
    """
    by_phrase = {find.phrase: find for find in finds}
    known = [by_phrase.get(text) for text in phrases]
    kinds = [frozenset(find.categories if find else ()) for find in known]
    bare = [find is not None and find.phrase == find.noun for find in known]
    pairs = [
        [
            a and not b and bool(kind & other)
            for b, other in zip(bare, kinds, strict=True)
        ]
        for a, kind in zip(bare, kinds, strict=True)
    ]
    return np.array(pairs, np.bool_).reshape(len(phrases), len(phrases))
