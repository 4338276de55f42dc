"""Sets up, updates and removes the environment in the background, without a window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QGuiApplication

from ..core import __version__
from ..environment.install_choice import (
    CPU,
    GPU,
    InstallChoice,
    SetupPlan,
    Stage,
    usable_gpu,
)
from ..environment.install_lock import InstallLock, LockedError
from ..environment.installation import Installation
from ..environment.managed_environment import READY
from ..environment.pip_commands import InstallationError
from ..environment.pip_failures import classify_output
from ..find_python import environment_condition, managed_environment, set_python
from ..notices import Notice, installation_failure
from ..settings import (
    choose_python,
    install_settings,
    proxy_variables,
    save_install_settings,
)
from .setup_threads import BackgroundThread, InstallThread


class EnvironmentSetup(QObject):
    """One for all of the plugin; the panel, the gear and the menu show its state."""

    changed = pyqtSignal()
    """Anything that is shown has changed."""
    changing = pyqtSignal()
    """Files of the environment are about to change: its processes have to end."""
    ready = pyqtSignal()
    """An environment has become ready."""

    def __init__(
        self, in_use: Callable[[], bool] = lambda: False, parent: QObject | None = None
    ) -> None:
        """Create a setup that does nothing yet.

        Args:
            in_use: Whether a search is running in the environment.
            parent: Owner in Qt's tree.
        """
        super().__init__(parent)
        self.in_use = in_use
        self.stage: Stage | None = None
        """Progress of the last installation; None before its first step."""
        self.notice: Notice | None = None
        """Why the last attempt failed."""
        self.stopped = False
        """Whether the user has stopped the last attempt."""
        self.gpu = ""
        """GPU that the GPU build would use; empty if there is none."""
        self._closed = False
        self._plans: Dict[str, SetupPlan] = {}
        self._install: InstallThread | None = None
        self._background: BackgroundThread | None = None

    @property
    def installing(self) -> bool:
        """Whether an installation is running."""
        return self._install is not None

    @property
    def busy(self) -> bool:
        """Whether the environment is being installed or removed."""
        return self.installing or self._background is not None

    @property
    def condition(self) -> str:
        """Condition of the environment, as in `find_python`."""
        return environment_condition()

    @property
    def folder(self) -> str:
        """Folder of the managed environment, which need not exist."""
        return str(managed_environment().folder)

    @property
    def build(self) -> str:
        """Build that `begin` installs."""
        return install_settings().build

    def size(self, build: str) -> int | None:
        """Return the bytes that a build would fetch; None: not known yet."""
        plan = self._plans.get(build)
        return plan.to_fetch if plan else None

    def look(self) -> None:
        """Find out, in the background, what would be fetched, and whether it can be."""
        if self.busy or self.condition == READY:
            return
        choice = install_settings()

        def find() -> Any:
            gpu = usable_gpu()
            plans, notice = {}, None
            for build in dict.fromkeys((choice.build, CPU, *((GPU,) if gpu else ()))):
                wanted = replace(choice, build=build)
                attempt = Installation(
                    managed_environment(), wanted, version=__version__
                )
                try:
                    plans[build] = attempt.plan()
                except InstallationError as error:
                    notice = notice or error.notice
            return gpu, plans, notice

        self._run(find, self._found)

    def begin(self, choice: InstallChoice | None = None) -> None:
        """Install, update, or continue what was stopped.

        Args:
            choice: What to install; None: as the last time.
        """
        if self.busy or self._refuse_in_use():
            return
        if choice is not None:
            save_install_settings(choice)
        self.changing.emit()
        self.stage, self.notice, self.stopped = None, None, False
        thread = InstallThread(
            managed_environment(), install_settings(), proxy_variables()
        )
        thread.stage.connect(self._show_stage)
        thread.finished.connect(self._installed)
        self._install = thread
        thread.begin()
        self.changed.emit()

    def cancel(self) -> None:
        """Stop the installation; what has been fetched is kept."""
        if self._install is not None:
            self._install.stop()
            self.stopped = True
            self.changed.emit()

    def remove(self) -> None:
        """Remove the managed environment and what was fetched for it."""
        if self.busy or self._refuse_in_use():
            return
        self.changing.emit()
        self.notice, self.stopped, self.stage = None, False, None
        managed = managed_environment()

        def delete() -> Notice | None:
            home = str(managed.home)
            try:
                with InstallLock(managed.home):
                    managed.remove()
            except LockedError:
                return installation_failure("locked", home=home)
            except OSError as error:
                text = f"{type(error).__name__}: {error}"
                return classify_output(text, 1, home=home)
            return None

        self._run(delete, self._removed)

    def use(self, program: str) -> None:
        """Use an interpreter that was checked; empty: the managed environment."""
        self.changing.emit()
        choose_python(program)
        self.notice, self.stopped = None, False
        self.changed.emit()
        if self.condition == READY:
            self.ready.emit()

    def copy_path(self) -> None:
        """Copy the path of the environment to the clipboard."""
        QGuiApplication.clipboard().setText(self.path())

    def path(self) -> str:
        """Return the folder of the managed environment, or the chosen interpreter."""
        return set_python() or self.folder

    def shut_down(self) -> None:
        """Stop everything and wait until it has stopped."""
        self._closed = True
        if self._install is not None:
            self._install.stop()
        for thread in (self._install, self._background):
            if thread is not None:
                thread.wait()

    def _refuse_in_use(self) -> bool:
        if self.in_use():
            self.notice = installation_failure("searching")
            self.changed.emit()
            return True
        return False

    def _run(self, act: Callable[[], Any], on_result: Callable[[Any], None]) -> None:
        thread = BackgroundThread(act)

        def finish() -> None:
            if self._closed:
                return
            self._background = None
            on_result(thread.result)
            self.changed.emit()

        thread.finished.connect(finish)
        self._background = thread
        thread.begin()
        self.changed.emit()

    def _found(self, result: Any) -> None:
        if result is not None:
            self.gpu, self._plans, notice = result
            self.notice = self.notice or notice

    def _removed(self, notice: Notice | None) -> None:
        self.notice = notice

    def _show_stage(self, stage: Stage) -> None:
        if self._closed:
            return
        self.stage = stage
        self.changed.emit()

    def _installed(self) -> None:
        if self._closed:
            return
        thread, self._install = self._install, None
        self.notice = thread.notice
        if thread.python:
            self.stopped = False
            choose_python("")
        self.changed.emit()
        if thread.python and self.condition == READY:
            self.ready.emit()
        else:
            self.look()  # there may be less to fetch now
