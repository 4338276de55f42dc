"""Where the widgets of the panel are: what is asked, what was found, Run below."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication
from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..narrow import let_labels_wrap, let_shrink
from ..translate import tr


def lay_out(panel: Any) -> QWidget:
    """Return the content of the panel.

    Run, Cancel and the progress stay in view below everything that scrolls.
    """
    content = QWidget()
    column = QVBoxLayout(content)
    column.addWidget(panel.setup_box)
    column.addLayout(_form(panel))
    column.addWidget(panel.advanced)
    column.addWidget(_results(panel), 1)
    column.addWidget(_log(panel))
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(content)
    scroll.setMinimumWidth(0)
    whole = QWidget()
    rows = QVBoxLayout(whole)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(scroll, 1)
    rows.addWidget(panel.run_box)
    margins = column.contentsMargins()
    panel.run_box.layout().setContentsMargins(
        margins.left(), 0, margins.right(), margins.bottom()
    )
    return whole


def gear_button(panel: Any) -> QToolButton:
    """Create the button with the menu of the environment."""
    gear = QToolButton()
    gear.setObjectName("gear")
    gear.setIcon(QgsApplication.getThemeIcon("/processingAlgorithm.svg"))
    gear.setToolTip(tr("Environment: set up, examine, update, remove; demo"))
    gear.setAutoRaise(True)
    gear.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    gear.setMenu(panel.menu)
    return gear


def help_button(panel: Any) -> QToolButton:
    """Create the button that opens the help."""
    button = QToolButton()
    button.setObjectName("help")
    button.setIcon(QgsApplication.getThemeIcon("/mActionHelpContents.svg"))
    button.setToolTip(tr("Help (F1)"))
    button.setAutoRaise(True)
    button.clicked.connect(panel.open_help)
    return button


def _form(panel: Any) -> QFormLayout:
    let_shrink(panel.layer)
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    row = QHBoxLayout()
    row.addWidget(panel.layer, 1)
    row.addWidget(panel.gear)
    row.addWidget(help_button(panel))
    layer_label = QLabel(tr("La&yer"))
    layer_label.setBuddy(panel.layer)
    form.addRow(layer_label, row)
    form.addRow(panel.layer_notes)
    label = QLabel(tr("&Find"))
    label.setBuddy(panel.query.edit)
    form.addRow(label, panel.query)
    form.addRow(panel.query.plan_label)
    form.addRow(tr("&Area"), panel.area)
    panel.options.add_to(form)
    let_labels_wrap(form)
    return form


def _results(panel: Any) -> QWidget:
    box = QgsCollapsibleGroupBox(tr("Results"))
    QVBoxLayout(box).addWidget(panel.results)
    return box


def _log(panel: Any) -> QWidget:
    box = QgsCollapsibleGroupBox(tr("Log"))
    copy = QPushButton(tr("Copy the log"))
    copy.clicked.connect(panel.copy_log)
    column = QVBoxLayout(box)
    column.addWidget(panel.log)
    column.addWidget(copy)
    box.setCollapsed(True)
    return box
