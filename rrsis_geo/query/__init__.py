"""Turns an expression into a plan: phrases for the network, operators for the map."""

from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.query.planner import make_plan

__all__ = ["Plan", "make_plan"]
