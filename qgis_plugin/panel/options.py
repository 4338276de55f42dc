"""How to look: weights, threshold, minimum area, and what is folded away."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from qgis.core import QgsMapLayer, QgsSettings
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from ..core.job import DEVICES, SegmentOptions
from ..translate import tr
from .request import default_folder

FOLDER_KEY = "rrsis_geo/output_folder"
DEFAULT = SegmentOptions()


class Options:
    """What is always visible: weights, threshold, minimum area."""

    def __init__(self) -> None:
        self.weights = QComboBox()
        self.weights.setObjectName("weights")
        self.weights.setEditable(True)
        self.weights.addItem("default")
        self.weights.setToolTip(
            tr("Name of the network's weights, or the path of a weights file.")
        )
        self.threshold = number(0.01, 0.99, 0.05, DEFAULT.threshold)
        self.threshold.setObjectName("threshold")
        self.threshold.setToolTip(
            tr("Pixels with a higher probability belong to an object.")
        )
        self.min_area = number(0, 1e9, 5, DEFAULT.min_area, suffix=tr(" m²"))
        self.min_area.setObjectName("min_area")
        self.min_area.setDecimals(1)
        self.min_area.setToolTip(tr("Smaller polygons are dropped."))

    def add_to(self, form: QFormLayout) -> None:
        """Put the boxes into a form, a row each."""
        form.addRow(tr("Wei&ghts"), self.weights)
        form.addRow(tr("&Threshold"), self.threshold)
        form.addRow(tr("Mi&nimum area"), self.min_area)

    def offer_weights(self, names: Mapping[str, str]) -> None:
        """Fill the list of weights: name -> what it is."""
        chosen = self.weights.currentText()
        self.weights.clear()
        for name, about in names.items():
            self.weights.addItem(name)
            self.weights.setItemData(
                self.weights.count() - 1, about, Qt.ItemDataRole.ToolTipRole
            )
        self.weights.setEditText(chosen)

    def values(self) -> Dict[str, Any]:
        """Fields of `SegmentOptions`."""
        return {
            "threshold": round(self.threshold.value(), 3),
            "min_area": self.min_area.value(),
        }


class Advanced(QgsCollapsibleGroupBox):
    """What is folded away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Advanced"), parent)
        self.setObjectName("advanced")
        self.gsd = number(0, 1000, 0.1, 0, suffix=tr(" m"))
        self.gsd.setDecimals(3)
        self.gsd.setSpecialValueText(tr("as the weights were trained"))
        self.gsd.setToolTip(tr("Metres on the ground of one pixel the network sees."))
        self.overlap = QSpinBox()
        self.overlap.setRange(0, DEFAULT.window_size - 1)
        self.overlap.setValue(DEFAULT.overlap)
        self.overlap.setSuffix(tr(" pixels"))
        self.overlap.setToolTip(tr("How much neighbouring windows share."))
        self.simplify = number(0, 1000, 0.1, DEFAULT.simplify, suffix=tr(" m"))
        self.simplify.setToolTip(
            tr("Outlines may move by this much, for fewer corners.")
        )
        self.fill_holes = number(0, 1e9, 5, DEFAULT.fill_holes, suffix=tr(" m²"))
        self.fill_holes.setToolTip(tr("Smaller holes in polygons are filled."))
        self.split = choices({tr("automatic"): None, tr("yes"): True, tr("no"): False})
        self.split.setToolTip(
            tr("Part objects that touch, such as houses in a row; automatic: by kind.")
        )
        self.resolve = choices(
            {
                tr("automatic"): "auto",
                tr("by the network, in each window"): "network",
                tr("by geometry, over the whole layer"): "scene",
            }
        )
        self.resolve.setToolTip(
            tr("Who decides about words such as “the largest” or “near the road”.")
        )
        self.device = choices(
            {tr("automatic") if name == "auto" else name: name for name in DEVICES}
        )
        self.displayed = QCheckBox(tr("&Bands as displayed"))
        self.displayed.setToolTip(
            tr(
                "Show the network the bands that the layer's style shows as red, green "
                "and blue, instead of those the file names so."
            )
        )
        self.probability = QCheckBox(tr("Probability as a layer"))
        self.probability.setChecked(True)
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.lineEdit().setPlaceholderText(default_folder())
        self.folder.setFilePath(QgsSettings().value(FOLDER_KEY, "", type=str))
        self.folder.fileChanged.connect(self._keep_folder)
        form = QFormLayout(self)
        form.addRow(tr("Resolution"), self.gsd)
        form.addRow(tr("Overlap"), self.overlap)
        form.addRow(tr("Simplify"), self.simplify)
        form.addRow(tr("Fill holes below"), self.fill_holes)
        form.addRow(tr("Part touching objects"), self.split)
        form.addRow(tr("Which one is meant"), self.resolve)
        form.addRow(tr("Device"), self.device)
        form.addRow(tr("Output folder"), self.folder)
        form.addRow(self.displayed)
        form.addRow(self.probability)
        self.setCollapsed(True)

    def values(self, layer: QgsMapLayer | None) -> Dict[str, Any]:
        """Fields of `SegmentOptions`, for this layer."""
        chosen = {
            "overlap": self.overlap.value(),
            "simplify": self.simplify.value(),
            "fill_holes": self.fill_holes.value(),
            "split": self.split.currentData(),
            "resolve": self.resolve.currentData(),
            "device": self.device.currentData(),
        }
        if self.gsd.value() > 0:
            chosen["gsd"] = self.gsd.value()
        bands = displayed_bands(layer) if self.displayed.isChecked() else ()
        if bands:
            chosen["bands"] = bands
        return chosen

    def show_default_folder(self) -> None:
        """Say where results go, which depends on the project."""
        self.folder.lineEdit().setPlaceholderText(default_folder())

    def _keep_folder(self, path: str) -> None:
        QgsSettings().setValue(FOLDER_KEY, path)


def displayed_bands(layer: QgsMapLayer | None) -> tuple[int, ...]:
    """Bands that the style shows, one or three; () where it shows something else."""
    renderer = layer.renderer() if layer is not None else None
    bands = tuple(renderer.usesBands()) if renderer is not None else ()
    bands = tuple(band for band in bands if band > 0)
    return bands if len(bands) in (1, 3) else ()


def choices(values: Mapping[str, Any]) -> QComboBox:
    """A box of choices: what is read -> its data."""
    box = QComboBox()
    for text, value in values.items():
        box.addItem(text, value)
    return box


def number(
    low: float, high: float, step: float, value: float, *, suffix: str = ""
) -> QDoubleSpinBox:
    """A box for a number."""
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setDecimals(2)
    box.setValue(value)
    box.setSuffix(suffix)
    return box
