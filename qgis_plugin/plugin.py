"""What QGIS loads: an action, the panel behind it, the Processing provider."""

from __future__ import annotations

import os

from qgis.core import QgsApplication
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .translate import load_translator, tr

HERE = os.path.dirname(__file__)
MENU = "RRSIS Geo"


class RRSISGeoPlugin:
    """Everything that QGIS sees of this plugin; `unload` takes all of it away."""

    def __init__(self, iface: QgisInterface | None) -> None:
        self._iface = iface
        self._translator = load_translator(os.path.join(HERE, "i18n"))
        self._action: QAction | None = None
        self._panel = None
        self._provider = None

    def initProcessing(self) -> None:  # the name is QGIS's
        """Register the algorithms; all that qgis_process asks for."""
        from .algorithms.provider import (
            RRSISGeoProvider,  # Processing may be switched off
        )

        self._provider = RRSISGeoProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # the name is QGIS's
        """Add the action and the algorithms; the panel is made when first shown."""
        icon = QIcon(os.path.join(HERE, "icon.svg"))
        self._action = QAction(icon, tr("Ask the map …"), self._iface.mainWindow())
        self._action.setObjectName("rrsis_geo_action")
        self._action.setCheckable(True)
        self._action.setToolTip(tr("Find things in an image by describing them"))
        self._action.triggered.connect(self._toggle)
        self._iface.addToolBarIcon(self._action)
        self._iface.addPluginToRasterMenu(MENU, self._action)
        QCoreApplication.instance().aboutToQuit.connect(self._quit)
        self.initProcessing()

    def unload(self) -> None:
        """Leave nothing behind: no process, action, panel, provider or translator."""
        if self._action is not None:
            QCoreApplication.instance().aboutToQuit.disconnect(self._quit)
            self._iface.removePluginRasterMenu(MENU, self._action)
            self._iface.removeToolBarIcon(self._action)
            self._action.deleteLater()
            self._action = None
        if self._panel is not None:
            self._panel.close_down()
            self._iface.removeDockWidget(self._panel)
            self._panel.deleteLater()
            self._panel = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    @property
    def panel(self) -> object:
        """The dock widget; None until it is first shown."""
        return self._panel

    def show_panel(self) -> object:
        """Make the panel where there is none yet, and show it."""
        if self._panel is None:
            from .find_python import find_python
            from .panel.panel import Panel
            from .worker.controller import Controller  # not at QGIS's start

            window = self._iface.mainWindow()
            self._panel = Panel(
                self._iface, Controller(find_python), find_python, window
            )
            area = Qt.DockWidgetArea.RightDockWidgetArea
            self._iface.addDockWidget(area, self._panel)
            self._panel.visibilityChanged.connect(self._action.setChecked)
        self._panel.show()
        self._panel.raise_()
        self._panel.query.edit.setFocus()
        return self._panel

    def _toggle(self, wanted: bool) -> None:
        if wanted:
            self.show_panel()
        elif self._panel is not None:
            self._panel.hide()

    def _quit(self) -> None:
        """QGIS ends, perhaps without unloading plugins: no process may stay."""
        if self._panel is not None:
            self._panel.search.end_worker()
