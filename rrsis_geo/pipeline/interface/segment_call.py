"""One call from a scene and a text to polygons, and many with one network."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Unpack

import numpy as np
from affine import Affine

from rrsis_geo.errors import OptionError
from rrsis_geo.job import SegmentJob, SegmentOptions
from rrsis_geo.job_texts import as_texts
from rrsis_geo.pipeline.interface.inputs import (
    AreaLike,
    SceneLike,
    area_path,
    is_data_array,
    scene_path,
)
from rrsis_geo.pipeline.interface.progress_line import shown_progress
from rrsis_geo.pipeline.interface.segment_keywords import (
    SegmentKeywords,
    with_keywords,
)
from rrsis_geo.pipeline.interface.segment_result import SegmentResult
from rrsis_geo.pipeline.own_layers.layer_reading import OwnLayers, layers_and_tables
from rrsis_geo.pipeline.runner import run
from rrsis_geo.pipeline.shard import bind
from rrsis_geo.protocol import Message
from rrsis_geo.types import Predictor

NetworkFactory = Callable[[SegmentJob, Sequence[str]], Predictor]


@with_keywords
def segment(
    scene: SceneLike,
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
    dst_crs: str | None = None,
    aoi: AreaLike = None,
    own_layers: OwnLayers | None = None,
    transform: Affine | None = None,
    progress: bool = True,
    report: Callable[[Message], None] | None = None,
    **options: Unpack[SegmentKeywords],
) -> SegmentResult:
    """Find what the expressions describe in a scene.

    Args:
        scene: Path or URL of a raster that GDAL opens, an open dataset of rasterio, an
            xarray.DataArray with rioxarray's place, or an array of (H, W) or
            (bands, H, W) with its `transform` and `crs`.
        expressions: What to look for, in plain words; one text or several.
        output: Vector file to write (.gpkg, .geojson, .json, .fgb, .parquet); None:
            only return the polygons.
        weights: Name or path of the weights.
        probability: Cloud-optimised GeoTIFF of probabilities to write.
        preview: PNG to write.
        anchors: Vector file of what the answers were measured against.
        overwrite: Replace files that exist; of a shared GeoPackage the layer only.
        layer: Layer of the GeoPackage to write; None: named after the expressions.
        append: Add to the layer, which has to have the same columns and CRS.
        dst_crs: CRS to write the polygons in, like EPSG:4326; None: the scene's.
        aoi: Only this is searched: a vector file, a GeoDataFrame or GeoSeries, or a
            shapely geometry in the scene's CRS.
        own_layers: Noun -> vector file, GeoDataFrame or `OwnLayer` whose features it
            means: `{"road": "roads.gpkg"}`.
        transform: Of a scene that is an array.
        progress: Show a line in terminals and notebooks.
        report: Called with every message of `rrsis_geo.protocol`.
        **options: Fields of `rrsis_geo.SegmentOptions`, e.g. `threshold=0.4`.

    Raises:
        RRSISError: of the kinds in `rrsis_geo.errors`; the message says the way out.

    Example:
        >>> from rrsis_geo import segment
        >>> found = segment("scene.tif", "storage tank", threshold=0.4)
        >>> found.to_geodataframe()[["expression", "score", "area_m2", "geometry"]]
    """
    return _segment(
        scene,
        expressions,
        network=bind,
        options=dict(options),
        aoi=aoi,
        own_layers=own_layers,
        transform=transform,
        progress=progress,
        report=report,
        output=file_path(output),
        probability=file_path(probability),
        preview=file_path(preview),
        anchors=file_path(anchors),
        weights=os.fspath(weights),
        overwrite=overwrite,
        layer=layer,
        append=append,
        dst_crs=dst_crs,
    )


class Segmenter:
    """Answers many questions with one network, which is loaded for the first.

    Several threads may ask at once.

    Example:
        >>> from rrsis_geo import Segmenter
        >>> with Segmenter(device="cpu") as segmenter:
        ...     ships = segmenter.segment("harbour.tif", "ship")
        ...     piers = segmenter.segment("harbour.tif", "pier")
    """

    @with_keywords
    def __init__(
        self,
        weights: str | os.PathLike[str] = "default",
        **options: Unpack[SegmentKeywords],
    ) -> None:
        """Choose the weights and the options of every question.

        Args:
            weights: Name or path.
            **options: Fields of `rrsis_geo.SegmentOptions`; a question may have others.

        Raises:
            OptionError: an option does not exist or is out of range.
        """
        self._weights = os.fspath(weights)
        self._options = dict(options)
        SegmentOptions.from_mapping(self._options)
        self._lock = threading.Lock()
        self._network: NetworkFactory | None = None
        self._closed = False

    def __enter__(self) -> Segmenter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the network."""
        with self._lock:
            self._closed, self._network = True, None

    @with_keywords
    def segment(
        self,
        scene: SceneLike,
        expressions: str | Sequence[str],
        output: str | os.PathLike[str] | None = None,
        *,
        probability: str | os.PathLike[str] | None = None,
        preview: str | os.PathLike[str] | None = None,
        anchors: str | os.PathLike[str] | None = None,
        overwrite: bool = False,
        layer: str | None = None,
        append: bool = False,
        dst_crs: str | None = None,
        aoi: AreaLike = None,
        own_layers: OwnLayers | None = None,
        transform: Affine | None = None,
        progress: bool = True,
        report: Callable[[Message], None] | None = None,
        **options: Unpack[SegmentKeywords],
    ) -> SegmentResult:
        """Find what the expressions describe in a scene; see `rrsis_geo.segment`.

        Raises:
            RRSISError: as `rrsis_geo.segment`; OptionError: it was closed.
        """
        self.check_open()
        return _segment(
            scene,
            expressions,
            network=self.bind,
            options=self._options | dict(options),
            aoi=aoi,
            own_layers=own_layers,
            transform=transform,
            progress=progress,
            report=report,
            output=file_path(output),
            probability=file_path(probability),
            preview=file_path(preview),
            anchors=file_path(anchors),
            weights=self._weights,
            overwrite=overwrite,
            layer=layer,
            append=append,
            dst_crs=dst_crs,
        )

    def check_open(self) -> None:
        """Refuse to go on if it was closed.

        Raises:
            OptionError: it was closed.
        """
        if self._closed:
            raise OptionError("this Segmenter was closed; make another one")

    @property
    def weights(self) -> str:
        """Name or path of the weights."""
        return self._weights

    @property
    def options(self) -> dict[str, Any]:
        """The options of every question, as they were given."""
        return dict(self._options)

    def bind(self, job: SegmentJob, texts: Sequence[str]) -> Predictor:
        """The network, ready to look for texts.

        Raises:
            OptionError: it was closed.
            WeightsError: the weights cannot be loaded.
        """
        with self._lock:
            self.check_open()
            if self._network is None:
                from rrsis_geo.runtime.cached_predictor import CachedPredictor

                self._network = CachedPredictor().bind
            return self._network(job, texts)


