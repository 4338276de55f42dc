"""The order of a run: plan, read, predict, stitch, polygonize, write."""

from rrsis_geo.pipeline.runner import DryRun, SegmentResult, plan, run, segment

__all__ = ["DryRun", "SegmentResult", "plan", "run", "segment"]
