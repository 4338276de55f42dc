"""Keep, reject, draw, merge, cut, undo, export: the buttons and keys of the review."""

from __future__ import annotations

from collections import Counter
from typing import Any, Callable, List, Sequence

from qgis.core import QgsVectorLayer
from qgis.gui import QgisInterface
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QLabel,
    QMenu,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from ..layers.area import visible_area
from ..narrow import FlowLayout, ShrinkingButton, let_shrink
from ..number_box import number_box
from ..request_error import RequestError
from ..translate import tr
from . import exports, map_style, shapes, states
from .export_menu import fill_export_menu
from .object_list import FOLLOWED, ObjectList
from .object_table import Key
from .pause import Pause

THIN = 2.0
"""Metres; narrower parts are removed on demand."""


class ReviewBox(QWidget):
    """Decisions about the objects of a list."""

    message = pyqtSignal(str)
    """One sentence about what was done or could not be done."""

    restyled = pyqtSignal()
    """A layer has another style, without the conditions of the filters."""

    def __init__(
        self,
        iface: QgisInterface,
        objects: ObjectList,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._iface = iface
        self._objects = objects
        self._doubting = False
        self._last: QgsVectorLayer | None = None
        self.counts = QLabel()
        self.counts.setObjectName("counts")
        self.counts.setWordWrap(True)
        self.keep_button = self._button(tr("Keep"), tr("Key K"), self.keep)
        self.reject_button = self._button(tr("Reject"), tr("Key R"), self.reject)
        self.next_button = self._button(
            tr("Next doubtful"),
            tr("The open object of the lowest score (key N)"),
            self.next_doubtful,
        )
        self.undo_button = self._button(tr("Undo"), tr("Key U"), self.undo)
        self.save_button = self._button(
            tr("Save"), tr("Write all decisions and changes into the layer"), self.save
        )
        self.above = number_box(0, 1, 0.05, 0.9)
        self.above.setObjectName("above")
        self.above_button = self._button(
            tr("Keep all from"),
            tr("Keeps every open object of the list from this score on."),
            self.keep_above,
        )
        self.colours = QComboBox()
        self.colours.setObjectName("colours")
        for title, kind in (
            (tr("Colour by score"), map_style.BY_SCORE),
            (tr("Colour by question"), map_style.BY_QUESTION),
            (tr("Colour by review"), map_style.BY_REVIEW),
        ):
            self.colours.addItem(title, kind)
        let_shrink(self.colours)
        self.colours.activated.connect(self._colour)
        self._build_layout()
        self._add_keys(objects)
        self._add_keys(iface.mapCanvas())
        objects.refreshed.connect(self.refresh)
        objects.edited.connect(self.refresh)
        self.refresh()

    def keep(self) -> None:
        """Keep the selected objects."""
        self._decide(states.KEPT)

    def reject(self) -> None:
        """Reject the selected objects."""
        self._decide(states.REJECTED)

    def keep_above(self) -> None:
        """Keep all open objects of the list from a score on."""
        keys = self._objects.table.open_above(self.above.value())
        changed = self._set_states(keys, states.KEPT)
        self.message.emit(tr("{count} objects kept.").format(count=changed))

    def next_doubtful(self) -> None:
        """Go to the open object of the lowest score."""
        row = self._objects.table.next_doubtful()
        self._doubting = row is not None
        if row is None:
            self.message.emit(tr("Everything in the list has been reviewed."))
        else:
            self._objects.pan_to(row)

    def undo(self) -> None:
        """Undo the last step."""
        layer = self._touched()
        if layer is not None and layer.undoStack().canUndo():
            states.undo(layer)

    def save(self) -> None:
        """Save all layers with changes."""
        for layer in self._edited():
            failed = states.save(layer)
            self.message.emit(
                tr("Layer {layer} could not be saved: {reason}").format(
                    layer=layer.name(), reason=failed
                )
                if failed
                else tr("Saved: {layer}").format(layer=layer.name())
            )
        self.refresh()

    def merge(self) -> None:
        """Merge the selected objects of each layer."""
        for layer, ids in self._selection():
            merged = states.merge(layer, ids)
            self._last = layer
            if merged is not None:
                layer.selectByIds([merged])
            elif len(ids) > 1:
                self.message.emit(tr("They do not touch, so they stay apart."))

    def change_outlines(self, change: shapes.Change) -> None:
        """Change the outlines of the selected objects."""
        count = 0
        for layer, ids in self._selection():
            self._last = layer
            count += shapes.change_outlines(layer, ids, change)
        self.message.emit(tr("{count} outlines changed.").format(count=count))

    def finish_view(self) -> None:
        """Count what the map shows as looked through."""
        area = visible_area(self._iface.mapCanvas().mapSettings())
        for layer in self._objects.layers:
            try:
                exports.add_reviewed_area(layer, area.in_crs(layer.crs()))
            except RequestError as error:
                self.message.emit(str(error))
                return
        self.message.emit(tr("What the map shows counts as reviewed."))

    def refresh(self) -> None:
        """Show counts, and which buttons do something."""
        table = self._objects.table
        total = len(table.keys)
        count_of = Counter(table.states)
        counted = {
            title: count_of[state] for state, title in states.state_titles().items()
        }
        parts = [f"{count} {title}" for title, count in counted.items() if count]
        text = tr("{count} objects").format(count=total)
        if len(parts) > 1 or (parts and not counted[states.state_titles()[""]]):
            text += ": " + ", ".join(parts)
        if table.hidden:
            text += ". " + tr("{count} more are hidden by the filters").format(
                count=table.hidden
            )
        if table.loading:
            text = tr("Reading objects …")
        self.counts.setText(text)
        self.save_button.setEnabled(bool(self._edited()))
        self.undo_button.setEnabled(any(map(_can_undo, self._objects.layers)))
        for part in (self.keep_button, self.reject_button, self.next_button):
            part.setEnabled(total > 0)
        self._show_colours()

    def _build_layout(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.counts)
        first = QWidget()
        row = FlowLayout(first)
        for part in (
            *(self.keep_button, self.reject_button, self.next_button),
            *(self.undo_button, self.save_button),
        ):
            row.addWidget(part)
        second = QWidget()
        row = FlowLayout(second)
        row.addWidget(self.above_button)
        row.addWidget(self.above)
        row.addWidget(self._menu(tr("Change"), self._fill_change))
        row.addWidget(self._menu(tr("Export"), self._fill_export))
        column.addWidget(first)
        column.addWidget(second)
        column.addWidget(self.colours)

    def _button(self, text: str, tip: str, slot: Callable[[], None]) -> ShrinkingButton:
        button = ShrinkingButton(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda: slot())
        return button

    def _menu(self, text: str, fill: Callable[[QMenu], None]) -> ShrinkingButton:
        button = ShrinkingButton(text)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: (menu.clear(), fill(menu)))
        button.setMenu(menu)
        return button

    def _fill_change(self, menu: QMenu) -> None:
        tools = (
            (tr("Draw a missing one"), "actionAddFeature"),
            (tr("Cut"), "actionSplitFeatures"),
            (tr("Move corners"), "actionVertexTool"),
        )
        for title, name in tools:
            menu.addAction(title).triggered.connect(self._use(name))
        menu.addAction(tr("Merge")).triggered.connect(lambda: self.merge())
        menu.addSeparator()
        changes = (
            (tr("Right angles"), shapes.right_angles),
            (tr("Smoother"), shapes.smoother),
            (tr("Fill holes"), shapes.without_holes),
            (
                tr("Remove parts narrower than {width} m").format(width=f"{THIN:g}"),
                shapes.without_thin_parts(THIN),
            ),
        )
        for title, change in changes:
            menu.addAction(title).triggered.connect(self._changing(change))
        menu.addSeparator()
        menu.addAction(tr("The visible map is reviewed")).triggered.connect(
            lambda: self.finish_view()
        )

    def _fill_export(self, menu: QMenu) -> None:
        layer = self._main_layer()
        if layer is not None:
            fill_export_menu(menu, layer, self._iface, self.message.emit)

    def _use(self, name: str) -> Callable[[], None]:
        def use() -> None:
            layer = self._main_layer()
            if layer is not None and states.begin(layer):
                self._last = layer
                self._iface.setActiveLayer(layer)
                getattr(self._iface, name)().trigger()

        return use

    def _changing(self, change: shapes.Change) -> Callable[[], None]:
        return lambda: self.change_outlines(change)

    def _add_keys(self, owner: QWidget) -> None:
        """Add the keys to a widget; those of the map last as long as this box."""
        if not hasattr(self, "shortcuts"):
            self.shortcuts: List[QShortcut] = []
        for keys, slot in (
            ("K", self.keep),
            ("R", self.reject),
            ("N", self.next_doubtful),
            ("U", self.undo),
        ):
            shortcut = QShortcut(QKeySequence(keys), owner)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
            self.shortcuts.append(shortcut)

    def shut_down(self) -> None:
        """Remove the keys from the map."""
        for shortcut in self.shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self.shortcuts = []

    def _decide(self, state: str) -> None:
        keys = [(layer.id(), one) for layer, ids in self._selection() for one in ids]
        if not keys:
            self.message.emit(tr("Select objects on the map or in the list first."))
            return
        self._set_states(keys, state)
        if self._doubting:
            self.next_doubtful()

    def _set_states(self, keys: Sequence[Key], state: str) -> int:
        changed, many = 0, len(keys) > FOLLOWED
        if many:
            self._objects.hold()
        for layer in self._objects.layers:
            ids = [number for layer_id, number in keys if layer_id == layer.id()]
            if not ids:
                continue
            first = layer.fields().indexOf(states.FIELD) < 0
            decided = states.decide(layer, ids, state, pause=Pause())
            changed += len(decided)
            if many:
                self._objects.table.set_states(layer.id(), decided, state)
            self._last = layer
            if not layer.isEditable():
                self.message.emit(
                    tr("Layer {layer} cannot be edited.").format(layer=layer.name())
                )
            elif first and map_style.is_by_score(layer):
                map_style.colour_by(layer, map_style.BY_REVIEW)
                self.restyled.emit()
            layer.triggerRepaint()
        self._objects.follow()
        self.refresh()
        return changed

    def _selection(self) -> List[Any]:
        chosen = self._objects.selected()
        found = []
        for layer_id, ids in chosen.items():
            layer = self._objects.layer(layer_id)
            if layer is not None:
                found.append((layer, ids))
        return found

    def _colour(self, index: int) -> None:
        for layer in self._objects.layers:
            map_style.colour_by(layer, self.colours.itemData(index))
        self.restyled.emit()

    def _show_colours(self) -> None:
        layer = self._main_layer()
        if layer is None or layer.renderer() is None:
            return
        kind = {
            "graduatedSymbol": map_style.BY_SCORE,
            "singleSymbol": map_style.BY_QUESTION,
            "categorizedSymbol": map_style.BY_REVIEW,
        }.get(layer.renderer().type())
        self.colours.setCurrentIndex(self.colours.findData(kind))

    def _main_layer(self) -> QgsVectorLayer | None:
        """Return the layer of the selection, else the first one."""
        chosen = self._selection()
        layers = self._objects.layers
        return chosen[0][0] if chosen else layers[0] if layers else None

    def _touched(self) -> QgsVectorLayer | None:
        layers = self._objects.layers
        if self._last in layers and _can_undo(self._last):
            return self._last
        undoable = [layer for layer in layers if _can_undo(layer)]
        return undoable[0] if undoable else None

    def _edited(self) -> List[QgsVectorLayer]:
        return [layer for layer in self._objects.layers if layer.isEditable()]


def _can_undo(layer: Any) -> bool:
    return bool(layer.isEditable() and layer.undoStack().canUndo())
