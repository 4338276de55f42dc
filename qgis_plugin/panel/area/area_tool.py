"""Map tool that draws a rectangle or a polygon."""

from __future__ import annotations

from typing import List

from qgis.core import QgsGeometry, QgsPointXY, QgsRectangle, QgsWkbTypes
from qgis.gui import (
    QgsMapCanvas,
    QgsMapMouseEvent,
    QgsMapTool,
    QgsMapToolPan,
    QgsRubberBand,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent

from ...layers.area import Area

OUTLINE = QColor(255, 255, 255)
HALO = QColor(30, 30, 30, 200)
FILL = QColor(255, 255, 255, 25)
"""White with a dark edge, on any image: results have colours."""


class AreaTool(QgsMapTool):
    """Draws a rectangle by dragging, or a polygon by clicking its corners.

    Enter, a right click or a double click closes the polygon; Esc removes all corners,
    Backspace the last one. The drawn area stays on the map until `clear`.
    """

    drawn = pyqtSignal(object)
    """`Area` in the map's CRS."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._rectangle = True
        self._corners: List[QgsPointXY] = []
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setColor(OUTLINE)
        self._band.setFillColor(FILL)
        self._band.setSecondaryStrokeColor(HALO)
        self._band.setWidth(2)
        self._before: QgsMapTool | None = None
        self.setCursor(Qt.CursorShape.CrossCursor)

    def draw(self, *, rectangle: bool) -> None:
        """Start to draw; this becomes the tool of the canvas."""
        self.clear()
        self._rectangle = rectangle
        if self.canvas().mapTool() is not self:
            self._before = self.canvas().mapTool()
        self.canvas().setMapTool(self)

    def clear(self) -> None:
        """Remove the drawn area from the map."""
        self._corners = []
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def remove(self) -> None:
        """Remove this tool from the canvas."""
        self._hand_back()
        if self._band.scene() is not None:
            self.canvas().scene().removeItem(self._band)

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        """Set the first corner of a rectangle or the next one of a polygon."""
        if self._rectangle:
            self.clear()
            self._corners = [event.mapPoint()]
        elif event.button() == Qt.MouseButton.RightButton:
            self._close()
        else:
            self._corners.append(event.mapPoint())
            self._show(self._corners)

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        """Show the area up to the pointer."""
        if not self._corners:
            return
        if self._rectangle:
            self._show(_box(self._corners[0], event.mapPoint()))
        else:
            self._show([*self._corners, event.mapPoint()])

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        """Finish a rectangle."""
        if self._rectangle and self._corners:
            self._finish(_box(self._corners[0], event.mapPoint()))

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        """Close the polygon; the click before has set its last corner."""
        if not self._rectangle:
            self._close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter, Backspace and Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif event.key() == Qt.Key.Key_Backspace and self._corners:
            self._corners.pop()
            self._show(self._corners)
        else:
            event.ignore()
            return
        event.accept()

    def _close(self) -> None:
        if len(self._corners) >= 3:
            self._finish(self._corners)

    def _finish(self, corners: List[QgsPointXY]) -> None:
        shape = QgsGeometry.fromPolygonXY([[*corners, corners[0]]])
        if not shape.isGeosValid():  # its edges cross
            shape = shape.makeValid()
        self._corners = []
        if shape.area() <= 0:
            self.clear()
            return
        crs = self.canvas().mapSettings().destinationCrs()
        self._hand_back()
        self.drawn.emit(Area(shape, crs))

    def _hand_back(self) -> None:
        """Return to the tool that was active before, else to that of the hand."""
        canvas, before = self.canvas(), self._before
        self._before = None
        if canvas.mapTool() is not self:
            return
        canvas.unsetMapTool(self)
        if before is None or sip.isdeleted(before):
            before = self._hand = QgsMapToolPan(canvas)  # the canvas does not own it
        canvas.setMapTool(before)

    def _show(self, corners: List[QgsPointXY]) -> None:
        self._band.setToGeometry(QgsGeometry.fromPolygonXY([corners]), None)


def _box(one: QgsPointXY, other: QgsPointXY) -> List[QgsPointXY]:
    box = QgsRectangle(one, other)
    return [
        QgsPointXY(box.xMinimum(), box.yMinimum()),
        QgsPointXY(box.xMaximum(), box.yMinimum()),
        QgsPointXY(box.xMaximum(), box.yMaximum()),
        QgsPointXY(box.xMinimum(), box.yMaximum()),
    ]
