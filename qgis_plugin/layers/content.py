"""What a file holds: whether somebody has changed it since it was written."""

from __future__ import annotations

import hashlib

from qgis.core import QgsTask, QgsVectorLayer
from qgis.PyQt.QtCore import pyqtSignal

from ..translate import tr


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


class ContentTask(QgsTask):
    """Computes the hash of a file in a thread; the task manager deletes it."""

    done = pyqtSignal(str)
    """The hash; empty if the file cannot be read."""

    def __init__(self, path: str) -> None:
        super().__init__(tr("Reading the results"), QgsTask.Flag.CanCancel)
        self._path = path
        self._hash = ""

    def run(self) -> bool:
        """Compute; called in a thread."""
        self._hash = content_hash(self._path)
        return True

    def finished(self, _successful: bool) -> None:
        """Emit the result; called in the main thread."""
        self.done.emit(self._hash)
