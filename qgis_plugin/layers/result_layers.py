"""Layers with the results of a run, one for each expression.

Layers and groups are always found by their properties; no references are kept, since
the user or a closing project may delete them at any time.
"""

from __future__ import annotations

import json
from typing import Any, Collection, Dict, List, Mapping, Sequence

from qgis.core import (
    QgsEditorWidgetSetup,
    QgsFeatureRequest,
    QgsLayerMetadata,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from ..core.job import SegmentJob
from ..translate import tr
from .partial_layers import (
    RUN,
    find_group,
    first_colour,
    partial_layers,
    remove_partial_layers,
)
from .styling import style_polygons, style_probability

RECORD = "rrsis_geo/record"
"""Property of result layers: their `record`, as JSON."""
OWN = "rrsis_geo/own"
"""Property of layers that the slider may change: their own id. A duplicate has it too,
but another id."""

DIGITS = {
    "score": 2,
    "score_max": 2,
    "area_m2": 1,
    "perimeter_m": 1,
    "distance_m": 1,
    "lon": 6,
    "lat": 6,
}
"""Attribute -> digits after the point that tables and forms show."""

POLYGON_OPTIONS = (
    "threshold",
    "min_score",
    "min_area",
    "fill_holes",
    "simplify",
    "split",
)
"""Fields that `SegmentOptions` and `VectorizeJob` share."""


def add_results(
    job: SegmentJob,
    *,
    run: str,
    title: str,
    scene: str,
    keep_probability: bool,
    content: str,
) -> List[QgsVectorLayer]:
    """Replace partial results by a layer for each expression; return these layers.

    Partial results that the user has changed stay beside them.

    Args:
        job: The job of the run.
        run: Its folder.
        title: Of its group.
        scene: Name of the scene.
        keep_probability: Whether to add the probability raster.
        content: Hash of the content of the job's output.
    """
    renderers = {
        layer.property("expression"): layer.renderer().clone()
        for layer in partial_layers(run)
    }
    remove_partial_layers(run)
    group = find_group(run, title, len(job.expressions))
    added = []
    for index, expression in enumerate(job.expressions):
        layer = open_expression(job.output, expression, job.expressions, expression)
        if not layer.isValid():
            continue
        _set_metadata(layer, job, expression, scene)
        style_polygons(layer, first_colour(group) + index)
        if expression in renderers:  # the user may have chosen another style
            layer.setRenderer(renderers[expression])
        mark_own(layer, run, record(job, index, scene, content))
        QgsProject.instance().addMapLayer(layer, False)
        group.addLayer(layer).setExpanded(index == 0 and len(job.expressions) == 1)
        added.append(layer)
    if keep_probability:
        _add_probability(group, job, run)
    return added


def record(job: SegmentJob, index: int, scene: str, content: str) -> Mapping[str, Any]:
    """Return the settings of a run for one of its layers.

    Args:
        job: The job of the run.
        index: Index of the layer's expression.
        scene: Name of the scene.
        content: Hash of the content of the job's output.
    """
    options = {name: getattr(job.options, name) for name in POLYGON_OPTIONS}
    return {
        "probability": job.probability,
        "expressions": list(job.expressions),
        "expression": job.expressions[index],
        "scene": scene,
        "original": job.output,
        "original_threshold": job.options.threshold,
        "original_content": content,
        "original_min_score": job.options.min_score,
        "file": job.output,
        "content": content,
        **options,
    }


def mark_own(layer: QgsVectorLayer, run: str, values: Mapping[str, Any]) -> None:
    """Make a layer one of a run that the slider may change, with its record."""
    layer.setCustomProperty(RUN, run)
    layer.setCustomProperty(RECORD, json.dumps(values))
    layer.setCustomProperty(OWN, layer.id())


def release(layer: QgsVectorLayer) -> None:
    """Leave a layer to the user: the slider does not change it any more."""
    layer.removeCustomProperty(OWN)


def is_own(layer: QgsVectorLayer) -> bool:
    """Whether the slider may change a layer; false for a duplicate of such a layer."""
    return bool(layer.customProperty(OWN) == layer.id())


def read_record(layer: Any) -> Mapping[str, Any] | None:
    """Read the `record` of a layer; None if it is no result of this plugin."""
    text = layer.customProperty(RECORD) if layer is not None else None
    try:
        values = json.loads(text) if text else None
    except ValueError:
        return None
    return values if isinstance(values, dict) and "probability" in values else None


def is_duplicate(layer: QgsVectorLayer) -> bool:
    """Whether the user has duplicated a layer that the slider may change."""
    own = layer.customProperty(OWN)
    return bool(own and own != layer.id())


def run_layers(run: str) -> List[QgsVectorLayer]:
    """Return a layer for each expression of a run that has one, in their order.

    That is the layer that the slider changes; another one of the run, such as one that
    was edited, if there is none.
    """
    found: Dict[str, QgsVectorLayer] = {}
    order: Dict[str, int] = {}
    for layer in QgsProject.instance().mapLayers().values():
        values = read_record(layer) if layer.customProperty(RUN) == run else None
        if values is None:
            continue
        expression = values["expression"]
        order.update((text, place) for place, text in enumerate(values["expressions"]))
        if expression not in found or is_own(layer):
            found[expression] = layer
    return [found[text] for text in sorted(found, key=lambda text: order[text])]


def count_features(layer: QgsVectorLayer) -> int:
    """Count the features of a layer, also if its file does not know the number."""
    count = layer.featureCount()
    if count >= 0:
        return count
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return sum(1 for _ in layer.getFeatures(request.setNoAttributes()))


def open_expression(
    path: str, name: str, expressions: Sequence[str], expression: str
) -> QgsVectorLayer:
    """Open a file of polygons, of which only one expression is shown.

    Args:
        path: The file.
        name: Of the layer.
        expressions: All that the file holds.
        expression: The one.
    """
    subset = ""
    if len(expressions) > 1:
        quoted = expression.replace("'", "''")
        quoted = quoted.replace("|", "|' || '")  # as in |layername=, part of a source
        subset = f"\"expression\" = '{quoted}'"
    return QgsVectorLayer(filtered_source(path, subset), name, "ogr")


def filtered_source(path: str, subset: str) -> str:
    """Return the source of a layer that shows a part of a file.

    A filter that an open layer gets opens its file for writing, after which other
    layers of the file cannot count their features any more, nor find their extent.
    """
    return f"{path}|subset={subset}" if subset else path


def _set_metadata(
    layer: QgsVectorLayer, job: SegmentJob, expression: str, scene: str
) -> None:
    """Set metadata and readable names of attributes."""
    data = QgsLayerMetadata(layer.metadata())
    data.setTitle(expression)
    data.setType("dataset")
    data.setAbstract(
        tr("What rrsis-geo found for “{expression}” in {scene}.").format(
            expression=expression, scene=scene
        )
    )
    data.setHistory(
        [
            tr("Weights {weights}, threshold {threshold}, scene {path}").format(
                weights=job.weights, threshold=job.options.threshold, path=job.scene
            )
        ]
    )
    data.addKeywords("rrsis-geo", [expression])
    layer.setMetadata(data)
    set_aliases(layer)


def set_aliases(layer: QgsVectorLayer) -> None:
    """Set readable names and digits of attributes; hide the key of the file."""
    for name, alias in _aliases().items():
        index = layer.fields().indexOf(name)
        if index >= 0:
            layer.setFieldAlias(index, alias)
    for name, digits in DIGITS.items():
        index = layer.fields().indexOf(name)
        if index >= 0:
            layer.setEditorWidgetSetup(index, _number_widget(digits))
    keys = {layer.fields().at(index).name() for index in layer.primaryKeyAttributes()}
    if keys and layer.fields().indexOf("id") >= 0 and "id" not in keys:
        _hide(layer, keys)


def _number_widget(digits: int) -> QgsEditorWidgetSetup:
    """Return a widget and a column that show some digits of a number."""
    return QgsEditorWidgetSetup(
        "Range",
        {
            "Style": "SpinBox",
            "AllowNull": True,
            "Precision": digits,
            "Min": -1e12,
            "Max": 1e12,
            "Step": 10.0**-digits,
        },
    )


def _hide(layer: QgsVectorLayer, names: Collection[str]) -> None:
    """Hide attributes in forms and tables."""
    config = layer.attributeTableConfig()
    config.update(layer.fields())
    columns = config.columns()
    for column in columns:
        column.hidden = column.hidden or column.name in names
    config.setColumns(columns)
    layer.setAttributeTableConfig(config)
    for name in names:
        index = layer.fields().indexOf(name)
        layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("Hidden", {}))


def _aliases() -> Mapping[str, str]:
    return {
        "expression": tr("Query"),
        "score": tr("Score"),
        "score_max": tr("Highest probability"),
        "area_m2": tr("Area (m²)"),
        "perimeter_m": tr("Perimeter (m)"),
        "lon": tr("Longitude"),
        "lat": tr("Latitude"),
        "touches_edge": tr("Touches the edge"),
        "rank": tr("Rank"),
        "distance_m": tr("Distance (m)"),
        "why": tr("Why"),
    }


def _add_probability(group: QgsLayerTreeGroup, job: SegmentJob, run: str) -> None:
    layer = QgsRasterLayer(job.probability, tr("Probability"), "gdal")
    if not layer.isValid():
        return
    layer.setCustomProperty(RUN, run)
    style_probability(layer, first_colour(group))
    QgsProject.instance().addMapLayer(layer, False)
    node = group.addLayer(layer)
    node.setItemVisibilityChecked(False)
    node.setExpanded(False)
