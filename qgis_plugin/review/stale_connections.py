"""A layer in editing that QGIS reads nothing from is opened again.

QGIS reads a GeoPackage without locks and keeps such connections for a minute. When
editing begins it puts the file into write-ahead mode and drops them, but one that the
map opens at that moment is kept. It cannot read the file in this mode: the layer is
then empty on the map and in every query, without an error.
"""

from __future__ import annotations

from qgis.core import QgsFeatureRequest, QgsVectorLayer

ATTEMPTS = 5
"""Reopening meets the same race as before, so it is tried again."""


def drop_stale_connections(layer: QgsVectorLayer) -> None:
    """Open a layer's file again if it has objects but none can be read."""
    for _ in range(ATTEMPTS):
        if _is_readable(layer):
            return
        layer.dataProvider().reloadData()


def _is_readable(layer: QgsVectorLayer) -> bool:
    provider = layer.dataProvider()
    if provider is None or provider.featureCount() <= 0:
        return True
    request = QgsFeatureRequest().setLimit(1)
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry).setNoAttributes()
    return next(provider.getFeatures(request), None) is not None
