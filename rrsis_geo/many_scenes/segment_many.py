"""One call from many scenes and a text to polygons."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Unpack

from shapely.geometry.base import BaseGeometry

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.job_texts import as_texts
from rrsis_geo.many_scenes.scene_list import list_scenes
from rrsis_geo.many_scenes.scene_outcome import ScenesResult
from rrsis_geo.many_scenes.scenes_job import ScenesJob
from rrsis_geo.many_scenes.scenes_run import run_scenes
from rrsis_geo.pipeline.interface.inputs import AreaLike, area_path
from rrsis_geo.pipeline.interface.progress_line import shown_progress
from rrsis_geo.pipeline.interface.segment_call import Segmenter, file_path
from rrsis_geo.pipeline.interface.segment_keywords import (
    SegmentKeywords,
    with_keywords,
)
from rrsis_geo.pipeline.own_layers.layer_reading import OwnLayers, layers_and_tables
from rrsis_geo.protocol import Advice, Message


@with_keywords
def segment_many(
    scenes: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    expressions: str | Sequence[str],
    output: str | os.PathLike[str] | None = None,
    *,
    segmenter: Segmenter | None = None,
    asset: str | None = None,
    merge: bool = False,
    weights: str | os.PathLike[str] = "default",
    probability: str | os.PathLike[str] | None = None,
    preview: str | os.PathLike[str] | None = None,
    anchors: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    layer: str | None = None,
    append: bool = False,
    dst_crs: str | None = None,
    aoi: AreaLike = None,
    own_layers: OwnLayers | None = None,
    progress: bool = True,
    report: Callable[[Message], None] | None = None,
    **options: Unpack[SegmentKeywords],
) -> ScenesResult:
    """Find what the expressions describe in many scenes, with one network.

    Args:
        scenes: Paths, URLs, folders, patterns, `@list.txt`, STAC items; one or several.
        expressions: What to look for, in plain words; one text or several.
        output: Vector file of all scenes, or with `{scene}` in its name one a scene;
            None: only return the polygons.
        segmenter: Its network, weights and options are used, so that nothing is loaded
            again; None: a network for this call.
        asset: Asset of STAC items to read.
        merge: Make one polygon of what several scenes show of one object.
        weights: Name or path of the weights.
        probability: Cloud-optimised GeoTIFF to write for each scene, with `{scene}` in
            its name, as of `preview` and `anchors`.
        preview: PNG to write for each.
        anchors: Vector file of what the answers were measured against, for each.
        overwrite: Replace files that exist; of a shared GeoPackage the layer only.
        layer: Layer of the GeoPackage to write; None: named after the expressions.
        append: Add to the layer, which has to have the same columns and CRS.
        dst_crs: CRS to write the polygons in; None: EPSG:4326 where scenes differ.
        aoi: Only this is searched: a vector file, a GeoDataFrame or GeoSeries. Scenes
            outside it are left out.
        own_layers: Noun -> vector file, GeoDataFrame or `OwnLayer` whose features it
            means: `{"road": "roads.gpkg"}`.
        progress: Show a line in terminals and notebooks.
        report: Called with every message of `rrsis_geo.protocol`.
        **options: Fields of `rrsis_geo.SegmentOptions`, e.g. `threshold=0.4`.

    Returns:
        What became of each scene: those that fail do not end the run, see `failed` and
        `raise_failures`.

    Raises:
        RRSISError: nothing could be looked for in any of them.

    Example:
        >>> from rrsis_geo import segment_many
        >>> found = segment_many("tiles/*.tif", "storage tank", "tanks.gpkg")
        >>> found.to_geodataframe()[["scene", "score", "geometry"]]
    """
    values: dict[str, Any] = dict(options)
    if isinstance(aoi, BaseGeometry):
        raise OptionError(
            "aoi: a geometry has no CRS, and scenes may have several; give a "
            'GeoSeries, like GeoSeries([area], crs="EPSG:4326")'
        )
    if segmenter is not None:
        segmenter.check_open()
        if weights != "default":
            raise OptionError("weights are those of the segmenter; give one of the two")
        weights, values = segmenter.weights, {**segmenter.options, **values}
    words = [scenes] if isinstance(scenes, (str, os.PathLike)) else list(scenes)
    texts = as_texts(expressions)
    layers, frames = layers_and_tables(own_layers or {})
    listed = list_scenes([os.fspath(word) for word in words], asset=asset)
    with TemporaryDirectory(prefix="rrsis-geo-") as folder:
        area = area_path(aoi, Path(folder), scene="", crs=None, pixel_coordinates=False)
        job = SegmentJob(
            scene="",
            expressions=texts,
            output=file_path(output),
            probability=file_path(probability),
            preview=file_path(preview),
            anchors=file_path(anchors),
            weights=os.fspath(weights),
            overwrite=overwrite,
            layer=layer,
            append=append,
            dst_crs=dst_crs,
            own_layers=layers,
            options=SegmentOptions.from_mapping({**values, "aoi": area}),
        )
        with shown_progress(report, progress=progress) as tell:
            for note in listed.notes:
                tell(Advice(note))
            return run_scenes(
                ScenesJob(scenes=listed.scenes, job=job, merge=merge),
                report=tell,
                network=None if segmenter is None else segmenter.bind,
                frames=frames,
            )
