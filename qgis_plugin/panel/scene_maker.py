"""The scene for the worker: the layer's own file, or an exported image."""

from __future__ import annotations

import os

from qgis.core import (
    QgsApplication,
    QgsFeedback,
    QgsProject,
    QgsRasterBlockFeedback,
    QgsTask,
)
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.errors import Cancelled, RRSISError
from ..layers import export
from ..layers.export import SceneSource
from ..request_error import RequestError
from ..translate import tr
from .request import SearchRequest


class SceneMaker(QObject):
    """Prepares one scene at a time; exports run in the background."""

    made = pyqtSignal(object)
    """`SceneSource`."""
    failed = pyqtSignal(str)
    """Why there is no scene; empty if the user cancelled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _ExportTask | None = None
        self._cancel_reason = ""

    @property
    def busy(self) -> bool:
        """Whether an image is being exported."""
        return self._task is not None

    def make(self, request: SearchRequest, path: str) -> None:
        """Prepare the scene of a request; `made` or `failed` follows, perhaps at once.

        Args:
            request: Its layer, area and resolution are used.
            path: GeoTIFF to write if the layer has no file; one that exists is used.
        """
        layer = request.layer
        source = export.find_source(layer)
        if source is not None:
            self.made.emit(source)
            return
        if os.path.exists(path):  # fetched by an earlier attempt at the same search
            self.made.emit(SceneSource(path, None))
            return
        extent = layer.extent()
        try:
            if request.area is not None:
                area = request.area.in_crs(layer.crs())
                extent = extent.intersect(area.boundingBox())
            planned = export.plan_export(
                layer,
                extent=extent,
                gsd=request.options.get("gsd") or request.tile_gsd,
                path=path,
                transform_context=QgsProject.instance().transformContext(),
            )
        except (RequestError, RRSISError) as error:
            self.failed.emit(str(error))
            return
        self._cancel_reason = ""
        self._task = _ExportTask(planned, layer.name())
        self._task.ended.connect(self._finished)
        QgsApplication.taskManager().addTask(self._task)

    def cancel(self, reason: str) -> None:
        """Cancel an export; `failed` follows with the reason."""
        if self._task is not None:
            self._cancel_reason = reason
            self._task.cancel()

    def _finished(self, path: str, message: str) -> None:
        self._task = None
        if path:
            self.made.emit(SceneSource(path, None))
        else:
            self.failed.emit(message or self._cancel_reason)


class _ExportTask(QgsTask):
    """Exports an image in a thread; the task manager deletes it afterwards."""

    ended = pyqtSignal(str, str)
    """Path, message; one of them is empty, both after cancelling."""

    def __init__(self, planned: export.Export, name: str) -> None:
        super().__init__(
            tr("Fetching the image of {layer}").format(layer=name),
            QgsTask.Flag.CanCancel,
        )
        self._export = planned
        self._feedback: QgsFeedback = QgsRasterBlockFeedback()
        self._feedback.progressChanged.connect(self.setProgress)
        self._path = ""
        self._message = ""

    def run(self) -> bool:
        """Export; called in a thread."""
        try:
            self._path = self._export.run(self._feedback)
        except Cancelled:
            return False
        except RRSISError as error:
            self._message = str(error)
            return False
        return True

    def cancel(self) -> None:
        """Cancel; called in the main thread."""
        self._feedback.cancel()
        super().cancel()

    def finished(self, successful: bool) -> None:
        """Emit the result; called in the main thread."""
        self.ended.emit(self._path if successful else "", self._message)
