"""What a run found, and in which files it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geopandas import GeoDataFrame

from rrsis_geo.job import Counts
from rrsis_geo.types import Polygons
from rrsis_geo.vector.writers import to_geodataframe


@dataclass(frozen=True, kw_only=True, eq=False)
class SegmentResult:
    """What a run found and which files it wrote."""

    polygons: Polygons
    anchors: Polygons
    """What the answers were measured against; `why` names it."""
    files: tuple[str, ...]
    """Paths of what was written, the polygons first."""
    counts: Counts
    timings: dict[str, float]
    """Part of the run -> seconds."""
    manifest: dict[str, Any]
    """The run manifest, as written beside the output."""

    def to_geodataframe(self) -> GeoDataFrame:
        """The polygons with their attributes, in the scene's CRS."""
        return to_geodataframe(self.polygons)
