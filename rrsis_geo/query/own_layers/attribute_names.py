"""Names of a layer's fields beside the columns of every result."""

from __future__ import annotations

from collections.abc import Sequence

from rrsis_geo.types import SCHEMA

TAKEN = frozenset((*SCHEMA, "fid", "geom", "geometry", "ogc_fid", "wkb_geometry"))
"""Columns of results and of file formats, in lower case: a GeoPackage does not tell
capitals apart."""


def output_names(word: str, fields: Sequence[str]) -> dict[str, str]:
    """Column of the result -> field of the layer, in the layer's order.

    A field keeps its name unless a column of results has it, in any case; then the
    layer's word is put in front: `id` of `road` becomes `road_id`.
    """
    names: dict[str, str] = {}
    taken = set(TAKEN)
    prefix = "_".join(word.split())
    for field in fields:
        name, number = field, 1
        while name.casefold() in taken:
            name = f"{prefix}_{field}" + (f"_{number}" if number > 1 else "")
            number += 1
        taken.add(name.casefold())
        names[name] = field
    return names
