"""Finished polygons as messages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import shapely

from rrsis_geo.protocol import MAX_ROWS, Partial
from rrsis_geo.types import Polygons

MAX_VERTICES = 20_000
"""Larger outlines come with the file at the end: a line of the protocol stays short."""


def partials(polygons: Polygons, *, job: int) -> Iterator[Partial]:
    """Messages that hold the polygons, in order."""
    columns = [polygons.columns[name] for name in ("expression", "score", "area_m2")]
    rows = (
        {
            "wkb": shapely.to_wkb(shape, hex=True),
            "expression": str(expression),
            "score": float(score),
            "area_m2": float(area),
        }
        for shape, expression, score, area in zip(
            polygons.geometry, *columns, strict=True
        )
        if shapely.get_num_coordinates(shape) <= MAX_VERTICES
    )
    while some := tuple(islice(rows, MAX_ROWS)):
        yield Partial(crs=polygons.crs, rows=some, job=job)
