"""Labelled attributes as words: which values are told apart by everybody."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import Measured
from rrsis_geo.expressions.tree import With

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
    known = [measured.attributes[row] for row in rows]
    yes = np.array([one.get(meaning.key) == meaning.value for one in known])
    no = np.array([not may_be(one, meaning.key, meaning.value) for one in known])
    return yes & ~no, no


def may_be(known: Mapping[str, str], key: str, value: str) -> bool:
    """Whether somebody might say so of an object with these attributes.

    Beside "colour", "colours" may list all that might be said, with blanks between.
    """
    several = known.get(f"{key}s")
    said = several.split() if several is not None else []
    if key in known:
        said.append(known[key])
    elif several is None:
        return True
    return any(alike(one, value) for one in said)
