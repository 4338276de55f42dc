"""The list of objects: selection on the map and in the list are the same."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from qgis.core import QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    Qt,
    QTimer,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..translate import tr
from .object_table import (
    AREA,
    OBJECT,
    SCORE,
    STATE,
    Key,
    ObjectTable,
)
from .states import FIELD, state_of, state_titles

RELOAD = 200
"""Milliseconds after a change of a layer until its objects are read again."""

PADDING = 8
"""Pixels beside the text of a column."""

FOLLOWED = 500
"""Changes at once that are followed one by one; after more, all objects are read."""

VISIBLE_ROWS = 8
"""Rows that the list shows at least."""


class ObjectList(QTableView):
    """Lists the objects of some layers.

    A table rather than a tree: that asks its model about every row, one after another.
    """

    refreshed = pyqtSignal()
    """Objects were read."""
    edited = pyqtSignal()
    """A value has changed, which can be undone, or editing has begun or ended."""

    def __init__(self, canvas: QgsMapCanvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("results")
        self._canvas = canvas
        self._layers: List[QgsVectorLayer] = []
        self._following = False
        self._changes = 0
        self._held: List[QgsVectorLayer] = []
        self._wanted: List[Key] = []
        self.table = ObjectTable(self)
        self.setModel(self.table)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setToolTip(
            tr("Double click or Enter zooms to the object. K keeps, R rejects.")
        )
        height = self.fontMetrics().height() + 4
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumHeight(VISIBLE_ROWS * height)
        self.setMinimumWidth(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setHighlightSections(False)
        header.setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        header.setMinimumSectionSize(20)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD)
        self._reload.timeout.connect(self.reload)
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(0)
        self._tell.timeout.connect(self._told)
        self.table.loaded.connect(self._loaded)
        self.activated.connect(self.zoom_to)
        self.selectionModel().selectionChanged.connect(self._selection_changed)

    @property
    def layers(self) -> List[QgsVectorLayer]:
        """Layers whose objects are listed."""
        return [layer for layer in self._layers if not sip.isdeleted(layer)]

    def show_layers(self, layers: Sequence[QgsVectorLayer]) -> None:
        """List the objects of layers, without headings."""
        self._watch(layers)
        self.reload()

    def shut_down(self) -> None:
        """Disconnect from the layers."""
        self.table.stop()
        self._reload.stop()
        self._watch([])

    def reload(self) -> None:
        """Read all objects again; the selection stays."""
        self._reload.stop()
        self.follow()
        self._wanted = self._selected_on_map()
        self.table.load(self.layers)

    def hold(self) -> None:
        """Follow no changes of single values until `follow`, as there will be many."""
        for layer in self.layers:
            if layer not in self._held:
                layer.attributeValueChanged.disconnect(self._value_changed)
                self._held.append(layer)

    def selected(self) -> Dict[str, List[int]]:
        """Return layer id -> feature ids of the selected rows."""
        found: Dict[str, List[int]] = {}
        for index in self.selectionModel().selectedRows():
            layer, number = self.table.key(index.row())
            found.setdefault(layer, []).append(number)
        return found

    def select(self, keys: Sequence[Key]) -> None:
        """Select objects, here and on the map."""
        self._select_rows(keys)
        self._select_on_map()

    def layer(self, layer_id: str) -> QgsVectorLayer | None:
        """Return a listed layer."""
        layer = QgsProject.instance().mapLayer(layer_id)
        return layer if isinstance(layer, QgsVectorLayer) else None

    def zoom_to(self, index: QModelIndex) -> None:
        """Show an object with its surroundings."""
        layer_id, number = self.table.key(index.row())
        layer = self.layer(layer_id)
        if layer is not None:
            self._canvas.zoomToFeatureIds(layer, [number])
            self._canvas.zoomByFactor(2.0)  # shows the surroundings
            self._canvas.flashFeatureIds(layer, [number])

    def pan_to(self, row: int) -> None:
        """Select an object and bring it into the middle of the map."""
        key = self.table.key(row)
        layer = self.layer(key[0])
        if layer is None:
            return
        self.select([key])
        self.scrollTo(self.table.index(row, 0))
        box = self._canvas.mapSettings().layerExtentToOutputExtent(
            layer, layer.getFeature(key[1]).geometry().boundingBox()
        )
        view = self._canvas.extent()
        size = max(box.width(), box.height())
        seen = max(view.width(), view.height())
        if size > 0.7 * seen or size < 0.01 * seen:
            self._canvas.zoomToFeatureIds(layer, [key[1]])
            self._canvas.zoomByFactor(4.0)
        else:
            self._canvas.setCenter(box.center())
            self._canvas.refresh()
        self._canvas.flashFeatureIds(layer, [key[1]])

    def resizeEvent(self, event: QResizeEvent) -> None:  # the name is Qt's
        """Share the width among the columns, so that none is lost."""
        super().resizeEvent(event)
        self._fit_columns()

    def mouseDoubleClickEvent(self, event: Any) -> None:  # the name is Qt's
        """Zoom to the object, also where the style activates with one click."""
        at = event.position().toPoint() if hasattr(event, "position") else event.pos()
        index = self.indexAt(at)
        if index.isValid():
            self.zoom_to(index)

    def follow(self) -> None:
        """Follow changes of single values again."""
        for layer in self._held:
            if not sip.isdeleted(layer):
                layer.attributeValueChanged.connect(self._value_changed)
        self._held = []

    def _watch(self, layers: Sequence[QgsVectorLayer]) -> None:
        self.follow()
        for layer in self.layers:
            for signal, slot in self._connections(layer):
                signal.disconnect(slot)
        self._layers = list(layers)
        for layer in self._layers:
            for signal, slot in self._connections(layer):
                signal.connect(slot)

    def _connections(self, layer: QgsVectorLayer) -> List[Any]:
        return [
            (layer.selectionChanged, self._map_selection_changed),
            (layer.attributeValueChanged, self._value_changed),
            (layer.featureAdded, self._changed),
            (layer.featuresDeleted, self._changed),
            (layer.afterRollBack, self._changed),
            (layer.afterCommitChanges, self._changed),
            (layer.dataSourceChanged, self._changed),
            (layer.subsetStringChanged, self._changed),
            (layer.editingStarted, self.edited),
            (layer.editingStopped, self.edited),
        ]

    def _changed(self, *_values: Any) -> None:
        self._reload.start()

    def _value_changed(self, number: int, index: int, value: Any) -> None:
        self._changes += 1
        self._tell.start()  # once for many changes
        if self._changes > FOLLOWED:
            self.hold()
            self._reload.start()
            return
        layer = self.sender()
        if not isinstance(layer, QgsVectorLayer):
            return
        if index == layer.fields().indexOf(FIELD):
            self.table.set_state((layer.id(), number), state_of(value))

    def _told(self) -> None:
        self._changes = 0
        self.edited.emit()

    def _loaded(self) -> None:
        self._fit_columns()
        self._select_rows(self._wanted)
        self.refreshed.emit()

    def _fit_columns(self) -> None:
        """Give numbers the room of their digits, then names, titles and states."""
        header, seen = self.horizontalHeader(), self.viewport().width()
        smallest = header.minimumSectionSize()
        largest = QLocale().toString(max(self.table.areas, default=0.0), "f", 1)
        score = QLocale().toString(0.0, "f", 2)
        digits = {SCORE: self._room([score]), AREA: self._room([largest])}
        # in a list too narrow even for them no column is lost all the same
        fit = min(1.0, max(seen - 2 * smallest, 0) / sum(digits.values()))
        least = {column: int(fit * width) for column, width in digits.items()}
        least[STATE] = smallest
        wanted = {
            column: max(width, self._room([self._title(column)]))
            for column, width in least.items()
        }
        decided = [title for state, title in state_titles().items() if state]
        wanted[STATE] = max(wanted[STATE], self._room(decided))
        # a narrow list keeps a quarter for the names, and titles and states lose alike
        room = max(seen - seen // 4 - sum(least.values()), 0)
        missing = sum(wanted.values()) - sum(least.values())
        share = min(1.0, room / max(missing, 1))
        rest = seen
        for column, width in least.items():
            width = max(int(width + share * (wanted[column] - width)), smallest)
            header.resizeSection(column, width)
            rest -= width
        header.resizeSection(OBJECT, max(rest, smallest))

    def _room(self, texts: Sequence[str]) -> int:
        metrics = self.fontMetrics()
        return max(int(metrics.horizontalAdvance(text)) for text in texts) + PADDING

    def _title(self, column: int) -> str:
        return str(self.table.headerData(column, Qt.Orientation.Horizontal))

    def _selected_on_map(self) -> List[Key]:
        return [
            (layer.id(), number)
            for layer in self.layers
            for number in layer.selectedFeatureIds()
        ]

    def _select_rows(self, keys: Sequence[Key]) -> None:
        """Select the rows of objects, as few ranges as they form."""
        rows = sorted(row for row in map(self.table.row, keys) if row is not None)
        selection = QItemSelection()
        start = 0
        for place in range(1, len(rows) + 1):
            if place == len(rows) or rows[place] != rows[place - 1] + 1:
                first = self.table.index(rows[start], OBJECT)
                last = self.table.index(rows[place - 1], STATE)
                selection.select(first, last)
                start = place
        self._following = True
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flag)
        if len(rows) == 1:
            current = self.table.index(rows[0], OBJECT)
            none = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(current, none)
        self._following = False

    def _selection_changed(self, *_selections: Any) -> None:
        if not self._following:
            self._select_on_map()

    def _select_on_map(self) -> None:
        chosen = self.selected()
        self._following = True
        for layer in self.layers:
            layer.selectByIds(chosen.get(layer.id(), []))
        self._following = False

    def _map_selection_changed(self, *_changes: Any) -> None:
        if self._following or self.table.loading:
            return
        self._select_rows(self._selected_on_map())
        rows = self.selectionModel().selectedRows()
        if rows:
            self.scrollTo(rows[0])
