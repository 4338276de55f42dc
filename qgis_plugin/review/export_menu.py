"""The menu of what becomes of decisions: other layers and files."""

from __future__ import annotations

import os
from typing import Callable

from qgis.core import QgsFileUtils, QgsVectorLayer
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import (
    QApplication,
    QCheckBox,
    QFileDialog,
    QMenu,
    QMessageBox,
    QWidget,
)

from ..request_error import RequestError
from ..translate import tr
from . import exports

Tell = Callable[[str], None]
"""Shows one sentence."""


def fill_export_menu(
    menu: QMenu, layer: QgsVectorLayer, iface: QgisInterface, tell: Tell
) -> None:
    """Fill a menu with the exports of a layer.

    Args:
        menu: An empty menu.
        layer: Layer with decisions.
        iface: QGIS's interface, whose dialog saves layers in any format.
        tell: Shows what was done or could not be done.
    """

    def save_as() -> None:
        exports.select_accepted(layer)
        iface.setActiveLayer(layer)
        # The dialog begins with all features. It is open when the timer fires.
        QTimer.singleShot(0, lambda: _choose_selected_only(tell))
        iface.actionLayerSaveAs().trigger()

    def save_for_teaching() -> None:
        path = _ask_for_geopackage(menu, tr("All decisions, for teaching"))
        if path:
            exports.write_for_teaching(layer, path)
            tell(tr("Saved: {layer}").format(layer=path))

    def add(title: str, work: Callable[[], None], to: QMenu = menu) -> None:
        to.addAction(title).triggered.connect(lambda: _try(work, tell))

    add(tr("Save what was kept as …"), save_as)
    targets = menu.addMenu(tr("Add what was kept to"))
    for target in exports.target_layers(layer):
        add(target.name().replace("&", "&&"), _adding(layer, target, tell), targets)
    targets.setEnabled(bool(targets.actions()))
    add(tr("All decisions, for teaching …"), save_for_teaching)


def _choose_selected_only(tell: Tell) -> None:
    """Choose in QGIS's dialog that only selected features are saved."""
    dialog = QApplication.activeModalWidget()
    box = dialog.findChild(QCheckBox, "mSelectedOnly") if dialog else None
    if box is not None:
        box.setChecked(True)
        return
    tell(
        tr(
            "What was kept is selected: choose “Save only selected features” in "
            "QGIS's dialog."
        )
    )


def _ask_for_geopackage(parent: QWidget, title: str) -> str:
    """Ask where to save; empty if nowhere."""
    typed, _ = QFileDialog.getSaveFileName(parent, title, "", "GeoPackage (*.gpkg)")
    path = str(QgsFileUtils.ensureFileNameHasExtension(typed, ["gpkg"]))
    # The dialog has asked about the name as it was typed only.
    if path == typed or not os.path.exists(path):
        return path
    answer = QMessageBox.question(
        parent, title, tr("{file} exists. Replace it?").format(file=path)
    )
    return path if answer == QMessageBox.StandardButton.Yes else ""


def _adding(
    layer: QgsVectorLayer, target: QgsVectorLayer, tell: Tell
) -> Callable[[], None]:
    def add() -> None:
        count = exports.add_to(layer, target)
        tell(
            tr("{count} objects added to {layer}; save it there.").format(
                count=count, layer=target.name()
            )
        )

    return add


def _try(work: Callable[[], None], tell: Tell) -> None:
    try:
        work()
    except RequestError as error:
        tell(str(error))
