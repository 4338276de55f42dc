"""What the setup dialog lets run beside it."""

from __future__ import annotations

import threading
from typing import Any, Callable, Mapping, Set

from qgis.PyQt.QtCore import QThread, pyqtSignal

from ..core import __version__
from ..core.errors import Cancelled
from ..environment.installation import Installation, InstallChoice, InstallFailed
from ..environment.managed_environment import Managed
from ..notices import Notice

_RUNNING: Set[QThread] = set()


class _Thread(QThread):
    """Outlives the dialog that began it, since Qt aborts where a running one is
    deleted."""

    def begin(self) -> None:
        """Start, and stay until the end."""
        _RUNNING.add(self)
        self.finished.connect(lambda: _RUNNING.discard(self))
        self.start()


class Background(_Thread):
    """A function in a thread; `answer` holds what it returned once `finished` came."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work = work
        self.answer: Any = None

    def run(self) -> None:
        """In the thread."""
        self.answer = self._work()


class InstallThread(_Thread):
    """Makes the managed environment.

    Once `finished` came, `python` names its interpreter, or `notice` says why there is
    none; both are empty where it was stopped.
    """

    stage = pyqtSignal(object)
    """`Stage`."""

    def __init__(
        self,
        managed: Managed,
        choice: InstallChoice,
        variables: Mapping[str, str],
    ) -> None:
        super().__init__()
        self.python = ""
        self.notice: Notice | None = None
        self._stop = threading.Event()
        self._installation = Installation(
            managed,
            choice,
            version=__version__,
            variables=variables,
            report=self.stage.emit,
            cancelled=self._stop.is_set,
        )

    def run(self) -> None:
        """In the thread."""
        try:
            self.python = self._installation.run()
        except InstallFailed as error:
            self.notice = error.notice
        except Cancelled:
            pass

    def stop(self) -> None:
        """From any thread; `finished` follows."""
        self._stop.set()
