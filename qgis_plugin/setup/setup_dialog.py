"""Where the user sets up the Python that searches."""

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
from ..environment.installation import InstallChoice, Stage
from ..environment.interpreters import (
    check_interpreter,
    find_interpreters,
    no_interpreter,
)
from ..find_python import find_python, managed
from ..notices import Notice
from ..settings import (
    choose_python,
    chosen_python,
    install_settings,
    keep_install_settings,
    proxy_variables,
)
from ..translate import tr
from ..worker.doctor_client import DoctorClient, about, hide_home
from .setup_pages import ExistingPage, ManagedPage, WheelsPage
from .setup_threads import Background, InstallThread

STEPS = 100
"""Of the progress bar, for one step of the installation."""


class SetupDialog(QDialog):
    """Leads to an environment by one of three ways; accepted when there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Set up RRSIS Geo"))
        self.setObjectName("rrsis_geo_setup")
        self._busy: Any = None
        self._doctor: DoctorClient | None = None
        self._leaving = False
        self._make_ways()
        self._make_rest()
        self._arrange()
        self._show_busy(None)
        self._look_around()

    def way(self) -> int:
        """0 managed, 1 existing interpreter, 2 folder of wheels."""
        return self.pages.currentIndex()

    def choose_way(self, way: int) -> None:
        """Show the page of a way."""
        self.ways[way].setChecked(True)

    def start(self) -> None:
        """Do what the page says."""
        if self._busy is not None:
            return
        self.log.clear()
        if self.way() == 1:
            program = self.existing.program.filePath().strip().strip('"')
            self._in_background(
                lambda: check_interpreter(program, version=__version__),
                lambda notice: self._judged(notice, program),
            )
            return
        page = self.managed if self.way() == 0 else self.wheels
        choice: InstallChoice = page.choice()
        if self.way() == 2 and not choice.wheels:
            self._say(tr("Choose the folder of wheels first."), bad=True)
            return
        keep_install_settings(choice)
        thread = InstallThread(managed(), choice, proxy_variables())
        thread.stage.connect(self._advanced)
        thread.finished.connect(self._installed)
        self._show_busy(thread)
        thread.begin()

    def examine(self) -> None:
        """Show the report of the environment there is."""
        python = find_python()
        if python is None:
            self._say(tr("There is no environment yet."), bad=True)
            return
        self._say(tr("Examining the environment; this takes half a minute."))
        self._doctor = DoctorClient(python, self)
        self._doctor.answered.connect(self._examined)
        self._show_busy(self._doctor)
        self._doctor.start()

    def stop(self) -> None:
        """Stop what is under way."""
        if isinstance(self._busy, InstallThread):
            self._say(tr("Stopping …"))
            self.stop_button.setEnabled(False)
            self._busy.stop()
        elif isinstance(self._busy, DoctorClient):
            self._busy.close()
            self._say(tr("Stopped."))
            self._show_busy(None)

    def reject(self) -> None:
        """Close; an installation is stopped first, and what it did is kept."""
        if isinstance(self._busy, (InstallThread, Background)):
            self._leaving = True
            self.stop()
            return
        self.stop()
        super().reject()

    def copy_report(self) -> None:
        """All that a bug report needs, with home paths hidden."""
        QGuiApplication.clipboard().setText(self.report())

    def report(self) -> str:
        """What is copied."""
        shown = self.log.toPlainText()
        text = f"{self.status.text()}\n{shown}".strip()
        return hide_home(text if about() in text else f"{about()}\n{text}")

    def _make_ways(self) -> None:
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
        self.ways = [QRadioButton(title) for title in titles]
        for place, page in enumerate((self.managed, self.existing, self.wheels)):
            self.pages.addWidget(page)
            self.ways[place].toggled.connect(self._turn_page)
        first = 1 if chosen_python() else 2 if choice.wheels else 0
        self.ways[first].setChecked(True)

    def _make_rest(self) -> None:
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
        self.close_button.clicked.connect(self._leave)

    def _arrange(self) -> None:
        about_it = QLabel(
            tr(
                "The search runs outside QGIS in a Python of its own, so that it "
                "cannot harm QGIS. Nothing of QGIS or of this plugin is changed."
            )
        )
        about_it.setWordWrap(True)
        column = QVBoxLayout(self)
        column.addWidget(about_it)
        for button in self.ways:
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

    def _turn_page(self) -> None:
        for place, button in enumerate(self.ways):
            if button.isChecked():
                self.pages.setCurrentIndex(place)
        if hasattr(self, "start_button"):
            self.start_button.setText(tr("&Use") if self.way() == 1 else tr("&Install"))

    def _look_around(self) -> None:
        """Fill the lists of interpreters, and say what there is."""
        python = find_python()

        def look() -> Any:
            there = python and check_interpreter(python, version=__version__)
            return find_interpreters(), there

        self._in_background(look, self._looked)

    def _looked(self, answer: Any) -> None:
        found, there = answer
        for page in (self.managed, self.wheels):
            page.base.offer(found)
        if there:
            self._tell(there)
        elif not found:
            self._tell(no_interpreter())
        else:
            self._say(tr("There is no environment yet."))

    def _in_background(
        self, work: Callable[[], Any], then: Callable[[Any], None]
    ) -> None:
        thread = Background(work)

        def over() -> None:
            self._show_busy(None)
            then(thread.answer)
            self._leave_if_wanted()

        thread.finished.connect(over)
        self._show_busy(thread)
        thread.begin()

    def _judged(self, notice: Notice, program: str) -> None:
        self._tell(notice)
        if notice.kind == "ok":
            choose_python(program)
            self.accept()

    def _advanced(self, stage: Stage) -> None:
        self.bar.setRange(0, stage.of * STEPS)
        part = stage.fraction or 0.0
        self.bar.setValue(int((stage.number - 1 + part) * STEPS))
        self._say(
            tr("Step {number} of {of}: {name}").format(
                number=stage.number, of=stage.of, name=tr(stage.name)
            )
        )
        if stage.line and stage.fraction is None:
            self.log.appendPlainText(stage.line)

    def _installed(self) -> None:
        thread = self._busy
        self._show_busy(None)
        if thread.python:
            choose_python("")
            self.accept()
        elif thread.notice is not None:
            self._tell(thread.notice)
        else:
            self._say(tr("Stopped. What is there is kept; Install goes on from it."))
        self._leave_if_wanted()

    def _examined(self, text: str) -> None:
        self._show_busy(None)
        self._say(tr("The report is below."))
        self.log.setPlainText(text)

    def _leave(self) -> None:
        """Close; accepted where an environment is there."""
        if self._busy is None and find_python() is not None:
            self.accept()
        else:
            self.reject()

    def _leave_if_wanted(self) -> None:
        if self._leaving:
            super().reject()

    def _show_busy(self, what: Any) -> None:
        self._busy = what
        installing = isinstance(what, InstallThread)
        self.start_button.setEnabled(what is None)
        self.examine_button.setEnabled(what is None and find_python() is not None)
        self.stop_button.setEnabled(installing or isinstance(what, DoctorClient))
        self.bar.setVisible(what is not None)
        self.bar.setRange(0, 0)
        for widget in (*self.ways, self.pages):
            widget.setEnabled(not installing)

    def _tell(self, notice: Notice) -> None:
        self._say(notice.words(tr), bad=notice.kind != "ok")

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.status.setText(text)
        self.status.setStyleSheet("font-weight: bold" if bad else "")
