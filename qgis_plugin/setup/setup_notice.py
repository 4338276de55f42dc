"""Notice in the panel while there is no environment."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from ..translate import tr


class SetupNotice(QFrame):
    """Says that the environment is missing, with a button that opens the setup."""

    clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        text = QLabel(
            tr(
                "The search runs in a Python environment of its own, outside QGIS. It "
                "is set up once and takes a few minutes."
            )
        )
        text.setWordWrap(True)
        self.button = QPushButton(tr("Set up …"))
        self.button.clicked.connect(self.clicked)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(self.button)

    def open_dialog(self, parent: QWidget) -> bool:
        """Show the setup dialog; return whether it was accepted."""
        from .setup_dialog import SetupDialog  # rarely needed

        return bool(SetupDialog(parent).exec())
