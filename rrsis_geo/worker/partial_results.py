"""Finished polygons as messages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import shapely

from rrsis_geo.protocol import MAX_ROWS, Partial
from rrsis_geo.types import Polygons

MAX_VERTICES = 20_000
"""Polygons with more vertices are left to the final file, so that lines stay short."""


def partials(polygons: Polygons, *, job: int) -> Iterator[Partial]:
    """Yield messages with the polygons, in order.

    Args:
        polygons: Finished polygons of a run.
        job: Number of the job.
    """
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
    while batch := tuple(islice(rows, MAX_ROWS)):
        yield Partial(crs=polygons.crs, rows=batch, job=job)
