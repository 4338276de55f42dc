"""The plugin as QGIS loads it: an action, its panel and the Processing provider."""

from __future__ import annotations

import os

from qgis.core import QgsApplication
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QAction

from .icon import plugin_icon
from .translate import load_translator, tr

TRANSLATIONS = os.path.join(os.path.dirname(__file__), "i18n")
MENU = "RRSIS Geo"


class RRSISGeoPlugin:
    """All objects that the plugin adds to QGIS; `unload` removes them."""

    def __init__(self, iface: QgisInterface | None) -> None:
        self._iface = iface
        self._translator = load_translator(TRANSLATIONS)
        self._action: QAction | None = None
        self._panel = None
        self._setup = None
        self._environment_action: QAction | None = None
        self._menu = None
        self._provider = None

    def initProcessing(self) -> None:  # the name is QGIS's
        """Register the algorithms; qgis_process calls nothing else."""
        from .algorithms.provider import (
            RRSISGeoProvider,  # Processing may be switched off
        )

        self._provider = RRSISGeoProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # the name is QGIS's
        """Add the action and the algorithms; the panel is created when first shown."""
        self._action = QAction(
            plugin_icon(), tr("Ask the map …"), self._iface.mainWindow()
        )
        self._action.setObjectName("rrsis_geo_action")
        self._action.setCheckable(True)
        self._action.setToolTip(tr("Find things in an image by describing them"))
        self._action.triggered.connect(self._toggle)
        self._iface.addToolBarIcon(self._action)
        self._iface.addPluginToRasterMenu(MENU, self._action)
        self._add_environment_menu()
        QCoreApplication.instance().aboutToQuit.connect(self._quit)
        self.initProcessing()

    def unload(self) -> None:
        """Remove process, action, panel, provider and translator."""
        if self._action is not None:
            QCoreApplication.instance().aboutToQuit.disconnect(self._quit)
            self._iface.removePluginRasterMenu(MENU, self._action)
            self._iface.removeToolBarIcon(self._action)
            self._action.deleteLater()
            self._action = None
        if self._environment_action is not None:
            self._iface.removePluginRasterMenu(MENU, self._environment_action)
            self._menu.close_windows()
            self._menu.deleteLater()
            self._environment_action.deleteLater()
            self._menu = self._environment_action = None
        if self._panel is not None:
            self._panel.shut_down()
            self._iface.removeDockWidget(self._panel)
            self._panel.deleteLater()
            self._panel = None
        if self._setup is not None:
            self._setup.shut_down()
            self._setup = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    def show_panel(self) -> object:
        """Show the panel; it is created the first time."""
        if self._panel is None:
            from .find_python import find_python
            from .panel.panel import Panel
            from .worker.controller import Controller  # keeps QGIS's start fast

            window = self._iface.mainWindow()
            self._panel = Panel(
                self._iface, Controller(find_python), find_python, self._setup, window
            )
            area = Qt.DockWidgetArea.RightDockWidgetArea
            self._iface.addDockWidget(area, self._panel)
            self._panel.visibilityChanged.connect(self._action.setChecked)
        self._panel.show()
        self._panel.raise_()
        self._panel.query.edit.setFocus()
        return self._panel

    def _add_environment_menu(self) -> None:
        """Add the menu of the gear, which works without the panel too."""
        from .setup.environment_menu import EnvironmentMenu
        from .setup.environment_setup import EnvironmentSetup  # after the translator

        window = self._iface.mainWindow()
        self._setup = EnvironmentSetup()
        self._menu = EnvironmentMenu(
            self._setup, self._open_demo, window, before=self.show_panel
        )
        self._environment_action = QAction(tr("Environment"), window)
        self._environment_action.setObjectName("rrsis_geo_environment")
        self._environment_action.setMenu(self._menu)
        self._iface.addPluginToRasterMenu(MENU, self._environment_action)

    def _open_demo(self) -> None:
        self.show_panel().open_demo()

    def _toggle(self, checked: bool) -> None:
        if checked:
            self.show_panel()
        elif self._panel is not None:
            self._panel.hide()

    def _quit(self) -> None:
        """End all processes, since QGIS may quit without unloading its plugins."""
        if self._panel is not None:
            self._panel.search.end_worker()
            self._panel.demo.close()
        if self._setup is not None:
            self._setup.shut_down()
