"""Colours of results on the map, and what the filters hide there."""

from __future__ import annotations

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRenderContext,
    QgsRendererCategory,
    QgsSingleSymbolRenderer,
    QgsSymbolLayer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ..layers.colours import COLOUR, colour
from ..layers.styling import style_polygons
from .states import DRAWN, FIELD, KEPT, OPEN, REJECTED, state_titles

BY_SCORE, BY_QUESTION, BY_REVIEW = "score", "question", "review"

ENABLED = QgsSymbolLayer.Property.PropertyLayerEnabled
"""The property that shows a part of a symbol."""

SHADES = {
    KEPT: QColor(0, 158, 115),
    DRAWN: QColor(0, 114, 178),
    REJECTED: QColor(150, 150, 150),
}
"""Colour of each decision; what is open has that of its question."""


def colour_by(layer: QgsVectorLayer, kind: str) -> None:
    """Colour objects by their score, their question or the decision about them."""
    number = int(layer.customProperty(COLOUR) or 0)
    if kind == BY_SCORE:
        style_polygons(layer, number)
    elif kind == BY_QUESTION:
        layer.setRenderer(QgsSingleSymbolRenderer(_symbol(colour(number), 60)))
    else:
        layer.setRenderer(_decisions(colour(number)))
    layer.triggerRepaint()


def show_only(layer: QgsVectorLayer, least_score: float, least_area: float) -> None:
    """Hide objects of lower score or smaller area on the map; 0 hides none.

    Every symbol gets a condition, so style, filter and edits of the layer stay.
    """
    condition = _condition(layer, least_score, least_area)
    for symbol in layer.renderer().symbols(QgsRenderContext()):
        for part in symbol.symbolLayers():
            part.setDataDefinedProperty(ENABLED, condition)
    if layer.labeling() is not None:
        labels = layer.labeling().settings()
        properties = labels.dataDefinedProperties()
        properties.setProperty(QgsPalLayerSettings.Property.Show, condition)
        labels.setDataDefinedProperties(properties)
        labeling = layer.labeling().clone()
        labeling.setSettings(labels)
        layer.setLabeling(labeling)
    layer.triggerRepaint()


def is_by_score(layer: QgsVectorLayer) -> bool:
    """Whether a layer has the style in which results come."""
    renderer = layer.renderer()
    return bool(renderer.type() == "graduatedSymbol") and bool(
        renderer.classAttribute() == "score"
    )


def _condition(layer: QgsVectorLayer, score: float, area: float) -> QgsProperty:
    names = layer.fields().names()
    parts = []
    if score > 0 and "score" in names:
        parts.append(f'coalesce("score", 1) >= {score:.4f}')
    if area > 0 and "area_m2" in names:
        parts.append(f'coalesce("area_m2", 1e12) >= {area:.3f}')
    return QgsProperty.fromExpression(" AND ".join(parts), bool(parts))


def _decisions(shade: QColor) -> QgsCategorizedSymbolRenderer:
    titles = state_titles()
    categories = [
        QgsRendererCategory(OPEN, _symbol(shade, 50), titles[OPEN]),
        QgsRendererCategory(KEPT, _symbol(SHADES[KEPT], 90), titles[KEPT]),
        QgsRendererCategory(DRAWN, _symbol(SHADES[DRAWN], 90), titles[DRAWN]),
        QgsRendererCategory(REJECTED, _symbol(SHADES[REJECTED], 0), titles[REJECTED]),
    ]
    value = f"coalesce(attribute(@feature, '{FIELD}'), '')"
    return QgsCategorizedSymbolRenderer(value, categories)


def _symbol(shade: QColor, opacity: int) -> QgsFillSymbol:
    inside = f"{shade.red()},{shade.green()},{shade.blue()},{opacity}"
    return QgsFillSymbol.createSimple(
        {
            "color": inside,
            "outline_color": shade.name(),
            "outline_width": "0.4" if opacity else "0.3",
            "outline_width_unit": "MM",
            "outline_style": "solid" if opacity else "dot",
        }
    )
