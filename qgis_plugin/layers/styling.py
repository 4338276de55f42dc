"""Style of results on the map."""

from __future__ import annotations

from qgis.core import (
    QgsColorRampShader,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsPalLayerSettings,
    QgsRasterLayer,
    QgsRasterShader,
    QgsRendererRange,
    QgsSingleBandPseudoColorRenderer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor

from ..translate import tr
from .colours import COLOUR, colour

BREAKS = (0.0, 0.6, 0.75, 0.9, 1.0)
"""Limits of the classes of scores; a higher class has a more opaque fill."""

FILL_OPACITY = (20, 45, 75, 105)
"""Opacity of the fill of each class, of 255."""

LABEL_SCALE = 10_000
"""Smallest map scale with labels; they are shown where they fit into the polygon."""


def style_polygons(layer: QgsVectorLayer, number: int) -> None:
    """Fill polygons by score in one colour, with scores as labels.

    Args:
        layer: Has the attribute `score`.
        number: Number of the colour.
    """
    layer.setCustomProperty(COLOUR, number)
    ranges = []
    for low, high, opacity in zip(BREAKS, BREAKS[1:], FILL_OPACITY):  # noqa: B905 - 3.9
        label = tr("score {low} to {high}").format(low=low, high=high)
        symbol = _fill(colour(number), opacity)
        ranges.append(QgsRendererRange(low, high, symbol, label))
    layer.setRenderer(QgsGraduatedSymbolRenderer("score", ranges))
    layer.setLabeling(QgsVectorLayerSimpleLabeling(_labels(layer)))
    layer.setLabelsEnabled(True)
    layer.triggerRepaint()


def style_probability(layer: QgsRasterLayer, number: int) -> None:
    """Show probabilities from transparent to a colour."""
    shader = QgsColorRampShader(0.0, 1.0)
    items = []
    for probability in (0.0, 0.25, 0.5, 0.75, 1.0):
        shade = QColor(colour(number))
        shade.setAlpha(round(220 * probability))
        item = QgsColorRampShader.ColorRampItem(probability, shade, f"{probability:g}")
        items.append(item)
    shader.setColorRampItemList(items)
    raster_shader = QgsRasterShader()
    raster_shader.setRasterShaderFunction(shader)
    provider = layer.dataProvider()
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(provider, 1, raster_shader))
    layer.triggerRepaint()


def _fill(shade: QColor, opacity: int) -> QgsFillSymbol:
    inside = ",".join(
        str(part) for part in (shade.red(), shade.green(), shade.blue(), opacity)
    )
    return QgsFillSymbol.createSimple(
        {
            "color": inside,
            "outline_color": shade.name(),
            "outline_width": "0.4",
            "outline_width_unit": "MM",
        }
    )


def _labels(layer: QgsVectorLayer) -> QgsPalLayerSettings:
    settings = QgsPalLayerSettings()
    ranked = layer.fields().indexOf("rank") >= 0
    score = 'format_number("score", 2)'
    settings.fieldName = (
        f"if(\"rank\" > 0, to_string(\"rank\") || '. ', '') || {score}"
        if ranked
        else score
    )
    settings.isExpression = True
    settings.fitInPolygonOnly = True
    settings.scaleVisibility = True
    settings.minimumScale = LABEL_SCALE
    settings.maximumScale = 0
    text = QgsTextFormat()
    text.setSize(8)
    text.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    text.setColor(QColor(20, 20, 20))
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(0.8)
    buffer.setColor(QColor(255, 255, 255, 220))
    text.setBuffer(buffer)
    settings.setFormat(text)
    return settings
