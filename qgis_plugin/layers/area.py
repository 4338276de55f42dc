"""Areas on the map: from the view or a selection, checked, written to a file."""

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

from ..request_error import RequestError
from ..translate import tr


@dataclass(frozen=True)
class Area:
    """Polygons with their CRS."""

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem

    def in_crs(self, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """Transform the polygons; edges are densified first, since they may bend.

        Raises:
            RequestError: The area has no coordinates in that CRS.
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
            raise RequestError(
                tr(
                    "The area lies where the layer's CRS {crs} has no coordinates."
                ).format(crs=crs.authid())
            ) from error
        return geometry


def visible_area(settings: QgsMapSettings) -> Area:
    """Return the area that the map shows, which may be rotated."""
    corners = settings.visiblePolygon()
    corners.append(corners[0])  # only a closed ring is a polygon
    return Area(QgsGeometry.fromQPolygonF(corners), settings.destinationCrs())


def selected_area(layer: QgsVectorLayer | None) -> Area:
    """Return the union of the selected polygons of a layer.

    Raises:
        RequestError: None is selected, or they have no area.
    """
    if layer is None:
        raise RequestError(
            tr("There is no polygon layer to take selected features from.")
        )
    shapes = [feature.geometry() for feature in layer.selectedFeatures()]
    shapes = [shape for shape in shapes if not shape.isEmpty()]
    if not shapes:
        raise RequestError(
            tr(
                "No feature of layer {layer} is selected: select polygons on the map."
            ).format(layer=layer.name())
        )
    union = QgsGeometry.unaryUnion(shapes)
    if union.type() != QgsWkbTypes.GeometryType.PolygonGeometry or not union.area():
        raise RequestError(tr("The selected features have no area: select polygons."))
    return Area(union, layer.crs())


def check_overlap(area: Area, layer: QgsRasterLayer) -> None:
    """Check that an area intersects a layer.

    Raises:
        RequestError: It lies outside, or has no coordinates in the layer's CRS.
    """
    extent = QgsGeometry.fromRect(layer.extent())
    if not area.in_crs(layer.crs()).intersects(extent):
        raise RequestError(
            tr(
                "The area lies outside layer {layer}: draw or show a place on it."
            ).format(layer=layer.name())
        )


def write_area(area: Area, path: str) -> None:
    """Write the polygons to a GeoPackage.

    Raises:
        RequestError: The file cannot be written.
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
    code, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
        memory, path, context, options
    )
    if code != QgsVectorFileWriter.WriterError.NoError:
        raise RequestError(
            tr("The area cannot be kept in {path}: {reason}").format(
                path=path, reason=message
            )
        )
