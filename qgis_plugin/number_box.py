"""Spin boxes of the plugin."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QDoubleSpinBox

from .translate import tr


def number_box(
    low: float, high: float, step: float, value: float, *, suffix: str = ""
) -> QDoubleSpinBox:
    """Create a spin box."""
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setDecimals(2)
    box.setValue(value)
    box.setSuffix(suffix)
    return box


def show_word(box: QDoubleSpinBox, word: str) -> None:
    """Show a word instead of the least number of a box.

    Where it is too long its start is seen: an edited line shows the end.
    """

    def show_start() -> None:
        if box.text() == word:
            box.lineEdit().home(False)

    box.setSpecialValueText(word)
    box.valueChanged.connect(lambda _value: show_start())
    box.editingFinished.connect(show_start)
    show_start()


def score_box() -> QDoubleSpinBox:
    """Create a spin box for the least score; below 0: as the weights say."""
    box = number_box(-0.05, 0.99, 0.05, -0.05)
    show_word(box, tr("automatic"))
    box.setToolTip(
        tr(
            "Objects with a lower score are hidden; 0 hides none. Automatic: those "
            "that are less likely meant than not, where a class is named alone, or "
            "on a large scene any number of objects."
        )
    )
    return box


def least_score(box: QDoubleSpinBox) -> float | None:
    """Return the least score in a box of `score_box`; None: as the weights say."""
    return round(box.value(), 3) if box.value() >= 0 else None


def show_least_score(box: QDoubleSpinBox, score: float | None) -> None:
    """Show a least score without telling anybody of a change."""
    blocked = box.blockSignals(True)
    box.setValue(box.minimum() if score is None else score)
    box.blockSignals(blocked)
    if score is None:
        box.lineEdit().home(False)
