"""Layouts of rectangles, for tests."""

import numpy as np
import shapely

from rrsis_geo.matching.object_layout import ObjectLayout
from rrsis_geo.matching.rectangle_sides import rectangle_sides


def layout_of(
    outlines, *, extent=(0, 0, 400, 300), log_odds=3.0, anchors=(), colours=None
):
    """The layout of outlines in pixels."""
    outlines = np.array(outlines, np.object_)
    unknown = np.full((len(outlines), 3), np.nan)
    return ObjectLayout(
        boxes=shapely.bounds(outlines).reshape(-1, 4),
        centres=shapely.get_coordinates(shapely.centroid(outlines)),
        areas=shapely.area(outlines),
        sides=rectangle_sides(outlines),
        extent=np.array(extent, np.float64),
        log_odds=np.broadcast_to(np.float64(log_odds), len(outlines)).copy(),
        is_anchor=np.isin(np.arange(len(outlines)), anchors),
        colours=unknown if colours is None else np.array(colours, np.float64),
    )


def boxes(rng, count, *, width=400, height=300):
    """Rectangles anywhere, at any angle."""
    found = []
    for _ in range(count):
        w, h = rng.uniform(5, 40, 2)
        x, y = rng.uniform(30, width - 30), rng.uniform(30, height - 30)
        box = shapely.affinity.rotate(
            shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2),
            rng.uniform(0, 180),
        )
        found.append(box)
    return found
