"""Names of layers, made apart from the names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rrsis_geo.errors import OptionError

LONGEST = 60
"""Characters of a name that is made from an expression."""

LONGEST_GIVEN = 200
"""Characters of a name that the user gives; tables beside it have longer names."""

RESERVED = ("gpkg", "sqlite_", "rtree_", "trigger_", "idx_")
"""Beginnings that GeoPackage, SQLite and GDAL keep for themselves."""


def layer_name(expressions: Sequence[str]) -> str:
    """A name of letters, digits and underscores: `the_red_roof` for "the red roof"."""
    first = unicodedata.normalize("NFC", expressions[0].lower()) if expressions else ""
    name = "_".join(re.findall(r"[^\W_]+", first))[:LONGEST].strip("_") or "found"
    if name.startswith(RESERVED):
        name = f"layer_{name}"
    more = len(expressions) - 1
    return f"{name}_and_{more}_more" if more > 0 else name


def check_layer_name(name: str) -> None:
    """Refuse a name for a new layer that programs would not take.

    Raises:
        OptionError: it holds other characters than letters, digits and underscores,
            begins like a table of the format, or is too long.
    """
    if not re.fullmatch(r"\w+", name) or len(name) > LONGEST_GIVEN:
        raise OptionError(
            f"layer {name!r}: a new layer is named with letters, digits and "
            f"underscores, at most {LONGEST_GIVEN}; give --layer such a name"
        )
    if name.lower().startswith(RESERVED):
        raise OptionError(
            f"layer {name!r}: names that begin with {', '.join(RESERVED)} belong to "
            "the format; give --layer another one"
        )
