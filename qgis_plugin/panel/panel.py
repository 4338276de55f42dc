"""The dock panel: its widgets, and their connections."""

from __future__ import annotations

import os
import time
from typing import Callable

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import (
    QgisInterface,
    QgsCollapsibleGroupBox,
    QgsDockWidget,
    QgsMapLayerComboBox,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QApplication,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QShortcut,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.protocol import Report
from ..environment.managed_environment import READY
from ..expressions import parse_expressions
from ..find_python import environment_condition
from ..layers import result_layers
from ..layers.export import find_source
from ..request_error import RequestError
from ..setup.demo_scene import DemoScene
from ..setup.environment_menu import EnvironmentMenu
from ..setup.environment_setup import EnvironmentSetup
from ..setup.setup_box import SetupBox
from ..translate import tr
from ..worker.controller import Controller, State
from . import history
from .area_chooser import AreaChooser
from .options import AdvancedOptions, Options, describe_weights
from .query_box import QueryBox, plan_text
from .request import SearchRequest, default_folder
from .results import Results
from .run_box import RunBox
from .search import Outcome, Search

TITLE = "RRSIS Geo"

LOG_LINES = 2000
"""Lines that the log keeps."""

LEVELS = {
    "found": Qgis.MessageLevel.Success,
    "nothing": Qgis.MessageLevel.Info,
    "cancelled": Qgis.MessageLevel.Info,
    "failed": Qgis.MessageLevel.Warning,
}


class Panel(QgsDockWidget):
    """The panel of the plugin."""

    def __init__(
        self,
        iface: QgisInterface,
        controller: Controller,
        find_python: Callable[[], str | None],
        setup: EnvironmentSetup,
        parent: QWidget | None = None,
    ) -> None:
        """Create the panel.

        Args:
            iface: QGIS's interface.
            controller: Runs the jobs.
            find_python: Returns the interpreter, None without one.
            setup: Sets up the environment.
            parent: QGIS's window.
        """
        super().__init__(TITLE, parent)
        self.setObjectName("rrsis_geo_panel")
        self._iface = iface
        self._controller = controller
        self._find_python = find_python
        self._weights_requested = False
        self.search = Search(controller, self)
        self.layer = QgsMapLayerComboBox()
        self.layer.setObjectName("layer")
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.query = QueryBox()
        self.area = AreaChooser(iface.mapCanvas())
        self.options = Options()
        self.advanced = AdvancedOptions()
        self.run_box = RunBox()
        self.results = Results(iface.mapCanvas())
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(LOG_LINES)
        self.environment = setup
        self.demo = DemoScene(self)
        self.setup_box = SetupBox(setup)
        self.menu = EnvironmentMenu(setup, self.open_demo, self)
        self.gear = QToolButton()
        self.gear.setObjectName("gear")
        self._build_layout()
        self._connect()
        self._add_shortcuts()
        setup.look()

    def run(self) -> None:
        """Start a search with the chosen options."""
        if not self._has_environment():
            self.setup_box.refresh()
            self._show_message(
                "failed",
                tr("No environment is set up yet: press Set up, a few minutes do it."),
            )
            return
        try:
            request = self._request()
            self.search.run(request)
        except RequestError as error:
            self._show_message("failed", str(error))
            return
        history.add(request.text)

    def cancel(self) -> None:
        """Cancel the search."""
        self.search.cancel()

    def open_demo(self) -> None:
        """Open the demo scene; it is drawn first where it is not there."""
        self.show()
        python = self._find_python()
        if not python or not self._has_environment():
            self.setup_box.refresh()
            return
        self.setup_box.show_drawing()
        self.demo.open(python, os.path.join(default_folder(), "demo"))

    def ask(self, question: str) -> None:
        """Search the layer for a question."""
        self.query.set_query(question)
        self.run()

    def shut_down(self) -> None:
        """End the worker and disconnect from canvas and project."""
        connections, self._connections = self._connections, []
        for signal, slot in connections:
            signal.disconnect(slot)
        self.area.remove()
        self.results.shut_down()
        self.demo.close()
        self.menu.close_windows()
        self.search.close()

    def _request(self) -> SearchRequest:
        layer = self.layer.currentLayer()
        return SearchRequest(
            layer=layer,
            text=self.query.text,
            area=self.area.area(),
            weights=self.options.chosen_weights(),
            options={**self.options.values(), **self.advanced.values(layer)},
            folder=self.advanced.folder.filePath().strip(),
            keep_probability=self.advanced.probability.isChecked(),
        )

    def _build_layout(self) -> None:
        label = QLabel(tr("&Find"))
        label.setBuddy(self.query.edit)
        self.gear.setIcon(QgsApplication.getThemeIcon("/processingAlgorithm.svg"))
        self.gear.setToolTip(tr("Environment: set up, examine, update, remove; demo"))
        self.gear.setAutoRaise(True)
        self.gear.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.gear.setMenu(self.menu)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        layer_row = QHBoxLayout()
        layer_row.addWidget(self.layer, 1)
        layer_row.addWidget(self.gear)
        layer_label = QLabel(tr("La&yer"))
        layer_label.setBuddy(self.layer)
        form.addRow(layer_label, layer_row)
        form.addRow(label, self.query)
        form.addRow(self.query.plan_label)
        form.addRow(tr("&Area"), self.area)
        self.options.add_to(form)
        results = QgsCollapsibleGroupBox(tr("Results"))
        QVBoxLayout(results).addWidget(self.results)
        log = QgsCollapsibleGroupBox(tr("Log"))
        copy = QPushButton(tr("Copy the log"))
        copy.clicked.connect(self._copy_log)
        log_column = QVBoxLayout(log)
        log_column.addWidget(self.log)
        log_column.addWidget(copy)
        log.setCollapsed(True)
        content = QWidget()
        column = QVBoxLayout(content)
        column.addWidget(self.setup_box)
        column.addLayout(form)
        column.addWidget(self.advanced)
        column.addWidget(self.run_box)
        column.addWidget(results, 1)
        column.addWidget(log)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        self.setWidget(scroll)
        self._active_layer_changed(self._iface.activeLayer())

    def _connect(self) -> None:
        controller = self._controller
        self._connections = [
            (controller.state_changed, self._state_changed),
            (controller.started, self.run_box.show_started),
            (controller.progressed, self.run_box.show_progress),
            (controller.logged, self.append_log),
            (controller.reported, self._show_report),
            (self._iface.currentLayerChanged, self._active_layer_changed),
            (QgsProject.instance().cleared, self.area.clear),
            (self.environment.changing, controller.restart),
            (self.environment.ready, self._environment_ready),
        ]
        for signal, slot in self._connections:
            signal.connect(slot)
        self.run_box.run.connect(self.run)
        self.run_box.cancel.connect(self.cancel)
        self.query.edited.connect(self._explain)
        self.layer.layerChanged.connect(self._explain)
        self.results.threshold_wanted.connect(self.search.change_threshold)
        self.search.started.connect(lambda: self.append_log(tr("Search begun.")))
        self.search.ended.connect(self._ended)
        self.search.threshold_changed.connect(self._show_threshold)
        self.search.warning.connect(lambda text: self._show_message("failed", text))
        self.search.fetching.connect(self.run_box.show_fetching)
        self.environment.in_use = lambda: controller.busy
        self.setup_box.demo_wanted.connect(self.open_demo)
        self.setup_box.question.connect(self.ask)
        self.setup_box.others_wanted.connect(self.menu.show_others)
        self.demo.drawn.connect(self._show_demo)
        self.demo.failed.connect(self.setup_box.show_failure)
        self.visibilityChanged.connect(lambda _shown: self.setup_box.refresh())
        self.advanced.collapsedStateChanged.connect(
            lambda _collapsed: self.advanced.show_default_folder()
        )

    def _add_shortcuts(self) -> None:
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, slot in (
            ("Ctrl+Return", self.run),
            ("Ctrl+Enter", self.run),
            ("Esc", self.cancel),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(within)
            shortcut.activated.connect(slot)

    def _active_layer_changed(self, layer: QgsMapLayer | None) -> None:
        """Select the active layer, or show its results if it has some."""
        self.area.select_layer(layer)
        if layer is None or self.search.running:
            return
        record = result_layers.read_record(layer)
        if record is not None:
            self._show_results(layer.customProperty(result_layers.RUN))
        elif not layer.customProperty(result_layers.RUN):
            self.layer.setLayer(layer)

    def _explain(self) -> None:
        expressions = parse_expressions(self.query.text)
        if not self.query.text.strip() or not self._has_environment():
            self.query.show_plan("")
            return
        if not self._weights_requested:
            self._weights_requested = self._controller.request_weights()
        weights = self.options.chosen_weights()
        self._controller.explain(expressions, self._local_scene(), weights)

    def _local_scene(self) -> str | None:
        """Return the layer's local file, whose size the plan depends on."""
        layer = self.layer.currentLayer()
        source = find_source(layer) if layer is not None else None
        if source is None or source.crs or not os.path.isfile(source.path):
            return None
        return source.path

    def _show_report(self, kind: str, report: Report) -> None:
        if kind == "explain":
            self.query.show_plan(plan_text(report))
        else:
            self.options.set_weights(describe_weights(report))

    def _state_changed(self, state: State) -> None:
        self.run_box.show_state(state)
        tracing = self._controller.busy and not self.search.running
        if tracing and state is not State.IDLE:
            self.run_box.set_status(tr("Tracing polygons at the new threshold …"))
        self.results.enable_threshold(not self.search.running)

    def _ended(self, outcome: Outcome) -> None:
        self.run_box.show_state(State.IDLE)
        if outcome.kind in ("found", "nothing"):
            self._show_results(outcome.run)
        self._show_message(outcome.kind, outcome.text)

    def _show_threshold(self, run: str) -> None:
        self.results.show_run(run)
        shown = result_layers.run_layers(run)
        count = sum(result_layers.count_features(layer) for layer in shown)
        self.run_box.set_status(
            tr("Threshold {threshold}: {count} objects").format(
                threshold=result_layers.read_record(shown[0])["threshold"]
                if shown
                else "",
                count=count,
            )
        )

    def _show_results(self, run: str) -> None:
        if run != self.results.run or not self._controller.busy:
            self.results.show_run(run)

    def _show_message(self, kind: str, text: str) -> None:
        """Show a sentence in status line, message bar and log."""
        self.run_box.set_status(text)
        self.append_log(text)
        self._iface.messageBar().pushMessage(TITLE, text, LEVELS[kind])

    def append_log(self, line: str) -> None:
        """Add a line with the time of day to the log."""
        self.log.appendPlainText(f"{time.strftime('%H:%M:%S')}  {line}")

    def _copy_log(self) -> None:
        QApplication.clipboard().setText(self.log.toPlainText())

    def _has_environment(self) -> bool:
        return bool(self._find_python()) and environment_condition() == READY

    def _environment_ready(self) -> None:
        self._weights_requested = False
        self.append_log(tr("The environment is ready."))
        self._explain()

    def _show_demo(self, path: str) -> None:
        """Show the demo scene on the map, and questions to it in the panel."""
        name = tr("Demo scene")
        found = [
            layer
            for layer in QgsProject.instance().mapLayers().values()
            if isinstance(layer, QgsRasterLayer) and layer.source() == path
        ]
        layer = found[0] if found else QgsRasterLayer(path, name, "gdal")
        if not layer.isValid():
            self.setup_box.show_failure(
                tr("The demo scene {file} cannot be opened.").format(file=path)
            )
            return
        if not found:
            QgsProject.instance().addMapLayer(layer)
        self.layer.setLayer(layer)
        canvas = self._iface.mapCanvas()
        settings = canvas.mapSettings()
        canvas.setExtent(settings.layerExtentToOutputExtent(layer, layer.extent()))
        canvas.refresh()
        self.setup_box.show_questions()
