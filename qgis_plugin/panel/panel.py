"""The dock panel: widgets put together, and what happens when one is used."""

from __future__ import annotations

import os
from typing import Any, Callable

from qgis.core import Qgis, QgsMapLayer, QgsMapLayerProxyModel, QgsProject
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
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from ..core.protocol import Report
from ..expressions import expressions_in
from ..layers import export
from ..layers import result_layers as layers
from ..request_error import Refused
from ..translate import tr
from ..worker.controller import Controller, State
from . import history
from .area_chooser import AreaChooser
from .options import Advanced, Options
from .query_box import QueryBox
from .request import Question
from .results import Results
from .run_box import RunBox, clock
from .search import Outcome, Search
from .setup_notice import SetupNotice

TITLE = "RRSIS Geo"

LOG_LINES = 2000
"""Lines of the log that are kept."""

LEVELS = {
    "found": Qgis.MessageLevel.Success,
    "nothing": Qgis.MessageLevel.Info,
    "cancelled": Qgis.MessageLevel.Info,
    "failed": Qgis.MessageLevel.Warning,
}


class Panel(QgsDockWidget):
    """Ask the map."""

    def __init__(
        self,
        iface: QgisInterface,
        controller: Controller,
        find_python: Callable[[], str | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(TITLE, parent)
        self.setObjectName("rrsis_geo_panel")
        self._iface = iface
        self._controller = controller
        self._find_python = find_python
        self._asked_weights = False
        self.search = Search(controller, self)
        self.layer = QgsMapLayerComboBox()
        self.layer.setObjectName("layer")
        self.layer.setFilters(QgsMapLayerProxyModel.Filter.RasterLayer)
        self.query = QueryBox()
        self.area = AreaChooser(iface.mapCanvas())
        self.options = Options()
        self.advanced = Advanced()
        self.run_box = RunBox()
        self.results = Results(iface.mapCanvas())
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(LOG_LINES)
        self.notice = SetupNotice()
        self._put_together()
        self._connect()
        self._add_shortcuts()
        self.look_for_environment()

    def run(self) -> None:
        """Search for what is in the box, where and how it is chosen."""
        if not self.look_for_environment():
            self._say(
                "failed",
                tr("No environment is set up yet: press Set up, a few minutes do it."),
            )
            return
        try:
            question = self._question()
            self.search.run(question)
        except Refused as error:
            self._say("failed", str(error))
            return
        history.remember(question.text)

    def cancel(self) -> None:
        """Stop what is under way."""
        self.search.cancel()

    def look_for_environment(self) -> bool:
        """Whether there is an environment; the panel asks to set one up if not."""
        there = bool(self._find_python())
        self.notice.setVisible(not there)
        return there

    def close_down(self) -> None:
        """End the worker and let go of canvas and project."""
        links, self._links = self._links, []
        for signal, slot in links:
            signal.disconnect(slot)
        self.area.remove()
        self.search.close()

    def _question(self) -> Question:
        layer = self.layer.currentLayer()
        return Question(
            layer=layer,
            text=self.query.text,
            area=self.area.area(),
            weights=self.options.weights.currentText().strip() or "default",
            options={**self.options.values(), **self.advanced.values(layer)},
            folder=self.advanced.folder.filePath().strip(),
            keep_probability=self.advanced.probability.isChecked(),
        )

    def _put_together(self) -> None:
        label = QLabel(tr("&Find"))
        label.setBuddy(self.query.edit)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("La&yer"), self.layer)
        form.addRow(label, self.query)
        form.addRow(self.query.plan_label)
        form.addRow(tr("&Area"), self.area)
        self.options.add_to(form)
        found = QgsCollapsibleGroupBox(tr("Results"))
        QVBoxLayout(found).addWidget(self.results)
        log = QgsCollapsibleGroupBox(tr("Log"))
        copy = QPushButton(tr("Copy the log"))
        copy.clicked.connect(self._copy_log)
        log_column = QVBoxLayout(log)
        log_column.addWidget(self.log)
        log_column.addWidget(copy)
        log.setCollapsed(True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.addWidget(self.notice)
        column.addLayout(form)
        column.addWidget(self.advanced)
        column.addWidget(self.run_box)
        column.addWidget(found, 1)
        column.addWidget(log)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.setWidget(scroll)
        self._choose_active(self._iface.activeLayer())

    def _connect(self) -> None:
        controller = self._controller
        self._links = [
            (controller.state_changed, self._state),
            (controller.started, self.run_box.show_started),
            (controller.progressed, self.run_box.show_progress),
            (controller.told, self.tell),
            (controller.reported, self._reported),
            (self._iface.currentLayerChanged, self._choose_active),
            (QgsProject.instance().cleared, self.area.forget),
        ]
        for signal, slot in self._links:
            signal.connect(slot)
        self.run_box.run.connect(self.run)
        self.run_box.cancel.connect(self.cancel)
        self.query.settled.connect(self._explain)
        self.layer.layerChanged.connect(self._explain)
        self.results.threshold_wanted.connect(self.search.retrace)
        self.search.begun.connect(lambda: self.tell(tr("Search begun.")))
        self.search.ended.connect(self._ended)
        self.search.retraced.connect(self._retraced)
        self.search.trouble.connect(lambda text: self._say("failed", text))
        self.search.preparing.connect(self.run_box.show_preparing)
        self.notice.set_up.connect(self._set_up)
        self.advanced.collapsedStateChanged.connect(
            lambda _folded: self.advanced.show_default_folder()
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

    def _choose_active(self, layer: QgsMapLayer | None) -> None:
        """Follow the active layer: an image to search, or results to look at."""
        self.area.offer_layer(layer)
        if layer is None or self.search.running:
            return
        record = layers.record_of(layer)
        if record is not None:
            self._show_results(layer.customProperty(layers.RUN))
        elif not layer.customProperty(layers.RUN):
            self.layer.setLayer(layer)

    def _explain(self) -> None:
        question_lines = self.query.text.strip()
        if not question_lines or not self._find_python():
            self.query.show_plan("")
            return
        if not self._asked_weights:
            self._asked_weights = self._controller.ask_weights()
        weights = self.options.weights.currentText().strip() or "default"
        expressions = expressions_in(question_lines)
        self._controller.explain(expressions, self._local_scene(), weights)

    def _local_scene(self) -> str | None:
        """The layer's file, whose size decides how a question is worked out."""
        layer = self.layer.currentLayer()
        source = export.scene_of(layer) if layer is not None else None
        if source is None or source.crs or not os.path.isfile(source.path):
            return None
        return source.path

    def _reported(self, kind: str, report: Report) -> None:
        if kind == "explain":
            self.query.show_plan(plan_in_words(report))
        elif kind == "weights":
            self.options.offer_weights(weights_offered(report))
        else:
            self.tell(report.text)

    def _state(self, state: State) -> None:
        self.run_box.show_state(state)
        tracing = self._controller.busy and not self.search.running
        if tracing and state is not State.IDLE:
            self.run_box.say(tr("Tracing polygons at the new threshold …"))
        self.results.allow_threshold(not self.search.running)

    def _ended(self, outcome: Outcome) -> None:
        self.run_box.show_state(State.IDLE)
        if outcome.kind in ("found", "nothing"):
            self._show_results(outcome.run)
        self._say(outcome.kind, outcome.text)

    def _retraced(self, run: str) -> None:
        self.results.show_run(run)
        shown = layers.layers_of(run)
        count = sum(layers.count(layer) for layer in shown)
        self.run_box.say(
            tr("Threshold {threshold}: {count} objects").format(
                threshold=layers.record_of(shown[0])["threshold"] if shown else "",
                count=count,
            )
        )

    def _show_results(self, run: str) -> None:
        if run != self.results.run or not self._controller.busy:
            self.results.show_run(run)

    def _say(self, kind: str, text: str) -> None:
        """One sentence: under the buttons, in QGIS's message bar, in the log."""
        self.run_box.say(text)
        self.tell(text)
        self._iface.messageBar().pushMessage(TITLE, text, LEVELS[kind])

    def tell(self, line: str) -> None:
        """Add a line to the log."""
        self.log.appendPlainText(f"{clock()}  {line}")

    def _copy_log(self) -> None:
        QApplication.clipboard().setText(self.log.toPlainText())

    def _set_up(self) -> None:
        if self.notice.open_dialog(self._iface.mainWindow()):
            self._controller.restart()
        self.look_for_environment()
        self._explain()


def plan_in_words(report: Report) -> str:
    """A line for each expression, with its notes; only the plan where there is one."""
    rows = report.payload.get("questions", [])
    alone = len(rows) == 1
    lines = []
    for row in rows:
        words = row["words"]
        lines.append(words if alone else f"{row['expression']}: {words}")
        lines += row["notes"]
    return "\n".join(lines) if rows else report.text


def weights_offered(report: Report) -> dict[str, Any]:
    """Name -> what they are, of the answer to `Weights`."""
    rows = report.payload.get("weights", [])
    return {row["name"]: row.get("description", "") for row in rows} or {"default": ""}
