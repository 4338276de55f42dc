"""The menu of the gear, which is in the plugin's menu as well."""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtWidgets import QMenu, QMessageBox, QWidget

from ..environment.managed_environment import NONE, READY
from ..find_python import find_python, managed_environment, set_python
from ..translate import tr
from .environment_setup import EnvironmentSetup
from .report_dialog import ReportDialog
from .setup_box import begin_text
from .setup_dialog import SetupDialog


class EnvironmentMenu(QMenu):
    """Sets up, updates, examines and removes the environment, whatever its state."""

    def __init__(
        self,
        setup: EnvironmentSetup,
        open_demo: Callable[[], None],
        parent: QWidget | None = None,
        *,
        before: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the menu.

        Args:
            setup: What it operates.
            open_demo: Opens the demo scene.
            parent: Window for its dialogs.
            before: Called before an action that shows its progress in the panel.
        """
        super().__init__(tr("Environment"), parent)
        self._setup = setup
        self._before = before
        self._report: ReportDialog | None = None
        self._dialog: SetupDialog | None = None
        self._question: QMessageBox | None = None
        self.begin_action = self.addAction("", self._begin)
        self.others_action = self.addAction(
            tr("Other ways to set up …"), self.show_others
        )
        self.examine_action = self.addAction(tr("Examine …"), self.examine)
        self.copy_action = self.addAction(
            tr("Copy the environment's path"), setup.copy_path
        )
        self.remove_action = self.addAction(
            tr("Remove the environment …"), self.ask_to_remove
        )
        self.addSeparator()
        self.demo_action = self.addAction(tr("Demo scene"), open_demo)
        self.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done in the current state."""
        setup = self._setup
        if setup.installing:
            text = tr("Cancel the installation")
        elif setup.condition == READY and set_python():
            text = tr("Set up an own environment")
        elif setup.condition == READY:
            text = tr("Install again")
        else:
            text = begin_text(setup)
        self.begin_action.setText(text)
        self.begin_action.setEnabled(setup.installing or not setup.busy)
        self.remove_action.setEnabled(
            not setup.busy and managed_environment().condition() != NONE
        )
        self.copy_action.setToolTip(setup.path())
        self.demo_action.setEnabled(find_python() is not None)

    def examine(self) -> None:
        """Show the report on the environment."""
        if self._report is None:
            self._report = ReportDialog(self.parentWidget())
        self._report.examine(find_python, _read(str(managed_environment().log)))

    def show_others(self) -> None:
        """Show the dialog with the other ways."""
        self._before()
        if self._dialog is None:
            self._dialog = SetupDialog(self._setup, self.parentWidget())
        self._dialog.show()
        self._dialog.raise_()

    def ask_to_remove(self) -> None:
        """Ask whether to remove the environment; QGIS stays usable meanwhile."""
        self._before()
        question = QMessageBox(
            QMessageBox.Icon.Question,
            tr("Remove the environment"),
            tr(
                "Remove the environment in {folder}? Results, history and settings "
                "stay; it can be set up again at any time."
            ).format(folder=self._setup.folder),
            QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel,
            self.parentWidget(),
        )
        question.setObjectName("rrsis_geo_remove")
        question.setModal(False)
        question.button(QMessageBox.StandardButton.Yes).clicked.connect(
            self._setup.remove
        )
        self._question = question
        question.show()

    def close_windows(self) -> None:
        """Close the windows that were opened from here."""
        for window in (self._report, self._dialog, self._question):
            if window is not None:
                window.close()
                window.deleteLater()
        self._report = self._dialog = self._question = None

    def _begin(self) -> None:
        self._before()
        if self._setup.installing:
            self._setup.cancel()
        else:
            self._setup.begin()


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
