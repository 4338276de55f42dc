"""Options of a run: weights, threshold, minimum area, and advanced options."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence, Tuple

from qgis.core import QgsMapLayer
from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from ..core.job import DEVICES, RESOLVES, SegmentJob, SegmentOptions
from ..images.bands import displayed_bands
from ..images.resolution import USUAL_RANGE
from ..job_options import THRESHOLD_RANGE, option_help, option_title
from ..narrow import ShrinkingCheckBox, let_labels_wrap, let_shrink
from ..number_box import least_score, number_box, score_box, show_word
from ..settings import output_folder, save_output_folder
from ..translate import tr
from .request import default_folder


class Options:
    """Options that are always visible: weights, threshold, least score, area."""

    def __init__(self) -> None:
        self._entries: Dict[str, Mapping[str, Any]] = {}
        self.weights = QComboBox()
        self.weights.setObjectName("weights")
        self.weights.setEditable(True)
        self.weights.addItem(SegmentJob.weights)
        self.weights.setToolTip(option_help("weights"))
        self.licence = QLabel()
        self.licence.setObjectName("licence")
        self.licence.setWordWrap(True)
        self.licence.hide()
        self.threshold = number_box(*THRESHOLD_RANGE, 0.05, SegmentOptions.threshold)
        self.threshold.setObjectName("threshold")
        self.threshold.setToolTip(option_help("threshold"))
        self.min_score = score_box()
        self.min_score.setObjectName("min_score")
        self.min_area = number_box(0, 1e9, 5, SegmentOptions.min_area, suffix=tr(" m²"))
        self.min_area.setObjectName("min_area")
        self.min_area.setDecimals(1)
        self.min_area.setToolTip(option_help("min_area"))
        let_shrink(self.weights, self.threshold, self.min_score, self.min_area)
        self.weights.currentTextChanged.connect(self._show_licence)

    def add_to(self, form: QFormLayout) -> None:
        """Add a row for each option to a form."""
        form.addRow(tr("Wei&ghts"), self.weights)
        form.addRow(self.licence)
        form.addRow(tr("&Threshold"), self.threshold)
        form.addRow(tr("&Least score"), self.min_score)
        form.addRow(tr("Mi&nimum area"), self.min_area)

    def set_weights(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Fill the list of weights; the chosen text stays.

        Args:
            entries: Of the answer to `Weights`.
        """
        self._entries = {entry["name"]: entry for entry in entries}
        chosen = self.weights.currentText()
        self.weights.clear()
        for name, entry in self._entries.items():
            self.weights.addItem(name)
            self.weights.setItemData(
                self.weights.count() - 1,
                entry.get("description", ""),
                Qt.ItemDataRole.ToolTipRole,
            )
        self.weights.setEditText(chosen)
        self._show_licence()

    def chosen_weights(self) -> str:
        """Return the name or path of the weights."""
        return self.weights.currentText().strip() or SegmentJob.weights

    def resolutions(self) -> Tuple[float, float]:
        """Return the metres per pixel that the chosen weights can read."""
        low, high = self.entry().get("gsd_range", USUAL_RANGE)
        return float(low), float(high)

    def entry(self) -> Mapping[str, Any]:
        """Return what is known of the chosen weights."""
        return self._entries.get(self.chosen_weights(), {})

    def values(self) -> Dict[str, Any]:
        """Return fields of `SegmentOptions`."""
        return {
            "threshold": round(self.threshold.value(), 3),
            "min_score": least_score(self.min_score),
            "min_area": self.min_area.value(),
        }

    def _show_licence(self) -> None:
        licence = str(self.entry().get("licence", "")).split("(")[0].strip()
        self.licence.setText(licence)
        self.licence.setToolTip(str(self.entry().get("licence", "")))
        self.licence.setVisible(bool(licence))


class AdvancedOptions(QgsCollapsibleGroupBox):
    """Options in a box that is collapsed at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Advanced"), parent)
        self.setObjectName("advanced")
        self.gsd = number_box(0, 1000, 0.1, 0, suffix=tr(" m"))
        self.gsd.setDecimals(3)
        show_word(self.gsd, tr("automatic"))
        self.gsd.setToolTip(
            tr(
                "Metres on the ground of one pixel the network sees; automatic: as its "
                "weights were trained."
            )
        )
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
        self.displayed = ShrinkingCheckBox(tr("&Bands as displayed"))
        self.displayed.setToolTip(
            tr(
                "Show the network the bands that the layer's style shows as red, green "
                "and blue, instead of those the file names so."
            )
        )
        self.guess = ShrinkingCheckBox(tr("Unknown things too"))
        self.guess.setToolTip(
            tr("Ask the network also for things that its weights do not know.")
        )
        self.probability = ShrinkingCheckBox(tr("Probability as a layer"))
        self.probability.setChecked(True)
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.lineEdit().setPlaceholderText(default_folder())
        self.folder.setFilePath(output_folder())
        self.folder.fileChanged.connect(save_output_folder)
        let_shrink(
            *(self.gsd, self.overlap, self.simplify, self.fill_holes),
            *(self.split, self.resolve, self.device, self.folder),
        )
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
        form.addRow(self.guess)
        form.addRow(self.probability)
        let_labels_wrap(form)
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
            "guess": self.guess.isChecked(),
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


def choice_box(values: Mapping[str, Any]) -> QComboBox:
    """Create a combo box: text -> data."""
    box = QComboBox()
    for text, value in values.items():
        box.addItem(text, value)
    return box
