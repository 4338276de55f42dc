"""Export of layers without a file of their own to a GeoTIFF."""

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
from ..notices import LAYER_UNREADABLE, NO_CRS
from ..translate import tr

DEFAULT_GSD = 0.5
"""Metres per pixel of an image without a resolution of its own."""

MAX_PIXELS = 20_000 * 20_000
"""Largest image to fetch; a larger one would take hours and burden the server."""

SAMPLE_SIZE = 1024
"""Columns and rows of the sample that tells whether an image is empty."""

CREATION_OPTIONS = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]


@dataclass(frozen=True)
class SceneSource:
    """A raster that the worker can open."""

    path: str
    """Path or URL for GDAL."""
    crs: str | None
    """CRS set in QGIS; None where it is that of the file."""


def find_source(layer: QgsRasterLayer) -> SceneSource | None:
    """Return the file or URL of a layer; None if the layer has to be exported.

    Layers with options or logins that only QGIS knows, in QGIS's memory or of other
    providers than GDAL have to be exported.
    """
    source = layer.source()
    if layer.providerType() != "gdal" or "|" in source or "authcfg=" in source:
        return None
    remote = source.startswith(("/vsi", "http://", "https://"))
    if source.startswith("/vsimem/") or not (remote or os.path.exists(source)):
        return None
    shown, own = layer.crs(), layer.dataProvider().crs()
    same = shown == own or not shown.isValid()
    return SceneSource(source, None if same else crs_text(shown))


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """Return a CRS as text that PROJ can read: authority code, else WKT."""
    name = str(crs.authid())
    if name and not name.startswith("USER:"):
        return name
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))


def plan_export(
    layer: QgsRasterLayer,
    *,
    extent: QgsRectangle,
    gsd: float | None,
    path: str,
    transform_context: QgsCoordinateTransformContext,
) -> Export:
    """Plan an export in the layer's own thread, since its provider is copied.

    Args:
        layer: Any raster layer.
        extent: Extent to export, in the layer's CRS.
        gsd: Metres per pixel of a layer that a server renders (WMS, XYZ); None: that
            of the layer, else `DEFAULT_GSD`. Other layers keep their pixels.
        path: GeoTIFF to write.
        transform_context: That of the project.

    Raises:
        SceneError: The layer has no CRS or cannot be read.
        OptionError: The extent misses the layer, or has too many pixels.
    """
    provider = layer.dataProvider()
    if provider is None or not layer.isValid():
        raise SceneError(tr(LAYER_UNREADABLE).format(layer=layer.name()))
    if not layer.crs().isValid():
        raise SceneError(tr(NO_CRS).format(layer=layer.name()))
    whole = layer.extent()
    wanted = extent.intersect(whole)
    if wanted.isEmpty():
        raise OptionError(
            tr("The area lies outside layer {layer}.").format(layer=layer.name())
        )
    pixel = native_pixel_size(provider)
    if pixel is None or (is_rendered(provider) and gsd is not None):
        pixel = pixel_size(layer.crs(), wanted, gsd or DEFAULT_GSD, transform_context)
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
        provider=_copy_provider(provider),
        extent=aligned,
        columns=columns,
        rows=rows,
        crs=layer.crs(),
        path=path,
        context=transform_context,
    )


@dataclass(frozen=True)
class Export:
    """A planned export; `run` may be called once, in any thread."""

    name: str
    """Name of the layer."""
    provider: QgsRasterDataProvider
    extent: QgsRectangle
    columns: int
    rows: int
    crs: QgsCoordinateReferenceSystem
    path: str
    context: QgsCoordinateTransformContext

    def run(self, feedback: QgsFeedback | None = None) -> str:
        """Write the image completely, or raise and leave no file.

        Args:
            feedback: Receives progress; cancelling it stops the export.

        Returns:
            The path of the image.

        Raises:
            SceneError: Part of the image could not be fetched.
            Cancelled: The feedback was cancelled.
        """
        block_feedback = QgsRasterBlockFeedback()
        direct = Qt.ConnectionType.DirectConnection  # the caller's thread may be busy
        if feedback is not None:
            feedback.canceled.connect(block_feedback.cancel, direct)
            block_feedback.progressChanged.connect(feedback.setProgress, direct)
            if feedback.isCanceled():
                block_feedback.cancel()
        part = f"{self.path}.part.tif"
        try:
            self._write(part, block_feedback)
            os.replace(part, self.path)
        finally:
            for leftover in (part, f"{part}.aux.xml"):
                with suppress(OSError):
                    os.remove(leftover)
        return self.path

    def _write(self, part: str, feedback: QgsRasterBlockFeedback) -> None:
        pipe = QgsRasterPipe()
        # The pipe deletes its provider; a clone of a tile provider keeps its address.
        if not pipe.set(self.provider.clone()):
            raise SceneError(tr(LAYER_UNREADABLE).format(layer=self.name))
        writer = QgsRasterFileWriter(part)
        writer.setOutputFormat("GTiff")
        writer.setCreateOptions(CREATION_OPTIONS)
        with _collect_warnings() as warned:
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
        if is_rendered(self.provider) and _is_empty(part):
            raise SceneError(
                tr("Layer {layer} draws nothing in this area.").format(layer=self.name)
            )


