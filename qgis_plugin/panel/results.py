"""Results of a run: its threshold, filters, the objects and their review."""

from __future__ import annotations

import os
from typing import List

from qgis.core import QgsVectorLayer
from qgis.gui import QgisInterface, QgsCollapsibleGroupBox
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ..core.job import SegmentOptions
from ..job_options import THRESHOLD_RANGE
from ..layers import result_layers, threshold_layers
from ..narrow import FlowLayout, ShrinkingButton, let_labels_wrap, let_shrink
from ..number_box import least_score, number_box, score_box, show_least_score
from ..review import map_style
from ..review.filters import Filters
from ..review.object_list import ObjectList
from ..review.review_box import ReviewBox
from ..review.stale_connections import make_readable, reopen
from ..translate import tr


class Results(QWidget):
    """Shows the objects of one run."""

    threshold_wanted = pyqtSignal(str, float, object)
    """Folder of the run, the new threshold, the least score (None: automatic)."""

    runs_wanted = pyqtSignal()
    """The list of finished runs is to be shown."""

    def __init__(self, iface: QgisInterface, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = ""
        self._canvas = iface.mapCanvas()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("slider")
        low, high = THRESHOLD_RANGE
        self.slider.setRange(round(100 * low), round(100 * high))
        self.slider.setPageStep(10)
        self.slider.setValue(round(100 * SegmentOptions.threshold))
        self.slider.setToolTip(
            tr("Changes the polygons shown, without searching again.")
        )
        self.box: QDoubleSpinBox = number_box(low, high, 0.05, SegmentOptions.threshold)
        self.min_score = score_box()
        self.min_score.setObjectName("results_min_score")
        let_shrink(self.box, self.min_score)
        self.note = QLabel()
        self.note.setObjectName("kept")
        self.note.setWordWrap(True)
        self.note.hide()
        self._watched: List[QgsVectorLayer] = []
        self.objects = ObjectList(self._canvas)
        self.filters = Filters()
        self.review = ReviewBox(iface, self.objects)
        self.filter_box = QgsCollapsibleGroupBox(tr("Filters"))
        QVBoxLayout(self.filter_box).addWidget(self.filters)
        self.filter_box.setCollapsed(True)
        self.folder_button = ShrinkingButton()
        self.folder_button.setObjectName("folder")
        self.folder_button.setFlat(True)
        self.folder_button.clicked.connect(self._open_folder)
        self.runs_button = ShrinkingButton(tr("Earlier searches …"))
        self.runs_button.setObjectName("runs")
        self.runs_button.clicked.connect(self.runs_wanted)
        last = QWidget()
        buttons = FlowLayout(last)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.runs_button)
        form = QFormLayout()
        form.addRow(tr("Threshold"), self.box)
        form.addRow(self.slider)
        form.addRow(tr("Least score"), self.min_score)
        let_labels_wrap(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(self.filter_box)
        layout.addWidget(self.objects, 1)
        layout.addWidget(self.review)
        layout.addWidget(last)
        self.slider.valueChanged.connect(self._slider_moved)
        self.box.valueChanged.connect(self._box_changed)
        self.min_score.valueChanged.connect(lambda _value: self._want_threshold())
        self.filters.changed.connect(self._filter)
        self.objects.table.loaded.connect(self._show_histograms)
        self.review.restyled.connect(self._filter_map)
        self.show_run("")

    @property
    def run(self) -> str:
        """Folder of the run that is shown; empty if there is none."""
        return self._run

    def show_run(self, run: str) -> None:
        """List the objects of a run and set the slider to its threshold."""
        shown = result_layers.run_layers(run) if run else []
        if run != self._run:
            self.filters.reset()
        self._run = run if shown else ""
        self._enable(bool(shown))
        if shown:
            record = result_layers.read_record(shown[0])
            self._set_threshold(record["threshold"], record.get("min_score"))
        if shown != self.objects.layers:  # else they tell of changes themselves
            self.objects.show_layers(shown)
        self._show_folder()
        self._show_kept()
        self._watch(shown)

    def show_empty(self, run: str, threshold: float, min_score: float | None) -> None:
        """Offer other thresholds of a run that has found nothing and has no layers."""
        self.show_run("")
        self._run = run
        self._enable(True)
        self._set_threshold(threshold, min_score)

    def shut_down(self) -> None:
        """Disconnect from the layers and the map."""
        self._watch([])
        self.objects.shut_down()
        self.review.shut_down()

    def enable_threshold(self, enabled: bool) -> None:
        """Enable or disable what changes the threshold."""
        for part in (self.slider, self.box, self.min_score):
            part.setEnabled(enabled and bool(self._run))

    def want(self, threshold: float, min_score: float | None) -> None:
        """Set threshold and least score as if the user had done it."""
        self._set_threshold(threshold, min_score)
        self._want_threshold()

    def _enable(self, enabled: bool) -> None:
        self.enable_threshold(enabled)
        for part in (self.objects, self.filter_box, self.review):
            part.setEnabled(enabled)

    def _watch(self, layers: List[QgsVectorLayer]) -> None:
        """Notice when these layers are edited or removed."""
        if self._watched:
            self._canvas.mapCanvasRefreshed.disconnect(self._map_drawn)
        for layer in self._watched:
            if not sip.isdeleted(layer):
                layer.editingStarted.disconnect(self._editing_started)
                layer.editingStopped.disconnect(self._show_kept)
                layer.willBeDeleted.disconnect(self._layer_goes)
        self._watched = layers
        if layers:
            self._canvas.mapCanvasRefreshed.connect(self._map_drawn)
        for layer in layers:
            layer.editingStarted.connect(self._editing_started)
            layer.editingStopped.connect(self._show_kept)
            layer.willBeDeleted.connect(self._layer_goes)

    def _editing_started(self) -> None:
        """Make sure that the layers can be read, however editing was begun."""
        for layer in self._edited():
            reopen(layer)
        self._show_kept()

    def _map_drawn(self) -> None:
        """Draw layers again that the map could not read, since editing had begun."""
        for layer in self._edited():
            make_readable(layer)

    def _edited(self) -> List[QgsVectorLayer]:
        return [
            layer
            for layer in self._watched
            if not sip.isdeleted(layer) and layer.isEditable()
        ]

    def _layer_goes(self) -> None:
        """Show nothing of layers that are removed."""
        self._run = ""
        self._enable(False)
        self._watch([])
        self.objects.show_layers([])
        self._show_folder()
        self.note.hide()

    def _show_kept(self) -> None:
        """Say which layers the slider leaves alone."""
        names = threshold_layers.kept_names(self._run) if self._run else []
        self.note.setVisible(bool(names))
        self.note.setText(
            tr(
                "Stays as it is, with your edits: {layers}. The slider changes a layer "
                "of its own."
            ).format(layers=", ".join(f"“{name}”" for name in names))
        )

    def _show_folder(self) -> None:
        self.folder_button.setVisible(bool(self._run))
        self.folder_button.setText(
            tr("Folder {name}").format(name=os.path.basename(self._run))
        )
        self.folder_button.setToolTip(self._run)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._run))

    def _show_histograms(self) -> None:
        table = self.objects.table
        self.filters.show_objects(table.scores, table.areas)
        self._filter_map()

    def _filter(self, score: float, area: float) -> None:
        self.objects.table.set_filter(score, area)
        self.review.refresh()
        self._filter_map(always=True)

    def _filter_map(self, *, always: bool = False) -> None:
        score, area = self.filters.score.value(), self.filters.area.value()
        if always or score > 0 or area > 0:
            for layer in self.objects.layers:
                map_style.show_only(layer, score, area)

    def _slider_moved(self, value: int) -> None:
        self.box.blockSignals(True)
        self.box.setValue(value / 100)
        self.box.blockSignals(False)
        self._want_threshold()

    def _box_changed(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * 100))
        self.slider.blockSignals(False)
        self._want_threshold()

    def _want_threshold(self) -> None:
        if self._run:
            self.threshold_wanted.emit(
                self._run, round(self.box.value(), 2), least_score(self.min_score)
            )

    def _set_threshold(self, threshold: float, min_score: float | None) -> None:
        for part in (self.slider, self.box):
            part.blockSignals(True)
        self.slider.setValue(round(threshold * 100))
        self.box.setValue(threshold)
        for part in (self.slider, self.box):
            part.blockSignals(False)
        show_least_score(self.min_score, min_score)
