"""What a file holds: whether somebody has changed it since it was written."""

from __future__ import annotations

import hashlib

from qgis.core import QgsVectorLayer


def content_hash(path: str) -> str:
    """Return a hash of all objects of a file; empty if it cannot be read.

    The bytes of a GeoPackage change when QGIS only opens it, its objects do not.
    """
    layer = QgsVectorLayer(path, "", "ogr")
    if not layer.isValid():
        return ""
    digest = hashlib.sha256()
    digest.update(repr(layer.fields().names()).encode())
    for feature in layer.getFeatures():
        digest.update(repr((feature.id(), feature.attributes())).encode())
        digest.update(feature.geometry().asWkb())
    return digest.hexdigest()
