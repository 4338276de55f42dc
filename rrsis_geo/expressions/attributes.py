"""Labelled attributes as words: which values are told apart by everybody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.geometry import Measured
from rrsis_geo.expressions.meaning import With

COLOUR_KEYS = ("colour", "color")
"""Attributes that hold the name of a colour."""

KIND_KEY = "kind"
"""Attribute that holds a narrower noun, such as vehicle: truck."""

SPOKEN_KEYS = (*COLOUR_KEYS, KIND_KEY, "material", "surface", "condition", "shape")
"""Attributes that become words: a kind instead of the noun, all others before it."""

SPELLINGS = {"gray": ("gray", "grey"), "grey": ("grey", "gray")}

_ALIKE = (
    {"white", "cream", "beige", "silver", "light grey", "light gray"},
    {"grey", "gray", "silver", "light grey", "light gray", "dark grey", "dark gray"},
    {"black", "dark grey", "dark gray", "dark"},
    {"red", "orange", "brown", "maroon", "pink", "terracotta"},
    {"yellow", "orange", "beige", "cream", "tan", "gold"},
    {"brown", "tan", "beige", "maroon", "terracotta"},
    {"green", "teal", "turquoise", "olive"},
    {"blue", "teal", "turquoise", "purple", "cyan"},
    {"purple", "pink", "violet"},
    {"car", "van", "vehicle"},
    {"airliner", "wide-body", "jet", "jetliner"},
    {"turboprop", "propeller plane"},
    {"freighter", "container ship", "tanker", "ship"},
    {"road", "avenue", "lane", "street"},
)


def alike(one: str, other: str) -> bool:
    """Whether somebody might call one colour, or kind, by the name of the other."""
    return one == other or any(one in kin and other in kin for kin in _ALIKE)


def with_value(
    measured: Measured, rows: NDArray[np.int64], meaning: With
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(R,) surely of that value, (R,) surely of another; unknown is neither."""
    values = [measured.attributes[row].get(meaning.key) for row in rows]
    yes = np.array([value == meaning.value for value in values], dtype=bool)
    no = np.array(
        [value is not None and not alike(value, meaning.value) for value in values],
        dtype=bool,
    )
    return yes, no
