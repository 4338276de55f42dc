"""Layers with the polygons of a run that has not finished, and the group of a run.

They are in memory. One that the user has changed is never removed or added to.
"""

from __future__ import annotations

from functools import partial as bind
from typing import Any, Iterator, List, Mapping, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsLayerTreeGroup,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

from ..core.protocol import Partial
from ..translate import tr
from .colours import COLOUR, free_number
from .styling import style_polygons

RUN = "rrsis_geo/run"
"""Property of groups and layers: folder of their run."""
PARTIAL = "rrsis_geo/partial"
"""Property of layers of partial results: folder of their run."""
CHANGED = "rrsis_geo/changed"
"""Property of layers of partial results that the user has begun to edit."""
SKIP_CHECK = "skipMemoryLayersCheck"
"""QGIS's property of layers in memory whose loss it does not ask about on exit."""


def create_group(run: str, title: str, questions: int = 1) -> None:
    """Create the group of a run on top of the layer tree, with colours of its own.

    The group of an earlier attempt is used again, without its partial results.
    """
    remove_partial(run)
    find_group(run, title, questions)


def add_partial(
    run: str, title: str, expressions: Sequence[str], partial: Partial
) -> None:
    """Add polygons to the layers of partial results."""
    shown = {layer.property("expression"): layer for layer in _unchanged_layers(run)}
    # The network may search for less than the whole expression.
    names = list(dict.fromkeys([*expressions, *shown]))
    by_expression: dict[str, List[QgsFeature]] = {}
    for row in partial.rows:
        by_expression.setdefault(row["expression"], []).append(_feature(row))
    for expression, features in by_expression.items():
        layer = shown.get(expression)
        if layer is None:
            if expression not in names:
                names.append(expression)
            index = names.index(expression)
            layer = _new_layer(run, title, expression, index, partial.crs)
        layer.dataProvider().addFeatures(features)
        layer.setProperty("count", layer.property("count") + len(features))
        layer.updateExtents()
        layer.triggerRepaint()


def keep_partial(run: str) -> None:
    """Mark the partial results of a cancelled run as incomplete; remove empty ones."""
    if not any(layer.featureCount() for layer in partial_layers(run)):
        remove_partial(run)
        return
    for layer in _unchanged_layers(run):
        layer.removeCustomProperty(SKIP_CHECK)  # these polygons are in no file
        layer.setName(
            tr("{expression} (incomplete)").format(
                expression=layer.property("expression")
            )
        )


def remove_partial(run: str) -> None:
    """Remove the partial results that the user has not changed, and an empty group."""
    remove_partial_layers(run)
    root = QgsProject.instance().layerTreeRoot()
    for group in root.findGroups(True):
        if group.customProperty(RUN) == run and not group.children():
            group.parent().removeChildNode(group)


def remove_partial_layers(run: str) -> None:
    """Remove the partial results that the user has not changed."""
    ids = [layer.id() for layer in _unchanged_layers(run)]
    QgsProject.instance().removeMapLayers(ids)


def partial_layers(run: str) -> Iterator[QgsVectorLayer]:
    """Yield the layers of partial results of a run."""
    for layer in list(QgsProject.instance().mapLayers().values()):
        if layer.customProperty(PARTIAL) == run:
            yield layer


def find_group(run: str, title: str, questions: int = 1) -> QgsLayerTreeGroup:
    """Return the group of a run; a new one on top of the layer tree if it is gone."""
    root = QgsProject.instance().layerTreeRoot()
    for group in root.findGroups(True):
        if group.customProperty(RUN) == run:
            return group
    number = free_number(questions)
    group = root.insertGroup(0, title)
    group.setCustomProperty(RUN, run)
    group.setCustomProperty(COLOUR, number)
    return group


def first_colour(group: QgsLayerTreeGroup) -> int:
    """Return the number of the first colour of a run."""
    return int(group.customProperty(COLOUR) or 0)


def is_changed(layer: QgsVectorLayer) -> bool:
    """Whether a layer of partial results holds something that the user made."""
    return bool(
        layer.customProperty(CHANGED)
        or layer.isEditable()
        or layer.featureCount() != layer.property("count")
        or layer.vectorJoins()
        or layer.subsetString()
        or _has_virtual_fields(layer)
    )


def _unchanged_layers(run: str) -> List[QgsVectorLayer]:
    return [layer for layer in partial_layers(run) if not is_changed(layer)]


def _has_virtual_fields(layer: QgsVectorLayer) -> bool:
    return layer.fields().count() > layer.dataProvider().fields().count()


def _new_layer(
    run: str, title: str, expression: str, index: int, crs: str | None
) -> QgsVectorLayer:
    name = tr("{expression} (searching)").format(expression=expression)
    layer = QgsVectorLayer("Polygon", name, "memory")
    layer.setCrs(QgsCoordinateReferenceSystem.fromWkt(crs or ""))
    layer.dataProvider().addAttributes(
        [
            QgsField("expression", QVariant.String),
            QgsField("score", QVariant.Double),
            QgsField("area_m2", QVariant.Double),
        ]
    )
    layer.updateFields()
    layer.setProperty("expression", expression)
    layer.setProperty("count", 0)
    layer.setCustomProperty(PARTIAL, run)
    # Otherwise QGIS asks about the layer on exit.
    layer.setCustomProperty(SKIP_CHECK, 1)
    layer.editingStarted.connect(bind(_editing_started, layer.id()))
    group = find_group(run, title)
    style_polygons(layer, first_colour(group) + index)
    QgsProject.instance().addMapLayer(layer, False)
    group.addLayer(layer).setExpanded(False)
    return layer


def _editing_started(layer_id: str) -> None:
    """Hand a layer over to the user; QGIS asks about it on exit from now on."""
    layer = QgsProject.instance().mapLayer(layer_id)
    if layer is not None:
        layer.setCustomProperty(CHANGED, 1)
        layer.removeCustomProperty(SKIP_CHECK)


def _feature(row: Mapping[str, Any]) -> QgsFeature:
    feature = QgsFeature()
    geometry = QgsGeometry()
    geometry.fromWkb(bytes.fromhex(row["wkb"]))
    feature.setGeometry(geometry)
    feature.setAttributes([row["expression"], row["score"], row["area_m2"]])
    return feature
