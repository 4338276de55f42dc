"""Choice of the area: whole layer, visible map, drawn area, selected features."""

from __future__ import annotations

from typing import Any, Callable, Sequence

from qgis.core import (
    QgsMapLayerProxyModel,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapLayerComboBox
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from ...images.resolution import is_boundless
from ...layers import result_layers
from ...layers.area import Area, selected_area, visible_area
from ...narrow import FlowLayout, let_shrink
from ...request_error import RequestError
from ...review.exports import area_of_results
from ...translate import tr
from .area_tool import AreaTool

LAYER, VISIBLE, RECTANGLE, POLYGON, SELECTED, RESULTS = range(6)
"""Indices in the combo box."""


class AreaChooser(QWidget):
    """Chooses the area of the next run."""

    changed = pyqtSignal()
    """Another area was chosen or drawn."""

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._drawn: Area | None = None
        self._layer_chosen = False
        self.result_layers: Callable[[], Sequence[QgsVectorLayer]] = tuple
        """Returns the layers of the results that are shown."""
        self.choice = QComboBox()
        self.choice.setObjectName("area")
        self.choice.addItems(
            [
                tr("Whole layer"),
                tr("Visible map"),
                tr("Drawn rectangle"),
                tr("Drawn polygon"),
                tr("Selected features"),
                tr("Within these results"),
            ]
        )
        self.choice.setToolTip(tr("Only this part of the layer is searched."))
        self._draw_button = QPushButton(tr("Draw"))
        self._draw_button.setToolTip(
            tr(
                "Rectangle: drag. Polygon: click its corners, right click or Enter "
                "closes it, Esc begins anew."
            )
        )
        self._layers = QgsMapLayerComboBox()
        self._layers.setFilters(QgsMapLayerProxyModel.Filter.PolygonLayer)
        self._layers.setToolTip(tr("The layer whose selected features are the area."))
        let_shrink(self.choice, self._layers)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.choice)
        self._draw_row = QWidget()
        FlowLayout(self._draw_row).addWidget(self._draw_button)
        column.addWidget(self._draw_row)
        column.addWidget(self._layers)
        self.tool = AreaTool(canvas)
        self.tool.drawn.connect(self._set_drawn)
        self.choice.activated.connect(self._draw)
        self.choice.currentIndexChanged.connect(self._choice_changed)
        self._layers.activated.connect(self._choose_layer)
        self._draw_button.clicked.connect(self._draw)
        self._choice_changed(LAYER)

    def area(self) -> Area | None:
        """Return the chosen area; None for the whole layer.

        Raises:
            RequestError: Nothing is drawn or selected yet.
        """
        choice = self.choice.currentIndex()
        if choice == LAYER:
            return None
        if choice == VISIBLE:
            return visible_area(self._canvas.mapSettings())
        if choice == SELECTED:
            return selected_area(self._layers.currentLayer())
        if choice == RESULTS:
            return area_of_results(self.result_layers())
        if self._drawn is None:
            raise RequestError(
                tr("No area is drawn yet: press Draw and drag on the map.")
            )
        return self._drawn

    def offer_for(self, layer: QgsRasterLayer | None) -> None:
        """Offer the whole layer only where that is less than the world."""
        boundless = layer is not None and layer.isValid() and is_boundless(layer)
        item = self.choice.model().item(LAYER)
        item.setEnabled(not boundless)
        item.setToolTip(
            tr("This layer covers the world: choose a part of it.") if boundless else ""
        )
        if boundless and self.choice.currentIndex() == LAYER:
            self.choice.setCurrentIndex(VISIBLE)

    def select_layer(self, layer: Any) -> None:
        """Follow the active layer in the choice of selected features.

        Results are not followed, nor is anything once the user has chosen a layer or
        that layer has a selection: a click on another layer must not lose it.
        """
        if (
            not _has_polygons(layer)
            or layer.customProperty(result_layers.RUN)
            or self._layer_chosen
        ):
            return
        current = self._layers.currentLayer()
        held = current is not None and bool(current.selectedFeatureCount())
        held = held and not current.customProperty(result_layers.RUN)
        if not held or layer.selectedFeatureCount():
            self._layers.setLayer(layer)

    def clear(self) -> None:
        """Remove the drawn area."""
        self._drawn = None
        self.tool.clear()

    def start_anew(self) -> None:
        """Forget what belongs to the project that is closed."""
        self._layer_chosen = False
        self.clear()

    def remove(self) -> None:
        """Remove the tool from the canvas."""
        self.tool.remove()

    def _choice_changed(self, choice: int) -> None:
        self._draw_row.setVisible(choice in (RECTANGLE, POLYGON))
        self._layers.setVisible(choice == SELECTED)
        if choice == SELECTED:
            self._prefer_selection()
        self.clear()
        self.changed.emit()

    def _prefer_selection(self) -> None:
        """Choose a layer that has a selection, unless the user has chosen one."""
        current = self._layers.currentLayer()
        if self._layer_chosen or (current and current.selectedFeatureCount()):
            return
        for layer in QgsProject.instance().mapLayers().values():
            selected = _has_polygons(layer) and layer.selectedFeatureCount()
            if selected and not layer.customProperty(result_layers.RUN):
                self._layers.setLayer(layer)

    def _choose_layer(self, _index: int) -> None:
        self._layer_chosen = True

    def _draw(self) -> None:
        choice = self.choice.currentIndex()
        if choice in (RECTANGLE, POLYGON):
            self._drawn = None
            self.tool.draw(rectangle=choice == RECTANGLE)
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_drawn(self, area: Area) -> None:
        self._drawn = area
        self.changed.emit()


def _has_polygons(layer: Any) -> bool:
    """Whether the list of layers has a layer; it is empty after any other one."""
    polygon = QgsWkbTypes.GeometryType.PolygonGeometry
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == polygon
