"""How many windows a search has, and how long it takes, before it begins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Tuple

from qgis.core import QgsProject, QgsRasterLayer, QgsSettings

from ..core.errors import RRSISError
from ..core.job import SegmentOptions
from ..layers.area import Area
from ..layers.export import native_pixel_size, pixel_size
from ..request_error import RequestError
from ..settings import GROUP

RATE = f"{GROUP}/windows_per_second"
"""Windows per second of the last search on this computer, for each question."""


@dataclass(frozen=True)
class Estimate:
    """The work of a search."""

    windows: int
    seconds: float | None
    """None: nothing was searched on this computer yet."""


def estimate(
    layer: QgsRasterLayer,
    area: Area | None,
    *,
    gsd: float | None,
    limits: Tuple[float, float],
    overlap: int,
    questions: int = 1,
) -> Estimate | None:
    """Estimate the work of a search; None where the layer or area has no extent.

    Args:
        layer: The layer to search.
        area: The part of it; None: all.
        gsd: Metres per pixel that were chosen, or at which tiles are read; None: those
            of the layer, inside the limits.
        limits: Metres per pixel that the weights can read.
        overlap: Pixels that windows share.
        questions: Expressions, each of which takes its time.
    """
    extent = layer.extent()
    try:
        if area is not None:
            extent = extent.intersect(area.in_crs(layer.crs()).boundingBox())
        if extent.isEmpty():
            return None
        context = QgsProject.instance().transformContext()
        across, along = pixel_size(layer.crs(), extent, 1.0, context)
    except (RRSISError, RequestError):
        return None
    native = native_pixel_size(layer.dataProvider())
    if gsd is None and native is not None:
        gsd = min(max(native[0] / across, limits[0]), limits[1])
    if not gsd:
        return None
    step = SegmentOptions.window_size - overlap
    windows = 1
    for length in (extent.width() / across, extent.height() / along):
        pixels = length / gsd
        windows *= max(math.ceil((pixels - overlap) / step), 1)
    rate = float(QgsSettings().value(RATE, 0.0, type=float))
    seconds = windows * max(questions, 1) / rate if rate > 0 else None
    return Estimate(windows, seconds)


def remember_rate(windows: int, questions: int, seconds: float) -> None:
    """Remember how fast a search was, for the next estimate."""
    if windows >= 2 and seconds > 0:
        QgsSettings().setValue(RATE, windows * max(questions, 1) / seconds)
