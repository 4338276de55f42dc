"""The objects of a run as a table that is filled while QGIS goes on."""

from __future__ import annotations

import time
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from qgis.core import QgsFeatureRequest, QgsVectorLayer
from qgis.PyQt.QtCore import (
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    Qt,
    QTimer,
    pyqtSignal,
)
from qgis.PyQt.QtGui import QColor

from ..layers import result_layers
from ..translate import tr
from .states import FIELD, OPEN, REJECTED, state_of, state_titles

OBJECT, SCORE, AREA, STATE = range(4)
"""Columns."""

SLICE = 0.01
"""Seconds of reading between which QGIS handles events."""

AT_ONCE = 500
"""Objects that are read at once, since that takes no longer than a slice or two."""

Key = Tuple[str, int]
"""Layer id, feature id."""


class ObjectTable(QAbstractTableModel):
    """Objects of several layers; rows are those that pass the filters."""

    loaded = pyqtSignal()
    """All objects are there."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.keys: List[Key] = []
        self.scores: List[float] = []
        self.areas: List[float] = []
        self.states: List[str] = []
        self._names: List[str] = []
        self._ranks: List[int] = []
        self._why: List[str] = []
        self._places: Dict[Key, int] = {}
        self._order: List[int] = []
        self._shown: List[int] = []
        self._rows: Dict[int, int] = {}
        self._least_score = 0.0
        self._least_area = 0.0
        self._sorting: Tuple[int, bool] = (-1, True)
        self._reader: Iterator[None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_slice)

    @property
    def loading(self) -> bool:
        """Whether objects are still being read."""
        return self._reader is not None

    @property
    def hidden(self) -> int:
        """Number of objects that the filters hide."""
        return len(self.keys) - len(self._shown)

    def load(self, layers: Sequence[QgsVectorLayer]) -> None:
        """Replace all objects by those of layers; `loaded` follows."""
        self.beginResetModel()
        for values in (
            *(self.keys, self.scores, self.areas, self.states),
            *(self._names, self._ranks, self._why, self._order, self._shown),
        ):
            values.clear()
        self._places.clear()
        self._rows.clear()
        self.endResetModel()
        self._reader = self._steps(layers)
        if sum(max(layer.featureCount(), 0) for layer in layers) <= AT_ONCE:
            for _ in self._reader:
                pass
            self._finish()
        else:
            self._timer.start()

    def stop(self) -> None:
        """Stop reading."""
        self._timer.stop()
        self._reader = None

    def set_filter(self, least_score: float, least_area: float) -> None:
        """Hide objects of lower score or smaller area."""
        if (least_score, least_area) != (self._least_score, self._least_area):
            self._least_score, self._least_area = least_score, least_area
            self._show()

    def set_state(self, key: Key, state: str) -> bool:
        """Show another state of an object; False if there is no such object."""
        place = self._places.get(key)
        if place is None:
            return False
        self.states[place] = state
        row = self._rows.get(place)
        if row is not None:
            self.dataChanged.emit(self.index(row, 0), self.index(row, STATE))
        return True

    def set_states(self, layer_id: str, numbers: Sequence[int], state: str) -> None:
        """Show another state of many objects of a layer."""
        for number in numbers:
            place = self._places.get((layer_id, number))
            if place is not None:
                self.states[place] = state
        if self._shown:
            last = self.index(len(self._shown) - 1, STATE)
            self.dataChanged.emit(self.index(0, 0), last)

    def key(self, row: int) -> Key:
        """Return layer and feature of a row."""
        return self.keys[self._shown[row]]

    def row(self, key: Key) -> int | None:
        """Return the row of an object; None where it is hidden or unknown."""
        place = self._places.get(key)
        return None if place is None else self._rows.get(place)

    def next_doubtful(self) -> int | None:
        """Return the row of the least certain object that is open."""
        places = [place for place in self._shown if self.states[place] == OPEN]
        if not places:
            return None
        return self._rows[min(places, key=self.scores.__getitem__)]

    def open_above(self, score: float) -> List[Key]:
        """Return the shown objects that are open and have at least a score."""
        return [
            self.keys[place]
            for place in self._shown
            if self.states[place] == OPEN and self.scores[place] >= score
        ]

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # Qt's name
        """Return the number of shown objects."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, _parent: QModelIndex | None = None) -> int:  # Qt's name
        """Return the number of columns."""
        return 4

    def headerData(  # the name is Qt's
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the title of a column."""
        shown = role == Qt.ItemDataRole.DisplayRole
        if not shown or orientation != Qt.Orientation.Horizontal:
            return None
        return (tr("Object"), tr("Score"), tr("m²"), tr("Review"))[section]

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a text, its alignment, colour or tooltip."""
        place, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(place, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (SCORE, AREA):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column == OBJECT:
            return self._why[place] or self._names[place]
        if role == Qt.ItemDataRole.ForegroundRole and self.states[place] == REJECTED:
            return QColor(128, 128, 128)
        return None

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort by a column; -1: by rank, then by score."""
        self._sorting = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        self._show()

    def _text(self, place: int, column: int) -> str:
        if column == SCORE:
            score = self.scores[place]
            return "" if score < 0 else str(QLocale().toString(score, "f", 2))
        if column == AREA:
            return str(QLocale().toString(self.areas[place], "f", 1))
        if column == STATE:
            state = self.states[place]
            return "" if state == OPEN else state_titles()[state]
        return self._names[place]

    def _read_slice(self) -> None:
        end = time.monotonic() + SLICE
        for _ in self._reader or ():
            if time.monotonic() >= end:
                return
        self._finish()

    def _finish(self) -> None:
        self.stop()
        self.loaded.emit()

    def _steps(self, layers: Sequence[QgsVectorLayer]) -> Iterator[None]:
        """Read, sort and show objects; yields where QGIS may handle events."""
        yield from self._read(layers)
        yield
        self._arrange()
        yield
        self._show()
        yield

    def _read(self, layers: Sequence[QgsVectorLayer]) -> Iterator[None]:
        """Read objects; yields after some of them."""
        alone = len(layers) == 1
        for layer in layers:
            record = result_layers.read_record(layer) or {}
            fields = layer.fields()
            wanted = ("id", "score", "area_m2", "rank", "why", FIELD)
            at = {name: fields.indexOf(name) for name in wanted}
            request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
            request.setSubsetOfAttributes([i for i in at.values() if i >= 0])
            title = "" if alone else f"{record.get('expression', layer.name())} "
            layer_id = layer.id()
            for count, feature in enumerate(layer.getFeatures(request)):
                values = {
                    name: feature.attribute(i) if i >= 0 else None
                    for name, i in at.items()
                }
                self._add((layer_id, feature.id()), title, values)
                if count % 50 == 0:
                    yield

    def _add(self, key: Key, title: str, values: Dict[str, Any]) -> None:
        number, rank = values["id"], values["rank"]
        rank = rank if isinstance(rank, int) and rank > 0 else 0
        name = f"#{number if isinstance(number, int) else '?'}"
        if rank:
            name = tr("{rank}. place").format(rank=rank) + f" ({name})"
        self._places[key] = len(self.keys)
        self.keys.append(key)
        self._names.append(f"{title}{name}")
        self._ranks.append(rank or 1 << 30)
        self.scores.append(_number(values["score"], -1.0))
        self.areas.append(_number(values["area_m2"], 0.0))
        self.states.append(state_of(values[FIELD]))
        why = values["why"]
        self._why.append(why if isinstance(why, str) else "")

    def _arrange(self) -> None:
        """Sort all objects, hidden ones too."""
        column, downwards = self._sorting
        order = list(range(len(self.keys)))
        if column < 0:
            order.sort(key=self.scores.__getitem__, reverse=True)
            if any(rank != 1 << 30 for rank in self._ranks):
                order.sort(key=self._ranks.__getitem__)
        else:
            values: Sequence[Any] = (
                *(self._ranks, self.scores, self.areas, self.states),
            )[column]
            order.sort(key=values.__getitem__, reverse=downwards)
        self._order = order

    def _show(self) -> None:
        self.beginResetModel()
        score, area = self._least_score, self._least_area
        scores, areas = self.scores, self.areas
        if score > 0 or area > 0:
            self._shown = [
                place
                for place in self._order
                if (scores[place] < 0 or scores[place] >= score)
                and areas[place] >= area
            ]
        else:
            self._shown = list(self._order)
        self._rows = dict(zip(self._shown, range(len(self._shown))))  # noqa: B905
        self.endResetModel()


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, (int, float)) else otherwise
