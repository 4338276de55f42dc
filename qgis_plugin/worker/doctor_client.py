"""The report of `rrsis-geo doctor`, asked from the worker."""

from __future__ import annotations

import os
from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject, pyqtSignal

from ..core import __version__
from ..core.protocol import Doctor, Failed, Report
from ..translate import tr
from .worker_client import Stopped, WorkerClient


def hide_home(text: str) -> str:
    """A text with ~ for the home folder, so that it can be passed on."""
    home = os.path.expanduser("~").rstrip("/\\")
    if len(home) < 2:
        return text
    for shown in (home, home.replace("\\", "/"), home.replace("\\", "\\\\")):
        text = text.replace(shown, "~")
    return text


def about() -> str:
    """What a bug report should say of QGIS and the plugin."""
    return (
        f"RRSIS Geo {__version__}, QGIS {Qgis.version()}, Qt {QT_VERSION_STR}, "
        f"PyQt {PYQT_VERSION_STR}"
    )


class DoctorClient(QObject):
    """Asks one worker for its report."""

    answered = pyqtSignal(str)
    """The report, or why there is none; home paths are hidden."""

    def __init__(self, python: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = WorkerClient(python, parent=self)
        self._client.received.connect(self._received)
        self._client.stopped.connect(self._stopped)
        self._over = False

    def start(self) -> None:
        """`answered` follows, in half a minute."""
        self._client.start()
        self._client.send(Doctor(job=1))

    def close(self) -> None:
        """End the worker."""
        self._over = True
        self._client.close()

    def _received(self, message: Any) -> None:
        if isinstance(message, (Report, Failed)) and message.job == 1:
            text = message.text if isinstance(message, Report) else message.message
            self._answer(text)
            self._client.stop()

    def _stopped(self, how: Stopped) -> None:
        text = how.reason or tr("The worker process ended.")
        self._answer(f"{text}\n{how.log}".strip())

    def _answer(self, text: str) -> None:
        if not self._over:
            self._over = True
            self.answered.emit(hide_home(f"{about()}\n{text}"))
