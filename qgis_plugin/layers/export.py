"""Layers that are no files: their image written to a GeoTIFF, complete or refused."""

from __future__ import annotations

import math
import os
import threading
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Iterator, List, Tuple

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsFeedback,
    QgsPointXY,
    QgsProviderRegistry,
    QgsRasterBlockFeedback,
    QgsRasterDataProvider,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterPipe,
    QgsRectangle,
)
from qgis.PyQt.QtCore import Qt

from ..core.errors import Cancelled, OptionError, SceneError
from ..translate import tr

DEFAULT_GSD = 0.5
"""Metres per pixel of an image that has no resolution of its own."""

MAX_PIXELS = 20_000 * 20_000
"""An image of more takes hours to fetch, and servers do not like it."""

SAMPLE = 1024
"""Columns and rows that are looked at to see whether an image is empty."""

OPTIONS = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]


@dataclass(frozen=True)
class SceneSource:
    """A raster that the worker opens by itself."""

    path: str
    crs: str | None
    """What the user set in QGIS, where the file says something else or nothing."""


def scene_of(layer: QgsRasterLayer) -> SceneSource | None:
    """What the worker opens for a layer; None: the layer has to be exported.

    A file, or an address that GDAL reads. Layers with options or logins that only
    QGIS knows, in QGIS's memory or of other providers are no files.
    """
    source = layer.source()
    if layer.providerType() != "gdal" or "|" in source or "authcfg=" in source:
        return None
    readable = source.startswith(("/vsi", "http://", "https://"))
    if source.startswith("/vsimem/") or not (readable or os.path.exists(source)):
        return None
    shown, own = layer.crs(), layer.dataProvider().crs()
    same = shown == own or not shown.isValid()
    return SceneSource(source, None if same else crs_text(shown))


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """A CRS in words that PROJ reads."""
    name = str(crs.authid())
    if name and not name.startswith("USER:"):
        return name
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))


def prepare(
    layer: QgsRasterLayer,
    *,
    extent: QgsRectangle,
    gsd: float | None,
    path: str,
    transform_context: QgsCoordinateTransformContext,
) -> Export:
    """Plan an export; in the layer's own thread, as its provider is copied here.

    Args:
        layer: Any raster layer.
        extent: What is wanted, in the layer's CRS.
        gsd: Metres per pixel of a layer that is drawn (WMS, XYZ); None: `DEFAULT_GSD`,
            or the layer's own where it has one. Layers of numbers keep their own.
        path: GeoTIFF to write.
        transform_context: The project's.

    Raises:
        SceneError: the layer has no CRS or cannot be read.
        OptionError: the extent misses the layer, or has too many pixels.
    """
    provider = layer.dataProvider()
    if provider is None or not layer.isValid():
        raise SceneError(tr("Layer {layer} cannot be read.").format(layer=layer.name()))
    if not layer.crs().isValid():
        raise SceneError(
            tr(
                "Layer {layer} has no CRS, so polygons would have no place: set it "
                "with a right click on the layer, Layer CRS."
            ).format(layer=layer.name())
        )
    whole = layer.extent()
    wanted = extent.intersect(whole)
    if wanted.isEmpty():
        raise OptionError(
            tr("The area lies outside layer {layer}.").format(layer=layer.name())
        )
    pixel = _own_pixel(provider)
    if pixel is None or (_is_drawn(provider) and gsd is not None):
        pixel = _pixel(layer.crs(), wanted, gsd or DEFAULT_GSD, transform_context)
        origin = wanted
    else:
        origin = whole
    aligned, columns, rows = _grid(wanted, origin, pixel)
    if columns * rows > MAX_PIXELS:
        raise OptionError(
            tr(
                "{columns} x {rows} pixels of layer {layer} are too many to fetch: "
                "choose a smaller area or more metres per pixel."
            ).format(columns=columns, rows=rows, layer=layer.name())
        )
    return Export(
        name=layer.name(),
        provider=_copy(provider),
        extent=aligned,
        columns=columns,
        rows=rows,
        crs=layer.crs(),
        path=path,
        context=transform_context,
    )


@dataclass(frozen=True)
class Export:
    """An image that is going to be written; may run in any thread, once."""

    name: str
    """Of the layer."""
    provider: QgsRasterDataProvider
    extent: QgsRectangle
    columns: int
    rows: int
    crs: QgsCoordinateReferenceSystem
    path: str
    context: QgsCoordinateTransformContext

    def run(self, feedback: QgsFeedback | None = None) -> str:
        """Write the image; the path.

        Raises:
            SceneError: part of it could not be had; nothing is left behind.
            Cancelled: through the feedback; likewise.
        """
        listening = QgsRasterBlockFeedback()
        direct = Qt.ConnectionType.DirectConnection  # the caller's thread may be busy
        if feedback is not None:
            feedback.canceled.connect(listening.cancel, direct)
            listening.progressChanged.connect(feedback.setProgress, direct)
            if feedback.isCanceled():
                listening.cancel()
        part = f"{self.path}.part.tif"
        try:
            self._write(part, listening)
            os.replace(part, self.path)
        finally:
            for leftover in (part, f"{part}.aux.xml"):
                with suppress(OSError):
                    os.remove(leftover)
        return self.path

    def _write(self, part: str, feedback: QgsRasterBlockFeedback) -> None:
        pipe = QgsRasterPipe()
        # The pipe deletes what it holds; a clone of a tile provider has its address
        if not pipe.set(self.provider.clone()):
            raise SceneError(
                tr("Layer {layer} cannot be read.").format(layer=self.name)
            )
        writer = QgsRasterFileWriter(part)
        writer.setOutputFormat("GTiff")
        writer.setCreateOptions(OPTIONS)
        with _warnings_here() as warned:
            done = writer.writeRaster(
                pipe,
                self.columns,
                self.rows,
                self.extent,
                self.crs,
                self.context,
                feedback,
            )
        if feedback.isCanceled():
            raise Cancelled(tr("stopped; nothing was written"))
        errors = [*feedback.errors(), *warned]
        if errors or done != QgsRasterFileWriter.WriterError.NoError:
            raise SceneError(
                tr(
                    "The image of layer {layer} could not be fetched completely: "
                    "{reason}. Try again, or choose a smaller area."
                ).format(layer=self.name, reason=_reason(errors, part))
            )
        if _is_drawn(self.provider) and _is_empty(part):
            raise SceneError(
                tr("Layer {layer} draws nothing in this area.").format(layer=self.name)
            )


