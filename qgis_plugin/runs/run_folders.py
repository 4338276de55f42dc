"""Folders of runs: whether somebody uses them, and their way into the recycle bin."""

from __future__ import annotations

import os
import zipfile
from typing import Any, List, Set

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QFile, QObject, pyqtSignal

from ..layers import result_layers
from ..request_error import RequestError
from ..translate import tr
from .run_list import drop_run


def discard(folder: str) -> None:
    """Move the folder of a run into the recycle bin, from where it can come back.

    Raises:
        RequestError: A layer or the saved project shows a file of it, or there is no
            recycle bin for this disk; nothing is deleted then.
    """
    name = os.path.basename(folder)
    if _is_shown(folder):
        raise RequestError(
            tr("Layers show files of {name}: remove them first.").format(name=name)
        )
    if _is_in_saved_project(name):
        raise RequestError(
            tr("The saved project shows files of {name}: save it first.").format(
                name=name
            )
        )
    moved: Any = QFile.moveToTrash(folder)
    if not (moved[0] if isinstance(moved, tuple) else moved):
        raise RequestError(
            tr(
                "{folder} could not be moved into the recycle bin: delete it yourself."
            ).format(folder=folder)
        )
    drop_run(folder)


class RemovedRuns(QObject):
    """Notices when the user removes all layers of a run."""

    removed = pyqtSignal(str)
    """Folder of a run that no layer shows any more, but whose files are there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closing = False
        self._going: Set[str] = set()
        project = QgsProject.instance()
        self._connections = [
            (project.aboutToBeCleared, self._project_closes),
            (project.cleared, self._project_closed),
            (project.layersWillBeRemoved, self._layers_go),
            (project.layersRemoved, self._layers_gone),
        ]
        for signal, slot in self._connections:
            signal.connect(slot)

    def shut_down(self) -> None:
        """Disconnect from the project."""
        connections, self._connections = self._connections, []
        for signal, slot in connections:
            signal.disconnect(slot)

    def _project_closes(self) -> None:
        self._closing = True

    def _project_closed(self) -> None:
        self._closing = False
        self._going.clear()

    def _layers_go(self, ids: List[str]) -> None:
        if self._closing:
            return
        for layer_id in ids:
            layer = QgsProject.instance().mapLayer(layer_id)
            if result_layers.read_record(layer) is not None:
                self._going.add(str(layer.customProperty(result_layers.RUN)))

    def _layers_gone(self, _ids: List[str]) -> None:
        going, self._going = self._going, set()
        for run in going:
            if os.path.isdir(run) and not _is_shown(run, results_only=True):
                self.removed.emit(run)


def _is_shown(folder: str, *, results_only: bool = False) -> bool:
    inside = os.path.join(os.path.normcase(folder), "")
    layers: List[QgsMapLayer] = list(QgsProject.instance().mapLayers().values())
    if results_only:
        layers = [
            layer for layer in layers if result_layers.read_record(layer) is not None
        ]
    sources = [os.path.normcase(str(layer.source()).split("|")[0]) for layer in layers]
    return any(source.startswith(inside) for source in sources)


def _is_in_saved_project(name: str) -> bool:
    """Whether the project names a folder in the state in which it was last saved."""
    path = QgsProject.instance().fileName()
    if not path or not os.path.exists(path):
        return False
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                texts = [
                    packed.read(entry)
                    for entry in packed.namelist()
                    if entry.endswith(".qgs")
                ]
        else:
            with open(path, "rb") as file:
                texts = [file.read()]
    except (OSError, zipfile.BadZipFile):
        return True  # nobody knows, so nothing is deleted
    return any(name.encode() in text for text in texts)
