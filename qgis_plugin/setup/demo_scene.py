"""The demo scene: drawn by the package in the environment, opened as a layer."""

from __future__ import annotations

import os
import tempfile
from typing import List

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QProcess, pyqtSignal

from ..translate import tr
from ..worker.process_environment import process_environment

SCENE = "demo.tif"

CODE = "import sys; from rrsis_geo.synthetic import demo_scene; demo_scene(sys.argv[1])"
"""Code that draws the scene into the folder that the first argument names."""


def questions() -> List[str]:
    """Return questions that the scene answers, in English as the network expects."""
    return ["the storage tank near the road", "the largest storage tank", "vehicles"]


class DemoScene(QObject):
    """Draws the scene once; a scene that is there is opened and never replaced."""

    drawn = pyqtSignal(str)
    """Path of the scene."""
    failed = pyqtSignal(str)
    """Why there is none, as one sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._part = ""
        self._target = ""

    @property
    def busy(self) -> bool:
        """Whether the scene is being drawn."""
        return self._process is not None

    def open(self, python: str, folder: str) -> None:
        """Draw the scene if it is not there; `drawn` or `failed` follows.

        Args:
            python: Interpreter that has rrsis-geo.
            folder: Folder of the scene, made where it is missing.
        """
        if self.busy:
            return
        scene = os.path.join(folder, SCENE)
        if os.path.isfile(scene):
            self.drawn.emit(scene)
            return
        self._target = folder
        try:
            os.makedirs(folder, exist_ok=True)
            # Drawn aside, so that a scene that was cut off is never taken for whole.
            self._part = tempfile.mkdtemp(prefix=".drawing-", dir=folder)
        except OSError as error:
            self._fail(folder, str(error.strerror or error))
            return
        process = QProcess(self)
        process.setProcessEnvironment(process_environment())
        process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        self._process = process
        process.start(python, ["-I", "-c", CODE, self._part])

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(1000)
            self._remove_part()

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason, self._process = self._process.errorString(), None
            self._remove_part()
            self._fail(self._target, reason)

    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        output = bytes(process.readAll()).decode("utf-8", "replace").split("\n")
        lines = [line.strip() for line in output if line.strip()]
        scene = os.path.join(self._target, SCENE)
        try:
            if code:
                raise OSError(lines[-1] if lines else str(code))
            for name in sorted(os.listdir(self._part), reverse=True):
                target = os.path.join(self._target, name)
                if not os.path.exists(target):
                    os.rename(os.path.join(self._part, name), target)
        except OSError as error:
            self._remove_part()
            self._fail(self._target, str(error.strerror or error))
            return
        self._remove_part()
        self.drawn.emit(scene)

    def _remove_part(self) -> None:
        """Remove what was drawn aside."""
        try:
            for name in os.listdir(self._part):
                os.remove(os.path.join(self._part, name))
            os.rmdir(self._part)
        except OSError:
            return

    def _fail(self, folder: str, reason: str) -> None:
        self.failed.emit(
            tr("The demo scene cannot be drawn into {folder}: {reason}.").format(
                folder=folder, reason=reason
            )
        )


def add_demo(path: str, canvas: QgsMapCanvas) -> QgsRasterLayer | None:
    """Show the demo scene on the map; None where it cannot be opened.

    Args:
        path: Its file.
        canvas: QGIS's map.
    """
    found = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if isinstance(layer, QgsRasterLayer) and layer.source() == path
    ]
    layer = found[0] if found else QgsRasterLayer(path, tr("Demo scene"), "gdal")
    if not layer.isValid():
        return None
    if not found:
        QgsProject.instance().addMapLayer(layer)
    settings = canvas.mapSettings()
    canvas.setExtent(settings.layerExtentToOutputExtent(layer, layer.extent()))
    canvas.refresh()
    return layer
