"""Threads of the setup."""

from __future__ import annotations

import threading
from typing import Any, Callable, Mapping, Set

from qgis.PyQt.QtCore import QThread, pyqtSignal

from ..core import __version__
from ..core.errors import Cancelled
from ..environment.install_choice import InstallChoice
from ..environment.installation import Installation
from ..environment.managed_environment import ManagedEnvironment
from ..environment.pip_commands import InstallationError
from ..notices import Notice

_RUNNING: Set[QThread] = set()
"""References to running threads; Qt aborts if a running one is deleted."""


class _Thread(QThread):
    """A thread that may outlive the window that started it."""

    def begin(self) -> None:
        """Start the thread, and keep a reference until it ends."""
        _RUNNING.add(self)
        self.finished.connect(lambda: _RUNNING.discard(self))
        self.start()


class BackgroundThread(_Thread):
    """Runs a function; `result` is its return value once `finished` is emitted."""

    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__()
        self._function = function
        self.result: Any = None

    def run(self) -> None:
        """Call the function; in the thread."""
        self.result = self._function()


class InstallThread(_Thread):
    """Installs the managed environment.

    Once `finished` is emitted, `python` names its interpreter, or `notice` says why
    there is none; both are empty after a stop.
    """

    stage = pyqtSignal(object)
    """`Stage`."""

    def __init__(
        self,
        managed: ManagedEnvironment,
        choice: InstallChoice,
        variables: Mapping[str, str],
    ) -> None:
        super().__init__()
        self.python = ""
        self.notice: Notice | None = None
        self._cancelled = threading.Event()
        self._installation = Installation(
            managed,
            choice,
            version=__version__,
            variables=variables,
            report=self.stage.emit,
            cancelled=self._cancelled.is_set,
        )

    def run(self) -> None:
        """Install; in the thread."""
        try:
            self.python = self._installation.install()
        except InstallationError as error:
            self.notice = error.notice
        except Cancelled:
            pass

    def stop(self) -> None:
        """Cancel from any thread; `finished` follows."""
        self._cancelled.set()
