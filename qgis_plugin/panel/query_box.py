"""What to look for: the box, its history and examples, and the plan in words."""

from __future__ import annotations

from typing import Callable

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..translate import tr
from . import history

LINES = 3
"""Height of the box."""

PAUSE = 400
"""Milliseconds without a key before the plan is asked for."""


class QueryBox(QWidget):
    """Expressions, one a line."""

    settled = pyqtSignal()
    """The text has changed and the keys rest."""

    plan_label: QLabel
    """Its place is the panel's: it wants more width than the box."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("query")
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(tr("the storage tank near the road"))
        self.edit.setToolTip(
            tr(
                "What to look for, in English words. Several things: one a line. "
                "Ctrl+Enter runs."
            )
        )
        height = self.edit.fontMetrics().lineSpacing() * LINES
        frame = 2 * (
            self.edit.frameWidth() + int(self.edit.document().documentMargin())
        )
        self.edit.setFixedHeight(height + frame)
        self.plan_label = QLabel()
        self.plan_label.setObjectName("plan")
        self.plan_label.setWordWrap(True)
        self.plan_label.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self._menu_button(tr("H&istory"), self._fill_history))
        buttons.addWidget(self._menu_button(tr("E&xamples"), self._fill_examples))
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.edit)
        column.addLayout(buttons)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE)
        self._rest.timeout.connect(self.settled)
        self.edit.textChanged.connect(self._rest.start)

    @property
    def text(self) -> str:
        """What is in the box."""
        return self.edit.toPlainText()

    @property
    def plan(self) -> str:
        """How the words are understood; empty where nothing is said."""
        return self.plan_label.text()

    def show_plan(self, text: str) -> None:
        """Say how the words are understood; empty hides it."""
        self.plan_label.setText(text)
        self.plan_label.setVisible(bool(text))

    def _menu_button(self, text: str, fill: Callable[[QMenu], None]) -> QPushButton:
        button = QPushButton(text)
        button.setFlat(True)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        return button

    def _fill_history(self, menu: QMenu) -> None:
        menu.clear()
        queries = history.recent()
        for query in queries:
            self._offer(menu, query)
        if queries:
            menu.addSeparator()
            menu.addAction(tr("Empty the history")).triggered.connect(history.forget)
        else:
            menu.addAction(tr("Nothing asked yet")).setEnabled(False)

    def _fill_examples(self, menu: QMenu) -> None:
        menu.clear()
        for query in history.examples():
            self._offer(menu, query)

    def _offer(self, menu: QMenu, query: str) -> None:
        action = menu.addAction(history.short(query).replace("&", "&&"))
        action.triggered.connect(lambda: self._take(query))

    def _take(self, query: str) -> None:
        self.edit.setPlainText(query)
        self.edit.setFocus()
        self.edit.selectAll()
