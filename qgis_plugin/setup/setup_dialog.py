"""The dialog that sets up the Python environment."""

from __future__ import annotations

from typing import Any, Callable

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontDatabase, QGuiApplication
from qgis.PyQt.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..core import __version__
from ..environment.install_choice import InstallChoice
from ..environment.installation import Stage
from ..environment.interpreters import (
    check_interpreter,
    find_interpreters,
    no_interpreter,
)
from ..find_python import find_python, managed_environment
from ..notices import Notice
from ..settings import (
    choose_python,
    chosen_python,
    install_settings,
    proxy_variables,
    save_install_settings,
)
from ..translate import tr
from ..worker.doctor_client import DoctorClient, hide_home, versions
from .setup_pages import ExistingPage, ManagedPage, WheelsPage
from .setup_threads import BackgroundThread, InstallThread

BAR_STEPS = 100
"""Steps of the progress bar for one step of the installation."""

MANAGED, EXISTING, WHEELS = range(3)
"""Indices of the pages."""


class SetupDialog(QDialog):
    """Sets up an environment in one of three ways; accepted once there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Set up RRSIS Geo"))
        self.setObjectName("rrsis_geo_setup")
        self._activity: Any = None
        self._doctor: DoctorClient | None = None
        self._closing = False
        self._create_pages()
        self._create_widgets()
        self._build_layout()
        self._set_activity(None)
        self._find_interpreters()

    def page(self) -> int:
        """Return the index of the current page."""
        return self.pages.currentIndex()

    def start(self) -> None:
        """Check the interpreter or start the installation of the current page."""
        if self._activity is not None:
            return
        self.log.clear()
        if self.page() == EXISTING:
            program = self.existing.program.filePath().strip().strip('"')
            self._run_in_background(
                lambda: check_interpreter(program, version=__version__),
                lambda notice: self._interpreter_checked(notice, program),
            )
            return
        page = self.managed if self.page() == MANAGED else self.wheels
        choice: InstallChoice = page.choice()
        if self.page() == WHEELS and not choice.wheels:
            self._set_status(tr("Choose the folder of wheels first."), bold=True)
            return
        save_install_settings(choice)
        thread = InstallThread(managed_environment(), choice, proxy_variables())
        thread.stage.connect(self._show_stage)
        thread.finished.connect(self._installed)
        self._set_activity(thread)
        thread.begin()

    def examine(self) -> None:
        """Request the report of the current environment."""
        python = find_python()
        if python is None:
            self._set_status(tr("There is no environment yet."), bold=True)
            return
        self._set_status(tr("Examining the environment; this takes half a minute."))
        self._doctor = DoctorClient(python, self)
        self._doctor.answered.connect(self._show_report)
        self._set_activity(self._doctor)
        self._doctor.start()

    def stop(self) -> None:
        """Stop the installation or the examination."""
        if isinstance(self._activity, InstallThread):
            self._set_status(tr("Stopping …"))
            self.stop_button.setEnabled(False)
            self._activity.stop()
        elif isinstance(self._activity, DoctorClient):
            self._activity.close()
            self._set_status(tr("Stopped."))
            self._set_activity(None)

    def reject(self) -> None:
        """Close; an installation is stopped first, its finished steps are kept."""
        if isinstance(self._activity, (InstallThread, BackgroundThread)):
            self._closing = True
            self.stop()
            return
        self.stop()
        super().reject()

    def copy_report(self) -> None:
        """Copy the report to the clipboard."""
        QGuiApplication.clipboard().setText(self.report())

    def report(self) -> str:
        """Return versions, status and log for a bug report; home paths are hidden."""
        log = self.log.toPlainText()
        text = f"{self.status.text()}\n{log}".strip()
        return hide_home(text if versions() in text else f"{versions()}\n{text}")

    def _create_pages(self) -> None:
        choice = install_settings()
        self.managed = ManagedPage(choice)
        self.existing = ExistingPage(chosen_python())
        self.wheels = WheelsPage(choice)
        self.pages = QStackedWidget()
        titles = (
            tr("&Make an environment for me (recommended)"),
            tr("&Use a Python that has rrsis-geo already"),
            tr("Install from a folder of &wheels, without network"),
        )
        self.page_buttons = [QRadioButton(title) for title in titles]
        for index, page in enumerate((self.managed, self.existing, self.wheels)):
            self.pages.addWidget(page)
            self.page_buttons[index].toggled.connect(self._page_changed)
        first = EXISTING if chosen_python() else WHEELS if choice.wheels else MANAGED
        self.page_buttons[first].setChecked(True)

    def _create_widgets(self) -> None:
        self.status = QLabel()
        self.status.setObjectName("status")
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.bar = QProgressBar()
        self.log = QPlainTextEdit()
        self.log.setObjectName("log")
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(5000)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.log.setFont(fixed)
        self.start_button = QPushButton(tr("&Install"))
        self.stop_button = QPushButton(tr("&Cancel"))
        self.examine_button = QPushButton(tr("&Examine"))
        self.examine_button.setToolTip(
            tr("Look whether the environment is able to work, and what to do if not.")
        )
        self.copy_button = QPushButton(tr("C&opy report"))
        self.copy_button.setToolTip(tr("For a bug report; home paths are hidden."))
        self.close_button = QPushButton(tr("C&lose"))
        self.start_button.clicked.connect(self.start)
        self.stop_button.clicked.connect(self.stop)
        self.examine_button.clicked.connect(self.examine)
        self.copy_button.clicked.connect(self.copy_report)
        self.close_button.clicked.connect(self._close)

    def _build_layout(self) -> None:
        introduction = QLabel(
            tr(
                "The search runs outside QGIS in a Python of its own, so that it "
                "cannot harm QGIS. Nothing of QGIS or of this plugin is changed."
            )
        )
        introduction.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(introduction)
        for button in self.page_buttons:
            column.addWidget(button)
        column.addWidget(self.pages)
        column.addWidget(self.status)
        column.addWidget(self.bar)
        column.addWidget(self.log, 1)
        row = QHBoxLayout()
        row.addWidget(self.examine_button)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        for button in (self.start_button, self.stop_button, self.close_button):
            row.addWidget(button)
        column.addLayout(row)
        self.start_button.setDefault(True)
        self.resize(
            self.fontMetrics().averageCharWidth() * 90, self.sizeHint().height()
        )

    def _page_changed(self) -> None:
        for index, button in enumerate(self.page_buttons):
            if button.isChecked():
                self.pages.setCurrentIndex(index)
        if hasattr(self, "start_button"):
            self.start_button.setText(
                tr("&Use") if self.page() == EXISTING else tr("&Install")
            )

    def _find_interpreters(self) -> None:
        """Fill the lists of interpreters, and show the state of the environment."""
        python = find_python()

        def search() -> Any:
            notice = python and check_interpreter(python, version=__version__)
            return find_interpreters(), notice

        self._run_in_background(search, self._show_interpreters)

    def _show_interpreters(self, result: Any) -> None:
        found, notice = result
        for page in (self.managed, self.wheels):
            page.base.set_interpreters(found)
        if notice:
            self._show_notice(notice)
        elif not found:
            self._show_notice(no_interpreter())
        else:
            self._set_status(tr("There is no environment yet."))

    def _run_in_background(
        self, function: Callable[[], Any], on_result: Callable[[Any], None]
    ) -> None:
        thread = BackgroundThread(function)

        def finish() -> None:
            self._set_activity(None)
            on_result(thread.result)
            self._close_if_requested()

        thread.finished.connect(finish)
        self._set_activity(thread)
        thread.begin()

    def _interpreter_checked(self, notice: Notice, program: str) -> None:
        self._show_notice(notice)
        if notice.kind == "ok":
            choose_python(program)
            self.accept()

    def _show_stage(self, stage: Stage) -> None:
        self.bar.setRange(0, stage.count * BAR_STEPS)
        part = stage.fraction or 0.0
        self.bar.setValue(int((stage.number - 1 + part) * BAR_STEPS))
        self._set_status(
            tr("Step {number} of {of}: {name}").format(
                number=stage.number, of=stage.count, name=tr(stage.name)
            )
        )
        if stage.line and stage.fraction is None:
            self.log.appendPlainText(stage.line)

    def _installed(self) -> None:
        thread = self._activity
        self._set_activity(None)
        if thread.python:
            choose_python("")
            self.accept()
        elif thread.notice is not None:
            self._show_notice(thread.notice)
        else:
            self._set_status(
                tr("Stopped. What is there is kept; Install goes on from it.")
            )
        self._close_if_requested()

    def _show_report(self, text: str) -> None:
        self._set_activity(None)
        self._set_status(tr("The report is below."))
        self.log.setPlainText(text)

    def _close(self) -> None:
        """Close the dialog; accepted if there is an environment."""
        if self._activity is None and find_python() is not None:
            self.accept()
        else:
            self.reject()

    def _close_if_requested(self) -> None:
        if self._closing:
            super().reject()

    def _set_activity(self, activity: Any) -> None:
        self._activity = activity
        installing = isinstance(activity, InstallThread)
        self.start_button.setEnabled(activity is None)
        self.examine_button.setEnabled(activity is None and find_python() is not None)
        self.stop_button.setEnabled(installing or isinstance(activity, DoctorClient))
        self.bar.setVisible(activity is not None)
        self.bar.setRange(0, 0)
        for widget in (*self.page_buttons, self.pages):
            widget.setEnabled(not installing)

    def _show_notice(self, notice: Notice) -> None:
        self._set_status(notice.full_text(tr), bold=notice.kind != "ok")

    def _set_status(self, text: str, *, bold: bool = False) -> None:
        self.status.setText(text)
        self.status.setStyleSheet("font-weight: bold" if bold else "")