def _copy_provider(provider: QgsRasterDataProvider) -> QgsRasterDataProvider:
    """Copy a provider for use in another thread.

    QGIS reports a failed tile only in its log, and only the first hundred of an
    address; so a tile provider gets an address that was never used before.
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
def _collect_warnings() -> Iterator[List[str]]:
    """Collect warnings logged in this thread; providers lose tiles without an error."""
    thread, messages = threading.get_ident(), []

    def collect(text: str, _tag: str, level: Qgis.MessageLevel) -> None:
        quiet = (Qgis.MessageLevel.Info, Qgis.MessageLevel.Success)
        if threading.get_ident() == thread and level not in quiet:
            messages.append(text)

    log = QgsApplication.messageLog()
    link = log.messageReceived.connect(collect, Qt.ConnectionType.DirectConnection)
    try:
        yield messages
    finally:
        log.messageReceived.disconnect(link)


def is_rendered(provider: QgsRasterDataProvider) -> bool:
    """Whether the provider delivers rendered colours instead of values."""
    kinds = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)
    return provider.dataType(1) in kinds


def native_pixel_size(provider: QgsRasterDataProvider) -> Tuple[float, float] | None:
    """Return width and height of the provider's pixels; None if it has none."""
    columns, rows, extent = provider.xSize(), provider.ySize(), provider.extent()
    if columns <= 0 or rows <= 0:
        return None
    return extent.width() / columns, extent.height() / rows


def pixel_size(
    crs: QgsCoordinateReferenceSystem,
    extent: QgsRectangle,
    gsd: float,
    context: QgsCoordinateTransformContext,
) -> Tuple[float, float]:
    """Return the size of `gsd` metres on the ground in units of the CRS."""
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
    """Return extent, columns and rows of the pixels that cover `wanted`.

    Pixels are counted from the upper left corner of `origin`.
    """
    width, height = pixel
    tolerance = 1e-6  # pixels, for rounding errors
    left = math.floor((wanted.xMinimum() - origin.xMinimum()) / width + tolerance)
    right = math.ceil((wanted.xMaximum() - origin.xMinimum()) / width - tolerance)
    top = math.floor((origin.yMaximum() - wanted.yMaximum()) / height + tolerance)
    bottom = math.ceil((origin.yMaximum() - wanted.yMinimum()) / height - tolerance)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    aligned = QgsRectangle(
        origin.xMinimum() + left * width,
        origin.yMaximum() - bottom * height,
        origin.xMinimum() + right * width,
        origin.yMaximum() - top * height,
    )
    return aligned, right - left, bottom - top


def _is_empty(path: str) -> bool:
    """Whether a sample of a rendered image is fully transparent."""
    layer = QgsRasterLayer(path, "", "gdal")
    if not layer.isValid() or layer.bandCount() < 4:
        return not layer.isValid()
    columns, rows = min(layer.width(), SAMPLE_SIZE), min(layer.height(), SAMPLE_SIZE)
    opacity = layer.dataProvider().block(4, layer.extent(), columns, rows)
    return not any(bytes(opacity.data()))


def _reason(errors: List[str], part: str) -> str:
    """Return the reason of a failed export as one line."""
    if errors:
        return " ".join(str(errors[0]).split())
    if not os.access(os.path.dirname(part) or ".", os.W_OK):
        return tr("{folder} may not be written").format(folder=os.path.dirname(part))
    return tr("the file could not be written")
