"""Results as layers: while a run goes on, at its end, and at another threshold.

Layers and groups are looked up by what is written on them, never held: the user, or a
project that closes, may delete any of them at any time.
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
"""Property of groups and layers: folder of the run they belong to."""
RECORD = "rrsis_geo/record"
"""Property of result layers: a `record` as JSON."""
PARTIAL = "rrsis_geo/partial"
"""Property of the layer of polygons found so far."""


def begin(run: str, title: str) -> None:
    """A group for a run, on top of the layer tree; an older one of it goes."""
    drop(run)
    group = QgsProject.instance().layerTreeRoot().insertGroup(0, title)
    group.setCustomProperty(RUN, run)


def add_partial(
    run: str, title: str, expressions: Sequence[str], found: Partial
) -> None:
    """Show polygons found so far."""
    shown = {layer.property("expression"): layer for layer in _partial_layers(run)}
    # a question about the whole scene asks the network for less than its words
    names = list(dict.fromkeys([*expressions, *shown]))
    by_expression: dict[str, List[QgsFeature]] = {}
    for row in found.rows:
        by_expression.setdefault(row["expression"], []).append(_feature(row))
    for expression, features in by_expression.items():
        layer = shown.get(expression)
        if layer is None:
            if expression not in names:
                names.append(expression)
            place = names.index(expression)
            layer = _new_partial(run, title, expression, place, found.crs)
        layer.dataProvider().addFeatures(features)
        layer.updateExtents()
        layer.triggerRepaint()


def has_partial(run: str) -> bool:
    """Whether polygons of an unfinished run are shown."""
    return any(layer.featureCount() for layer in _partial_layers(run))


def keep_partial(run: str) -> None:
    """Leave what a cancelled run found, marked as incomplete; nothing found goes."""
    if not has_partial(run):
        drop(run)
        return
    for layer in _partial_layers(run):
        layer.setName(
            tr("{expression} (incomplete)").format(
                expression=layer.property("expression")
            )
        )


def finish(
    job: SegmentJob, *, run: str, title: str, scene: str, keep_probability: bool
) -> List[QgsVectorLayer]:
    """The layers of a finished run: one for each expression, and the probabilities."""
    for layer in list(_partial_layers(run)):
        QgsProject.instance().removeMapLayer(layer.id())
    group = _group(run, title)
    made = []
    for place, expression in enumerate(job.expressions):
        layer = QgsVectorLayer(job.output, expression, "ogr")
        if not layer.isValid():
            continue
        _filter(layer, job.expressions, expression)
        _describe(layer, job, expression, scene)
        layer.setCustomProperty(RUN, run)
        layer.setCustomProperty(RECORD, record(job, place, scene))
        style_polygons(layer, place)
        QgsProject.instance().addMapLayer(layer, False)
        group.addLayer(layer).setExpanded(place == 0 and len(job.expressions) == 1)
        made.append(layer)
    if keep_probability:
        _add_probability(group, job, run)
    return made


def record(job: SegmentJob, place: int, scene: str) -> str:
    """What a result layer must know of its run, as JSON."""
    options = job.options
    return json.dumps(
        {
            "probability": job.probability,
            "expressions": list(job.expressions),
            "expression": job.expressions[place],
            "scene": scene,
            "threshold": options.threshold,
            "min_score": options.min_score,
            "min_area": options.min_area,
            "fill_holes": options.fill_holes,
            "simplify": options.simplify,
            "split": options.split,
        }
    )


def record_of(layer: Any) -> Mapping[str, Any] | None:
    """What `record` wrote on a layer; None where it is no result of ours."""
    text = layer.customProperty(RECORD) if layer is not None else None
    try:
        values = json.loads(text) if text else None
    except ValueError:
        return None
    return values if isinstance(values, dict) and "probability" in values else None


def layers_of(run: str) -> List[QgsVectorLayer]:
    """The result layers of a run that are still there, in the order of its lines."""
    found = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if layer.customProperty(RUN) == run and record_of(layer) is not None
    ]
    order = {
        text: place
        for layer in found
        for place, text in enumerate(record_of(layer)["expressions"])
    }
    return sorted(found, key=lambda layer: order[record_of(layer)["expression"]])


def count(layer: QgsVectorLayer) -> int:
    """Objects of a layer, also where its file keeps no count of the filtered ones."""
    known = layer.featureCount()
    if known >= 0:
        return known
    wanted = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return sum(1 for _ in layer.getFeatures(wanted.setNoAttributes()))


def replace(run: str, output: str, **changed: float) -> None:
    """Let the layers of a run show other polygons of the same probabilities.

    Args:
        run: Its folder.
        output: GeoPackage that holds them.
        changed: Options that differ now; kept in the layers' records.
    """
    replaced = set()
    for layer in layers_of(run):
        values = {**record_of(layer), **changed}
        expression = values["expression"]
        replaced.add(layer.source().split("|")[0])
        renderer, labeling = layer.renderer().clone(), layer.labeling()
        labeling = labeling.clone() if labeling is not None else None
        layer.setDataSource(output, layer.name(), "ogr")
        _filter(layer, values["expressions"], expression)
        layer.setRenderer(renderer)
        layer.setLabeling(labeling)
        layer.setCustomProperty(RECORD, json.dumps(values))
        layer.triggerRepaint()
    for old in replaced - {output}:
        _forget_file(old)


def drop(run: str) -> None:
    """Take the group of a run off the map, with all its layers."""
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
    run: str, title: str, expression: str, place: int, crs: str | None
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
    layer.setCustomProperty("skipMemoryLayersCheck", 1)  # QGIS would ask at its exit
    style_polygons(layer, place)
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


def _filter(layer: QgsVectorLayer, expressions: Sequence[str], wanted: str) -> None:
    """Of a file with several expressions, show one."""
    if len(expressions) > 1:
        quoted = wanted.replace("'", "''")
        layer.setSubsetString(f"\"expression\" = '{quoted}'")


def _describe(
    layer: QgsVectorLayer, job: SegmentJob, expression: str, scene: str
) -> None:
    """The question in the layer's metadata, and attributes by names people know."""
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


def _forget_file(path: str) -> None:
    """Delete polygons that another threshold replaced; those of the run stay."""
    if is_threshold_file(path):
        for ending in ("", "-wal", "-shm"):
            try:
                os.remove(path + ending)
            except OSError:  # gone already, or still open on Windows: harmless
                continue


def threshold_file(output: str, threshold: float, turn: int) -> str:
    """Where polygons at another threshold go, beside those of the run."""
    base = os.path.splitext(output)[0]
    return f"{base}.threshold-{threshold:.2f}-{turn}.gpkg"


def is_threshold_file(path: str) -> bool:
    """Whether `threshold_file` named it."""
    return ".threshold-" in os.path.basename(path)