def _copy(provider: QgsRasterDataProvider) -> QgsRasterDataProvider:
    """A provider of our own, which another thread may use.

    QGIS logs the first hundred lost tiles of an address only, and a lost tile is
    known by its log alone; so tiles get an address that was never used.
    """
    address = provider.dataSourceUri()
    tiled = "type=xyz" in address or "tileMatrixSet=" in address
    if provider.name() == "wms" and tiled:
        fresh = QgsProviderRegistry.instance().createProvider(
            "wms", f"{address}&rrsis_geo={uuid.uuid4().hex}"
        )
        if fresh is not None and fresh.isValid():
            return fresh
    return provider.clone()


@contextmanager
def _warnings_here() -> Iterator[List[str]]:
    """Warnings that providers log in this thread; they lose tiles without an error."""
    here, heard = threading.get_ident(), []

    def hear(text: str, _tag: str, level: Qgis.MessageLevel) -> None:
        quiet = (Qgis.MessageLevel.Info, Qgis.MessageLevel.Success)
        if threading.get_ident() == here and level not in quiet:
            heard.append(text)

    log = QgsApplication.messageLog()
    link = log.messageReceived.connect(hear, Qt.ConnectionType.DirectConnection)
    try:
        yield heard
    finally:
        log.messageReceived.disconnect(link)


def _is_drawn(provider: QgsRasterDataProvider) -> bool:
    """Whether it gives colours to look at instead of numbers."""
    kinds = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)
    return provider.dataType(1) in kinds


def _own_pixel(provider: QgsRasterDataProvider) -> Tuple[float, float] | None:
    """Width and height of a pixel of its own; None where it has none."""
    columns, rows, extent = provider.xSize(), provider.ySize(), provider.extent()
    if columns <= 0 or rows <= 0:
        return None
    return extent.width() / columns, extent.height() / rows


def _pixel(
    crs: QgsCoordinateReferenceSystem,
    extent: QgsRectangle,
    gsd: float,
    context: QgsCoordinateTransformContext,
) -> Tuple[float, float]:
    """Width and height in units of the CRS of so many metres on the ground."""
    ruler = QgsDistanceArea()
    ruler.setSourceCrs(crs, context)
    ruler.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    middle = extent.center()
    step = 1e-4 if crs.isGeographic() else 1.0
    east = QgsPointXY(middle.x() + step, middle.y())
    north = QgsPointXY(middle.x(), middle.y() + step)
    across, along = ruler.measureLine(middle, east), ruler.measureLine(middle, north)
    if not (across > 0 and along > 0 and math.isfinite(across + along)):
        raise SceneError(
            tr("CRS {crs} has no metres at this place.").format(crs=crs.authid())
        )
    return gsd * step / across, gsd * step / along


def _grid(
    wanted: QgsRectangle, origin: QgsRectangle, pixel: Tuple[float, float]
) -> Tuple[QgsRectangle, int, int]:
    """Whole pixels, counted from the upper left of `origin`, that cover `wanted`."""
    width, height = pixel
    near = 1e-6  # pixels; sums of floating point
    left = math.floor((wanted.xMinimum() - origin.xMinimum()) / width + near)
    right = math.ceil((wanted.xMaximum() - origin.xMinimum()) / width - near)
    top = math.floor((origin.yMaximum() - wanted.yMaximum()) / height + near)
    bottom = math.ceil((origin.yMaximum() - wanted.yMinimum()) / height - near)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    aligned = QgsRectangle(
        origin.xMinimum() + left * width,
        origin.yMaximum() - bottom * height,
        origin.xMinimum() + right * width,
        origin.yMaximum() - top * height,
    )
    return aligned, right - left, bottom - top


def _is_empty(path: str) -> bool:
    """Whether nothing of a drawn image has been drawn, as far as a sample tells."""
    layer = QgsRasterLayer(path, "", "gdal")
    if not layer.isValid() or layer.bandCount() < 4:
        return not layer.isValid()
    columns, rows = min(layer.width(), SAMPLE), min(layer.height(), SAMPLE)
    opacity = layer.dataProvider().block(4, layer.extent(), columns, rows)
    return not any(bytes(opacity.data()))


def _reason(errors: List[str], part: str) -> str:
    """What went wrong, on one line."""
    if errors:
        return " ".join(str(errors[0]).split())
    if not os.access(os.path.dirname(part) or ".", os.W_OK):
        return tr("{folder} may not be written").format(folder=os.path.dirname(part))
    return tr("the file could not be written")
