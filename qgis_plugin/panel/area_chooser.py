"""Where to look: whole layer, visible map, drawn area, selected features."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsMapLayerProxyModel
from qgis.gui import QgsMapCanvas, QgsMapLayerComboBox
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..layers.area import Area, selected_area, visible_area
from ..request_error import Refused
from ..translate import tr
from .area_tool import AreaTool

LAYER, VISIBLE, RECTANGLE, POLYGON, SELECTED = range(5)
"""Places of the choices in the box."""


class AreaChooser(QWidget):
    """The area of the next run."""

    changed = pyqtSignal()

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
        self._again = QPushButton(tr("Draw"))
        self._again.setToolTip(
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
        row.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._layers)
        self.tool = AreaTool(canvas)
        self.tool.drawn.connect(self._take)
        self.choice.activated.connect(self._draw)
        self.choice.currentIndexChanged.connect(self._choose)
        self._again.clicked.connect(self._draw)
        self._layers.layerChanged.connect(self.changed)
        self._choose(LAYER)

    def area(self) -> Area | None:
        """What is chosen; None: the whole layer.

        Raises:
            Refused: nothing is drawn or selected yet.
        """
        choice = self.choice.currentIndex()
        if choice == LAYER:
            return None
        if choice == VISIBLE:
            return visible_area(self._canvas.mapSettings())
        if choice == SELECTED:
            return selected_area(self._layers.currentLayer())
        if self._drawn is None:
            raise Refused(tr("No area is drawn yet: press Draw and drag on the map."))
        return self._drawn

    def offer_layer(self, layer: QgsMapLayer | None) -> None:
        """Let the active layer be the one whose selection counts, where it can."""
        if layer is not None:
            self._layers.setLayer(layer)

    def forget(self) -> None:
        """Drop what is drawn, as at the end of a project."""
        self._drawn = None
        self.tool.clear()
        self.changed.emit()

    def remove(self) -> None:
        """Leave nothing on the canvas."""
        self.tool.remove()

    def _choose(self, choice: int) -> None:
        self._again.setVisible(choice in (RECTANGLE, POLYGON))
        self._layers.setVisible(choice == SELECTED)
        self.forget()

    def _draw(self) -> None:
        choice = self.choice.currentIndex()
        if choice in (RECTANGLE, POLYGON):
            self._drawn = None
            self.tool.draw(rectangle=choice == RECTANGLE)
            self._canvas.setFocus()

    def _take(self, area: Area) -> None:
        self._drawn = area
        self.changed.emit()
