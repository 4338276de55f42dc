"""The buttons Run and Cancel, the progress bar, the status line and an offer."""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..core.protocol import Progress, Started
from ..narrow import FlowLayout, ShrinkingButton
from ..translate import tr
from ..worker.controller import State
from ..worker.progress_text import progress_text, start_text


class RunBox(QWidget):
    """Buttons, progress bar and status line of a run."""

    run = pyqtSignal()
    cancel = pyqtSignal()

    def __init__(
        self, unasked: Callable[[], bool], parent: QWidget | None = None
    ) -> None:
        """Create the box.

        Args:
            unasked: Whether the worker does what nobody has asked for and nobody has
                to wait for: nothing is shown of it.
            parent: Owner in Qt's tree.
        """
        super().__init__(parent)
        self._unasked = unasked
        self.run_button = QPushButton(tr("R&un"))
        self.run_button.setObjectName("run")
        self.run_button.setDefault(True)
        self.run_button.setToolTip(tr("Search the layer (Ctrl+Enter)"))
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.setToolTip(tr("Stop (Esc)"))
        self.cancel_button.setEnabled(False)
        self.bar = QProgressBar()
        self.bar.hide()
        self.status = QLabel()
        self.status.setObjectName("status")
        self.status.setWordWrap(True)
        self.status.hide()
        self.offer_button = ShrinkingButton()
        self.offer_button.setObjectName("offer")
        self.offer_button.hide()
        self._accept: Callable[[], None] | None = None
        row = QWidget()
        buttons = FlowLayout(row)
        buttons.addWidget(self.run_button)
        buttons.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.offer_button)
        self.run_button.clicked.connect(self.run)
        self.cancel_button.clicked.connect(self.cancel)
        self.offer_button.clicked.connect(self._accepted)

    def show_state(self, state: State) -> None:
        """Enable the buttons for a state; show its text until there is progress."""
        if self._unasked():
            return
        busy = state is not State.IDLE
        self._enable(run=not busy, cancel=busy and state is not State.CANCELLING)
        self.bar.setVisible(busy)
        if state is State.STARTING:
            self._show_busy_bar()
            self.set_status(tr("Starting: the network is being loaded …"))
        elif state is State.CANCELLING:
            self._show_busy_bar()
            self.set_status(tr("Cancelling …"))

    def show_fetching(self, fetching: bool) -> None:
        """Show that the image of a layer without a file is being fetched."""
        self._enable(run=not fetching, cancel=fetching)
        self.bar.setVisible(fetching)
        if fetching:
            self._show_busy_bar()
            self.set_status(tr("Fetching the layer's image …"))

    def _enable(self, *, run: bool, cancel: bool) -> None:
        """Enable the buttons; the focus stays here, and with it the panel's keys.

        Qt would give the focus of a disabled button to any other widget of QGIS.
        """
        parts = (self, self.run_button, self.cancel_button)
        was_here = any(part.hasFocus() for part in parts)
        if was_here:
            self.setFocus()
        self.run_button.setEnabled(run)
        self.cancel_button.setEnabled(cancel)
        if was_here and (run or cancel):
            (self.run_button if run else self.cancel_button).setFocus()

    def show_started(self, started: Started) -> None:
        """Show the number of windows, the resolution and the device."""
        if not self._unasked():
            self.set_status(start_text(started))

    def show_progress(self, progress: Progress) -> None:
        """Show windows done, rate and remaining time."""
        if self._unasked():
            return
        self.bar.setRange(0, max(progress.total, 1))
        self.bar.setValue(progress.done)
        self.set_status(progress_text(progress))

    def set_status(self, text: str) -> None:
        """Show one line; an empty text hides it. An offer ends with its line."""
        self.status.setText(text)
        self.status.setVisible(bool(text))
        self._accept = None
        self.offer_button.hide()

    def offer(self, text: str, accept: Callable[[], None]) -> None:
        """Show a button below the line that says why."""
        self._accept = accept
        self.offer_button.setText(text)
        self.offer_button.show()

    def _accepted(self) -> None:
        accept, self._accept = self._accept, None
        self.offer_button.hide()
        if accept is not None:
            accept()

    def _show_busy_bar(self) -> None:
        self.bar.setRange(0, 0)
