"""Results of a run: a slider for the threshold and a list of objects."""

from __future__ import annotations

from typing import Any, List

from qgis.core import QgsFeatureRequest, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QLocale, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSlider,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..core.job import SegmentOptions
from ..job_options import THRESHOLD_RANGE
from ..layers import result_layers, threshold_layers
from ..translate import tr
from .options import number_box

MAX_LISTED = 500
"""Objects of an expression that are listed; the attribute table has all."""

FEATURE_ROLE = Qt.ItemDataRole.UserRole
"""Role of (layer id, feature id); feature id is None for the item of a layer."""


class Results(QWidget):
    """Shows the objects of one run."""

    threshold_wanted = pyqtSignal(str, float)
    """Folder of the run, the new threshold."""

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._run = ""
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
        self._label = QLabel(tr("Threshold of these results"))
        self._label.setBuddy(self.slider)
        self.note = QLabel()
        self.note.setObjectName("kept")
        self.note.setWordWrap(True)
        self.note.hide()
        self._watched: List[QgsVectorLayer] = []
        self.tree = QTreeWidget()
        self.tree.setObjectName("results")
        self.tree.setHeaderLabels([tr("Object"), tr("Score"), tr("Area (m²)")])
        self.tree.setUniformRowHeights(True)
        self.tree.setToolTip(tr("Double click or Enter zooms to the object."))
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        row = QHBoxLayout()
        row.addWidget(self.slider, 1)
        row.addWidget(self.box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label)
        layout.addLayout(row)
        layout.addWidget(self.note)
        layout.addWidget(self.tree, 1)
        self.slider.valueChanged.connect(self._slider_moved)
        self.box.valueChanged.connect(self._box_changed)
        self.tree.itemActivated.connect(self._zoom)
        self.tree.itemDoubleClicked.connect(self._zoom)
        self.show_run("")

    @property
    def run(self) -> str:
        """Folder of the run that is shown; empty if there is none."""
        return self._run

    def show_run(self, run: str) -> None:
        """List the objects of a run and set the slider to its threshold."""
        shown = result_layers.run_layers(run) if run else []
        self._run = run if shown else ""
        self.tree.clear()
        for part in (self._label, self.slider, self.box, self.tree):
            part.setEnabled(bool(shown))
        if shown:
            self._set_threshold(result_layers.read_record(shown[0])["threshold"])
        for layer in shown:
            self._list(layer, alone=len(shown) == 1)
        self._show_kept()
        self._watch(shown)

    def shut_down(self) -> None:
        """Disconnect from the layers."""
        self._watch([])

    def _watch(self, layers: List[QgsVectorLayer]) -> None:
        """Notice when these layers are edited."""
        for layer in self._watched:
            if not sip.isdeleted(layer):
                layer.editingStarted.disconnect(self._show_kept)
                layer.editingStopped.disconnect(self._show_kept)
        self._watched = layers
        for layer in layers:
            layer.editingStarted.connect(self._show_kept)
            layer.editingStopped.connect(self._show_kept)

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

    def enable_threshold(self, enabled: bool) -> None:
        """Enable or disable the slider and its box."""
        for part in (self.slider, self.box):
            part.setEnabled(enabled and bool(self._run))

    def _list(self, layer: QgsVectorLayer, *, alone: bool) -> None:
        count = result_layers.count_features(layer)
        expression = result_layers.read_record(layer)["expression"]
        top = QTreeWidgetItem([f"{expression} ({count})", "", ""])
        top.setData(0, FEATURE_ROLE, (layer.id(), None))
        top.setToolTip(0, expression)
        self.tree.addTopLevelItem(top)
        top.setFirstColumnSpanned(True)
        ranked = layer.fields().indexOf("rank") >= 0
        why = layer.fields().indexOf("why") >= 0
        wanted = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
        features = sorted(
            layer.getFeatures(wanted), key=lambda one: _sort_key(one, ranked)
        )
        for feature in features[:MAX_LISTED]:
            item = QTreeWidgetItem(
                [
                    _name(feature, ranked),
                    QLocale().toString(float(feature["score"]), "f", 2),
                    QLocale().toString(float(feature["area_m2"]), "f", 1),
                ]
            )
            for column in (1, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
            item.setData(0, FEATURE_ROLE, (layer.id(), feature.id()))
            if why:
                item.setToolTip(0, feature["why"] or "")
            top.addChild(item)
        if count > MAX_LISTED:
            more = tr("… and {count} more: see the attribute table")
            top.addChild(
                QTreeWidgetItem([more.format(count=count - MAX_LISTED), "", ""])
            )
        top.setExpanded(alone or count <= 20)

    def _zoom(self, item: QTreeWidgetItem, _column: int) -> None:
        target = item.data(0, FEATURE_ROLE)
        layer = QgsProject.instance().mapLayer(target[0]) if target else None
        if layer is None:
            return
        if target[1] is None:
            layer.updateExtents()
            extent = self._canvas.mapSettings().layerExtentToOutputExtent(
                layer, layer.extent()
            )
            if not extent.isEmpty():
                extent.scale(1.1)
                self._canvas.setExtent(extent)
                self._canvas.refresh()
            return
        ids: List[int] = [target[1]]
        self._canvas.zoomToFeatureIds(layer, ids)
        self._canvas.zoomByFactor(2.0)  # shows the surroundings
        self._canvas.flashFeatureIds(layer, ids)

    def _slider_moved(self, value: int) -> None:
        self.box.blockSignals(True)
        self.box.setValue(value / 100)
        self.box.blockSignals(False)
        self._emit_threshold(value / 100)

    def _box_changed(self, value: float) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(value * 100))
        self.slider.blockSignals(False)
        self._emit_threshold(value)

    def _emit_threshold(self, threshold: float) -> None:
        if self._run:
            self.threshold_wanted.emit(self._run, round(threshold, 2))

    def _set_threshold(self, threshold: float) -> None:
        for part in (self.slider, self.box):
            part.blockSignals(True)
        self.slider.setValue(round(threshold * 100))
        self.box.setValue(threshold)
        for part in (self.slider, self.box):
            part.blockSignals(False)


def _sort_key(feature: Any, ranked: bool) -> tuple[int, float]:
    """Sort by rank if there is one, then by descending score."""
    rank = feature["rank"] if ranked else 0
    return (rank or 1 << 30, -feature["score"])


def _name(feature: Any, ranked: bool) -> str:
    rank = feature["rank"] if ranked else 0
    name = f"#{feature['id']}"
    return tr("{rank}. place").format(rank=rank) + f" ({name})" if rank else name
