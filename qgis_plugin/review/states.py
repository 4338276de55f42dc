"""What an analyst has decided about objects, as an attribute of their layer.

Every decision is a step of the layer's own editing, so QGIS undoes and saves it, and a
layer with decisions is one that the slider leaves alone.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, List, Sequence

from qgis.core import (
    QgsDefaultValue,
    QgsDistanceArea,
    QgsEditFormConfig,
    QgsExpression,
    QgsFeatureRequest,
    QgsField,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QVariant

from ..layers import result_layers
from ..translate import tr
from .stale_connections import make_readable

FIELD = "review"
"""Attribute with the decision."""

OPEN, KEPT, REJECTED, DRAWN = "", "kept", "rejected", "drawn"
"""Values of the attribute; nothing was decided where it is empty."""

ACCEPTED = (KEPT, DRAWN)

NOTHING = QVariant(QVariant.String)
"""A null of text. To undo a change from an invalid value QGIS asks the file what was
there, of each object by itself: minutes for a hundred thousand."""


def state_titles() -> dict[str, str]:
    """Return the state -> its name for people."""
    return {
        OPEN: tr("open"),
        KEPT: tr("kept"),
        REJECTED: tr("rejected"),
        DRAWN: tr("drawn"),
    }


def state_of(value: Any) -> str:
    """Return the state that the attribute holds."""
    return value if value in (KEPT, REJECTED, DRAWN) else OPEN


def begin(layer: QgsVectorLayer) -> bool:
    """Make a layer ready for decisions; False if it cannot be edited."""
    if not layer.isEditable() and not layer.startEditing():
        return False
    make_readable(layer)
    if layer.fields().indexOf(FIELD) < 0:
        layer.beginEditCommand(tr("Add the attribute of the review"))
        layer.addAttribute(QgsField(FIELD, QVariant.String, "text", 20))
        layer.endEditCommand()
    _set_defaults(layer)
    return True


def decide(
    layer: QgsVectorLayer,
    ids: Iterable[int],
    state: str,
    *,
    pause: Callable[[], None] = lambda: None,
) -> List[int]:
    """Set the state of objects as one step; return the ids of those that had another.

    Args:
        layer: Their layer, which is edited from now on.
        ids: Feature ids.
        state: What was decided.
        pause: Called often, so that windows can be drawn meanwhile.
    """
    if not begin(layer):
        return []
    index = layer.fields().indexOf(FIELD)
    skipped = (state, DRAWN if state == KEPT else state)
    wanted = []
    for feature in layer.getFeatures(_without_geometry(layer, list(ids))):
        before = feature[FIELD]
        if state_of(before) not in skipped:
            wanted.append((feature.id(), NOTHING if before is None else before))
        pause()
    if not wanted:
        return []
    name = state_titles()[state]
    layer.beginEditCommand(
        tr("{count} objects: {state}").format(count=len(wanted), state=name)
    )
    for number, before in wanted:
        layer.changeAttributeValue(number, index, state or None, before)
        pause()
    layer.endEditCommand()
    return [number for number, _ in wanted]


def merge(layer: QgsVectorLayer, ids: Sequence[int]) -> int | None:
    """Merge objects into the largest one as one step; return its feature id."""
    features = [layer.getFeature(number) for number in ids]
    if len(features) < 2 or not begin(layer):
        return None
    features.sort(key=lambda one: -one.geometry().area())
    union = QgsGeometry.unaryUnion([one.geometry() for one in features])
    parts = len(union.asGeometryCollection())
    if parts > 1 and not QgsWkbTypes.isMultiType(layer.wkbType()):
        return None  # they do not touch
    whole = _fitting(layer, union)
    if whole is None or whole.isEmpty():
        return None
    first, *others = features
    layer.beginEditCommand(tr("Merge {count} objects").format(count=len(features)))
    layer.changeGeometry(first.id(), whole)
    layer.deleteFeatures([one.id() for one in others])
    layer.endEditCommand()
    return int(first.id())


def undo(layer: QgsVectorLayer) -> None:
    """Undo the last step."""
    layer.undoStack().undo()


def save(layer: QgsVectorLayer) -> str:
    """Save all steps and go on editing; return why not, or nothing."""
    update_measures(layer)
    if layer.commitChanges(False):
        return ""
    return "; ".join(layer.commitErrors())


def update_measures(layer: QgsVectorLayer) -> None:
    """Measure objects that were drawn or whose outline was changed, as one step."""
    buffer = layer.editBuffer()
    if buffer is None:
        return
    changed = [*buffer.changedGeometries(), *buffer.addedFeatures()]
    columns = {
        name: layer.fields().indexOf(name) for name in ("area_m2", "perimeter_m")
    }
    if not changed or min(columns.values()) < 0:
        return
    ruler = QgsDistanceArea()
    ruler.setSourceCrs(layer.crs(), QgsProject.instance().transformContext())
    ruler.setEllipsoid("WGS84" if layer.crs().isValid() else "NONE")
    layer.beginEditCommand(tr("Measure changed objects"))
    for number in changed:
        shape = layer.getFeature(number).geometry()
        for name, value in (
            ("area_m2", ruler.measureArea(shape)),
            ("perimeter_m", ruler.measurePerimeter(shape)),
        ):
            layer.changeAttributeValue(number, columns[name], round(value, 3))
    layer.endEditCommand()


def accepted_ids(layer: QgsVectorLayer) -> List[int]:
    """Return the feature ids of what was kept or drawn."""
    if layer.fields().indexOf(FIELD) < 0:
        return []
    listed = ", ".join(map(QgsExpression.quotedValue, ACCEPTED))
    request = _without_geometry(layer, None)
    request.setFilterExpression(f'"{FIELD}" IN ({listed})')
    return [feature.id() for feature in layer.getFeatures(request)]


def _set_defaults(layer: QgsVectorLayer) -> None:
    """Let QGIS's tools fill the attributes of what is drawn."""
    record = result_layers.read_record(layer) or {}
    question = QgsExpression.quotedValue(record.get("expression", ""))
    defaults = {
        FIELD: QgsExpression.quotedValue(DRAWN),
        "expression": question,
        "id": 'to_int(coalesce(maximum("id"), 0) + 1)',
    }
    for name, text in defaults.items():
        index = layer.fields().indexOf(name)
        if index >= 0 and not layer.defaultValueDefinition(index).isValid():
            layer.setDefaultValueDefinition(index, QgsDefaultValue(text))
    config = layer.editFormConfig()
    if config.suppress() == QgsEditFormConfig.FeatureFormSuppress.SuppressDefault:
        config.setSuppress(QgsEditFormConfig.FeatureFormSuppress.SuppressOn)
        layer.setEditFormConfig(config)


def _fitting(layer: QgsVectorLayer, shape: QgsGeometry) -> QgsGeometry | None:
    """Return a shape as a layer holds it; None where it has several parts too many."""
    if QgsWkbTypes.isMultiType(layer.wkbType()):
        shape.convertToMultiType()
    elif shape.isMultipart() and not shape.convertToSingleType():
        return None
    return shape


def _without_geometry(layer: QgsVectorLayer, ids: List[int] | None) -> Any:
    request = QgsFeatureRequest()
    if ids is not None:
        request.setFilterFids(ids)
    names = [name for name in (FIELD,) if layer.fields().indexOf(name) >= 0]
    request.setSubsetOfAttributes(names, layer.fields())
    return request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
