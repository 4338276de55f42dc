"""The algorithms as QGIS's Processing sees them."""

from __future__ import annotations

import os
from typing import List

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..core import __version__
from .polygons_from_probability import PolygonsFromProbability
from .segment_by_text import SegmentByText

HERE = os.path.dirname(__file__)


class RRSISGeoProvider(QgsProcessingProvider):
    """Two algorithms; their names stay, since models and scripts call them."""

    def id(self) -> str:
        """Part of every algorithm's name."""
        return "rrsis_geo"

    def name(self) -> str:
        """A proper name, not translated."""
        return "RRSIS Geo"

    def longName(self) -> str:  # the name is QGIS's
        """With the version, for reports."""
        return f"RRSIS Geo {__version__}"

    def versionInfo(self) -> str:  # the name is QGIS's
        """Of the plugin."""
        return __version__

    def icon(self) -> QIcon:
        """The plugin's."""
        return QIcon(os.path.join(HERE, "icon.svg"))

    def supportedOutputRasterLayerExtensions(self) -> List[str]:  # QGIS's name
        """Probabilities are GeoTIFFs."""
        return ["tif"]

    def loadAlgorithms(self) -> None:  # the name is QGIS's
        """Add what there is."""
        self.addAlgorithm(SegmentByText())
        self.addAlgorithm(PolygonsFromProbability())
