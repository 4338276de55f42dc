"""The text box for queries, with history, examples and the plan of the query."""

from __future__ import annotations

import re
from typing import Callable, Dict, Sequence

from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor, QTextCharFormat, QTextCursor
from qgis.PyQt.QtWidgets import (
    QLabel,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.protocol import Report
from ...narrow import FlowLayout, ShrinkingButton
from ...translate import tr
from ...worker.plain_words import plain_words
from . import history

VISIBLE_LINES = 3
"""Height of the text box."""

DEBOUNCE = 400
"""Milliseconds without a change before the plan is requested."""


UNKNOWN = re.compile(r'do not know "([^"]+)"')
MISREAD = re.compile(r'read "([^"]+)" as "([^"]+)"')
"""Notes of the worker about words."""


class QueryBox(QWidget):
    """Text box for expressions, one on each line."""

    edited = pyqtSignal()
    """The text has changed and typing has paused."""

    known_wanted = pyqtSignal()
    """The list of what the weights know is to be shown."""

    plan_label: QLabel
    """How the query is understood; the panel places it, as it needs its full width."""

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
        height = self.edit.fontMetrics().lineSpacing() * VISIBLE_LINES
        frame = 2 * (
            self.edit.frameWidth() + int(self.edit.document().documentMargin())
        )
        self.edit.setFixedHeight(height + frame)
        self.plan_label = QLabel()
        self.plan_label.setObjectName("plan")
        self.plan_label.setWordWrap(True)
        self.plan_label.hide()
        row = QWidget()
        buttons = FlowLayout(row)
        buttons.addWidget(self._menu_button(tr("H&istory"), self._fill_history))
        buttons.addWidget(self._menu_button(tr("E&xamples"), self._fill_examples))
        known = ShrinkingButton(tr("&Known things"))
        known.setFlat(True)
        known.setToolTip(tr("What the weights know by name"))
        known.clicked.connect(self.known_wanted)
        buttons.addWidget(known)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.edit)
        column.addWidget(row)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE)
        self._timer.timeout.connect(self.edited)
        self.edit.textChanged.connect(self._changed)

    @property
    def text(self) -> str:
        """Text of the box."""
        return self.edit.toPlainText()

    def _changed(self) -> None:
        """Drop what was said of another question, at once."""
        self.show_plan("")
        self.mark_words({})
        self._timer.start()

    def mark_words(self, words: Dict[str, str]) -> None:
        """Underline words that are not understood.

        Args:
            words: Word -> what is said of it.
        """
        marks = []
        wave = QTextCharFormat()
        wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        wave.setUnderlineColor(QColor(213, 94, 0))
        for word, said in words.items():
            at = QTextCursor(self.edit.document())
            while True:
                at = self.edit.document().find(word, at)
                if at.isNull():
                    break
                mark = QTextEdit.ExtraSelection()
                mark.cursor = at
                mark.format = QTextCharFormat(wave)
                mark.format.setToolTip(said)
                marks.append(mark)
        self.edit.setExtraSelections(marks)

    def show_plan(self, text: str) -> None:
        """Show how the query is understood; an empty text hides it."""
        self.plan_label.setText(text)
        self.plan_label.setVisible(bool(text))

    def _menu_button(self, text: str, fill: Callable[[QMenu], None]) -> ShrinkingButton:
        button = ShrinkingButton(text)
        button.setFlat(True)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: fill(menu))
        button.setMenu(menu)
        return button

    def _fill_history(self, menu: QMenu) -> None:
        menu.clear()
        queries = history.recent()
        for query in queries:
            self._add_query(menu, query)
        if queries:
            menu.addSeparator()
            menu.addAction(tr("Empty the history")).triggered.connect(history.clear)
        else:
            menu.addAction(tr("Nothing asked yet")).setEnabled(False)

    def _fill_examples(self, menu: QMenu) -> None:
        menu.clear()
        for query in history.examples():
            self._add_query(menu, query)

    def _add_query(self, menu: QMenu, query: str) -> None:
        action = menu.addAction(history.shorten(query).replace("&", "&&"))
        action.triggered.connect(lambda: self.set_query(query))

    def set_query(self, query: str) -> None:
        """Replace the text; Ctrl+Z brings back what was there."""
        cursor = self.edit.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(query)
        self.edit.setFocus()
        self.edit.selectAll()


def plan_text(report: Report) -> str:
    """Return a line for each plan and note; a single plan goes without expression."""
    rows = report.payload.get("questions", [])
    alone = len(rows) == 1
    lines = []
    for row in rows:
        words = row["words"]
        lines.append(words if alone else f"{row['expression']}: {words}")
        lines += row["notes"]
    return plain_words("\n".join(lines) if rows else report.text)


def doubtful_words(report: Report) -> Dict[str, str]:
    """Return word -> note of the words that are unknown or were read as others."""
    found: Dict[str, str] = {}
    for row in report.payload.get("questions", []):
        for note in row["notes"]:
            words: Sequence[str] = UNKNOWN.findall(note)
            words = [*words, *(word for word, _ in MISREAD.findall(note))]
            found.update(dict.fromkeys(words, plain_words(note)))
    return found


def answers(report: Report, expressions: Sequence[str]) -> bool:
    """Whether a report is about these expressions, not about earlier ones."""
    rows = report.payload.get("questions", [])
    return not rows or [row["expression"] for row in rows] == list(expressions)
