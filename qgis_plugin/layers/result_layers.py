"""Layers with the results of a run: partial, finished, and at another threshold.

Layers and groups are always found by their properties; no references are kept, since
the user or a closing project may delete them at any time.
"""

from __future__ import annotations

import json
import os
from typing import Any, Iterator, List, Mapping, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureRequest,
    QgsField,
    QgsGeometry,
    QgsLayerMetadata,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QVariant

from ..core.job import SegmentJob
from ..core.protocol import Partial
from ..translate import tr
from .styling import style_polygons, style_probability

RUN = "rrsis_geo/run"
"""Property of groups and layers: folder of their run."""
RECORD = "rrsis_geo/record"
"""Property of result layers: their `record`, as JSON."""
PARTIAL = "rrsis_geo/partial"
"""Property of layers of partial results: folder of their run."""

POLYGON_OPTIONS = (
    "threshold",
    "min_score",
    "min_area",
    "fill_holes",
    "simplify",
    "split",
)
"""Fields that `SegmentOptions` and `VectorizeJob` share."""


def create_group(run: str, title: str) -> None:
    """Create the group of a run on top of the layer tree, instead of an older one."""
    remove_run(run)
    _group(run, title)


def add_partial(
    run: str, title: str, expressions: Sequence[str], partial: Partial
) -> None:
    """Add polygons to the layers of partial results."""
    shown = {layer.property("expression"): layer for layer in _partial_layers(run)}
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
            layer = _new_partial(run, title, expression, index, partial.crs)
        layer.dataProvider().addFeatures(features)
        layer.updateExtents()
        layer.triggerRepaint()


def keep_partial(run: str) -> None:
    """Mark the partial results of a cancelled run as incomplete; remove empty ones."""
    if not any(layer.featureCount() for layer in _partial_layers(run)):
        remove_run(run)
        return
    for layer in _partial_layers(run):
        layer.setName(
            tr("{expression} (incomplete)").format(
                expression=layer.property("expression")
            )
        )


def add_results(
    job: SegmentJob, *, run: str, title: str, scene: str, keep_probability: bool
) -> List[QgsVectorLayer]:
    """Replace partial results by a layer for each expression; return these layers."""
    for layer in list(_partial_layers(run)):
        QgsProject.instance().removeMapLayer(layer.id())
    group = _group(run, title)
    added = []
    for index, expression in enumerate(job.expressions):
        layer = QgsVectorLayer(job.output, expression, "ogr")
        if not layer.isValid():
            continue
        _filter_expression(layer, job.expressions, expression)
        _set_metadata(layer, job, expression, scene)
        layer.setCustomProperty(RUN, run)
        layer.setCustomProperty(RECORD, record(job, index, scene))
        style_polygons(layer, index)
        QgsProject.instance().addMapLayer(layer, False)
        group.addLayer(layer).setExpanded(index == 0 and len(job.expressions) == 1)
        added.append(layer)
    if keep_probability:
        _add_probability(group, job, run)
    return added


def record(job: SegmentJob, index: int, scene: str) -> str:
    """Return the settings of a run for one of its layers, as JSON."""
    options = {name: getattr(job.options, name) for name in POLYGON_OPTIONS}
    return json.dumps(
        {
            "probability": job.probability,
            "expressions": list(job.expressions),
            "expression": job.expressions[index],
            "scene": scene,
            **options,
        }
    )


def read_record(layer: Any) -> Mapping[str, Any] | None:
    """Read the `record` of a layer; None if it is no result of this plugin."""
    text = layer.customProperty(RECORD) if layer is not None else None
    try:
        values = json.loads(text) if text else None
    except ValueError:
        return None
    return values if isinstance(values, dict) and "probability" in values else None


def run_layers(run: str) -> List[QgsVectorLayer]:
    """Return the existing result layers of a run, in the order of its expressions."""
    found = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty(RUN) == run and read_record(layer) is not None
    ]
    order = {
        text: index
        for layer in found
        for index, text in enumerate(read_record(layer)["expressions"])
    }
    return sorted(found, key=lambda layer: order[read_record(layer)["expression"]])


