"""The layers of a run at another threshold.

A layer that the user has edited, whose file somebody has changed or whose source the
user has chosen is never touched: the slider goes on with a new layer beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection, Dict, FrozenSet, List, Mapping, Sequence

from qgis.core import (
    QgsExpression,
    QgsLayerMetadata,
    QgsLayerTreeGroup,
    QgsProject,
    QgsVectorLayer,
)

from ..translate import tr
from . import result_layers
from .colours import COLOUR
from .partial_layers import find_group
from .styling import style_polygons


@dataclass(frozen=True)
class ThresholdFile:
    """A file with the polygons of a run at a threshold."""

    path: str
    threshold: float
    content: str
    """Hash of its content."""
    min_score: float | None = None
    """Least score; None: as the weights say."""


def show_polygons(
    run: str, polygons: ThresholdFile, *, changed: Collection[str]
) -> None:
    """Show other polygons of the same probabilities in the layers of a run.

    Args:
        run: Folder of the run.
        polygons: What to show.
        changed: Files of layers that are not as they were written.
    """
    for layer in result_layers.run_layers(run):
        values = {
            **result_layers.read_record(layer),
            "threshold": polygons.threshold,
            "min_score": polygons.min_score,
            "file": polygons.path,
            "content": polygons.content,
        }
        if is_users(layer, changed):
            result_layers.release(layer)
            layer = _new_layer(run, layer, values)
        else:
            _change_source(layer, values)
        result_layers.mark_own(layer, run, values)
        _set_threshold(layer, polygons.threshold)
        layer.triggerRepaint()


def is_users(layer: QgsVectorLayer, changed: Collection[str] = ()) -> bool:
    """Whether a layer holds work of the user, so that it must stay as it is."""
    values = result_layers.read_record(layer)
    source = source_file(layer)
    return bool(
        not result_layers.is_own(layer)
        or layer.isEditable()
        or layer.undoStack().count()
        or values is None
        or not values.get("content")
        or source != values["file"]
        or source in changed
    )


def written_contents(layers: Sequence[QgsVectorLayer]) -> Dict[str, str]:
    """Return the file of each layer -> hash of its content when it was written."""
    return {
        source_file(layer): str(result_layers.read_record(layer).get("content"))
        for layer in layers
    }


def users_files() -> FrozenSet[str]:
    """Return the files of all layers of the project that hold work of the user."""
    return frozenset(
        source_file(layer)
        for layer in QgsProject.instance().mapLayers().values()
        if isinstance(layer, QgsVectorLayer) and is_users(layer)
    )


def source_file(layer: QgsVectorLayer) -> str:
    """Return the path of a layer's file."""
    return str(layer.source()).split("|")[0]


def kept_names(run: str) -> List[str]:
    """Return the names of layers of a run that the slider leaves to the user."""
    return [
        layer.name()
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty(result_layers.RUN) == run
        and result_layers.read_record(layer) is not None
        and not result_layers.is_duplicate(layer)
        and is_users(layer)
    ]


def _change_source(layer: QgsVectorLayer, values: Mapping[str, Any]) -> None:
    """Show another file in a layer; what the user has set up for it stays."""
    renderer, labeling = layer.renderer().clone(), layer.labeling()
    labeling = labeling.clone() if labeling is not None else None
    subset = layer.subsetString()
    selected = [feature["id"] for feature in layer.selectedFeatures()]
    layer.removeSelection()
    source = result_layers.filtered_source(values["file"], subset)
    layer.setDataSource(source, layer.name(), "ogr")
    layer.setRenderer(renderer)
    layer.setLabeling(labeling)
    if selected:
        layer.selectByExpression(_ids(selected))


def _new_layer(
    run: str, kept: QgsVectorLayer, values: Mapping[str, Any]
) -> QgsVectorLayer:
    """Add a layer above one that stays, in the same style."""
    expression = values["expression"]
    name = tr("{expression} (slider)").format(expression=expression)
    layer = result_layers.open_expression(
        values["file"], name, values["expressions"], expression
    )
    result_layers.set_aliases(layer)
    layer.setMetadata(QgsLayerMetadata(kept.metadata()))
    style_polygons(layer, int(kept.customProperty(COLOUR) or 0))
    if kept.renderer() is not None:
        layer.setRenderer(kept.renderer().clone())
    if kept.labeling() is not None:
        layer.setLabeling(kept.labeling().clone())
    layer.setLabelsEnabled(kept.labelsEnabled())
    QgsProject.instance().addMapLayer(layer, False)
    node = QgsProject.instance().layerTreeRoot().findLayer(kept.id())
    parent: QgsLayerTreeGroup = (
        node.parent() if node else find_group(run, _group_title(run))
    )
    place = parent.children().index(node) if node else 0
    parent.insertLayer(place, layer).setExpanded(False)
    return layer


def _set_threshold(layer: QgsVectorLayer, threshold: float) -> None:
    """Name the threshold in the layer's metadata."""
    data = QgsLayerMetadata(layer.metadata())
    note = tr("Threshold changed to {threshold}")
    head = note.split("{", 1)[0]
    history = [line for line in data.history() if not line.startswith(head)]
    data.setHistory([*history, note.format(threshold=threshold)])
    layer.setMetadata(data)


def _ids(numbers: Sequence[Any]) -> str:
    listed = ", ".join(QgsExpression.quotedValue(number) for number in numbers)
    return f'"id" IN ({listed})'


def _group_title(run: str) -> str:
    """Return a title for the group of a run from its layers."""
    shown: Dict[str, str] = {
        values["expression"]: values["scene"]
        for values in map(result_layers.read_record, result_layers.run_layers(run))
    }
    first, *others = shown
    more = f" +{len(others)}" if others else ""
    return f"{first}{more} · {shown[first]}"
