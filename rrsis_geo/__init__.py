"""Find things in aerial and satellite scenes by describing them.

    from rrsis_geo import segment

    found = segment("scene.tif", "the storage tank near the road")
    print(found.to_geodataframe())

The names below are loaded when first used: QGIS's Python reads `rrsis_geo.protocol`
without numpy, and nothing loads torch before a job runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, List

from rrsis_geo.version import __version__

if TYPE_CHECKING:
    from rrsis_geo.job import SegmentJob, SegmentOptions
    from rrsis_geo.many_scenes.segment_many import segment_many
    from rrsis_geo.pipeline import Segmenter, SegmentResult, segment

__all__ = [
    "SegmentJob",
    "SegmentOptions",
    "SegmentResult",
    "Segmenter",
    "__version__",
    "segment",
    "segment_many",
]

_HOMES = {
    "SegmentJob": "rrsis_geo.job",
    "SegmentOptions": "rrsis_geo.job",
    "SegmentResult": "rrsis_geo.pipeline",
    "Segmenter": "rrsis_geo.pipeline",
    "segment": "rrsis_geo.pipeline",
    "segment_many": "rrsis_geo.many_scenes.segment_many",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'rrsis_geo' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> List[str]:
    return sorted(__all__)
