"""The dock panel: its widgets, and their connections."""

from __future__ import annotations

import os
import time
from typing import Callable

from qgis.core import (
    Qgis,
    QgsMapLayer,
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgisInterface, QgsDockWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QKeySequence
from qgis.PyQt.QtWidgets import (
    QApplication,
    QPlainTextEdit,
    QShortcut,
    QWidget,
)

from ..core.protocol import Report
from ..environment.managed_environment import READY
from ..expressions import parse_expressions
from ..find_python import environment_condition
from ..layers import result_layers
from ..layers.export import find_source
from ..request_error import RequestError
from ..runs.run_dialog import RunDialog
from ..runs.run_folders import RemovedRuns
from ..setup.demo_scene import DemoScene, add_demo
from ..setup.environment_menu import EnvironmentMenu
from ..setup.environment_setup import EnvironmentSetup
from ..setup.setup_box import SetupBox
from ..translate import tr
from ..worker.controller import Controller, State
from .area.area_chooser import AreaChooser
from .layer_notes import LayerNotes
from .layout import gear_button, lay_out
from .offers import Offers
from .options import AdvancedOptions, Options
from .question import history
from .question.known_things import KnownThings
from .question.query_box import QueryBox, answers, doubtful_words, plan_text
from .request import NoPlace, SearchRequest, default_folder
from .results import Results
from .run_box import RunBox
from .search import Outcome, Search

TITLE = "RRSIS Geo"

HELP = "https://github.com/rrsis-geo/rrsis-geo/blob/main/docs/qgis.md"
"""Address of the help."""

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
        self.run_box = RunBox(lambda: self.search.unasked)
        self.results = Results(iface)
        self.area.result_layers = lambda: self.results.objects.layers
        self.offers = Offers(iface, self.run_box, self.results)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(LOG_LINES)
        self.environment = setup
        self.demo = DemoScene(self)
        self.setup_box = SetupBox(setup)
        self.removed_runs = RemovedRuns(self)
        self._runs: RunDialog | None = None
        self._known: KnownThings | None = None
        self.menu = EnvironmentMenu(setup, self.open_demo, self)
        self.layer_notes = LayerNotes(
            iface.mapCanvas(), self.options, self.advanced, self.area, self.query
        )
        self.gear = gear_button(self)
        self.setWidget(lay_out(self))
        self._connect()
        self._layer_changed(self.layer.currentLayer())
        self._active_layer_changed(iface.activeLayer())
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
            if isinstance(error, NoPlace):
                self.offers.georeference()
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

    def show_runs(self) -> None:
        """Show the finished runs."""
        if self._runs is None:
            self._runs = RunDialog(self)
            self._runs.reopened.connect(self._show_results)
        self._runs.refresh()
        self._runs.show()
        self._runs.raise_()

    def open_help(self) -> None:
        """Open the help in the browser."""
        QDesktopServices.openUrl(QUrl(HELP))

    def copy_log(self) -> None:
        """Copy the log into the clipboard."""
        QApplication.clipboard().setText(self.log.toPlainText())

    def shut_down(self) -> None:
        """End the worker and disconnect from canvas and project."""
        connections, self._connections = self._connections, []
        for signal, slot in connections:
            signal.disconnect(slot)
        self.area.remove()
        self.layer_notes.shut_down()
        self.removed_runs.shut_down()
        for dialog in (self._runs, self._known):
            if dialog is not None:
                dialog.close()
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
            tile_gsd=self.layer_notes.gsd,
        )

    def _connect(self) -> None:
        controller, search = self._controller, self.search
        # what outlives the panel: `shut_down` disconnects it
        self._connections = [
            (controller.state_changed, self._state_changed),
            (controller.started, self.run_box.show_started),
            (controller.progressed, self.run_box.show_progress),
            (controller.logged, self.append_log),
            (controller.reported, self._show_report),
            (self._iface.currentLayerChanged, self._active_layer_changed),
            (QgsProject.instance().cleared, self._project_cleared),
            (self.environment.changing, controller.restart),
            (self.environment.ready, self._environment_ready),
        ]
        parts = [
            (self.run_box.run, self.run),
            (self.run_box.cancel, self.cancel),
            (self.query.edited, self._explain),
            (self.query.edited, self.layer_notes.refresh),
            (self.query.known_wanted, self.show_known),
            (self.layer.layerChanged, self._layer_changed),
            (self.results.threshold_wanted, search.change_threshold),
            (self.results.runs_wanted, self.show_runs),
            (self.results.review.message, self.run_box.set_status),
            (search.started, lambda: self.append_log(tr("Search begun."))),
            (search.ended, self._ended),
            (search.threshold_changed, self._show_threshold),
            (search.warning, lambda text: self._show_message("failed", text)),
            (search.fetching, self.run_box.show_fetching),
            (search.faint_found, self.offers.show_faint),
            (self.removed_runs.removed, self.offers.discard),
            (self.setup_box.demo_wanted, self.open_demo),
            (self.setup_box.question, self.ask),
            (self.setup_box.others_wanted, self.menu.show_others),
            (self.demo.drawn, self._show_demo),
            (self.demo.failed, self.setup_box.show_failure),
            (self.visibilityChanged, lambda _shown: self.setup_box.refresh()),
            (
                self.advanced.collapsedStateChanged,
                lambda _collapsed: self.advanced.show_default_folder(),
            ),
        ]
        for signal, slot in (*self._connections, *parts):
            signal.connect(slot)
        self.environment.in_use = lambda: controller.busy

    def _add_shortcuts(self) -> None:
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, slot in (
            ("Ctrl+Return", self.run),
            ("Ctrl+Enter", self.run),
            ("Esc", self.cancel),
            ("F1", self.open_help),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(within)
            shortcut.activated.connect(slot)

    def _layer_changed(self, layer: QgsMapLayer | None) -> None:
        self.area.offer_for(layer)
        self.layer_notes.show_layer(layer)
        self._explain()

    def _project_cleared(self) -> None:
        """Show nothing of the project before."""
        self.area.start_anew()
        self.results.show_run("")
        if not self.search.running:
            self.run_box.set_status("")

    def _active_layer_changed(self, layer: QgsMapLayer | None) -> None:
        """Select the active layer, or show its results if it has some."""
        self.area.select_layer(layer)
        if layer is None or self.search.running:
            return
        run = layer.customProperty(result_layers.RUN)
        if result_layers.read_record(layer) is not None:
            self._show_results(run)
        elif isinstance(layer, QgsRasterLayer) and not run:
            self.layer.setLayer(layer)

    def show_known(self) -> None:
        """Show what the chosen weights know."""
        if self._known is None:
            self._known = KnownThings(self)
            self._known.chosen.connect(self.query.set_query)
        self._known.show_entry(self.options.chosen_weights(), self.options.entry())
        if not self.options.entry():
            self._weights_requested = self._controller.request_weights()
        self._known.show()
        self._known.raise_()

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
            if answers(report, parse_expressions(self.query.text)):
                self.query.show_plan(plan_text(report))
                self.query.mark_words(doubtful_words(report))
        else:
            self.options.set_weights(report.payload.get("weights", []))
            self.layer_notes.refresh()
            if self._known is not None:
                self._known.show_entry(
                    self.options.chosen_weights(), self.options.entry()
                )

    def _state_changed(self, state: State) -> None:
        self.run_box.show_state(state)
        waiting = self.search.running or self.search.unasked
        if self._controller.busy and not waiting and state is not State.IDLE:
            self.run_box.set_status(tr("Tracing polygons at the new threshold …"))
        self.results.enable_threshold(not self.search.running)

    def _ended(self, outcome: Outcome) -> None:
        self.run_box.show_state(State.IDLE)
        self.results.enable_threshold(True)
        if outcome.kind == "found":
            self._show_results(outcome.run)
        elif outcome.kind == "nothing":
            options = self.options.values()
            self.results.show_empty(
                outcome.run, options["threshold"], options["min_score"]
            )
        self._show_message(outcome.kind, outcome.text)

    def _show_threshold(self, run: str) -> None:
        self.results.show_run(run)
        shown = result_layers.run_layers(run)
        if not shown:  # the user has removed them meanwhile
            self.run_box.set_status("")
            return
        count = sum(result_layers.count_features(layer) for layer in shown)
        self.run_box.set_status(
            tr("Threshold {threshold}: {count} objects").format(
                threshold=result_layers.read_record(shown[0])["threshold"],
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

    def _has_environment(self) -> bool:
        return bool(self._find_python()) and environment_condition() == READY

    def _environment_ready(self) -> None:
        self._weights_requested = False
        self.append_log(tr("The environment is ready."))
        self._explain()

    def _show_demo(self, path: str) -> None:
        """Show the demo scene on the map, and questions to it in the panel."""
        layer = add_demo(path, self._iface.mapCanvas())
        if layer is None:
            self.setup_box.show_failure(
                tr("The demo scene {file} cannot be opened.").format(file=path)
            )
            return
        self.layer.setLayer(layer)
        self.setup_box.show_questions()
