"""The Processing provider."""

from __future__ import annotations

from typing import List

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..core import __version__
from ..icon import plugin_icon
from .polygons_from_probability import PolygonsFromProbability
from .segment_by_text import SegmentByText


class RRSISGeoProvider(QgsProcessingProvider):
    """Two algorithms; their ids must not change, since models and scripts use them."""

    def id(self) -> str:
        """Return the first part of every algorithm's id."""
        return "rrsis_geo"

    def name(self) -> str:
        """Return the name, which is not translated."""
        return "RRSIS Geo"

    def longName(self) -> str:  # the name is QGIS's
        """Return name and version."""
        return f"RRSIS Geo {__version__}"

    def versionInfo(self) -> str:  # the name is QGIS's
        """Return the version of the plugin."""
        return __version__

    def icon(self) -> QIcon:
        """Return the icon of the plugin."""
        return plugin_icon()

    def supportedOutputRasterLayerExtensions(self) -> List[str]:  # QGIS's name
        """Return the formats of probability rasters: GeoTIFF."""
        return ["tif"]

    def loadAlgorithms(self) -> None:  # the name is QGIS's
        """Add both algorithms."""
        self.addAlgorithm(SegmentByText())
        self.addAlgorithm(PolygonsFromProbability())
