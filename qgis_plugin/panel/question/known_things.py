"""The dialog with what the weights know by name: search, examples, how reliably."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...narrow import FlowLayout
from ...translate import tr

EXAMPLES = ("{name}", "the largest {name}", "{name} near a road")
"""Questions about a class, in English as the network expects them."""


def known_classes(entry: Mapping[str, Any]) -> List[Tuple[str, bool]]:
    """Return name, and whether it is found less reliably, of each class.

    Args:
        entry: What is known of the weights, from the answer to `Weights`.
    """
    scores = entry.get("class_scores") or {}
    return [
        (key.replace("_", " "), bool((scores.get(key) or {}).get("weak")))
        for key in entry.get("categories", [])
    ]


class KnownThings(QDialog):
    """Lists the classes of the chosen weights, grouped by how reliable they are."""

    chosen = pyqtSignal(str)
    """A question that the user wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What the weights know"))
        self.resize(360, 460)
        self.title = QLabel()
        self.title.setWordWrap(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        take = QPushButton(tr("Take over"))
        row = QWidget()
        FlowLayout(row).addWidget(take)
        column = QVBoxLayout(self)
        for part in (self.title, self.search, self.tree, row):
            column.addWidget(part)
        self.search.textChanged.connect(self._filter)
        self.tree.itemDoubleClicked.connect(lambda _item, _column: self.take())
        take.clicked.connect(lambda: self.take())

    def show_entry(self, name: str, entry: Mapping[str, Any]) -> None:
        """Show what some weights know.

        Args:
            name: Name of the weights.
            entry: What is known of them.
        """
        licence = entry.get("licence", "")
        unknown = tr("What these weights know is not listed; each question is checked.")
        self.title.setText(f"{name}: {licence}" if entry else f"{name}: {unknown}")
        self.tree.clear()
        groups = (
            (tr("Found reliably"), False),
            (tr("Found less reliably"), True),
        )
        for title, is_weak in groups:
            names = [one for one, weak in known_classes(entry) if weak is is_weak]
            if not names:
                continue
            top = QTreeWidgetItem([title])
            top.setFlags(top.flags() & ~Qt.ItemFlag.ItemIsSelectable)
            self.tree.addTopLevelItem(top)
            for one in sorted(names):
                item = QTreeWidgetItem([one])
                top.addChild(item)
                for example in EXAMPLES[1:]:
                    item.addChild(QTreeWidgetItem([example.format(name=one)]))
            top.setExpanded(True)
        self._filter(self.search.text())

    def take(self) -> None:
        """Hand over the selected question."""
        for item in self.tree.selectedItems():
            self.chosen.emit(item.text(0))

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for place in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(place)
            hidden = 0
            for row in range(top.childCount()):
                item = top.child(row)
                item.setHidden(wanted not in item.text(0).lower())
                hidden += item.isHidden()
            top.setHidden(hidden == top.childCount())
