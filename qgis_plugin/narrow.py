"""Widgets that fit into a narrow dock, whatever the language and size of the font."""

from __future__ import annotations

from typing import List

from qgis.PyQt.QtCore import QEvent, QPoint, QRect, QSize, Qt
from qgis.PyQt.QtGui import QPaintEvent, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolTip,
    QWidget,
)

LEAST_WIDTH = 60
"""Pixels that a field keeps."""

SLACK = 2
"""Pixels by which a text may be wider than the contents of its button."""


def let_shrink(*widgets: QWidget) -> None:
    """Let fields become narrower than their longest text."""
    for widget in widgets:
        policy = widget.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        widget.setSizePolicy(policy)
        widget.setMinimumWidth(LEAST_WIDTH)
        if isinstance(widget, QComboBox):
            widget.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )


class ShrinkingButton(QPushButton):
    """A button whose text is shortened where there is no room; the tooltip has all."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:  # the name is Qt's
        """Return a size that holds a few letters."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), LEAST_WIDTH), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # the name is Qt's
        """Paint with the text that fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        inside = self.style().subElementRect(
            QStyle.SubElement.SE_PushButtonContents, option, self
        )
        option.text = shortened(self, option.text, inside.width())
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def event(self, event: QEvent) -> bool:
        """Show the text as the tooltip where there is no other."""
        if event.type() == QEvent.Type.ToolTip and not self.toolTip():
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return bool(super().event(event))


class ShrinkingCheckBox(QCheckBox):
    """A check box whose text is shortened where there is no room."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:  # the name is Qt's
        """Return a size that holds a few letters."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), LEAST_WIDTH), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # the name is Qt's
        """Show the whole text as the tooltip where it is shortened."""
        super().resizeEvent(event)
        if not self.toolTip() and self.width() < self.sizeHint().width():
            self.setToolTip(self.text().replace("&", ""))

    def paintEvent(self, _event: QPaintEvent) -> None:  # the name is Qt's
        """Paint with the text that fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        inside = self.style().subElementRect(
            QStyle.SubElement.SE_CheckBoxContents, option, self
        )
        option.text = shortened(self, option.text, inside.width())
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_CheckBox, option)


def shortened(widget: QWidget, text: str, width: int) -> str:
    """Return a text, or as much of it as a width has room for.

    The sign before the letter of a shortcut takes no room, and the contents of a button
    as a style measures them may be narrower than the text that its size is made for.
    """
    metrics = widget.fontMetrics()
    if metrics.boundingRect(text.replace("&", "")).width() <= width + SLACK:
        return text
    flags = Qt.TextFlag.TextShowMnemonic
    mode = Qt.TextElideMode.ElideRight
    return str(metrics.elidedText(text, mode, width, getattr(flags, "value", flags)))


def let_labels_wrap(form: QFormLayout) -> None:
    """Let labels of a form take several lines, and fields go below them."""
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for row in range(form.rowCount()):
        item = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
        label = item.widget() if item is not None else None
        if isinstance(label, QLabel):
            label.setWordWrap(True)


class FlowLayout(QLayout):
    """Places widgets in a row, and in further rows where it is full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: List[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # the name is Qt's
        """Add an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # the name is Qt's
        """Return an item; None where there is none."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # the name is Qt's
        """Remove an item and return it."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # the name is Qt's
        """Return that no direction is wanted."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # the name is Qt's
        """Return that the height depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # the name is Qt's
        """Return the height of all rows."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rectangle: QRect) -> None:  # the name is Qt's
        """Place all items."""
        super().setGeometry(rectangle)
        self._place(rectangle, move=True)

    def sizeHint(self) -> QSize:  # the name is Qt's
        """Return the size of one row."""
        hints = [item.sizeHint() for item in self._shown()]
        gap = self._gap()
        width = sum(hint.width() + gap for hint in hints) - gap
        return QSize(max(width, 0), max((hint.height() for hint in hints), default=0))

    def minimumSize(self) -> QSize:  # the name is Qt's
        """Return the size of the largest item."""
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> List[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _gap(self) -> int:
        style = self.parentWidget().style() if self.parentWidget() else None
        metric = QStyle.PixelMetric.PM_LayoutHorizontalSpacing
        gap = style.pixelMetric(metric) if style is not None else -1
        return gap if gap >= 0 else 6

    def _place(self, rectangle: QRect, *, move: bool) -> int:
        """Place items in rows; return the height of all."""
        left, top, height = rectangle.x(), rectangle.y(), 0
        gap = self._gap()
        for item in self._shown():
            hint = item.sizeHint().expandedTo(item.minimumSize())
            width = min(hint.width(), rectangle.width())
            if left > rectangle.x() and left + width > rectangle.right() + 1:
                left, top, height = rectangle.x(), top + height + gap, 0
            if move:
                item.setGeometry(QRect(QPoint(left, top), QSize(width, hint.height())))
            left += width + gap
            height = max(height, hint.height())
        return top + height - rectangle.y()
