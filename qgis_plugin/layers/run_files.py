"""Files of a run that has not finished."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import Dict, Iterable, Tuple

from qgis.core import QgsMapLayer, QgsProject

AREA = "area.gpkg"
SCENE = "scene.tif"
"""Files that the panel writes into the folder of a run."""

WORK_FOLDER = ".rrsis-part"
"""End of the name of the folder in which the worker keeps its progress."""


class UnfinishedRun:
    """The folder of a run that has not finished; the same request goes on with it."""

    def __init__(self, key: str, folder: str) -> None:
        """Take a folder that was made for a run.

        Args:
            key: Equal for two requests with the same results.
            folder: Folder of the run.
        """
        self.key = key
        self.folder = folder
        self._made: Dict[str, Tuple[int, int]] = {}
        self._used = False

    def note_files(self) -> None:
        """Remember the files that the panel has written, as they are now."""
        for name in (AREA, SCENE):
            path = os.path.join(self.folder, name)
            with suppress(OSError):
                self._made.setdefault(name, _state(path))

    def note_finished(self) -> None:
        """Remember all files as they are now: the run has ended and found nothing."""
        with suppress(OSError):
            for name in os.listdir(self.folder):
                self._made[name] = _state(os.path.join(self.folder, name))

    def note_layers(self, layers: Iterable[QgsMapLayer]) -> None:
        """Remember whether a layer shows a file of the folder: it is kept then."""
        inside = os.path.join(os.path.normcase(self.folder), "")
        for layer in layers:
            source = os.path.normcase(str(layer.source()).split("|")[0])
            self._used = self._used or source.startswith(inside)

    def delete(self) -> None:
        """Delete what panel and worker have made; keep all if anybody uses the folder.

        Somebody uses it if a layer has shown a file of it, if a file was changed, or if
        it holds a file of another origin.
        """
        self.note_layers(QgsProject.instance().mapLayers().values())
        try:
            entries = os.listdir(self.folder)
        except OSError:
            return
        if self._used or not all(self._is_ours(name) for name in entries):
            return
        for name in entries:
            path = os.path.join(self.folder, name)
            if name.endswith(WORK_FOLDER):
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):
                    os.remove(path)
        with suppress(OSError):
            os.rmdir(self.folder)

    def _is_ours(self, name: str) -> bool:
        if name.endswith(WORK_FOLDER):
            return True
        try:
            return self._made.get(name) == _state(os.path.join(self.folder, name))
        except OSError:
            return False


def _state(path: str) -> Tuple[int, int]:
    """Return size and time of the last change."""
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns
