"""Labelled attributes in words, and which of their values people may confuse."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.expressions.measurements import Measurements
from rrsis_geo.expressions.region_bands import Verdicts
from rrsis_geo.language.nodes import With

COLOUR_KEYS = ("colour", "color")
"""Attributes that hold the name of a colour."""

KIND_KEY = "kind"
"""Attribute that holds a narrower noun, such as "truck" for a vehicle."""

WORDED_KEYS = (*COLOUR_KEYS, KIND_KEY, "material", "surface", "condition", "shape")
"""Attributes that become words: a kind replaces the noun, the others precede it."""

SPELLINGS = {"gray": ("gray", "grey"), "grey": ("grey", "gray")}

_CONFUSABLE = (
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


def confusable(one: str, other: str) -> bool:
    """Whether somebody might call one colour, or kind, by the name of the other."""
    return one == other or any(one in names and other in names for names in _CONFUSABLE)


def has_value(measured: Measurements, rows: NDArray[np.int64], node: With) -> Verdicts:
    """(R,) surely of that value, (R,) surely of another; unknown is neither."""
    known = [measured.attributes[row] for row in rows]
    yes = np.array([one.get(node.key) == node.value for one in known])
    no = np.array([not may_be(one, node.key, node.value) for one in known])
    return yes & ~no, no


def may_be(attributes: Mapping[str, str], key: str, value: str) -> bool:
    """Whether somebody might give an object with these attributes that value.

    Besides "colour", "colours" may list all acceptable values, separated by spaces.
    An unlabelled attribute may have any value.
    """
    several = attributes.get(f"{key}s")
    values = several.split() if several is not None else []
    if key in attributes:
        values.append(attributes[key])
    elif several is None:
        return True
    return any(confusable(one, value) for one in values)
