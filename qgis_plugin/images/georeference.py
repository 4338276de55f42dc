"""Pictures that a CRS was set for, but that nothing locates on the ground."""

from __future__ import annotations

from qgis.core import QgsRasterLayer, QgsRectangle


def has_place(layer: QgsRasterLayer) -> bool:
    """Whether the file of a layer says where it lies.

    QGIS shows a picture without georeference at its own columns and rows.
    """
    if layer.providerType() != "gdal":
        return True
    columns, rows = layer.width(), layer.height()
    extent = layer.extent()
    below = QgsRectangle(0, -rows, columns, 0)
    above = QgsRectangle(0, 0, columns, rows)
    return extent not in (below, above)
