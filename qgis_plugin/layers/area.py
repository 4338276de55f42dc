"""Where to look: an area on the map, checked against the layer, kept as a file."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsFeature,
    QgsGeometry,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..request_error import Refused
from ..translate import tr


@dataclass(frozen=True)
class Area:
    """Polygons, with the CRS of their coordinates."""

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem

    def in_crs(self, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """The polygons in another CRS, their edges bent where the map bends them.

        Raises:
            Refused: they cannot be shown there.
        """
        geometry = QgsGeometry(self.geometry)
        if self.crs == crs or not crs.isValid() or not self.crs.isValid():
            return geometry
        step = max(geometry.boundingBox().width(), geometry.boundingBox().height()) / 16
        geometry = geometry.densifyByDistance(step) if step > 0 else geometry
        try:
            geometry.transform(
                QgsCoordinateTransform(self.crs, crs, QgsProject.instance())
            )
        except QgsCsException as error:
            raise Refused(
                tr(
                    "The area lies where the layer's CRS {crs} has no coordinates."
                ).format(crs=crs.authid())
            ) from error
        return geometry


def visible_area(settings: QgsMapSettings) -> Area:
    """What the map shows, turned as it is."""
    corners = settings.visiblePolygon()
    corners.append(corners[0])  # only a closed ring is a polygon
    shown = QgsGeometry.fromQPolygonF(corners)
    return Area(shown, settings.destinationCrs())


def selected_area(layer: QgsVectorLayer | None) -> Area:
    """The selected polygons of a layer.

    Raises:
        Refused: none is selected, or they have no area.
    """
    if layer is None:
        raise Refused(tr("There is no polygon layer to take selected features from."))
    shapes = [feature.geometry() for feature in layer.selectedFeatures()]
    shapes = [shape for shape in shapes if not shape.isEmpty()]
    if not shapes:
        raise Refused(
            tr(
                "No feature of layer {layer} is selected: select polygons on the map."
            ).format(layer=layer.name())
        )
    joined = QgsGeometry.unaryUnion(shapes)
    if joined.type() != QgsWkbTypes.GeometryType.PolygonGeometry or not joined.area():
        raise Refused(tr("The selected features have no area: select polygons."))
    return Area(joined, layer.crs())


def check_overlap(area: Area, layer: QgsRasterLayer) -> None:
    """Refuse an area that misses the layer.

    Raises:
        Refused: it lies outside, or has no coordinates there.
    """
    extent = QgsGeometry.fromRect(layer.extent())
    if not area.in_crs(layer.crs()).intersects(extent):
        raise Refused(
            tr(
                "The area lies outside layer {layer}: draw or show a place on it."
            ).format(layer=layer.name())
        )


def write_area(area: Area, path: str) -> None:
    """Keep the polygons as a GeoPackage.

    Raises:
        Refused: it cannot be written.
    """
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    memory = QgsVectorLayer("MultiPolygon", "area", "memory")
    memory.setCrs(area.crs)
    feature = QgsFeature()
    geometry = QgsGeometry(area.geometry)
    geometry.convertToMultiType()
    feature.setGeometry(geometry)
    memory.dataProvider().addFeatures([feature])
    context = QgsProject.instance().transformContext()
    answer = QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, context, options)
    if answer[0] != QgsVectorFileWriter.WriterError.NoError:
        raise Refused(
            tr("The area cannot be kept in {path}: {reason}").format(
                path=path, reason=answer[1]
            )
        )
