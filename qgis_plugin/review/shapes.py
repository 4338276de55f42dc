"""Outlines on demand: right angles, smoother, without holes, without thin parts."""

from __future__ import annotations

from typing import Callable, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..translate import tr
from .states import begin

Change = Callable[[QgsGeometry], QgsGeometry]
"""A change of an outline in metres."""


def right_angles(shape: QgsGeometry) -> QgsGeometry:
    """Make corners right where they nearly are, as those of buildings."""
    simpler = shape.simplify(0.5)
    return (simpler if not simpler.isEmpty() else shape).orthogonalize(1e-8, 1000, 25)


def smoother(shape: QgsGeometry) -> QgsGeometry:
    """Round off the corners of pixels."""
    return shape.simplify(0.3).smooth(2, 0.25)


def without_holes(shape: QgsGeometry) -> QgsGeometry:
    """Fill all holes."""
    return shape.removeInteriorRings()


def without_thin_parts(width: float) -> Change:
    """Return a change that removes parts narrower than a width in metres."""

    def change(shape: QgsGeometry) -> QgsGeometry:
        return shape.buffer(-width / 2, 8).buffer(width / 2, 8).intersection(shape)

    return change


def change_outlines(layer: QgsVectorLayer, ids: Sequence[int], change: Change) -> int:
    """Change outlines as one step; return how many were changed.

    An outline that would become invalid, empty or several polygons stays as it is.
    """
    if not ids or not begin(layer):
        return 0
    multiple = QgsWkbTypes.isMultiType(layer.wkbType())
    changed = 0
    layer.beginEditCommand(tr("Change {count} outlines").format(count=len(ids)))
    for number in ids:
        before = layer.getFeature(number).geometry()
        after = _in_metres(before, layer.crs(), change)
        if after is None:
            continue
        if multiple:
            after.convertToMultiType()
        elif after.isMultipart():
            parts = after.asGeometryCollection()
            if len(parts) != 1:
                continue
            after = parts[0]
        if not after.equals(before) and layer.changeGeometry(number, after):
            changed += 1
    if changed:
        layer.endEditCommand()
    else:
        layer.destroyEditCommand()
    return changed


def _in_metres(
    shape: QgsGeometry, crs: QgsCoordinateReferenceSystem, change: Change
) -> QgsGeometry | None:
    """Change a shape in a plane around it; None where nothing good comes of it."""
    work = QgsGeometry(shape)
    back: QgsCoordinateTransform | None = None
    if crs.isValid() and crs.isGeographic():
        middle = work.boundingBox().center()
        local = QgsCoordinateReferenceSystem.fromProj(
            f"+proj=aeqd +lat_0={middle.y()} +lon_0={middle.x()} +datum=WGS84 +units=m"
        )
        there = QgsCoordinateTransform(crs, local, QgsProject.instance())
        back = QgsCoordinateTransform(local, crs, QgsProject.instance())
        work.transform(there)
    work = change(work)
    polygon = QgsWkbTypes.GeometryType.PolygonGeometry
    if work.isEmpty() or work.type() != polygon:
        return None
    if not work.isGeosValid():
        work = work.makeValid()
        if work.isEmpty() or work.type() != polygon:
            return None
    if back is not None:
        work.transform(back)
    return work
