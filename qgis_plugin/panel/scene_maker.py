"""Something the worker can open: the layer's own file, or an exported image."""

from __future__ import annotations

from typing import Any

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
from ..request_error import Refused
from ..translate import tr
from .request import Question, Scene


class SceneMaker(QObject):
    """Makes one scene at a time, in the background where it takes long."""

    made = pyqtSignal(object)
    """`Scene`."""
    failed = pyqtSignal(str)
    """Why not; empty where the user cancelled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: _ExportTask | None = None
        self._cause = ""

    @property
    def busy(self) -> bool:
        """Whether an image is being fetched."""
        return self._task is not None

    def make(self, question: Question, path: str) -> None:
        """The scene of a question; `made` or `failed` follows, perhaps at once.

        Args:
            question: Its layer, area and resolution.
            path: GeoTIFF to write where the layer is no file.
        """
        layer = question.layer
        source = export.scene_of(layer)
        if source is not None:
            self.made.emit(Scene(source.path, source.crs))
            return
        extent = layer.extent()
        try:
            if question.area is not None:
                area = question.area.in_crs(layer.crs())
                extent = extent.intersect(area.boundingBox())
            prepared = export.prepare(
                layer,
                extent=extent,
                gsd=question.options.get("gsd"),
                path=path,
                transform_context=QgsProject.instance().transformContext(),
            )
        except (Refused, RRSISError) as error:
            self.failed.emit(str(error))
            return
        self._cause = ""
        self._task = _ExportTask(prepared, layer.name())
        self._task.over.connect(self._over)
        QgsApplication.taskManager().addTask(self._task)

    def cancel(self, cause: str) -> None:
        """Stop fetching; `failed` follows with the cause."""
        if self._task is not None:
            self._cause = cause
            self._task.cancel()

    def _over(self, path: str, message: str) -> None:
        self._task = None
        if path:
            self.made.emit(Scene(path, None))
        else:
            self.failed.emit(message or self._cause)


class _ExportTask(QgsTask):
    """Fetches the image in a thread; the manager deletes it afterwards."""

    over = pyqtSignal(str, str)
    """Path and message; one of them is empty, both where it was cancelled."""

    def __init__(self, prepared: Any, name: str) -> None:
        super().__init__(
            tr("Fetching the image of {layer}").format(layer=name),
            QgsTask.Flag.CanCancel,
        )
        self._prepared = prepared
        self._feedback: QgsFeedback = QgsRasterBlockFeedback()
        self._feedback.progressChanged.connect(self.setProgress)
        self._path = ""
        self._message = ""

    def run(self) -> bool:
        """In a thread."""
        try:
            self._path = self._prepared.run(self._feedback)
        except Cancelled:
            return False
        except RRSISError as error:
            self._message = str(error)
            return False
        return True

    def cancel(self) -> None:
        """From the main thread."""
        self._feedback.cancel()
        super().cancel()

    def finished(self, good: bool) -> None:
        """In the main thread again."""
        self.over.emit(self._path if good else "", self._message)
