"""The dialog with other ways to set up the environment than the button of the panel."""

from __future__ import annotations

from typing import Any, Callable

from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..core import __version__
from ..environment.interpreters import (
    check_interpreter,
    find_interpreters,
    no_interpreter,
    program_in,
)
from ..find_python import set_python
from ..notices import Notice
from ..settings import chosen_python, install_settings
from ..translate import tr
from .environment_setup import EnvironmentSetup
from .setup_pages import ExistingPage, ManagedPage, WheelsPage
from .setup_threads import BackgroundThread

MANAGED, EXISTING, WHEELS = range(3)
"""Indices of the pages."""


class SetupDialog(QDialog):
    """Chooses one of three ways; the panel shows the progress of an installation."""

    def __init__(self, setup: EnvironmentSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Set up RRSIS Geo"))
        self.setObjectName("rrsis_geo_setup")
        self._setup = setup
        self._thread: BackgroundThread | None = None
        self._create_pages()
        self._create_widgets()
        self._build_layout()
        self._page_changed()
        self._find_interpreters()

    def page(self) -> int:
        """Return the index of the current page."""
        return self.pages.currentIndex()

    def start(self) -> None:
        """Check the interpreter or start the installation of the current page."""
        if self._thread is not None:
            return
        if self.page() == EXISTING:
            program = program_in(self.existing.program.filePath().strip().strip('"'))
            self._run_in_background(
                lambda: check_interpreter(program, version=__version__),
                lambda notice: self._interpreter_checked(notice, program),
            )
            return
        page = self.managed if self.page() == MANAGED else self.wheels
        choice = page.choice()
        if self.page() == WHEELS and not choice.wheels:
            self._set_status(tr("Choose the folder of wheels first."), bold=True)
            return
        self._setup.begin(choice)
        self.accept()

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
        self.start_button = QPushButton(tr("&Install"))
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.start)
        self.close_button = QPushButton(tr("C&lose"))
        self.close_button.clicked.connect(self.reject)

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
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.start_button)
        row.addWidget(self.close_button)
        column.addLayout(row)
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
        """Fill the lists of interpreters, and say what the chosen one is."""
        python = set_python()

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
            self._set_status("")

    def _run_in_background(
        self, function: Callable[[], Any], on_result: Callable[[Any], None]
    ) -> None:
        thread = BackgroundThread(function)

        def finish() -> None:
            if sip.isdeleted(self):
                return
            self._thread = None
            self.start_button.setEnabled(True)
            on_result(thread.result)

        thread.finished.connect(finish)
        self._thread = thread
        self.start_button.setEnabled(False)
        self._set_status(tr("Looking …"))
        thread.begin()

    def _interpreter_checked(self, notice: Notice, program: str) -> None:
        self._show_notice(notice)
        if notice.kind == "ok":
            self._setup.use(program)
            self.accept()

    def _show_notice(self, notice: Notice) -> None:
        self._set_status(notice.full_text(tr), bold=notice.kind != "ok")

    def _set_status(self, text: str, *, bold: bool = False) -> None:
        self.status.setText(text)
        self.status.setStyleSheet("font-weight: bold" if bold else "")
