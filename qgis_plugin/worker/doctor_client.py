"""The report of `rrsis-geo doctor`, requested from a worker."""

from __future__ import annotations

import os
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject, pyqtSignal

from ..core import __version__
from ..core.protocol import Doctor, Failed, Report
from ..notices import WORKER_ENDED
from ..translate import tr
from .worker_client import Stopped, WorkerClient


def hide_home(text: str) -> str:
    """Replace the home folder by ~, so that the text can be published."""
    home = os.path.expanduser("~").rstrip("/\\")
    if len(home) < 2:
        return text
    for shown in (home, home.replace("\\", "/"), home.replace("\\", "\\\\")):
        text = text.replace(shown, "~")
    return text


def versions() -> str:
    """Return the versions of plugin, QGIS and Qt for a bug report."""
    return (
        f"RRSIS Geo {__version__}, QGIS {Qgis.version()}, Qt {QT_VERSION_STR}, "
        f"PyQt {PYQT_VERSION_STR}"
    )


class DoctorClient(QObject):
    """Requests the report from a worker of its own."""

    answered = pyqtSignal(str)
    """The report, or the reason why there is none; home paths are hidden."""

    def __init__(self, python: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = WorkerClient(python, parent=self)
        self._client.received.connect(self._received)
        self._client.stopped.connect(self._stopped)
        self._answered = False

    def start(self) -> None:
        """Start the worker; `answered` follows in about half a minute."""
        self._client.start()
        self._client.send(Doctor(job=1))

    def close(self) -> None:
        """End the worker."""
        self._answered = True
        self._client.close()

    def _received(self, message: Any) -> None:
        if isinstance(message, (Report, Failed)) and message.job == 1:
            text = message.text if isinstance(message, Report) else message.message
            self._answer(text)
            self._client.stop()

    def _stopped(self, stopped: Stopped) -> None:
        text = stopped.reason or tr(WORKER_ENDED)
        self._answer(f"{text}\n{stopped.log}".strip())

    def _answer(self, text: str) -> None:
        if not self._answered:
            self._answered = True
            self.answered.emit(hide_home(f"{versions()}\n{text}"))