def count_features(layer: QgsVectorLayer) -> int:
    """Count the features of a layer, also if its file does not know the number."""
    count = layer.featureCount()
    if count >= 0:
        return count
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return sum(1 for _ in layer.getFeatures(request.setNoAttributes()))


def replace_polygons(run: str, output: str, **changed: float) -> None:
    """Show other polygons of the same probabilities in the layers of a run.

    Args:
        run: Folder of the run.
        output: GeoPackage with the polygons.
        changed: Options that differ now; updated in the records of the layers.
    """
    replaced = set()
    for layer in run_layers(run):
        values = {**read_record(layer), **changed}
        expression = values["expression"]
        replaced.add(layer.source().split("|")[0])
        renderer, labeling = layer.renderer().clone(), layer.labeling()
        labeling = labeling.clone() if labeling is not None else None
        layer.setDataSource(output, layer.name(), "ogr")
        _filter_expression(layer, values["expressions"], expression)
        layer.setRenderer(renderer)
        layer.setLabeling(labeling)
        layer.setCustomProperty(RECORD, json.dumps(values))
        layer.triggerRepaint()
    for old in replaced - {output}:
        _delete_threshold_file(old)


def remove_run(run: str) -> None:
    """Remove the group of a run with all its layers."""
    root = QgsProject.instance().layerTreeRoot()
    for group in root.findGroups(True):
        if group.customProperty(RUN) == run:
            ids = [node.layerId() for node in group.findLayers()]
            QgsProject.instance().removeMapLayers(ids)
            group.parent().removeChildNode(group)


def _group(run: str, title: str) -> QgsLayerTreeGroup:
    root = QgsProject.instance().layerTreeRoot()
    for group in root.findGroups(True):
        if group.customProperty(RUN) == run:
            return group
    group = root.insertGroup(0, title)
    group.setCustomProperty(RUN, run)
    return group


def _partial_layers(run: str) -> Iterator[QgsVectorLayer]:
    for layer in QgsProject.instance().mapLayers().values():
        if layer.customProperty(PARTIAL) == run:
            yield layer


def _new_partial(
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
    layer.setCustomProperty(PARTIAL, run)
    # Otherwise QGIS asks about the layer on exit.
    layer.setCustomProperty("skipMemoryLayersCheck", 1)
    style_polygons(layer, index)
    QgsProject.instance().addMapLayer(layer, False)
    _group(run, title).addLayer(layer).setExpanded(False)
    return layer


def _feature(row: Mapping[str, Any]) -> QgsFeature:
    feature = QgsFeature()
    geometry = QgsGeometry()
    geometry.fromWkb(bytes.fromhex(row["wkb"]))
    feature.setGeometry(geometry)
    feature.setAttributes([row["expression"], row["score"], row["area_m2"]])
    return feature


def _filter_expression(
    layer: QgsVectorLayer, expressions: Sequence[str], expression: str
) -> None:
    """Show only one expression of a file with several."""
    if len(expressions) > 1:
        quoted = expression.replace("'", "''")
        layer.setSubsetString(f"\"expression\" = '{quoted}'")


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
    for name, alias in _aliases().items():
        index = layer.fields().indexOf(name)
        if index >= 0:
            layer.setFieldAlias(index, alias)


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
    style_probability(layer, 0)
    QgsProject.instance().addMapLayer(layer, False)
    node = group.addLayer(layer)
    node.setItemVisibilityChecked(False)
    node.setExpanded(False)


def _delete_threshold_file(path: str) -> None:
    """Delete a file that `threshold_file` named; others stay."""
    if is_threshold_file(path):
        for ending in ("", "-wal", "-shm"):
            try:
                os.remove(path + ending)
            except OSError:  # missing, or still open on Windows
                continue


def threshold_file(output: str, threshold: float, number: int) -> str:
    """Return the path for polygons at another threshold, beside those of the run."""
    base = os.path.splitext(output)[0]
    return f"{base}.threshold-{threshold:.2f}-{number}.gpkg"


def is_threshold_file(path: str) -> bool:
    """Whether `threshold_file` named this file."""
    return ".threshold-" in os.path.basename(path)
