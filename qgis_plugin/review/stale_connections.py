"""A layer in editing must not be read through connections from before.

QGIS reads a GeoPackage without locks and keeps such connections for a minute. When
editing begins it puts the file into write-ahead mode and drops them, but one that the
map opens at that moment stays. It cannot read the file in this mode: the layer is then
empty on the map and in every query, without an error.
"""

from __future__ import annotations

from qgis.core import QgsFeatureRequest, QgsVectorLayer

ATTEMPTS = 5
"""A connection that is still being opened escapes, so reopening may be repeated."""


def reopen(layer: QgsVectorLayer) -> None:
    """Open a layer's file again, which drops all connections to it that are in use."""
    provider = layer.dataProvider()
    if provider.name() != "ogr" or provider.transaction() is not None:
        return
    # Another one stays open: QGIS leaves the write-ahead mode with the last, and
    # connections that are opened before it is back would be as stale as the old ones.
    _other = QgsVectorLayer(layer.source(), "", "ogr")
    provider.reloadData()


def make_readable(layer: QgsVectorLayer) -> None:
    """Open a layer's file again if it has objects but none can be read."""
    for _ in range(ATTEMPTS):
        if _is_readable(layer):
            return
        reopen(layer)


def _is_readable(layer: QgsVectorLayer) -> bool:
    provider = layer.dataProvider()
    if provider.featureCount() <= 0:
        return True
    request = QgsFeatureRequest().setLimit(1)
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry).setNoAttributes()
    return next(provider.getFeatures(request), None) is not None
