"""One call from a scene and a text to polygons."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.pipeline.interface.segment_result import SegmentResult
from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Message


def segment(
    scene: str | os.PathLike[str],
    expressions: str | Sequence[str],
    output: str | os.PathLike[str] | None = None,
    *,
    weights: str | os.PathLike[str] = "default",
    probability: str | os.PathLike[str] | None = None,
    preview: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    layer: str | None = None,
    append: bool = False,
    report: Callable[[Message], None] | None = None,
    **options: Any,
) -> SegmentResult:
    """Find what the expressions describe in a scene.

    Args:
        scene: Path or URL of a raster that GDAL opens.
        expressions: What to look for, in plain words; one text or several.
        output: Vector file to write (.gpkg, .geojson, .fgb, .parquet); None: only
            return the polygons.
        weights: Name or path of the weights.
        probability: Cloud-optimised GeoTIFF of probabilities to write.
        preview: PNG to write.
        anchors: Vector file of what the answers were measured against.
        overwrite: Replace files that exist; of a shared GeoPackage the layer only.
        layer: Layer of the GeoPackage to write; None: named after the expressions.
        append: Add to the layer, which has to have the same columns and CRS.
        report: Called with every message of `rrsis_geo.protocol`.
        **options: Fields of `rrsis_geo.SegmentOptions`, e.g. `threshold=0.4`.

    Raises:
        RRSISError: of the kinds in `rrsis_geo.errors`; the message says the way out.

    Example:
        >>> from rrsis_geo import segment
        >>> found = segment("scene.tif", "storage tank", threshold=0.4)
        >>> found.to_geodataframe()[["expression", "score", "area_m2", "geometry"]]
    """
    texts = (expressions,) if isinstance(expressions, str) else tuple(expressions)
    job = SegmentJob(
        scene=os.fspath(scene),
        expressions=texts,
        output=_path(output),
        probability=_path(probability),
        preview=_path(preview),
        anchors=_path(anchors),
        weights=os.fspath(weights),
        overwrite=overwrite,
        layer=layer,
        append=append,
        options=SegmentOptions.from_mapping(options),
    )
    return run(job, report=report or (lambda message: None))


def _path(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)
