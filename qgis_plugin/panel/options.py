"""Options of a run: weights, threshold, minimum area, and advanced options."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from qgis.core import QgsMapLayer
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

from ..core.job import DEVICES, RESOLVES, SegmentJob, SegmentOptions
from ..core.protocol import Report
from ..job_options import THRESHOLD_RANGE, option_help, option_title
from ..settings import output_folder, save_output_folder
from ..translate import tr
from .request import default_folder


class Options:
    """Options that are always visible: weights, threshold, minimum area."""

    def __init__(self) -> None:
        self.weights = QComboBox()
        self.weights.setObjectName("weights")
        self.weights.setEditable(True)
        self.weights.addItem(SegmentJob.weights)
        self.weights.setToolTip(option_help("weights"))
        self.threshold = number_box(*THRESHOLD_RANGE, 0.05, SegmentOptions.threshold)
        self.threshold.setObjectName("threshold")
        self.threshold.setToolTip(option_help("threshold"))
        self.min_area = number_box(0, 1e9, 5, SegmentOptions.min_area, suffix=tr(" m²"))
        self.min_area.setObjectName("min_area")
        self.min_area.setDecimals(1)
        self.min_area.setToolTip(option_help("min_area"))

    def add_to(self, form: QFormLayout) -> None:
        """Add a row for each option to a form."""
        form.addRow(tr("Wei&ghts"), self.weights)
        form.addRow(tr("&Threshold"), self.threshold)
        form.addRow(tr("Mi&nimum area"), self.min_area)

    def set_weights(self, descriptions: Mapping[str, str]) -> None:
        """Fill the list of weights: name -> description; the chosen text stays."""
        chosen = self.weights.currentText()
        self.weights.clear()
        for name, description in descriptions.items():
            self.weights.addItem(name)
            self.weights.setItemData(
                self.weights.count() - 1, description, Qt.ItemDataRole.ToolTipRole
            )
        self.weights.setEditText(chosen)

    def chosen_weights(self) -> str:
        """Return the name or path of the weights."""
        return self.weights.currentText().strip() or SegmentJob.weights

    def values(self) -> Dict[str, Any]:
        """Return fields of `SegmentOptions`."""
        return {
            "threshold": round(self.threshold.value(), 3),
            "min_area": self.min_area.value(),
        }


class AdvancedOptions(QgsCollapsibleGroupBox):
    """Options in a box that is collapsed at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Advanced"), parent)
        self.setObjectName("advanced")
        self.gsd = number_box(0, 1000, 0.1, 0, suffix=tr(" m"))
        self.gsd.setDecimals(3)
        self.gsd.setSpecialValueText(tr("as the weights were trained"))
        self.gsd.setToolTip(tr("Metres on the ground of one pixel the network sees."))
        self.overlap = QSpinBox()
        self.overlap.setRange(0, SegmentOptions.window_size - 1)
        self.overlap.setValue(SegmentOptions.overlap)
        self.overlap.setSuffix(tr(" pixels"))
        self.overlap.setToolTip(option_help("overlap"))
        self.simplify = number_box(
            0, 1000, 0.1, SegmentOptions.simplify, suffix=tr(" m")
        )
        self.simplify.setToolTip(
            tr("Outlines may move by this much, for fewer corners.")
        )
        self.fill_holes = number_box(
            0, 1e9, 5, SegmentOptions.fill_holes, suffix=tr(" m²")
        )
        self.fill_holes.setToolTip(option_help("fill_holes"))
        self.split = choice_box(
            {tr("automatic"): None, tr("yes"): True, tr("no"): False}
        )
        self.split.setToolTip(
            tr("Part objects that touch, such as houses in a row; automatic: by kind.")
        )
        labels = {
            "auto": tr("automatic"),
            "network": tr("by the network, in each window"),
            "scene": tr("by geometry, over the whole layer"),
        }
        self.resolve = choice_box({labels[mode]: mode for mode in RESOLVES})
        self.resolve.setToolTip(
            tr("Who decides about words such as “the largest” or “near the road”.")
        )
        self.device = choice_box(
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
        self.folder.setFilePath(output_folder())
        self.folder.fileChanged.connect(save_output_folder)
        form = QFormLayout(self)
        form.addRow(tr("Resolution"), self.gsd)
        form.addRow(tr("Overlap"), self.overlap)
        form.addRow(tr("Simplify"), self.simplify)
        form.addRow(tr("Fill holes below"), self.fill_holes)
        form.addRow(option_title("split"), self.split)
        form.addRow(option_title("resolve"), self.resolve)
        form.addRow(option_title("device"), self.device)
        form.addRow(tr("Output folder"), self.folder)
        form.addRow(self.displayed)
        form.addRow(self.probability)
        self.setCollapsed(True)

    def values(self, layer: QgsMapLayer | None) -> Dict[str, Any]:
        """Return fields of `SegmentOptions` for a layer."""
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
        """Show the default folder, which depends on the project."""
        self.folder.lineEdit().setPlaceholderText(default_folder())


def describe_weights(report: Report) -> dict[str, Any]:
    """Return name -> description from the answer to `Weights`."""
    rows = report.payload.get("weights", [])
    return {row["name"]: row.get("description", "") for row in rows} or {
        SegmentJob.weights: ""
    }


def displayed_bands(layer: QgsMapLayer | None) -> tuple[int, ...]:
    """Return the one or three bands that the style shows; () for other styles."""
    renderer = layer.renderer() if layer is not None else None
    bands = tuple(renderer.usesBands()) if renderer is not None else ()
    bands = tuple(band for band in bands if band > 0)
    return bands if len(bands) in (1, 3) else ()


def choice_box(values: Mapping[str, Any]) -> QComboBox:
    """Create a combo box: text -> data."""
    box = QComboBox()
    for text, value in values.items():
        box.addItem(text, value)
    return box


def number_box(
    low: float, high: float, step: float, value: float, *, suffix: str = ""
) -> QDoubleSpinBox:
    """Create a spin box."""
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(step)
    box.setDecimals(2)
    box.setValue(value)
    box.setSuffix(suffix)
    return box
