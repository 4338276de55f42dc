"""The order of a run: plan, read, predict, stitch, polygonize, write."""

from rrsis_geo.pipeline.runner import Plan, SegmentResult, plan, run, segment

__all__ = ["Plan", "SegmentResult", "plan", "run", "segment"]
