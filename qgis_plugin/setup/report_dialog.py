"""A window with the report of `rrsis-geo doctor` on the environment."""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtGui import QFontDatabase, QGuiApplication
from qgis.PyQt.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..translate import tr
from ..worker.doctor_client import DoctorClient, hide_home, versions


class ReportDialog(QDialog):
    """Examines an environment; QGIS stays usable meanwhile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Examine RRSIS Geo"))
        self.setObjectName("rrsis_geo_report")
        self._doctor: DoctorClient | None = None
        self.status = QLabel()
        self.status.setObjectName("status")
        self.status.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.text = QPlainTextEdit()
        self.text.setObjectName("report")
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy_button = QPushButton(tr("C&opy report"))
        self.copy_button.setToolTip(tr("For a bug report; home paths are hidden."))
        self.copy_button.clicked.connect(self.copy_report)
        self.again_button = QPushButton(tr("&Examine again"))
        close_button = QPushButton(tr("C&lose"))
        close_button.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addWidget(self.again_button)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        row.addWidget(close_button)
        column = QVBoxLayout(self)
        column.addWidget(self.status)
        column.addWidget(self.bar)
        column.addWidget(self.text, 1)
        column.addLayout(row)
        self.resize(self.fontMetrics().averageCharWidth() * 100, 420)
        self._find_python: Callable[[], str | None] = lambda: None
        self.again_button.clicked.connect(self._examine)

    def examine(self, find_python: Callable[[], str | None], log: str = "") -> None:
        """Show the window and request the report.

        Args:
            find_python: Returns the interpreter, None without one.
            log: Output of the last installation, shown if there is no interpreter.
        """
        self._find_python = find_python
        self.text.setPlainText(hide_home(f"{versions()}\n{log}".strip()))
        self.show()
        self.raise_()
        self._examine()

    def copy_report(self) -> None:
        """Copy the report to the clipboard."""
        text = f"{self.status.text()}\n{self.text.toPlainText()}"
        QGuiApplication.clipboard().setText(hide_home(text))

    def closeEvent(self, event: object) -> None:  # the name is Qt's
        """End the examination with the window."""
        self._stop()
        super().closeEvent(event)

    def _examine(self) -> None:
        self._stop()
        python = self._find_python()
        self._show_busy(python is not None)
        if python is None:
            self.status.setText(
                tr("There is no environment that works yet: the panel sets it up.")
            )
            return
        self.status.setText(tr("Examining the environment; this takes half a minute."))
        self._doctor = DoctorClient(python, self)
        self._doctor.answered.connect(self._show_report)
        self._doctor.start()

    def _show_report(self, text: str) -> None:
        self._show_busy(False)
        self.status.setText(tr("The report is below."))
        self.text.setPlainText(text)

    def _show_busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.again_button.setEnabled(not busy)

    def _stop(self) -> None:
        doctor, self._doctor = self._doctor, None
        if doctor is not None:
            doctor.close()
            doctor.deleteLater()
