"""What a run with own layers needs beside its network, or in place of it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob
from rrsis_geo.pipeline.own_layers.feature_colours import (
    coloured_phrases,
    measure_colours,
)
from rrsis_geo.query.answers import QueryAnswers
from rrsis_geo.query.candidates.valid_extent import ValidArea
from rrsis_geo.query.operators.dispatch import depends_on_extent
from rrsis_geo.query.query_batch import QueryBatch
from rrsis_geo.scene.aoi import Aoi
from rrsis_geo.scene.grid import Grid, wkt2
from rrsis_geo.scene.scene import Scene
from rrsis_geo.types import NODATA, Strip
from rrsis_geo.vector.writers import no_polygons

OVERVIEW_SIDE = 2048
"""Pixels on the longer side at which it is seen where a scene has data."""


def check_probability(job: SegmentJob, batch: QueryBatch) -> None:
    """Refuse a probability raster where there are no probabilities.

    Raises:
        OptionError: own layers answer every question of the job.
    """
    if job.probability is not None and not batch.bands:
        raise OptionError(
            f"{job.probability}: own layers answer these questions without the "
            "network, so there are no probabilities; leave out --probability"
        )


def colours_of(
    batch: QueryBatch, scene: Scene, grid: Grid
) -> dict[str, NDArray[np.float64]]:
    """Shares of features' pixels with the colours that phrases ask for."""
    finds = coloured_phrases(batch.plans)
    if batch.features is None or not finds:
        return {}
    return measure_colours(scene, grid, batch.features, finds)


def answer_without_network(
    batch: QueryBatch, scene: Scene, grid: Grid, aoi: Aoi | None
) -> QueryAnswers:
    """What questions mean that own layers answer alone, or nothing does.

    Pixels are read only where the answer depends on them.
    """
    nothing = no_polygons(_batch_crs(batch, grid))
    by_extent = batch.features is not None and any(map(depends_on_extent, batch.plans))
    return batch.answer(
        nothing,
        grid,
        _area_with_data(scene, grid, aoi) if by_extent else None,
        colours=colours_of(batch, scene, grid),
    )


def _batch_crs(batch: QueryBatch, grid: Grid) -> str | None:
    """WKT of the CRS of the features, else of the scene."""
    layers = () if batch.features is None else batch.features.layers
    of_scene = None if grid.crs is None else wkt2(grid.crs)
    return next((layer.polygons.crs for layer in layers), of_scene)


def _area_with_data(scene: Scene, grid: Grid, aoi: Aoi | None) -> BaseGeometry:
    """Convex hull of what has data and is searched, in pixels, to an overview's pixel.

    It is what `ValidArea` finds while a network looks at every pixel.
    """
    _, valid, small = scene.thumbnail(OVERVIEW_SIDE)
    hull = ValidArea()
    levels = np.where(valid, np.uint8(0), np.uint8(NODATA))
    hull.add(Strip(top=0, levels=levels[None]))
    scale = np.array([grid.width / small.width, grid.height / small.height])
    area: BaseGeometry = shapely.transform(hull.outline, lambda xy: xy * scale)
    if aoi is None:
        return area
    return shapely.intersection(area, aoi.shape).convex_hull
