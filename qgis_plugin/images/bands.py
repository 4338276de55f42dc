"""Bands that a layer shows, and those that its file names red, green and blue."""

from __future__ import annotations

import re
from typing import Any, Tuple

from qgis.core import QgsRaster, QgsRasterLayer

from ..translate import tr

COLOURS = ("red", "green", "blue")


def displayed_bands(layer: Any) -> Tuple[int, ...]:
    """Return the one or three bands that the style shows; () for other styles."""
    renderer = layer.renderer() if isinstance(layer, QgsRasterLayer) else None
    bands = tuple(renderer.usesBands()) if renderer is not None else ()
    bands = tuple(band for band in bands if band > 0)
    return bands if len(bands) in (1, 3) else ()


def named_bands(layer: QgsRasterLayer) -> Tuple[int, ...]:
    """Return the bands that the file names red, green and blue; () if it does not."""
    provider = layer.dataProvider()
    interpretations = (
        QgsRaster.ColorInterpretation.RedBand,
        QgsRaster.ColorInterpretation.GreenBand,
        QgsRaster.ColorInterpretation.BlueBand,
    )
    found = []
    numbers = range(1, layer.bandCount() + 1)
    for name, interpretation in zip(COLOURS, interpretations):  # noqa: B905 - 3.9
        word = re.compile(rf"\b{name}\b", re.IGNORECASE)
        matching = [n for n in numbers if word.search(layer.bandName(n))] or [
            n for n in numbers if provider.colorInterpretation(n) == interpretation
        ]
        found += matching[:1]
    return tuple(found) if len(found) == len(COLOURS) else ()


def other_bands(layer: Any) -> str:
    """Say that the map shows other bands than are searched; empty where it does not."""
    shown = displayed_bands(layer)
    if len(shown) != len(COLOURS):
        return ""
    searched = named_bands(layer) or (1, 2, 3)
    if shown == searched:
        return ""
    return tr("The map shows bands {shown}, the search takes {searched}.").format(
        shown=", ".join(map(str, shown)), searched=", ".join(map(str, searched))
    )
