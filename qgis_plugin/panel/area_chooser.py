"""Choice of the area: whole layer, visible map, drawn area, selected features."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsMapLayerProxyModel
from qgis.gui import QgsMapCanvas, QgsMapLayerComboBox
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..layers.area import Area, selected_area, visible_area
from ..request_error import RequestError
from ..translate import tr
from .area_tool import AreaTool

LAYER, VISIBLE, RECTANGLE, POLYGON, SELECTED = range(5)
"""Indices in the combo box."""


class AreaChooser(QWidget):
    """Chooses the area of the next run."""

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._drawn: Area | None = None
        self.choice = QComboBox()
        self.choice.setObjectName("area")
        self.choice.addItems(
            [
                tr("Whole layer"),
                tr("Visible map"),
                tr("Drawn rectangle"),
                tr("Drawn polygon"),
                tr("Selected features"),
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
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choice, 1)
        row.addWidget(self._draw_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._layers)
        self.tool = AreaTool(canvas)
        self.tool.drawn.connect(self._set_drawn)
        self.choice.activated.connect(self._draw)
        self.choice.currentIndexChanged.connect(self._choice_changed)
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
        if self._drawn is None:
            raise RequestError(
                tr("No area is drawn yet: press Draw and drag on the map.")
            )
        return self._drawn

    def select_layer(self, layer: QgsMapLayer | None) -> None:
        """Select the layer whose selected features are used, if it has polygons."""
        if layer is not None:
            self._layers.setLayer(layer)

    def clear(self) -> None:
        """Remove the drawn area."""
        self._drawn = None
        self.tool.clear()

    def remove(self) -> None:
        """Remove the tool from the canvas."""
        self.tool.remove()

    def _choice_changed(self, choice: int) -> None:
        self._draw_button.setVisible(choice in (RECTANGLE, POLYGON))
        self._layers.setVisible(choice == SELECTED)
        self.clear()

    def _draw(self) -> None:
        choice = self.choice.currentIndex()
        if choice in (RECTANGLE, POLYGON):
            self._drawn = None
            self.tool.draw(rectangle=choice == RECTANGLE)
            self._canvas.setFocus()

    def _set_drawn(self, area: Area) -> None:
        self._drawn = area
