"""What was accepted, added to another layer or written for teaching."""

from __future__ import annotations

import os
from typing import List, Sequence

from qgis.core import (
    QgsCoordinateTransform,
    QgsFeature,
    QgsFeatureRequest,
    QgsFeatureSink,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorLayerUtils,
    QgsWkbTypes,
)

from ..layers import result_layers
from ..layers.area import Area
from ..request_error import RequestError
from ..translate import tr
from .states import FIELD, accepted_ids

AREA = "rrsis_geo/reviewed_area"
"""Property of layers: the area that was looked through, as WKT in the layer's CRS."""


def target_layers(source: QgsVectorLayer) -> List[QgsVectorLayer]:
    """Return the layers that objects can be added to, by name."""
    polygon = QgsWkbTypes.GeometryType.PolygonGeometry
    found = [
        layer
        for layer in QgsProject.instance().mapLayers().values()
        if isinstance(layer, QgsVectorLayer)
        and layer.id() != source.id()
        and layer.isValid()
        and layer.geometryType() == polygon
        and not layer.readOnly()
        and not layer.customProperty(result_layers.RUN)
    ]
    return sorted(found, key=lambda layer: str(layer.name()).lower())


def add_to(source: QgsVectorLayer, target: QgsVectorLayer) -> int:
    """Add what was accepted to another layer as one step; its user saves it.

    Raises:
        RequestError: Nothing was accepted, or the layer cannot be edited.
    """
    features = _accepted(source)
    transform = QgsCoordinateTransform(
        source.crs(), target.crs(), QgsProject.instance()
    )
    if not target.isEditable() and not target.startEditing():
        raise RequestError(
            tr("Layer {layer} cannot be edited.").format(layer=target.name())
        )
    made = []
    keys = source.primaryKeyAttributes()
    flag = QgsFeatureSink.SinkFlag.RegeneratePrimaryKey
    for feature in features:
        copy = QgsFeature(feature)
        for index in keys:  # a number of this file, which others may have given too
            copy.setAttribute(index, None)
        shape = copy.geometry()
        if source.crs().isValid() and target.crs().isValid():
            shape.transform(transform)
        copy.setGeometry(shape)
        made += QgsVectorLayerUtils.makeFeatureCompatible(copy, target, flag)
    target.beginEditCommand(tr("Add {count} objects").format(count=len(made)))
    target.addFeatures(made)
    target.endEditCommand()
    return len(made)


def select_accepted(layer: QgsVectorLayer) -> int:
    """Select what was accepted; return how many that are.

    Raises:
        RequestError: Nothing was accepted.
    """
    ids = _some(layer)
    layer.selectByIds(ids)
    return len(ids)


def add_reviewed_area(layer: QgsVectorLayer, area: QgsGeometry) -> QgsGeometry:
    """Add to the area that was looked through; return all of it."""
    before = reviewed_area(layer)
    whole = area if before.isEmpty() else before.combine(area)
    layer.setCustomProperty(AREA, whole.asWkt(6))
    return whole


def reviewed_area(layer: QgsVectorLayer) -> QgsGeometry:
    """Return the area that was looked through; empty if none was."""
    return QgsGeometry.fromWkt(layer.customProperty(AREA) or "")


def write_for_teaching(layer: QgsVectorLayer, path: str) -> None:
    """Write all objects with their states, and the reviewed area, to a GeoPackage.

    Args:
        layer: Layer with decisions.
        path: The file, with the suffix that QGIS would add; it is replaced.

    Raises:
        RequestError: The file cannot be written.
    """
    if _is_shown(path):
        raise RequestError(
            tr("{file} is a layer of this project: choose another name.").format(
                file=path
            )
        )
    area = QgsVectorLayer("MultiPolygon", "reviewed_area", "memory")
    area.setCrs(layer.crs())
    shape = reviewed_area(layer)
    if not shape.isEmpty():
        shape.convertToMultiType()
        feature = QgsFeature()
        feature.setGeometry(shape)
        area.dataProvider().addFeatures([feature])
    for source, name, action in (
        (
            layer,
            "objects",
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteFile,
        ),
        (
            area,
            "reviewed_area",
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer,
        ),
    ):
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = "GPKG"
        options.layerName = name
        options.actionOnExistingFile = action
        if name == "objects":
            key = set(layer.primaryKeyAttributes())
            options.attributes = [
                index for index in layer.attributeList() if index not in key
            ]
        context = QgsProject.instance().transformContext()
        code, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
            source, path, context, options
        )
        if code != QgsVectorFileWriter.WriterError.NoError:
            raise RequestError(
                tr("{file} cannot be written: {reason}").format(
                    file=path, reason=message
                )
            )


def area_of_results(layers: Sequence[QgsVectorLayer]) -> Area:
    """Return what was accepted in layers of one run as an area to ask within.

    Where nothing was accepted yet, that is everything that was not rejected.

    Raises:
        RequestError: There are no such objects.
    """
    shapes = []
    for layer in layers:
        ids = accepted_ids(layer)
        if ids:
            request = QgsFeatureRequest().setFilterFids(ids)
        else:
            request = QgsFeatureRequest()
            if layer.fields().indexOf(FIELD) >= 0:
                request.setFilterExpression(f"coalesce(\"{FIELD}\", '') <> 'rejected'")
        shapes += [feature.geometry() for feature in layer.getFeatures(request)]
    shapes = [shape for shape in shapes if not shape.isEmpty()]
    if not shapes:
        raise RequestError(
            tr("There are no results to ask within: show those of a search first.")
        )
    return Area(QgsGeometry.unaryUnion(shapes), layers[0].crs())


def _is_shown(path: str) -> bool:
    """Whether a layer of the project reads a file, by whatever name."""
    return os.path.exists(path) and any(
        os.path.exists(file) and os.path.samefile(file, path)
        for file in map(_file_of, QgsProject.instance().mapLayers().values())
    )


def _file_of(layer: QgsMapLayer) -> str:
    provider = layer.dataProvider()
    if provider is None:
        return ""
    registry = QgsProviderRegistry.instance()
    return str(registry.decodeUri(provider.name(), layer.source()).get("path") or "")


def _accepted(layer: QgsVectorLayer) -> List[QgsFeature]:
    request = QgsFeatureRequest().setFilterFids(_some(layer))
    return list(layer.getFeatures(request))


def _some(layer: QgsVectorLayer) -> List[int]:
    ids = accepted_ids(layer)
    if not ids:
        raise RequestError(tr("Nothing has been kept or drawn yet."))
    return ids
