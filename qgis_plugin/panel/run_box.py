"""Run, cancel, and how it goes."""

from __future__ import annotations

import time

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..core.protocol import Progress, Started
from ..translate import tr
from ..worker.controller import State


class RunBox(QWidget):
    """Buttons, a bar, and one line that says what goes on."""

    run = pyqtSignal()
    cancel = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        row = QHBoxLayout()
        row.addWidget(self.run_button)
        row.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        self.run_button.clicked.connect(self.run)
        self.cancel_button.clicked.connect(self.cancel)

    def show_state(self, state: State) -> None:
        """Which buttons work, and what is said until there is a number to show."""
        busy = state is not State.IDLE
        self.run_button.setEnabled(not busy)
        self.cancel_button.setEnabled(busy and state is not State.CANCELLING)
        self.bar.setVisible(busy)
        if state is State.STARTING:
            self._endless()
            self.say(tr("Starting: the network is being loaded …"))
        elif state is State.CANCELLING:
            self._endless()
            self.say(tr("Cancelling …"))

    def show_preparing(self, going: bool) -> None:
        """The image of a layer that is no file is being fetched."""
        self.run_button.setEnabled(not going)
        self.cancel_button.setEnabled(going)
        self.bar.setVisible(going)
        if going:
            self._endless()
            self.say(tr("Fetching the layer's image …"))

    def show_started(self, started: Started) -> None:
        """The plan is made."""
        self.say(
            tr("{windows} windows at {gsd} m per pixel on {device}").format(
                windows=started.windows,
                gsd=f"{started.gsd:.3g}",
                device=started.device,
            )
        )

    def show_progress(self, progress: Progress) -> None:
        """Share done, rate and remaining time."""
        self.bar.setRange(0, max(progress.total, 1))
        self.bar.setValue(progress.done)
        self.say(progress_text(progress))

    def say(self, text: str) -> None:
        """Show one line."""
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def _endless(self) -> None:
        self.bar.setRange(0, 0)


def progress_text(progress: Progress) -> str:
    """Share done, rate, remaining time and what is found, as one line."""
    parts = [tr("{done} of {total} windows").format(**_counts(progress))]
    if progress.done and progress.seconds > 0:
        rate = progress.done / progress.seconds
        parts.append(tr("{rate} per second").format(rate=f"{rate:.2g}"))
        left = (progress.total - progress.done) / rate
        parts.append(tr("{time} left").format(time=duration(left)))
    if progress.polygons:
        parts.append(tr("{count} found so far").format(count=progress.polygons))
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """A time in the two units that matter."""
    whole = max(int(seconds + 0.5), 0)
    if whole < 60:
        return tr("{seconds} s").format(seconds=whole)
    if whole < 3600:
        return tr("{minutes} min {seconds} s").format(
            minutes=whole // 60, seconds=whole % 60
        )
    return tr("{hours} h {minutes} min").format(
        hours=whole // 3600, minutes=whole % 3600 // 60
    )


def clock() -> str:
    """Time of day for the log."""
    return time.strftime("%H:%M:%S")


def _counts(progress: Progress) -> dict[str, int]:
    return {"done": progress.done, "total": progress.total}
