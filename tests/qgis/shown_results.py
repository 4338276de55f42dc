"""What the results of a panel show: run, layer, objects."""

from qgis.core import (
    QgsFeatureRequest,
    QgsVectorLayer,
)
from rrsis_geo_qgis.layers import result_layers


def run_of(panel):
    return panel.ended[-1].run


def only_layer(panel):
    (layer,) = result_layers.run_layers(run_of(panel))
    return layer


def objects(path):
    """Number -> geometry and attributes of the objects in a file or layer."""
    layer = path
    if not isinstance(path, QgsVectorLayer):
        layer = QgsVectorLayer(str(path), "", "ogr")
    return {
        feature["id"]: (feature.geometry().asWkt(3), feature.attributes())
        for feature in layer.getFeatures()
    }


def first_feature(layer):
    return next(layer.getFeatures(QgsFeatureRequest().setLimit(1)))
