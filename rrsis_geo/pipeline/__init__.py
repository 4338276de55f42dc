"""The order of a run: plan, read, predict, stitch, polygonize, write."""

from rrsis_geo.pipeline.interface.segment_call import Segmenter, segment
from rrsis_geo.pipeline.interface.segment_result import SegmentResult
from rrsis_geo.pipeline.runner import DryRun, plan, run

__all__ = ["DryRun", "SegmentResult", "Segmenter", "plan", "run", "segment"]
