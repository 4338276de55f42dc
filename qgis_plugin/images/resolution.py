"""Metres per pixel at which layers of tiles are read."""

from __future__ import annotations

from typing import Tuple

from qgis.core import QgsMapSettings, QgsProject, QgsRasterLayer, QgsRectangle

from ..core.errors import RRSISError
from ..layers.export import (
    DEFAULT_GSD,
    MAX_PIXELS,
    find_source,
    is_rendered,
    native_pixel_size,
    pixel_size,
)

USUAL_RANGE = (0.15, 1.5)
"""Metres per pixel that weights can read, until theirs are known."""


def is_boundless(layer: QgsRasterLayer) -> bool:
    """Whether a layer covers too much ground to be fetched as a whole."""
    if not _from_server(layer):
        return False
    extent = layer.extent()
    try:
        width, height = _units(layer, extent, USUAL_RANGE[1])
    except RRSISError:
        return True
    return (extent.width() / width) * (extent.height() / height) > MAX_PIXELS


def tile_resolution(
    layer: QgsRasterLayer | None,
    view: QgsMapSettings,
    limits: Tuple[float, float] = USUAL_RANGE,
) -> float | None:
    """Return the metres per pixel at which a layer from a server is read.

    That is the resolution of the tiles that the map shows, inside the limits.

    Args:
        layer: Any raster layer.
        view: What the map shows.
        limits: Metres per pixel that the weights can read.

    Returns:
        None for a layer that has pixels of its own.
    """
    if layer is None or not layer.isValid() or not _from_server(layer):
        return None
    low, high = limits
    try:
        wanted = _shown_resolution(layer, view)
    except RRSISError:
        wanted = DEFAULT_GSD
    return round(min(max(wanted, low), high), 3)


def _shown_resolution(layer: QgsRasterLayer, view: QgsMapSettings) -> float:
    """Return metres per pixel of the tiles behind the map."""
    extent = view.layerExtentToOutputExtent(layer, layer.extent())
    visible = view.visibleExtent().intersect(extent)
    if visible.isEmpty():
        return DEFAULT_GSD
    context = QgsProject.instance().transformContext()
    across, _ = pixel_size(view.destinationCrs(), visible, 1.0, context)
    shown = view.mapUnitsPerPixel() / across
    own, _ = _units(layer, view.outputExtentToLayerExtent(layer, visible), 1.0)
    levels = [level / own for level in layer.dataProvider().nativeResolutions()]
    finer = [level for level in levels if level <= 1.1 * shown]
    if finer:
        return float(max(finer))
    return float(min(levels)) if levels else shown


def _from_server(layer: QgsRasterLayer) -> bool:
    """Whether a layer is drawn by a server and has no pixels of its own."""
    provider = layer.dataProvider()
    return (
        find_source(layer) is None
        and is_rendered(provider)
        and native_pixel_size(provider) is None
    )


def _units(
    layer: QgsRasterLayer, extent: QgsRectangle, metres: float
) -> Tuple[float, float]:
    """Return the size of some metres in units of the layer's CRS."""
    context = QgsProject.instance().transformContext()
    return pixel_size(layer.crs(), extent, metres, context)