def _segment(
    scene: SceneLike,
    expressions: str | Sequence[str],
    *,
    network: NetworkFactory,
    options: dict[str, Any],
    aoi: AreaLike,
    own_layers: OwnLayers | None,
    transform: Affine | None,
    progress: bool,
    report: Callable[[Message], None] | None,
    **values: Any,
) -> SegmentResult:
    """Turn what Python programs hold into a job and run it."""
    texts = as_texts(expressions)
    layers, frames = layers_and_tables(own_layers or {})
    with TemporaryDirectory(prefix="rrsis-geo-") as temporary:
        folder = Path(temporary)
        crs = options.get("crs")
        place = scene_path(scene, folder, transform=transform, crs=crs)
        if isinstance(scene, np.ndarray) or is_data_array(scene):
            options = {**options, "cache": False}  # its file is gone afterwards
        area = area_path(
            aoi,
            folder,
            scene=place,
            crs=crs,
            pixel_coordinates=bool(options.get("pixel_coordinates", False)),
        )
        job = SegmentJob(
            scene=place,
            expressions=texts,
            own_layers=layers,
            options=SegmentOptions.from_mapping({**options, "aoi": area}),
            **values,
        )
        with shown_progress(report, progress=progress) as tell:
            return run(job, network=network, report=tell, frames=frames)


def file_path(path: str | os.PathLike[str] | None) -> str | None:
    """A path as text."""
    return None if path is None else os.fspath(path)
