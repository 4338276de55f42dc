"""What is said of the layer before a search: its bands, its resolution."""

from __future__ import annotations

from qgis.core import QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from ..expressions import parse_expressions
from ..images.bands import other_bands
from ..images.estimate import estimate
from ..images.resolution import tile_resolution
from ..request_error import RequestError
from ..translate import tr
from ..worker.progress_text import duration
from .area.area_chooser import AreaChooser
from .options import AdvancedOptions, Options
from .question.query_box import QueryBox

DEBOUNCE = 200
"""Milliseconds without a change of the map before the resolution is computed."""


class LayerNotes(QWidget):
    """Notes on the chosen layer; hidden where there is nothing to say."""

    resolution_changed = pyqtSignal()
    """A layer from a server would be read at another resolution."""

    def __init__(
        self,
        canvas: QgsMapCanvas,
        options: Options,
        advanced: AdvancedOptions,
        area: AreaChooser,
        query: QueryBox,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._options = options
        self._advanced = advanced
        self._area = area
        self._query = query
        self._layer: QgsRasterLayer | None = None
        self.gsd: float | None = None
        """Metres per pixel at which the layer is read; None: it has its own pixels."""
        self.bands = QLabel()
        self.bands.setObjectName("bands_note")
        self.bands.linkActivated.connect(self._take_displayed)
        self.resolution = QLabel()
        self.resolution.setObjectName("resolution_note")
        self.work = QLabel()
        self.work.setObjectName("work_note")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (self.bands, self.resolution, self.work):
            label.setWordWrap(True)
            column.addWidget(label)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE)
        self._timer.timeout.connect(self.refresh)
        advanced.displayed.toggled.connect(self.refresh)
        advanced.gsd.valueChanged.connect(self.refresh)
        advanced.overlap.valueChanged.connect(self._timer.start)
        area.changed.connect(self._timer.start)
        options.weights.currentTextChanged.connect(self._timer.start)
        canvas.extentsChanged.connect(self._timer.start)
        self._follows_map = True
        self.refresh()

    def show_layer(self, layer: QgsRasterLayer | None) -> None:
        """Show the notes on a layer."""
        if self._layer is not None:
            self.forget()
        self._layer = layer
        if layer is not None:
            layer.rendererChanged.connect(self.refresh)
            layer.willBeDeleted.connect(self._deleted)
        self.refresh()

    def forget(self) -> None:
        """Disconnect from the layer."""
        layer, self._layer = self._layer, None
        if layer is not None:
            layer.rendererChanged.disconnect(self.refresh)
            layer.willBeDeleted.disconnect(self._deleted)

    def shut_down(self) -> None:
        """Disconnect from layer and map."""
        self.forget()
        self._timer.stop()
        if self._follows_map:  # a second call has no effect
            self._follows_map = False
            self._canvas.extentsChanged.disconnect(self._timer.start)

    def refresh(self) -> None:
        """Show what holds now."""
        before = self.gsd
        self.gsd = None
        if self._layer is not None and not self._advanced.gsd.value() > 0:
            self.gsd = tile_resolution(
                self._layer, self._canvas.mapSettings(), self._options.resolutions()
            )
        different = other_bands(self._layer)
        if different and not self._advanced.displayed.isChecked():
            link = f'<a href="#">{tr("Search those of the map")}</a>'
            different = f"{different} {link}"
        elif different:
            different = tr("The bands of the map are searched.")
        self.bands.setText(different)
        self.bands.setVisible(bool(different))
        self.resolution.setText(
            tr(
                "Read at {gsd} m per pixel, as the map shows it: zoom to change that."
            ).format(gsd=f"{self.gsd:g}")
            if self.gsd
            else ""
        )
        self.resolution.setVisible(bool(self.gsd))
        work = self._work_text()
        self.work.setText(work)
        self.work.setVisible(bool(work))
        self.setVisible(bool(different or self.gsd or work))
        if self.gsd != before:
            self.resolution_changed.emit()

    def _work_text(self) -> str:
        """Return the number of windows, and the time where one is known."""
        if self._layer is None or not self._layer.isValid():
            return ""
        try:
            area = self._area.area()
        except RequestError:
            return ""
        work = estimate(
            self._layer,
            area,
            gsd=self._advanced.gsd.value() or self.gsd,
            limits=self._options.resolutions(),
            overlap=self._advanced.overlap.value(),
            questions=len(parse_expressions(self._query.text)),
        )
        if work is None:
            return ""
        text = tr("About {windows} windows").format(windows=work.windows)
        if work.seconds is not None:
            text += tr(", {time}").format(time=duration(work.seconds))
        return text

    def _take_displayed(self, _link: str) -> None:
        self._advanced.displayed.setChecked(True)

    def _deleted(self) -> None:
        self._layer = None
        self.refresh()
