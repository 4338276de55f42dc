"""Drawing the windows of QGIS during long work of its interface."""

from __future__ import annotations

import time

from qgis.PyQt.QtCore import QCoreApplication, QEventLoop

SLICE = 0.02
"""Seconds of work between which QGIS draws."""


class Pause:
    """Lets QGIS draw and its timers go on, when called often from a loop.

    Keys, mouse and answers of the worker wait until the work is done, so that nothing
    changes what the work is about.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + SLICE

    def __call__(self) -> None:
        """Handle events if it is time."""
        if time.monotonic() < self._next:
            return
        QCoreApplication.processEvents(
            QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
            | QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers
        )
        self._next = time.monotonic() + SLICE
